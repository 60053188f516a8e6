/**
 * The command line: picks the subcommand, runs it, turns what happened into an exit code.
 * @module
 */
import { Command as Program, CommanderError } from "commander";
import { didYouMean } from "../config/suggest.ts";
import { AOD_VERSION } from "../os/build_info.ts";
import { forgetPreload } from "../os/preload.ts";
import type { Command } from "./command.ts";
import { EXIT, exitCode, ExitError } from "./exit.ts";
import { print } from "./output.ts";
import { SUBCOMMANDS } from "./registry.ts";

const EXAMPLES = `
Examples:
  sudo aod                             run with the embedded configuration
  sudo aod --config /etc/aod.yaml      run with a configuration of your own
  sudo aod status                      what the running agent does
  sudo aod bundle show                 the verdict and evidence caught last
  aod check --config /etc/aod.yaml     say what is wrong with a configuration

Exit codes: 0 ok, 1 internal error, 2 usage or configuration, 3 kernel not
supported, 4 not root, 130 interrupted.`;

function createProgram(): Command {
  return new Program("aod")
    .description(
      "Watches SMB/CIFS mounts, notices slow, failed and hung requests, keeps the evidence.",
    )
    .usage("[command] [options]")
    .version(AOD_VERSION, "-V, --version", "print the version number")
    .helpCommand("help [command]", "print the help of a command")
    .addHelpText("after", EXAMPLES)
    .configureOutput({
      writeOut: print,
      outputError: (text, write) => write(text.replace(/^error: /, "aod: ")),
    })
    .exitOverride();
}

/** Without a subcommand the agent runs: `aod --config F` is `aod run --config F`. */
function withDefaultCommand(args: string[]): string[] {
  const first = args[0];
  const asksProgram = ["-h", "--help", "-V", "--version"].includes(first);
  if (!("run" in SUBCOMMANDS)) return args.length === 0 ? ["--help"] : args;
  return first === undefined || (first.startsWith("-") && !asksProgram) ? ["run", ...args] : args;
}

async function registerNeeded(program: Command, name: string): Promise<void> {
  const wanted = Object.hasOwn(SUBCOMMANDS, name) ? [name] : Object.keys(SUBCOMMANDS);
  for (const key of wanted) (await SUBCOMMANDS[key]()).register(program);
  pointAtHelp(program, "aod");
}

/** The program with all of its subcommands, for what is made of them: manual page, completions. */
export async function wholeProgram(): Promise<Command> {
  const program = createProgram();
  await registerNeeded(program, "");
  return program;
}

/** After a usage error each command names its own help. */
function pointAtHelp(command: Command, path: string): void {
  command.showHelpAfterError(`(${path} --help shows what there is)`);
  for (const child of command.commands) pointAtHelp(child, `${path} ${child.name()}`);
}

/** `aod help NAME` of an unknown name would show the general help as if that had been asked for. */
function refuseUnknownHelp([first, name]: string[]): void {
  if (first !== "help" || name === undefined || name === "help") return;
  if (Object.hasOwn(SUBCOMMANDS, name) || name.startsWith("-")) return;
  throw new ExitError(
    EXIT.usage,
    `unknown command ${JSON.stringify(name)}${didYouMean(name, Object.keys(SUBCOMMANDS))}` +
      "\n(aod --help shows what there is)",
  );
}

function codeOf(error: unknown): number {
  // The reader of our output has seen enough: not an error.
  if (error instanceof Deno.errors.BrokenPipe) return EXIT.ok;
  if (error instanceof CommanderError) {
    return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  }
  if (error instanceof ExitError) {
    if (error.message !== "") console.error(`aod: ${error.message}`);
    return error.exitCode;
  }
  console.error(`aod: internal error: ${error instanceof Error ? error.message : String(error)}`);
  // Where it happened is for those who look for it.
  const debug = /^debug$/i.test(Deno.env.get("AOD_LOG_LEVEL") ?? "");
  if (error instanceof Error && debug) console.error(error.stack);
  else console.error("aod: AOD_LOG_LEVEL=debug tells where");
  return EXIT.internal;
}

/** Errors that no `await` of a subcommand catches, from callbacks and lost promises. */
function catchStrays(): void {
  globalThis.addEventListener("unhandledrejection", (event) => {
    event.preventDefault();
    Deno.exit(codeOf(event.reason));
  });
  globalThis.addEventListener("error", (event) => {
    event.preventDefault();
    Deno.exit(codeOf(event.error));
  });
}

/**
 * Runs the command line `args` (without the program's name).
 * @returns the exit code; the caller ends the process with it.
 */
export async function main(args: string[]): Promise<number> {
  catchStrays();
  forgetPreload();
  try {
    const argv = withDefaultCommand(args);
    refuseUnknownHelp(argv);
    const program = createProgram();
    await registerNeeded(program, argv[0]);
    await program.parseAsync(argv, { from: "user" });
    return exitCode();
  } catch (error) {
    return codeOf(error);
  }
}
