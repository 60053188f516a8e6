/**
 * Starting this program once more, from whatever it runs: the launcher's cache, memory files, or the
 * sources.
 * @module
 */
import { ownEnvironment } from "./preload.ts";
import { ownCommandLine } from "./process.ts";

/** Set by the launcher for this program (packaging/launcher/launch.c), not for those it starts. */
const LAUNCHER_DENO_DIR = "/proc/no-cache";
const LAUNCHER_VARIABLES = ["DENO_DIR", "DENO_LOG", "DENO_NO_UPDATE_CHECK"];

/** A program with its arguments and its whole environment. */
export interface OwnProgram {
  /** Path to execute. */
  path: string;
  /** What comes before the arguments of aod, then those. */
  args: string[];
  /** Its environment; nothing else is to be in it. */
  env: Record<string, string>;
}

/**
 * This program with other arguments.
 * @param commandLine of this process, its name first
 * @param given the arguments of aod at its end
 */
export function ownProgram(
  args: readonly string[],
  commandLine: readonly string[] = ownCommandLine(),
  given: readonly string[] = Deno.args,
): OwnProgram {
  const before = commandLine.slice(1, commandLine.length - given.length);
  // Not execPath: that is no path where the program is a memory file.
  const path = `/proc/${Deno.pid}/exe`;
  return { path, args: [...before, ...args], env: ownEnvironment() };
}

/** The environment of programs that are not ours: without what the launcher put into this one's. */
export function foreignEnvironment(
  environment: Record<string, string> = Deno.env.toObject(),
): Record<string, string> {
  if (environment.DENO_DIR !== LAUNCHER_DENO_DIR) return environment;
  return Object.fromEntries(
    Object.entries(environment).filter(([name]) => !LAUNCHER_VARIABLES.includes(name)),
  );
}
