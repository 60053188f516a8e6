/**
 * The workflow of `aod lab run`: checks, rounds, report.
 * @module
 */
import { resolve } from "node:path";
import {
  ConfigError,
  formatDiagnostic,
  loadConfig,
  type LoadedConfig,
} from "../../evidence/configuration.ts";
import { stampOf } from "../../lab/monitor/file_name.ts";
import { AgentError, LabAgent } from "../../lab/run/agent.ts";
import { labConfig } from "../../lab/run/agent_config.ts";
import { earlyText, finishRun } from "../../lab/run/finish.ts";
import { hostDetails } from "../../lab/run/host_details.ts";
import { runLab, type RunResult } from "../../lab/run/lab_run.ts";
import { agentText, comparisonText } from "../../lab/run/outcome.ts";
import { joinWords, splitWords, WordsError } from "../../lab/run/words.ts";
import { WorkloadError } from "../../lab/run/workload.ts";
import { ensurePrivateDirectory, RUN_DIR } from "../../os/paths.ts";
import { effectiveUid } from "../../os/process.ts";
import { reasonOf } from "../../os/reason.ts";
import { ask } from "../../service/socket/client.ts";
import { EXIT, type ExitCode, ExitError } from "../exit.ts";
import { printLine } from "../output.ts";
import type { LabRunOptions } from "./run_options.ts";
import { StopSignal } from "./stop_signal.ts";

const say = (text: string) => console.error(`aod lab run: ${text}`);

/** How long an agent may take to answer whether it is there. */
const ANSWER_MS = 2_000;

/**
 * Runs it all; the lines of the result go to stdout.
 * @returns the exit code
 * @throws {ExitError} where it cannot begin
 */
export async function labRun(command: string[], options: LabRunOptions): Promise<ExitCode> {
  const argv = argvOf(command, options);
  if (effectiveUid() !== 0) {
    throw new ExitError(EXIT.notRoot, "Cannot run: because the agent needs root (use sudo)");
  }
  if (await answers(RUN_DIR)) {
    throw new ExitError(EXIT.internal, "Cannot measure: because an agent runs already (stop it)");
  }
  const dir = outputDirectory(options.output);
  const { config, config_path } = configOf(options.config, dir);
  const run_dir = Deno.makeTempDirSync({ prefix: "aod-lab-" });
  let agent: LabAgent | null = null;
  const stop = new StopSignal(() => agent?.kill());
  try {
    const seed = options.seed ?? crypto.getRandomValues(new Uint32Array(1))[0];
    const facts = {
      dir,
      command: options.shell ? `sh -c ${joinWords([argv[2]])}` : joinWords(argv),
      started_at: new Date().toISOString(),
      host: hostDetails(),
      method: methodOf(options, seed),
    };
    say(`${options.rounds} pair(s) of rounds of ${facts.command}, seed ${seed}, into ${dir}`);
    const result = await runLab({
      dir,
      argv,
      seed,
      pairs: options.rounds,
      warm_up: options.warmUp,
      timeout_sec: options.timeout,
      interval_sec: options.interval,
      settle_sec: options.settle,
      output_dir: config.aod_output_dir,
      startAgent: async () => {
        const { abort } = stop;
        return agent = await LabAgent.start({ config_path, run_dir, answers, abort });
      },
      abort: stop.abort,
      say,
    });
    const { outcome, files } = await finishRun(facts, result);
    for (const comparison of outcome.comparisons) printLine(comparisonText(comparison));
    if (outcome.agent !== null) printLine(agentText(outcome.agent));
    printLine(`${dir}/report.html`);
    say(`${dir}: ${files.join(", ")}`);
    return codeOf(result, stop);
  } finally {
    stop.close();
    removeQuietly(run_dir);
  }
}

function argvOf(command: string[], { workload, shell }: LabRunOptions): string[] {
  if ((workload === undefined) === (command.length === 0)) {
    throw new ExitError(EXIT.usage, 'Give one workload: --workload "CMD", or -- CMD ARGS');
  }
  if (shell) return ["/bin/sh", "-c", workload ?? command.join(" ")];
  if (workload === undefined) return command;
  try {
    return splitWords(workload);
  } catch (error) {
    if (!(error instanceof WordsError)) throw error;
    throw new ExitError(EXIT.usage, error.message);
  }
}

/** Whether an agent answers on the control socket in a directory. */
async function answers(run_dir: string): Promise<boolean> {
  try {
    await ask("status", run_dir, ANSWER_MS);
    return true;
  } catch {
    return false;
  }
}

function outputDirectory(given: string | undefined): string {
  const dir = resolve(given ?? `aod_lab_${stampOf(new Date())}`);
  try {
    // Before its mode is changed: somebody may have named /tmp.
    if (!isNewOrEmpty(dir)) throw new Error(`${dir} is not empty`);
    ensurePrivateDirectory(dir);
    return dir;
  } catch (error) {
    const reason = reasonOf(error);
    throw new ExitError(
      EXIT.usage,
      reason.startsWith("Cannot ") ? reason : `Cannot write there: because ${reason}`,
    );
  }
}

function isNewOrEmpty(dir: string): boolean {
  try {
    return [...Deno.readDirSync(dir)].length === 0;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return true;
    throw error;
  }
}

/** The given configuration as it is, or the embedded one with an output directory of the run's own. */
function configOf(
  given: string | undefined,
  dir: string,
): { config: LoadedConfig["config"]; config_path: string } {
  const config_path = given === undefined ? `${dir}/agent.yaml` : resolve(given);
  if (given === undefined) {
    Deno.writeTextFileSync(config_path, labConfig(`${dir}/agent`), {
      mode: 0o600,
      createNew: true,
    });
  }
  try {
    return { config: loadConfig(config_path).config, config_path };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    for (const diagnostic of error.diagnostics) console.error(formatDiagnostic(diagnostic));
    throw new ExitError(EXIT.usage, "Cannot run: because of the configuration");
  }
}

function methodOf(options: LabRunOptions, seed: number): [string, string][] {
  return [
    ["Pairs of rounds", String(options.rounds)],
    ["Order", `drawn, half of the pairs begin with the agent; seed ${seed}`],
    ["Warm-up", `${options.warmUp} without the agent, not counted`],
    ["Pause before each round", `${options.settle} s, with and without the agent`],
    ["Samples", `every ${options.interval} s`],
    ["Configuration", options.config ?? "embedded default, in an output directory of its own"],
  ];
}

function codeOf(result: RunResult, stop: StopSignal): ExitCode {
  const { ended_early } = result;
  if (ended_early === null) return EXIT.ok;
  say(earlyText(result) ?? "");
  if (ended_early === "interrupted") return stop.code ?? EXIT.ok;
  if (ended_early instanceof WorkloadError) {
    for (const line of ended_early.output) console.error(`  ${line}`);
  }
  const unsupported = ended_early instanceof AgentError &&
    ended_early.exit_code === EXIT.unsupported;
  return unsupported ? EXIT.unsupported : EXIT.internal;
}

function removeQuietly(dir: string): void {
  try {
    Deno.removeSync(dir, { recursive: true });
  } catch {
    // A directory of sockets that nobody listens on any more does no harm.
  }
}
