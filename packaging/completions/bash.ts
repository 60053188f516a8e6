/**
 * The completion for bash, made of the commands. It needs nothing of the package bash-completion.
 * @module
 */
import { allCommands, type CommandInfo, type OptionInfo, optionsOf } from "../commands.ts";

/** Words in single quotes. */
function quoted(words: readonly string[]): string {
  return `'${words.join(" ").replaceAll("'", "'\\''")}'`;
}

/** One line of `case` for the values of an option. */
function valueCase(path: string, option: OptionInfo): string[] {
  const pattern = option.names.map((name) => `'${path} ${name}'`).join(" | ");
  const files = 'compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -f -- "$cur")';
  const action = {
    none: null,
    file: files,
    directory: files.replace("-f", "-d"),
    choice: `mapfile -t COMPREPLY < <(compgen -W ${quoted(option.choices)} -- "$cur")`,
    // Nobody can guess it, but an option is not meant.
    other: ":",
  }[option.kind];
  return action === null ? [] : [`    ${pattern}) ${action}; return ;;`];
}

/** One line of `case` for what can follow a command. */
function commandCase(command: CommandInfo): string {
  const options = optionsOf(command).flatMap(({ names }) => names);
  const commands = command.commands.map(({ path }) => path[path.length - 1]);
  const path = command.path.join(" ");
  return `    '${path}') options=${quoted(options)} commands=${quoted(commands)} ;;`;
}

/** The text of the script. */
export function bashCompletion(program: CommandInfo): string {
  const commands = allCommands(program);
  const paths = commands.slice(1).map(({ path }) => `'${path.join(" ")}'`).join(" | ");
  const values = commands.flatMap((command) =>
    optionsOf(command).flatMap((option) => valueCase(command.path.join(" "), option))
  );
  return `# bash completion of aod; made by packaging/completions/bash.ts
_aod() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD - 1]}
  local path=aod options= commands= i
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "$path \${COMP_WORDS[i]}" in
      ${paths}) path="$path \${COMP_WORDS[i]}" ;;
    esac
  done
  COMPREPLY=()
  case "$path $prev" in
${values.join("\n")}
  esac
  case $path in
${commands.map(commandCase).join("\n")}
  esac
  if [[ $cur == -* || -z $commands ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$options" -- "$cur")
  else
    mapfile -t COMPREPLY < <(compgen -W "$commands" -- "$cur")
  fi
} &&
  complete -F _aod aod
`;
}
