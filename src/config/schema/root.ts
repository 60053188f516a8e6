/**
 * The whole configuration.
 * @module
 */
import * as z from "zod";
import { actionList } from "./actions.ts";
import { anomalyKinds } from "../anomaly_kinds.ts";
import { anomalySchema } from "./anomalies.ts";
import { api } from "./api.ts";
import { eventLog } from "./event_log.ts";
import { budget, bus, collectors, ebpf, history, logging, ml } from "./platform.ts";
import { audit, cleanup, collector, general, probe } from "./sections.ts";

const sections = {
  ...general,
  cleanup: cleanup.prefault({}),
  audit: audit.prefault({}),
  probe: probe.prefault({}),
  collector: collector.prefault({}),
  event_log: eventLog.prefault({}),
  // Absent, these three are off.
  collectors: collectors.optional(),
  ml: ml.optional(),
  api: api.optional(),
  ebpf: ebpf.prefault({}),
  bus: bus.prefault({}),
  history: history.prefault({}),
  budget: budget.prefault({}),
  logging: logging.prefault({}),
};

const mapping = { error: "a mapping" };

/**
 * What is checked first: everything but the anomalies and actions, whose rules need more.
 * @ignore inferred type
 */
export const outerSchema = z.strictObject({
  ...sections,
  guardian: z.strictObject({
    anomalies: z.record(z.string(), z.unknown(), { error: "a mapping of names to anomalies" }),
  }, { error: "a mapping with anomalies" }),
  watcher: z.strictObject({
    actions: z.array(z.unknown(), { error: "a list of actions" }).max(64, {
      error: "at most 64 actions",
    }).optional(),
  }, mapping).optional(),
}, mapping);

function anomaly(): z.ZodType {
  const actions = actionList("Quick actions to run when it fires.").min(1, {
    error: "at least one action",
  });
  return z.union([...anomalyKinds().values()].map((kind) => {
    const { type, tool, acceptable_count, cooldown_sec, group_by, ...own } = anomalySchema(kind)
      .shape;
    const common = { type, tool, acceptable_count, cooldown_sec, group_by, actions };
    return z.strictObject({ ...common, ...own });
  }));
}

/**
 * The same in full: what the JSON Schema and the reference are made of.
 * @internal
 */
export function fullSchema(): z.ZodType {
  const { watch_interval_sec, aod_output_dir, ...rest } = sections;
  return z.strictObject({
    watch_interval_sec,
    aod_output_dir,
    guardian: z.strictObject({
      anomalies: z.record(z.string().regex(/^[A-Za-z0-9_.-]{1,64}$/), anomaly()),
    }),
    watcher: z.strictObject({
      actions: actionList(
        "Actions that are at hand: names, built-in ones with parameters, and ones of your own. What `aod snapshot` runs.",
      ).optional(),
    }).optional(),
    ...rest,
  });
}
