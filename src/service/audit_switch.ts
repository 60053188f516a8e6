/**
 * The audit trail as the configuration wants it: on or off, also after a reload.
 * @module
 */
import type { Config } from "../config/types.ts";
import { within } from "../os/within.ts";
import { AuditLog } from "./audit.ts";
import type { ControlBlock } from "./control.ts";
import type { Logger } from "./log.ts";

/** What waits is written within this time, or is left: the file system may hang. */
const CLOSE_MS = 1_000;

/** Writes entries while auditing is on. */
export class AuditSwitch {
  readonly #onFailure: (reason: string) => void;
  #log: AuditLog | null = null;
  /** Told of every entry, whether auditing is on or off. */
  onEntry: (event: string, fields: Record<string, unknown>) => void = () => {};

  /** Switched off. */
  constructor(onFailure: (reason: string) => void) {
    this.#onFailure = onFailure;
  }

  /** Opens or closes the trail. */
  apply({ audit, aod_output_dir }: Config): void {
    if (audit.enabled === (this.#log !== null)) return;
    if (!audit.enabled) {
      void this.close();
      return;
    }
    this.#log = new AuditLog({ directory: aod_output_dir, onFailure: this.#onFailure });
  }

  /** Writes an entry while switched on. */
  write(event: string, fields: Record<string, unknown> = {}): void {
    this.#log?.write(event, fields);
    this.onEntry(event, fields);
  }

  /** Writes what waits and closes the file. */
  async close(): Promise<void> {
    const log = this.#log;
    this.#log = null;
    if (log === null || await within(log.close(), CLOSE_MS)) return;
    this.#onFailure("the file system does not take the last entries");
  }
}

/** The audit trail of an agent: what cannot be written is counted, and said now and then. */
export function makeAudit(config: Config, control: ControlBlock, log: Logger): AuditSwitch {
  const audit = new AuditSwitch((reason) => {
    control.add("controller_audit_failures");
    const text = `Cannot write the audit trail: because ${reason}`;
    log.once("audit", 600_000, "WARNING", "audit", text);
  });
  audit.apply(config);
  return audit;
}
