/**
 * The completion for zsh, made of the commands: one function a command, called by the one above it.
 * @module
 */
import { allCommands, type CommandInfo, type OptionInfo, optionsOf } from "../commands.ts";

/** Text inside single quotes and the brackets of an _arguments specification. */
function text(description: string): string {
  return description.replace(/[[\]:\\]/g, "\\$&").replaceAll("'", "'\\''");
}

function valueOf({ kind, value, choices }: OptionInfo): string {
  const action = {
    none: null,
    file: "_files",
    directory: "_files -/",
    choice: `(${choices.join(" ")})`,
    other: "",
  }[kind];
  return action === null ? "" : `:${text(value)}:${action}`;
}

function specification(option: OptionInfo): string {
  const { names, description } = option;
  const tail = `[${text(description)}]${valueOf(option)}'`;
  if (names.length === 1) return `'${names[0]}${tail}`;
  return `'(${names.join(" ")})'{${names.join(",")}}'${tail}`;
}

function functionName(path: readonly string[]): string {
  return `_${path.join("_")}`;
}

function commandFunction(command: CommandInfo): string {
  const { path, commands } = command;
  const specifications = optionsOf(command).map((option) => `    ${specification(option)}`);
  if (commands.length === 0) {
    return `${functionName(path)}() {\n  _arguments -s \\\n${specifications.join(" \\\n")}\n}\n`;
  }
  const rows = commands.map((child) =>
    `    '${child.path[child.path.length - 1]}:${text(child.description)}'`
  );
  const cases = commands.map((child) =>
    `        ${child.path[child.path.length - 1]}) ${functionName(child.path)} ;;`
  );
  return `${functionName(path)}() {
  local curcontext=$curcontext state line
  local -A opt_args
  local -a commands=(
${rows.join("\n")}
  )
  _arguments -s -C \\
${specifications.join(" \\\n")} \\
    '1: :->command' \\
    '*:: :->rest'
  case $state in
    command) _describe 'command' commands ;;
    rest)
      case $line[1] in
${cases.join("\n")}
      esac
      ;;
  esac
}
`;
}

/** The text of the script. */
export function zshCompletion(program: CommandInfo): string {
  const functions = allCommands(program).map(commandFunction);
  return `#compdef aod
# zsh completion of aod; made by packaging/completions/zsh.ts

${functions.join("\n")}
_aod "$@"
`;
}
