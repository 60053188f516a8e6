/**
 * `aod config`: the embedded default, the schema, the effective values.
 * @module
 */
import type { Command } from "./command.ts";
import { stringify } from "yaml";
import { effectiveAnomaly, effectiveConfig } from "../config/effective.ts";
import { configJsonSchema } from "../config/json_schema.ts";
import { ConfigError, formatDiagnostic, loadConfig } from "../evidence/configuration.ts";
import { didYouMean } from "../config/suggest.ts";
import { assetText } from "../os/assets.ts";
import { EXIT, ExitError, exitWith } from "./exit.ts";
import { print, printJson, printLine } from "./output.ts";

const DEFAULT = `
  aod config default > /etc/aod.yaml         a file to start from`;
const SCHEMA = `
  aod config schema > aod.schema.json        JSON Schema, for editors`;
const SHOW = `
  aod config show                            of the embedded default
  aod config show --config /etc/aod.yaml     of a file, every threshold
  aod config show --config /etc/aod.yaml --anomaly latency --json`;

function examples(...lines: string[]): string {
  return `\nExamples:${lines.join("")}\n\nExit codes: 0 ok, 2 the configuration is at fault.`;
}

interface ShowOptions {
  config?: string;
  anomaly?: string;
  json?: boolean;
}

function show(options: ShowOptions): void {
  const { config, warnings } = loadConfig(options.config ?? null);
  for (const w of warnings) console.error(`warning: ${formatDiagnostic(w)}`);
  let shown: object = effectiveConfig(config);
  if (options.anomaly !== undefined) {
    const names = config.guardian.anomalies.map((a) => a.name);
    const anomaly = config.guardian.anomalies.find((a) => a.name === options.anomaly);
    if (anomaly === undefined) {
      const hint = didYouMean(options.anomaly, names) || `; there are: ${names.join(", ")}`;
      throw new ExitError(
        EXIT.usage,
        `no anomaly ${JSON.stringify(options.anomaly)} in ${config.source}${hint}`,
      );
    }
    shown = { name: anomaly.name, ...effectiveAnomaly(anomaly) };
  }
  if (options.json) printJson(shown);
  else print(stringify(shown, { lineWidth: 0, aliasDuplicateObjects: false }));
}

/**
 * Adds `config` with its subcommands to the program.
 * @internal
 */
export function register(program: Command): void {
  const config = program.command("config")
    .description("print the default, the schema or the effective values of the configuration")
    .addHelpText("after", examples(DEFAULT, SCHEMA, SHOW));
  config.command("default")
    .description("print the embedded default configuration")
    .addHelpText("after", examples(DEFAULT))
    .action(() => print(assetText("aod.yaml")));
  config.command("schema")
    .description("print the JSON Schema of the configuration")
    .addHelpText("after", examples(SCHEMA))
    .action(() => printLine(JSON.stringify(configJsonSchema(), null, 2)));
  config.command("show")
    .description("print the effective values")
    .option("-c, --config <file>", "the configuration; without it, the embedded one")
    .option("-a, --anomaly <name>", "only this anomaly")
    .option("--json", "print one JSON object")
    .addHelpText("after", examples(SHOW))
    .action((options: ShowOptions) => {
      try {
        show(options);
      } catch (error) {
        if (!(error instanceof ConfigError)) throw error;
        for (const d of error.diagnostics) console.error(formatDiagnostic(d));
        exitWith(EXIT.usage);
      }
    });
}
