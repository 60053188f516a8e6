/**
 * The completion for fish, made of the commands.
 * @module
 */
import { allCommands, type CommandInfo, type OptionInfo, optionsOf } from "../commands.ts";

function quoted(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}

/** When a command's completions hold: its name was seen, and none of a command below it. */
function condition({ path, commands }: CommandInfo): string {
  const below = commands.map((child) => child.path[child.path.length - 1]).join(" ");
  const seen = path.slice(1).map((name) => `__fish_seen_subcommand_from ${name}`);
  if (path.length === 1) return "__fish_use_subcommand";
  return [...seen, ...(below === "" ? [] : [`not __fish_seen_subcommand_from ${below}`])]
    .join("; and ");
}

function optionLine(when: string, option: OptionInfo): string {
  const { names, kind, choices, description } = option;
  const value = {
    none: "",
    file: " -r -F",
    directory: " -x -a '(__fish_complete_directories)'",
    choice: ` -x -a ${quoted(choices.join(" "))}`,
    other: " -x",
  }[kind];
  const flags = names.map((name) =>
    name.startsWith("--") ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`
  ).join(" ");
  return `complete -c aod -n ${quoted(when)} ${flags}${value} -d ${quoted(description)}`;
}

function lines(command: CommandInfo): string[] {
  const when = condition(command);
  return [
    ...command.commands.map((child) => {
      const name = child.path[child.path.length - 1];
      return `complete -c aod -n ${quoted(when)} -a ${name} -d ${quoted(child.description)}`;
    }),
    ...optionsOf(command).map((option) => optionLine(when, option)),
  ];
}

/** The text of the script. */
export function fishCompletion(program: CommandInfo): string {
  return [
    "# fish completion of aod; made by packaging/completions/fish.ts",
    "complete -c aod -f",
    ...allCommands(program).flatMap(lines),
    "",
  ].join("\n");
}
