/**
 * `aod doctor`: what works on this machine, what does not, and what to do about it.
 * @module
 */
import { styleText } from "node:util";
import type { Command } from "./command.ts";
import { ConfigError, formatDiagnostic, loadConfig } from "../evidence/configuration.ts";
import type { Config } from "../config/types.ts";
import { doctorContext } from "../service/doctor/context.ts";
import { examine, type NamedFinding } from "../service/doctor/examine.ts";
import { CHECKS } from "../service/doctor/registry.ts";
import { EXIT, ExitError, exitWith } from "./exit.ts";
import { isTerminal, printJson, printLine } from "./output.ts";

const EXAMPLES = `
Examples:
  sudo aod doctor                           for the embedded configuration
  sudo aod doctor --config /etc/aod.yaml    for a configuration of your own
  sudo aod doctor --json                    one JSON object a finding

Exit codes: 0, whatever was found; 2 usage or configuration; 3 aod cannot watch
anything on this kernel.`;

const COLOURS = { ok: "green", warn: "yellow", fail: "red" } as const;

/** Adds `doctor` to the program. */
export function register(program: Command): void {
  program.command("doctor")
    .description("check kernel, BPF, cifs, tools and the output directory, with remedies")
    .option("--json", "print one JSON object a finding")
    .option("-c, --config <file>", "configuration file; without it the embedded default")
    .addHelpText("after", EXAMPLES)
    .action(async (options: { json?: boolean; config?: string }) => {
      const config = readConfig(options.config ?? null);
      const findings = await examine(CHECKS, doctorContext(config));
      if (options.json) findings.forEach(printJson);
      else printFindings(findings);
      if (findings.some((finding) => finding.hopeless)) exitWith(EXIT.unsupported);
    });
}

function readConfig(path: string | null): Config {
  try {
    return loadConfig(path).config;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    for (const diagnostic of error.diagnostics) console.error(formatDiagnostic(diagnostic));
    throw new ExitError(EXIT.usage, "the configuration is at fault (aod check)");
  }
}

function printFindings(findings: readonly NamedFinding[]): void {
  const colour = isTerminal();
  for (const { check, status, text, remedy } of findings) {
    const mark = status.padEnd(4);
    printLine(`${colour ? styleText(COLOURS[status], mark) : mark}  ${check.padEnd(10)}  ${text}`);
    if (remedy !== "") printLine(`${" ".repeat(18)}-> ${remedy}`);
  }
  const count = (status: string) => findings.filter((f) => f.status === status).length;
  const [warnings, failures] = [count("warn"), count("fail")];
  printLine(
    `${count("ok")} ok, ${warnings} ${warnings === 1 ? "warning" : "warnings"}, ` +
      `${failures} ${failures === 1 ? "failure" : "failures"}`,
  );
}
