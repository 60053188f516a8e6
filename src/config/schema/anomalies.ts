/**
 * The anomalies: one schema per type.
 * @module
 */
import * as z from "zod";
import type { AnomalyKind } from "../anomaly_kinds.ts";
import type { Mode } from "../types.ts";
import { choice, list, number, wordInAnyCase } from "./fields.ts";
import { metric, metricCommon } from "./metric.ts";
import { parameters } from "./parameters.ts";

/** A day: longer waits are no thresholds. */
const MAX_MS = 86_400_000;
/** No table of commands or codes is longer. */
const MAX_NAMES = 512;

/** Each tool by the names the file may use. */
export const TOOLS = {
  smbslower: ["smbslower", "smbsloweraod"],
  smbiosnoop: ["smbiosnoop"],
  collectors: ["collectors"],
} as const;

const modes = ["all", "trackonly", "excludeonly"] as const;

function toolName(names: readonly [string, ...string[]], description: string) {
  const allowed = names.join(" or ");
  return z.enum(names, { error: allowed }).meta({
    description,
    allowed,
    apply: "reload",
    since: "0.1.0",
  });
}

const groupBy = choice(["none", "server", "share"], "none", {
  description: "Count per server or per share instead of over all.",
});
/** What happens to a connection concerns no share more than another. */
const groupByServer = choice(["none", "server"], "none", {
  description: "Count per server instead of over all.",
});

function common(kind: AnomalyKind) {
  const type = wordInAnyCase(kind.word, { description: `Makes this a ${kind.type} anomaly.` });
  if (kind.type === "metric") return { type, ...metricCommon };
  return {
    type,
    tool: toolName(
      TOOLS[kind.tool],
      "What feeds it: smbslower (alias smbsloweraod) for Latency, collectors for Metric (which may leave it out), else smbiosnoop.",
    ),
    acceptable_count: number({ min: 1, max: 1_000_000, integer: true }, 10, {
      unit: "events",
      description: "Fires as soon as this many offending events lie within watch_interval_sec.",
    }),
    cooldown_sec: number({ min: 0, max: 86_400 }, 30, {
      unit: "s",
      description:
        "Repeats within this time are counted beside the bundle and open none. An emergency is not muted by a burst's cooldown.",
    }),
    group_by: kind.by_share ? groupBy : groupByServer,
  };
}

const threshold = z.number({ error: `a number from 0 to ${MAX_MS}` })
  .min(0, { error: `a number from 0 to ${MAX_MS}` })
  .max(MAX_MS, { error: `a number from 0 to ${MAX_MS}` })
  .meta({ description: "Milliseconds from which a request of it is slow.", unit: "ms" });

const name = (what: string) => z.string({ error: what }).min(1, { error: what });

/**
 * An entry of track_commands: a name, or a name with its threshold.
 * @ignore inferred type
 */
export const trackedCommand = z.strictObject({
  command: name("the name of an SMB2 command").meta({
    description: "The command that is tracked.",
    allowed: "the name of an SMB2 command",
  }),
  threshold: threshold.optional(),
});

/**
 * Keys of `type: Latency` alone.
 * @ignore inferred type
 */
export const latency = z.strictObject({
  mode: choice(modes, "all", {
    description:
      "all: track_commands only sets thresholds, exclude_commands are left out. trackonly: only track_commands. excludeonly: all but exclude_commands.",
  }),
  default_threshold_ms: number({ min: 0, max: MAX_MS }, 10, {
    unit: "ms",
    description: "A request that took this long or longer is slow, where its command has no own.",
  }),
  emergency_threshold_ms: number({ min: 0, max: MAX_MS }, 1000, {
    unit: "ms",
    description:
      "One request of any command that the mode does not exclude, ended or in flight, that took this long fires at once.",
  }),
  track_commands: list(
    z.union([name("the name of an SMB2 command"), trackedCommand], {
      error: "the name of an SMB2 command or {command, threshold}",
    }),
    MAX_NAMES,
    "command names or {command, threshold}",
    {
      description:
        "Commands with thresholds of their own. CHANGE_NOTIFY and blocking LOCK, which wait by design, count only if named here.",
    },
  ).default([]),
  exclude_commands: list(name("the name of an SMB2 command"), MAX_NAMES, "command names", {
    description: "Commands that never count, nor raise an emergency.",
  }).default([]),
});

/**
 * Keys of `type: Error` alone.
 * @ignore inferred type
 */
export const error = z.strictObject({
  mode: choice(modes, "all", {
    description:
      "all: every failure but benign ones and exclude_codes. trackonly: only track_codes. excludeonly: as all, with track_codes ignored.",
  }),
  track_codes: list(
    name("the name of an errno or NTSTATUS code"),
    MAX_NAMES,
    "errno or NTSTATUS names",
    {
      description:
        "Codes that count, as errno (EACCES) or NTSTATUS names (STATUS_ACCESS_DENIED, the prefix may be left out). Benign NTSTATUS codes count only if named here.",
    },
  ).default([]),
  exclude_codes: list(
    name("the name of an errno or NTSTATUS code"),
    MAX_NAMES,
    "errno or NTSTATUS names",
    {
      description: "Codes that never count.",
    },
  ).default([]),
});

const everyEvent = z.literal("all", { error: "all" }).default("all").meta({
  description: "Every event counts.",
  allowed: "all",
  apply: "reload",
  since: "0.1.0",
});

/** What {@linkcode anomalySchema} gives for the keys that every kind has. */
export interface CommonInput {
  /** As in the file. */
  acceptable_count: number;
  /** As in the file. */
  cooldown_sec: number;
  /** As in the file. */
  group_by: "none" | "server" | "share";
  /** As in the file. */
  mode: Mode;
}

function ownKeys(kind: AnomalyKind): Record<string, z.ZodType> {
  if (kind.type === "latency") return latency.shape;
  if (kind.type === "error") return error.shape;
  if (kind.type === "metric") return { mode: everyEvent, ...metric.shape };
  return { mode: everyEvent, ...parameters(kind.params) };
}

/**
 * The schema of a kind, but for `actions`.
 * @internal
 */
export function anomalySchema(kind: AnomalyKind): z.ZodObject {
  return z.strictObject({ ...common(kind), ...ownKeys(kind) });
}
