/**
 * What a person at a terminal is told when the platform has started: every part with its true count.
 * @module
 */
import type { PlatformConfig } from "../../config/platform.ts";
import { RECENT_EVENTS } from "../../stream/recent_events.ts";
import type { PlatformStatus } from "./status.ts";
import { tracersWanted } from "./tracer_loads.ts";

/** One line a part; nothing where the platform is off. */
export function bannerLines(config: PlatformConfig, status: PlatformStatus): string[] {
  const { state, reason, collectors, tracers, detectors, trends, history, api, faults } = status;
  if (state === "off") return [];
  if (state !== "on") return [`✗ Platform: ${reason === "" ? "it does not answer yet" : reason}`];
  const { bus, ml } = config;
  const wanted = tracersWanted(config.ebpf).length;
  const lines = [
    `✓ Event bus initialized (${bus.buffer_size} events, ${bus.on_full})`,
    `✓ Stream processor initialized (${ml.history_window_size} points a metric, ` +
    `${RECENT_EVENTS} events)`,
  ];
  if (wanted > 0) {
    const mark = tracers.length === wanted ? "✓" : "✗";
    const of = tracers.length === wanted ? "" : ` of ${wanted}`;
    lines.push(`${mark} Loaded ${tracers.length}${of} eBPF programs${list(tracers)}`);
  }
  if (config.collectors.enabled) {
    lines.push(`✓ Initialized ${collectors.length} user-space collectors${list(collectors)}`);
  }
  if (ml.enabled) {
    lines.push(`✓ ML pipelines initialized${list([...detectors, ...(trends ? ["trends"] : [])])}`);
  }
  if (config.history.enabled && history) lines.push("✓ History on disk opened");
  for (const url of api) lines.push(`✓ API server listening on ${url}`);
  if (faults.length === 0) return [...lines, "✓ Platform initialization complete"];
  return [...lines, ...faults.map(({ part, reason }) => `✗ ${part}: ${reason}`)];
}

function list(names: readonly string[]): string {
  return names.length === 0 ? "" : ` (${names.join(", ")})`;
}
