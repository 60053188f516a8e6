/**
 * What the kernel side is told to report: the union over all anomalies, so never less than one of
 * them needs. The watcher decides exactly.
 * @module
 */
import { deleteElem, indexKey, mapEntries, updateElem } from "../../bpf/map.ts";
import { anomalyKinds, type KernelEvent, type KernelNeeds } from "../../config/anomaly_kinds.ts";
import { BENIGN_NTSTATUS } from "../../config/names/ntstatus.ts";
import type { AnomalyConfig, Code, Config, ErrorAnomaly } from "../../config/types.ts";
import type { ProbeHandles } from "./handles.ts";
import {
  SMB_CODE_BYTES,
  SMB_CODE_KIND,
  SMB_CODE_OFFSET,
  SMB_CODE_RULE,
  SMB_ERROR_MODE,
  SMB_RULES_BYTES,
  SMB_RULES_OFFSET,
  SMB_RULES_THRESHOLD_NS_BYTES,
  SMB_TYPE,
} from "./layout.gen.ts";

/** A threshold no request reaches. */
const NEVER_NS = 0xFFFF_FFFF_FFFF_FFFFn;

/** AOD_SMB_COMMANDS of bpf/events.h. */
const COMMANDS = SMB_RULES_THRESHOLD_NS_BYTES / 8;

/** What the kernel side needs of an anomaly that counts failures. */
type FailureRules = Pick<ErrorAnomaly, "all_failures" | "track_codes" | "exclude_codes">;

/** Bytes of `enum aod_smb_code_rule`, the value of smb_codes. */
const RULE_BYTES = 4;

/** Content of the maps smb_rules and smb_codes. */
export interface KernelRules {
  /** `struct aod_smb_rules`. */
  rules: Uint8Array;
  /** By `ntstatus:<value>` or `errno:<value>`: `struct aod_smb_code` and `enum aod_smb_code_rule`. */
  codes: Map<string, { key: Uint8Array; rule: number }>;
}

/** The rules that a configuration needs. */
export function kernelRules(config: Pick<Config, "guardian">): KernelRules {
  const { anomalies } = config.guardian;
  const errors = failures(anomalies);
  const rules = new Uint8Array(SMB_RULES_BYTES);
  const view = new DataView(rules.buffer);
  for (let command = 0; command < COMMANDS; command++) {
    const { threshold_ns, emergency_ns } = thresholds(anomalies, command);
    view.setBigUint64(SMB_RULES_OFFSET.threshold_ns + 8 * command, threshold_ns, true);
    view.setBigUint64(SMB_RULES_OFFSET.emergency_ns + 8 * command, emergency_ns, true);
  }
  view.setUint32(SMB_RULES_OFFSET.error_mode, errorMode(errors), true);
  view.setUint32(SMB_RULES_OFFSET.events, events(anomalies), true);
  view.setUint32(SMB_RULES_OFFSET.waits_tracked, waitsTracked(anomalies), true);
  return { rules, codes: codeRules(errors) };
}

/**
 * Writes the rules of a configuration into the maps of a running probe. At every moment between,
 * the maps ask for at least what the old and the new rules have in common.
 *
 * @throws SyscallError where a map cannot be written
 * @internal
 */
export function applyRules(handles: Pick<ProbeHandles, "maps">, config: Config): void {
  const { rules, codes } = kernelRules(config);
  const map = handles.maps.smb_codes;
  const wanted = [...codes.values()];
  const isTrack = (rule: number) => rule === SMB_CODE_RULE.TRACK;
  for (const { key, rule } of wanted) if (isTrack(rule)) updateElem(map, key, ruleValue(rule));
  const wantedKeys = new Set(wanted.map(({ key }) => key.join()));
  const stale = [...mapEntries(map, SMB_CODE_BYTES, RULE_BYTES)]
    .filter(([key]) => !wantedKeys.has(key.join()));
  const ruleOf = (value: Uint8Array) =>
    new DataView(value.buffer, value.byteOffset, RULE_BYTES).getUint32(0, true);
  // What holds back goes first, what lets through goes last.
  for (const [key, value] of stale) if (!isTrack(ruleOf(value))) deleteElem(map, key);
  updateElem(handles.maps.smb_rules, indexKey(0), rules);
  for (const { key, rule } of wanted) if (!isTrack(rule)) updateElem(map, key, ruleValue(rule));
  for (const [key, value] of stale) if (isTrack(ruleOf(value))) deleteElem(map, key);
}

function ruleValue(rule: number): Uint8Array {
  const value = new Uint8Array(RULE_BYTES);
  new DataView(value.buffer).setUint32(0, rule, true);
  return value;
}

/** Milliseconds, possibly a fraction, to nanoseconds. */
function nsOf(ms: number): bigint {
  return BigInt(Math.round(ms * 1e6));
}

function least(values: bigint[]): bigint {
  return values.reduce((a, b) => a < b ? a : b, NEVER_NS);
}

function thresholds(anomalies: readonly AnomalyConfig[], command: number) {
  const latencies = anomalies.filter((a) => a.type === "latency");
  return {
    threshold_ns: least(
      latencies.filter((a) => a.thresholds_ms[command] !== undefined)
        .map((a) => nsOf(a.thresholds_ms[command])),
    ),
    emergency_ns: least(
      latencies.filter((a) => a.emergency_commands.includes(command))
        .map((a) => nsOf(a.emergency_threshold_ms)),
    ),
  };
}

function waitsTracked(anomalies: readonly AnomalyConfig[]): number {
  return anomalies.flatMap((a) => a.type === "latency" ? a.waiting_commands : [])
    .reduce((bits, command) => (bits | (1 << command)) >>> 0, 0);
}

/** Records that concern no single request, by who counts them. */
function events(anomalies: readonly AnomalyConfig[]): number {
  return anomalies.flatMap((a) => needsOf(a).events ?? [])
    .map((name) => SMB_TYPE[EVENT_TYPES[name]])
    .reduce((bits, type) => bits | (1 << type), 0);
}

const EVENT_TYPES = {
  op_error: "OP_ERROR",
  connect_error: "CONNECT_ERROR",
  reconnect: "RECONNECT",
  credit: "CREDIT",
} as const satisfies Record<KernelEvent, keyof typeof SMB_TYPE>;

function needsOf(anomaly: AnomalyConfig): KernelNeeds {
  return anomalyKinds().get(anomaly.type)?.needs(anomaly) ?? {};
}

/** Who counts failures by code: the error anomalies, and kinds that name codes of their own. */
function failures(anomalies: readonly AnomalyConfig[]): FailureRules[] {
  return anomalies.flatMap((a): FailureRules[] => {
    if (a.type === "error") return [a];
    const { codes = [] } = needsOf(a);
    return codes.length === 0
      ? []
      : [{ all_failures: false, track_codes: [...codes], exclude_codes: [] }];
  });
}

function errorMode(errors: readonly FailureRules[]): number {
  if (errors.length === 0) return SMB_ERROR_MODE.NONE;
  return errors.some((e) => e.all_failures) ? SMB_ERROR_MODE.ALL : SMB_ERROR_MODE.LISTED;
}

/** Tracked by one: tracked. Excluded: only where no anomaly may count it. Benign: where none names it. */
function codeRules(errors: readonly FailureRules[]): KernelRules["codes"] {
  const codes: KernelRules["codes"] = new Map();
  const put = ({ kind, value }: Pick<Code, "kind" | "value">, rule: number) => {
    const id = `${kind}:${value}`;
    if (codes.has(id)) return;
    const key = new Uint8Array(SMB_CODE_BYTES);
    const view = new DataView(key.buffer);
    const number = kind === "ntstatus" ? SMB_CODE_KIND.NTSTATUS : SMB_CODE_KIND.ERRNO;
    view.setUint32(SMB_CODE_OFFSET.kind, number, true);
    view.setUint32(SMB_CODE_OFFSET.value, value, true);
    codes.set(id, { key, rule });
  };
  if (errors.length === 0) return codes;
  for (const code of errors.flatMap((e) => e.track_codes)) put(code, SMB_CODE_RULE.TRACK);
  for (const value of BENIGN_NTSTATUS) put({ kind: "ntstatus", value }, SMB_CODE_RULE.BENIGN);
  for (const code of errors.flatMap((e) => e.exclude_codes)) {
    if (errors.every((e) => neverCounts(e, code))) put(code, SMB_CODE_RULE.EXCLUDE);
  }
  return codes;
}

/** Whether a request with this code cannot count for the anomaly, whatever else it has. */
function neverCounts(anomaly: FailureRules, code: Code): boolean {
  const same = (c: Code) => c.kind === code.kind && c.value === code.value;
  if (anomaly.exclude_codes.some(same)) return true;
  if (anomaly.all_failures || anomaly.track_codes.some(same)) return false;
  // A listed errno may be the one that the excluded NTSTATUS becomes.
  return code.kind === "errno" || !anomaly.track_codes.some((c) => c.kind === "errno");
}
