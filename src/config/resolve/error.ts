/**
 * An error anomaly's effective codes.
 * @module
 */
import type * as z from "zod";
import { BENIGN_NTSTATUS, ntstatusErrno, ntstatusName } from "../names/ntstatus.ts";
import type { ConfigPath, Diagnostics } from "../diagnostics.ts";
import type { error } from "../schema/anomalies.ts";
import type { Code, ErrorAnomaly } from "../types.ts";
import { findCode, lookUp, type Named, refuseOverlap, unknownCode } from "./names.ts";

/** What mode and lists come to. */
export type ErrorRules = Pick<ErrorAnomaly, "all_failures" | "track_codes" | "exclude_codes">;

/** EIO: the kernel makes it of every status without an errno of its own. */
const EIO = 5;

/**
 * Applies mode and lists.
 *
 * @param partial Faults were reported already: what is left may well track nothing.
 * @internal
 */
export function resolveError(
  input: z.output<typeof error>,
  path: ConfigPath,
  diagnostics: Diagnostics,
  partial = false,
): ErrorRules {
  const find = (key: "track_codes" | "exclude_codes") =>
    lookUp(input[key], (i) => [...path, key, i], findCode, unknownCode, diagnostics);
  const tracked = find("track_codes");
  const excluded = find("exclude_codes");
  const lists = { track: "track_codes", exclude: "exclude_codes" };
  refuseOverlap(tracked, excluded, lists, diagnostics);
  const { mode } = input;
  if (mode === "trackonly" && input.exclude_codes.length > 0) {
    diagnostics.warning([...path, "exclude_codes"], "ignored in mode trackonly", "key");
  }
  if (mode === "excludeonly" && input.track_codes.length > 0) {
    diagnostics.warning([...path, "track_codes"], "ignored in mode excludeonly", "key");
  }
  if (mode === "trackonly" && input.track_codes.length === 0 && !partial) {
    const why = "mode trackonly needs at least one entry in track_codes";
    diagnostics.error(path, `this anomaly tracks nothing: ${why}`, "key");
  }
  const track = mode === "excludeonly" ? [] : tracked;
  for (const code of track) warnOfBenign(code, track, diagnostics);
  return {
    all_failures: mode !== "trackonly",
    track_codes: track.map((c) => c.value),
    exclude_codes: mode === "trackonly" ? [] : excluded.map((c) => c.value),
  };
}

/** ENOENT reads as if "no such file" counted, but the answers behind it are benign. */
function warnOfBenign(
  code: Named<Code>,
  tracked: readonly Named<Code>[],
  diagnostics: Diagnostics,
): void {
  const { kind, value } = code.value;
  if (kind !== "errno" || value === EIO) return;
  const quiet = BENIGN_NTSTATUS.filter((s) => ntstatusErrno(s) === value)
    .map(ntstatusName).filter((name) => !tracked.some((t) => t.key === name));
  if (quiet.length > 0) {
    diagnostics.warning(
      code.path,
      `${code.key} does not count the benign ${quiet.join(", ")}; name them to count them`,
    );
  }
}
