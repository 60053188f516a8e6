/**
 * Loads the SMB probe when cifs is there, and waits for it cheaply when it is not: once a second one
 * look at /sys/module. The module is pinned while the probe is attached, so it cannot go away.
 * @module
 */
import type { Config } from "../config/types.ts";
import type { ProbeHandles } from "../probe/smb/handles.ts";

/** A loaded probe, as src/probe/smb/load.ts makes it. */
export interface LoadedProbe {
  /** Maps of the loaded probe. */
  handles: ProbeHandles;
  /** Every program, and what kept it out. */
  programs: { name: string; attached: boolean; error?: string }[];
  /** Why it is not fentry although it may be; "" otherwise. */
  fallback_reason: string;
  /** Unloads it. */
  close(): void;
}

/** What the manager needs of the probe's room. */
export interface ProbeParts {
  /** Loads and attaches; what it throws may carry a `reason`. */
  load: (config: Config) => LoadedProbe | Promise<LoadedProbe>;
  /** Rewrites the kernel-side rules. */
  applyRules: (handles: ProbeHandles, config: Config) => void;
  /** Fills the name maps from what is mounted already. */
  seedNames: (handles: ProbeHandles) => void;
  /** True when the cifs module is loaded (or built in). */
  cifsLoaded: () => boolean;
}

/** Where the probe is. */
export type ProbeState = "waiting" | "attached" | "failed" | "closed";

/** The probe for `aod status`. */
export interface ProbeStatus {
  /** Where it is. */
  state: ProbeState;
  /** Null while none is loaded. */
  mode: "fentry" | "raw_tp" | null;
  /** Why it is not attached; "" when it is. */
  reason: string;
  /** Every program, and what kept it out. */
  programs: { name: string; attached: boolean; error?: string }[];
}

/** What the manager works with. */
export interface ProbeManagerOptions {
  /** Loading and rules. */
  parts: ProbeParts;
  /** Told of every load. */
  onAttached: (handles: ProbeHandles) => void;
  /** Logs a line. */
  log: (level: "INFO" | "WARNING" | "ERROR", text: string) => void;
}

const POLL_MS = 1000;
/** A probe that failed for another reason than a missing module is tried again this often. */
const RETRY_MS = 60_000;
/** Reasons of a failure that no module and no mount will mend. */
const HOPELESS = new Set(["no_btf", "unsupported"]);

/** Owns the probe. */
export class ProbeManager {
  readonly #options: ProbeManagerOptions;
  #config: Config;
  #probe: LoadedProbe | null = null;
  #state: ProbeState = "waiting";
  #reason = "not tried yet";
  #code = "";
  #due_ms = 0;
  #attaching = false;
  #said_absent = false;

  /** Nothing is loaded before the first try. */
  constructor(config: Config, options: ProbeManagerOptions) {
    this.#config = config;
    this.#options = options;
  }

  /** Maps of the loaded probe, null without one. */
  get handles(): ProbeHandles | null {
    return this.#probe?.handles ?? null;
  }

  /** Why no probe can ever be attached on this kernel; null where waiting may help. */
  get unsupported(): string | null {
    return this.#state === "failed" && HOPELESS.has(this.#code) ? this.#reason : null;
  }

  /** The probe now. */
  status(): ProbeStatus {
    return {
      state: this.#state,
      mode: this.#probe?.handles.mode ?? null,
      reason: this.#reason,
      programs: this.#probe?.programs ?? [],
    };
  }

  /** Tries to attach when it is time to; true when attached. */
  async tick(now_ms: number): Promise<boolean> {
    if (this.#state === "attached" || this.#state === "closed") return this.#state === "attached";
    if (this.#attaching || now_ms < this.#due_ms) return false;
    if (!this.#options.parts.cifsLoaded()) {
      this.#absent(now_ms);
      return false;
    }
    this.#attaching = true;
    try {
      return await this.#attach(now_ms);
    } finally {
      this.#attaching = false;
    }
  }

  /**
   * A new configuration is in force: rewrites the rules in the kernel.
   * @throws when the kernel refuses; then the old rules are put back
   */
  apply(config: Config): void {
    const { applyRules } = this.#options.parts;
    const handles = this.handles;
    if (handles !== null) {
      try {
        applyRules(handles, config);
      } catch (error) {
        this.#putBack(handles);
        throw error;
      }
    }
    this.#config = config;
  }

  /** Detaches; cifs can be unloaded afterwards. */
  close(): void {
    this.#state = "closed";
    this.#probe?.close();
    this.#probe = null;
    this.#reason = "closed";
  }

  /** Some of the rules may have been replaced already. */
  #putBack(handles: ProbeHandles): void {
    try {
      this.#options.parts.applyRules(handles, this.#config);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#options.log("ERROR", `Cannot put the old rules back: because ${reason}`);
    }
  }

  #absent(now_ms: number): void {
    this.#state = "waiting";
    this.#code = "cifs_absent";
    this.#reason = "the cifs module is not loaded";
    this.#due_ms = now_ms + POLL_MS;
    if (this.#said_absent) return;
    this.#said_absent = true;
    this.#options.log("INFO", "cifs is not loaded; the probe attaches when it is");
  }

  async #attach(now_ms: number): Promise<boolean> {
    const { parts, onAttached, log } = this.#options;
    try {
      const probe = await parts.load(this.#config);
      if (this.status().state === "closed") {
        probe.close();
        return false;
      }
      this.#probe = probe;
      parts.applyRules(probe.handles, this.#config);
    } catch (error) {
      this.#probe?.close();
      this.#probe = null;
      this.#failed(error, now_ms);
      return false;
    }
    this.#state = "attached";
    this.#code = this.#reason = "";
    this.#said_absent = false;
    const { handles, programs, fallback_reason } = this.#probe;
    const why = fallback_reason === "" ? "" : ` (not by fentry: ${fallback_reason})`;
    log("INFO", `probe attached by ${handles.mode}${why}`);
    for (const { name, error } of programs) {
      if (error !== undefined) log("WARNING", `Cannot attach ${name}: because ${error}`);
    }
    this.#seed(handles);
    onAttached(handles);
    return true;
  }

  /** Names are a comfort: without them requests still count. */
  #seed(handles: ProbeHandles): void {
    try {
      this.#options.parts.seedNames(handles);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#options.log("WARNING", `Cannot seed server and share names: because ${reason}`);
    }
  }

  #failed(error: unknown, now_ms: number): void {
    const reason = error instanceof Error ? error.message : String(error);
    const code = error instanceof Error && "reason" in error ? String(error.reason) : "unknown";
    if (code === "cifs_absent") return this.#absent(now_ms);
    const said = this.#state === "failed" && this.#reason === reason;
    this.#state = "failed";
    this.#code = code;
    this.#reason = reason;
    this.#due_ms = now_ms + RETRY_MS;
    if (!said) this.#options.log("ERROR", reason);
  }
}
