/**
 * The command line as data, read from the commands themselves: what the manual page and the
 * completions are made of, so that neither can say anything else than `--help`.
 * @module
 */
import type { Command } from "../src/cli/command.ts";
import { wholeProgram } from "../src/cli/main.ts";

/** What an option's value is, as far as a shell can complete it. */
export type ValueKind = "none" | "file" | "directory" | "choice" | "other";

/** One option. */
export interface OptionInfo {
  /** `-c` and `--config`, or one of them. */
  names: readonly string[];
  /** As in the help: `-c, --config <file>`. */
  flags: string;
  description: string;
  kind: ValueKind;
  /** Name of the value, `file`; "" without one. */
  value: string;
  /** With kind "choice". */
  choices: readonly string[];
  /** As text, null for none. */
  fallback: string | null;
}

/** One command or subcommand. */
export interface CommandInfo {
  /** From the program on: `["aod", "bundle", "show"]`. */
  path: readonly string[];
  description: string;
  /** What follows the path in the usage line: `[options] [id]`. */
  usage: string;
  options: readonly OptionInfo[];
  commands: readonly CommandInfo[];
  /** What its help says after the options: examples, exit codes. */
  after: string;
}

const KINDS: Readonly<Record<string, ValueKind>> = {
  file: "file",
  path: "file",
  dir: "directory",
  directory: "directory",
};

type CommandOption = Command["options"][number];

function optionInfo(option: CommandOption): OptionInfo {
  const value = option.flags.match(/[<[](.+)[\]>]/)?.[1] ?? "";
  const choices = option.argChoices ?? [];
  const plain = value === "" ? "none" : KINDS[value] ?? "other";
  const { defaultValue } = option;
  return {
    names: [option.short, option.long].filter((name) => name !== undefined),
    flags: option.flags,
    description: option.description,
    kind: choices.length > 0 ? "choice" : plain,
    value,
    choices,
    fallback: defaultValue === undefined ? null : String(defaultValue),
  };
}

/** What a command's help says after what commander makes of its options. */
function textAfter(command: Command): string {
  let text = "";
  const writeOut = (piece: string) => void (text += piece);
  command.configureOutput({ writeOut }).outputHelp();
  return text.slice(command.helpInformation().length).trim();
}

function commandInfo(command: Command, above: readonly string[]): CommandInfo {
  const path = [...above, command.name()];
  return {
    path,
    description: command.description(),
    usage: command.usage(),
    options: command.options.filter((option) => !option.hidden).map(optionInfo),
    commands: command.commands.map((child) => commandInfo(child, path)),
    after: textAfter(command),
  };
}

/** The program with all of its commands, in the order of `aod --help`. */
export async function programInfo(): Promise<CommandInfo> {
  return commandInfo(await wholeProgram(), []);
}

/** A command and all below it. */
export function allCommands(command: CommandInfo): CommandInfo[] {
  return [command, ...command.commands.flatMap(allCommands)];
}

/**
 * The options that can follow a command: its own, `--help`, and for the program alone those of
 * `aod run`, which runs without being named.
 */
export function optionsOf(command: CommandInfo): OptionInfo[] {
  const run = command.commands.find(({ path }) => path.join(" ") === "aod run");
  const help: OptionInfo = {
    ...{ names: ["-h", "--help"], flags: "-h, --help", description: "print the help" },
    ...{ kind: "none", value: "", choices: [], fallback: null },
  };
  return [...command.options, ...(run?.options ?? []), help];
}
