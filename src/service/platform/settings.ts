/**
 * What the platform's worker needs of a configuration.
 * @module
 */
import { apiTokenPath, historyDirectory } from "../../config/platform.ts";
import type { Config } from "../../config/types.ts";
import type { TriggerRules } from "../../detect/metrics/trigger.ts";
import type { RunPaths } from "../../os/paths.ts";
import type { PlatformSettings } from "./messages.ts";

/** Picks the platform's sections and fills in the paths. */
export function platformSettings(config: Config, { dir }: Pick<RunPaths, "dir">): PlatformSettings {
  const { ebpf, collectors, ml, api, logging, bus, history, budget, aod_output_dir } = config;
  return {
    ebpf,
    collectors,
    ml,
    api,
    logging,
    bus,
    history,
    budget,
    aod_output_dir,
    socket_path: api.unix_socket ?? apiSocketPath(dir),
    token_path: apiTokenPath(config),
    history_dir: historyDirectory(config),
    hung_ms: hungMs(config),
    triggers: triggersOf(config),
  };
}

/** Without an anomaly that says when a request is an emergency. */
const HUNG_MS = 1000;

function hungMs({ guardian }: Config): number {
  const limits = guardian.anomalies.flatMap((anomaly) =>
    anomaly.type === "latency" ? [anomaly.emergency_threshold_ms] : []
  );
  return limits.length === 0 ? HUNG_MS : Math.min(...limits);
}

/** Other actions change nothing in the platform. */
function triggersOf({ guardian }: Config): TriggerRules[] {
  return guardian.anomalies.flatMap((anomaly) => {
    if (anomaly.type !== "metric") return [];
    const { actions: _actions, ...rules } = anomaly;
    return [rules];
  });
}

/** The API's socket beside the control socket. */
export function apiSocketPath(dir: string): string {
  return `${dir}/api.sock`;
}
