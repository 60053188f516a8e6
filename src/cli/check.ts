/**
 * `aod check`: says what is wrong with a configuration, and starts nothing.
 * @module
 */
import type { Command } from "./command.ts";
import {
  ConfigError,
  type Diagnostic,
  formatDiagnostic,
  loadConfig,
} from "../evidence/configuration.ts";
import { COLLECTOR_METRICS } from "../collect/registry.ts";
import type { Config } from "../config/types.ts";
import { familyMatches } from "../detect/metrics/key_match.ts";
import { EXIT, exitWith } from "./exit.ts";
import { printJson, printLine } from "./output.ts";

const EXAMPLES = `
Examples:
  aod check --config /etc/aod.yaml    all faults at once, each with its place
  aod check --config /etc/aod.yaml --json
                                      an object a fault, then the result
  aod check                           the embedded configuration

Exit codes: 0 it can run (there may be warnings), 2 it cannot.`;

/** Faults and warnings go where errors go; the OK line to stdout. */
function report(diagnostics: readonly Diagnostic[]): void {
  for (const d of diagnostics) {
    const text = formatDiagnostic(d);
    console.error(d.severity === "warning" ? `warning: ${text}` : text);
  }
}

function count(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? "" : "s"}`;
}

function summary(config: Config, warnings: readonly Diagnostic[]): string {
  const anomalies = config.guardian.anomalies;
  const names = anomalies.length === 1 ? "1 anomaly" : `${anomalies.length} anomalies`;
  const remarks = warnings.length === 0 ? "" : `, ${count(warnings.length, "warning")}`;
  return `${config.source}: OK (${names}: ${anomalies.map((a) => a.name).join(", ")}${remarks})`;
}

/** Patterns that no metric's key can ever fit; which metrics there are the configuration cannot know. */
function unknownMetrics({ source, guardian }: Config): Diagnostic[] {
  const families = ["host", ...COLLECTOR_METRICS.map(({ key }) => key)];
  return guardian.anomalies.flatMap((anomaly) => {
    const patterns = anomaly.type === "metric" ? anomaly.metrics : [];
    return patterns.filter((pattern) => !families.some((key) => familyMatches(pattern, key)))
      .map((pattern): Diagnostic => ({
        ...{ severity: "warning", file: source, line: 1, column: 1 },
        path: `guardian.anomalies.${anomaly.name}.metrics`,
        message: `no metric has a key like "${pattern}"`,
      }));
  });
}

function check(path: string | null, json: boolean): void {
  try {
    const loaded = loadConfig(path);
    const { config } = loaded;
    const warnings = [...loaded.warnings, ...unknownMetrics(config)];
    if (json) {
      warnings.forEach(printJson);
      const anomalies = config.guardian.anomalies.map((a) => a.name);
      printJson({ file: config.source, ok: true, warnings: warnings.length, errors: 0, anomalies });
    } else {
      report(warnings);
      printLine(summary(config, warnings));
    }
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const errors = error.diagnostics.filter((d) => d.severity === "error").length;
    const warnings = error.diagnostics.length - errors;
    const file = path ?? "embedded default";
    if (json) {
      error.diagnostics.forEach(printJson);
      printJson({ file, ok: false, warnings, errors, anomalies: [] });
    } else {
      report(error.diagnostics);
      console.error(`${file}: ${count(errors, "fault")}`);
    }
    exitWith(EXIT.usage);
  }
}

/**
 * Adds `check` to the program.
 * @internal
 */
export function register(program: Command): void {
  program.command("check")
    .description("say what is wrong with a configuration")
    .option("-c, --config <file>", "the configuration; without it, the embedded one")
    .option("--json", "print one JSON object a line")
    .addHelpText("after", EXAMPLES)
    .action((options: { config?: string; json?: boolean }) => {
      check(options.config ?? null, options.json === true);
    });
}
