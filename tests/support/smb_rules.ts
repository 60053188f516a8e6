/**
 * `struct aod_smb_rules` in the kernel's own terms, where a test must not go by way of a configuration.
 * @module
 */
import { indexKey, updateElem } from "../../src/bpf/map.ts";
import {
  SMB_CODE_BYTES,
  SMB_CODE_OFFSET,
  SMB_ERROR_MODE,
  SMB_RULES_BYTES,
  SMB_RULES_OFFSET,
  SMB_RULES_THRESHOLD_NS_BYTES,
} from "../../src/probe/smb/layout.gen.ts";

/** What is not given is never slow, never hung, and no failure. */
export interface Rules {
  threshold_ns?: bigint;
  emergency_ns?: bigint;
  error_mode?: keyof typeof SMB_ERROR_MODE;
  /** Bit per type of connection event. */
  events?: number;
  /** Bit per command that counts although it waits by design. */
  waits_tracked?: number;
}

const NEVER = 0xffff_ffff_ffff_ffffn;

/** The same for every command. */
export function rulesBytes(rules: Rules): Uint8Array {
  const bytes = new Uint8Array(SMB_RULES_BYTES);
  const view = new DataView(bytes.buffer);
  for (let at = 0; at < SMB_RULES_THRESHOLD_NS_BYTES; at += 8) {
    view.setBigUint64(SMB_RULES_OFFSET.threshold_ns + at, rules.threshold_ns ?? NEVER, true);
    view.setBigUint64(SMB_RULES_OFFSET.emergency_ns + at, rules.emergency_ns ?? NEVER, true);
  }
  const mode = SMB_ERROR_MODE[rules.error_mode ?? "NONE"];
  view.setUint32(SMB_RULES_OFFSET.error_mode, mode, true);
  view.setUint32(SMB_RULES_OFFSET.events, rules.events ?? 0, true);
  view.setUint32(SMB_RULES_OFFSET.waits_tracked, rules.waits_tracked ?? 0, true);
  return bytes;
}

/** Enters a code in smb_codes. @param rule `SMB_CODE_RULE` */
export function putCode(map: number, kind: number, value: number, rule: number): void {
  const key = new Uint8Array(SMB_CODE_BYTES);
  const view = new DataView(key.buffer);
  view.setUint32(SMB_CODE_OFFSET.kind, kind, true);
  view.setUint32(SMB_CODE_OFFSET.value, value, true);
  updateElem(map, key, indexKey(rule));
}
