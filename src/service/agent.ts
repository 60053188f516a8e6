/**
 * A life of the agent from start to exit code: configuration, root, one instance, output directory,
 * controller, signals, control socket, READY; then drain and stop.
 * @module
 */
import { ConfigError, formatDiagnostic } from "../evidence/configuration.ts";
import { platformOn, withoutPlatform } from "../config/platform.ts";
import type { Config } from "../config/types.ts";
import { releaseUnusedMemory } from "../os/memory.ts";
import { ensurePrivateDirectory, type RunPaths, runPaths } from "../os/paths.ts";
import { effectiveUid, setThreadName } from "../os/process.ts";
import { reasonOf } from "../os/reason.ts";
import { SdNotify } from "../os/sd_notify.ts";
import { Syslog } from "../os/syslog.ts";
import { runCommand, runReload } from "./commands.ts";
import { Controller } from "./controller.ts";
import { InstanceLock } from "./instance_lock.ts";
import { type LogFormat, Logger, parseLogLevel } from "./log.ts";
import { wantedLevel } from "./log_level.ts";
import { prepareOutputDirectory } from "./output_directory.ts";
import type { CheckedConfig, ControllerParts } from "./parts.ts";
import { handleSignals } from "./signals.ts";
import type { ControlResponse } from "./socket/protocol.ts";
import { ControlServer } from "./socket/server.ts";
import { StartError } from "./start_error.ts";

/** How the agent is started. */
export interface AgentOptions {
  /** The file, null for the embedded default. */
  configPath: string | null;
  /** Of the log on stderr. */
  logFormat: LogFormat;
  /** Without self-metrics and without the platform, whatever the configuration says. */
  minimal: boolean;
  /** Default /run/aod. */
  runDir?: string;
  /** What it is made of. */
  parts: ControllerParts;
}

/**
 * What only the start needed is given back so long after it: at once what the start read, and once
 * more when the engine has collected its garbage (30 s after the last work) and the code for that.
 */
const SETTLED_MS = [5_000, 45_000] as const;
/** The platform's parts have so long to start before a person is told of them. */
const REPORT_MS = 10_000;
/** sun_path without its closing zero, include/uapi/linux/un.h. */
const MOST_SOCKET_BYTES = 107;
/** The exit code of an agent that a second signal ended before its drain was over. */
const INTERRUPTED = 130;

/**
 * Runs the agent until a signal ends it.
 * @returns the exit code: 0 after a clean drain
 * @throws {StartError} when it cannot start
 */
export async function runAgent(options: AgentOptions): Promise<number> {
  const parts = options.minimal ? minimalParts(options.parts) : options.parts;
  const { config, warnings } = readConfig({ ...options, parts });
  if (effectiveUid() !== 0) {
    throw new StartError("not_root", "Cannot start: because aod needs root (use sudo)");
  }
  const log = createLogger(options.logFormat, config);
  for (const warning of warnings) log.warning("config", warning);
  const paths = runPaths(options.runDir);
  const lock = takeLock(paths);
  prepareOutputDirectory(config.aod_output_dir);
  Deno.umask(0o077);
  setThreadName("aod");
  const syslog = new Syslog();
  const notify = new SdNotify();
  const { promise: finished, resolve: finish } = Promise.withResolvers<number>();
  let ending = false;
  const controller = new Controller({
    config,
    configPath: options.configPath,
    minimal: options.minimal,
    paths,
    parts,
    log,
    syslog,
    notify,
    fatal: (code) => finish(code),
  });
  const removeSignals = handleSignals({
    stop: (signal) => {
      log.info("controller", `${signal}: draining`);
      notify.stopping();
      ending = true;
      finish(0);
    },
    stopNow: (signal) => {
      log.warning("controller", `${signal} again: stopping at once`);
      log.flush(200).then(() => Deno.exit(INTERRUPTED));
    },
    reload: () => report(log, "reload", () => runReload(controller)),
    snapshot: () => report(log, "take a snapshot", () => controller.snapshot()),
  });
  await controller.start();
  const { unsupported } = controller;
  if (unsupported !== null) {
    await controller.stop();
    throw new StartError("unsupported", `Cannot watch on this kernel: because ${unsupported}`);
  }
  const server = await listen(controller, paths, log);
  const watchdog = startWatchdog(notify);
  if (!ending) {
    notify.ready();
    log.info("controller", `ready in ${Math.round(performance.now())} ms, pid ${Deno.pid}`);
    for (const line of welcome(config)) log.info("controller", line);
    controller.startOptional();
    if (Deno.stderr.isTerminal() && platformOn(config)) void banner(controller, config, log);
  }
  const settled = SETTLED_MS.map((ms) => setTimeout(releaseUnusedMemory, ms));
  const code = await finished;
  for (const timer of settled) clearTimeout(timer);
  await Promise.all([controller.stop(), server.close()]);
  clearInterval(watchdog);
  removeSignals();
  log.info("controller", "stopped");
  await Promise.all([syslog.flush(), log.flush()]);
  lock.release();
  return code;
}

/** What a person wants to know of an agent that has just started. */
function welcome({ source, guardian, aod_output_dir }: CheckedConfig["config"]): string[] {
  const lines = [
    `watching for ${guardian.anomalies.map(({ name }) => name).join(", ")} (${source})`,
    `bundles go to ${aod_output_dir}/batches`,
  ];
  if (Deno.stderr.isTerminal()) lines.push("Ctrl-C drains and stops; `aod status` tells more");
  return lines;
}

async function banner(controller: Controller, config: Config, log: Logger): Promise<void> {
  const { bannerLines } = await import("./platform/banner.ts");
  const status = await controller.optional.platform.reported(REPORT_MS);
  for (const line of bannerLines(config, status)) log.info("platform", line);
}

function readConfig({ configPath, parts }: AgentOptions): CheckedConfig {
  try {
    return parts.loadConfig(configPath);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const lines = error.diagnostics.map(formatDiagnostic);
    throw new StartError("config", "Cannot start: because of the configuration", lines);
  }
}

/** Nothing is measured but what watching SMB needs. */
function minimalParts(parts: ControllerParts): ControllerParts {
  return {
    ...parts,
    loadConfig: (path) => {
      const { config, warnings } = parts.loadConfig(path);
      return { config: withoutPlatform(config), warnings };
    },
  };
}

function takeLock({ dir, lock, socket }: RunPaths): InstanceLock {
  if (new TextEncoder().encode(socket).length > MOST_SOCKET_BYTES) {
    throw new StartError(
      "environment",
      `Cannot use the directory ${dir}: because a socket's path has at most ` +
        `${MOST_SOCKET_BYTES} bytes`,
    );
  }
  try {
    ensurePrivateDirectory(dir);
  } catch (error) {
    throw new StartError("environment", error instanceof Error ? error.message : String(error));
  }
  return InstanceLock.acquire(lock);
}

function createLogger(format: LogFormat, config: Config): Logger {
  const wanted = Deno.env.get("AOD_LOG_LEVEL");
  const journal = Deno.env.has("JOURNAL_STREAM") && !Deno.stderr.isTerminal();
  const log = new Logger({ format, level: wantedLevel(config, wanted), journal });
  if (wanted !== undefined && parseLogLevel(wanted) === null) {
    log.warning("log", `AOD_LOG_LEVEL=${wanted} is no level (DEBUG, INFO, WARNING, ERROR)`);
  }
  return log;
}

/** The agent does not run where nobody could ask it anything: what has started is stopped. */
async function listen(
  controller: Controller,
  { socket }: RunPaths,
  log: Logger,
): Promise<ControlServer> {
  try {
    return ControlServer.listen({
      path: socket,
      handle: (command) => runCommand(controller, command),
      onError: (reason) => log.once("socket", 60_000, "WARNING", "socket", reason),
    });
  } catch (error) {
    await controller.stop();
    throw new StartError("environment", cannot(`listen on ${socket}`, error));
  }
}

/** For signals, which have nobody to answer to. */
async function report(log: Logger, what: string, action: () => unknown): Promise<void> {
  try {
    const result = await action() as ControlResponse | undefined;
    if (result?.ok !== false) return;
    for (const line of result.details) log.error("config", line);
    log.error("controller", `Cannot ${what}: because ${result.error}`);
  } catch (error) {
    log.error("controller", cannot(what, error));
  }
}

/** What could not be done and why, in one line; an error that says so itself stands as it is. */
function cannot(what: string, error: unknown): string {
  const reason = reasonOf(error);
  return reason.startsWith("Cannot ") ? reason : `Cannot ${what}: because ${reason}`;
}

function startWatchdog(notify: SdNotify): ReturnType<typeof setInterval> | undefined {
  if (notify.watchdogIntervalMs === 0) return undefined;
  return setInterval(() => notify.watchdog(), notify.watchdogIntervalMs);
}
