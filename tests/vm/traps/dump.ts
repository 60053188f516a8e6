/**
 * Looking into what a guest's probe has given.
 * @module
 */
import assert from "node:assert/strict";
import { SMB_COMMANDS } from "../../../src/config/names/smb_commands.ts";
import { SMB_FLAG, SMB_TYPE } from "../../../src/probe/smb/layout.gen.ts";
import type { Dump, DumpedRequest } from "../support/guest_probe.ts";

/** The probe reports everything that it sees. */
export const EVERYTHING = { threshold_ns: 0n, error_mode: "ALL", events: 0xff } as const;

/** Requests of a command, from the ring or the flight recorder; in-flight reports are left out. */
export function requests(
  dump: Dump,
  command: string,
  from: "records" | "recorder" = "records",
): DumpedRequest[] {
  return dump[from].filter((r) =>
    r.type === SMB_TYPE.REQUEST && r.command === SMB_COMMANDS[command] &&
    !has(r, "IN_FLIGHT")
  );
}

/** Whether a record has a flag. */
export function has(request: DumpedRequest, flag: keyof typeof SMB_FLAG): boolean {
  return (request.flags & SMB_FLAG[flag]) !== 0;
}

/** Everything seen has gone somewhere, everything started has ended. */
export function assertLedger(dump: Dump): void {
  const { SEEN = 0, EMITTED = 0, FILTERED = 0, DROP_RING_FULL = 0, NO_START = 0 } = dump.counters;
  assert.equal(SEEN, EMITTED + FILTERED + DROP_RING_FULL + NO_START);
  assert.equal(EMITTED, dump.records.length);
  assert.equal(dump.dirty, 0);
}
