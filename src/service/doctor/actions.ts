/**
 * The programs of every configured quick action.
 * @module
 */
import type { ActionSpec, Config } from "../../config/types.ts";
import { actionOf } from "../../evidence/actions/registry.ts";
import { missingProgram } from "../../evidence/programs.ts";
import { type Check, type DoctorContext, type Finding, ok, warn } from "./check.ts";

/** The check of the programs of the quick actions. */
export const actions: Check = {
  name: "actions",
  about: "the program of every configured quick action",
  run(context) {
    return configured(context.config).map((spec) => look(spec, context));
  },
};

function look(spec: ActionSpec, { findProgram, exists }: DoctorContext): Finding {
  if (spec.kind === "file") {
    const path = spec.file ?? "";
    if (exists(path)) return ok(`${spec.name}: ${path}`);
    return warn(`${spec.name}: ${path} does not exist`, "correct `file` in the configuration");
  }
  const programs = spec.kind === "command"
    ? spec.command?.slice(0, 1) ?? []
    : actionOf(spec)?.programs ?? [];
  if (programs.length === 0) return ok(`${spec.name}: needs no program`);
  const found = programs.map(findProgram).find((path) => path !== null);
  if (found !== undefined) return ok(`${spec.name}: ${found}`);
  return warn(`${spec.name}: ${missingProgram(programs[0])}`, "");
}

/** Every action once, in the order of the file. */
function configured(config: Config): ActionSpec[] {
  const specs = [...config.guardian.anomalies.flatMap((a) => a.actions), ...config.watcher.actions];
  return [...new Map(specs.map((spec) => [spec.name, spec])).values()];
}
