/** Configurations for tests: checks a text, tells faults and warnings apart. @module */
import { ConfigError, formatDiagnostic, parseConfig } from "../../src/evidence/configuration.ts";
import type { PlatformConfig } from "../../src/config/platform.ts";
import type { Config } from "../../src/config/types.ts";

/** What came of a text: `config` is null where it was refused. */
export interface Checked {
  config: Config | null;
  /** Formatted, without the file's name: `line:col: path: message`. */
  errors: string[];
  warnings: string[];
}

/** Checks a text as the file `f`. */
export function checkConfig(text: string): Checked {
  const format = (d: Parameters<typeof formatDiagnostic>[0]) => formatDiagnostic(d).slice(2);
  try {
    const { config, warnings } = parseConfig(text, "f");
    return { config, errors: [], warnings: warnings.map(format) };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const of = (severity: string) =>
      error.diagnostics.filter((d) => d.severity === severity).map(format);
    return { config: null, errors: of("error"), warnings: of("warning") };
  }
}

/** A file with the anomaly `a` made of `keys` (flow style); line 3, its mapping from column 8 on. */
export function withAnomaly(keys: string, rest = ""): string {
  return `guardian:\n  anomalies:\n    a: {${keys}}\n${rest}`;
}

/** The start of a latency anomaly for `withAnomaly`. */
export const LATENCY = "type: latency, tool: smbslower, actions: [dmesg]";
/** The start of an error anomaly for `withAnomaly`. */
export const ERROR = "type: error, tool: smbiosnoop, actions: [dmesg]";

/** The section of a file that does not mention the event log. */
export const EVENT_LOG_OFF: Config["event_log"] =
  parseConfig(withAnomaly(LATENCY), "f").config.event_log;

/** The sections of a file that does not mention the platform. */
export const PLATFORM_OFF: PlatformConfig = platformOf(
  parseConfig(withAnomaly(LATENCY), "f").config,
);

/** The platform's sections alone. */
export function platformOf(config: Config): PlatformConfig {
  const { ebpf, collectors, ml, api, logging, bus, history, budget } = config;
  return { ebpf, collectors, ml, api, logging, bus, history, budget };
}
