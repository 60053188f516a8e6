/**
 * The manual page aod(1), made of the commands.
 * @module
 */
import { allCommands, type CommandInfo, type OptionInfo } from "../commands.ts";
import { example, heading, paragraph, prose, subheading, term, title } from "./roff.ts";

const DESCRIPTION =
  `aod watches the SMB/CIFS mounts of a host with eBPF. It notices slow, failed and \
hung requests within milliseconds and captures the evidence into one compressed bundle while the \
trouble is still there. Beside that it logs what processes do, measures the host, and serves what it \
knows over HTTP, each where the configuration asks for it.

Without a command it runs the agent: aod --config FILE is aod run --config FILE.`;

const FILES: readonly [string, string][] = [
  ["/etc/aod.yaml", "Configuration of the service, see aod.yaml(5)."],
  ["/var/log/aod/batches/", "Bundles, with the configuration as it is installed."],
  ["/var/log/aod/audit.jsonl", "What the agent did, where audit.enabled is true."],
  ["/var/log/aod/api.token", "The bearer token of the API."],
  ["/run/aod/", "Control socket, lock and saved state of the running agent."],
  ["/var/cache/aod/", "The unpacked program, checked at every start; may be removed."],
];

const ENVIRONMENT: readonly [string, string][] = [
  ["AOD_LOG_LEVEL", "DEBUG, INFO, WARNING or ERROR, in any case."],
  ["AOD_MINIMAL", "1 is the option --minimal of aod run."],
  ["NO_COLOR", "No colours."],
  ["NOTIFY_SOCKET, WATCHDOG_USEC", "Set by systemd: readiness, state and watchdog are told there."],
];

function option({ flags, description, choices, fallback }: OptionInfo): string {
  const notes = [
    ...(choices.length > 0 ? [`one of ${choices.join(", ")}`] : []),
    ...(fallback === null ? [] : [`default ${fallback}`]),
  ];
  return term(flags, notes.length > 0 ? `${description} (${notes.join("; ")})` : description);
}

/** Examples and notes of a command; its exit codes stand with it too, where it names some. */
function command(info: CommandInfo): string {
  const name = info.path.join(" ");
  const examplesOnly = info.commands.length > 0 ? "" : info.after;
  return subheading(`${name} ${info.usage.replace("[options] [command]", "COMMAND")}`.trim()) +
    paragraph(`${info.description[0].toUpperCase()}${info.description.slice(1)}.`) +
    info.options.map(option).join("") + prose(examplesOnly);
}

/**
 * The text of the page.
 * @param date `2026-11-20`
 */
export function aodPage(program: CommandInfo, version: string, date: string): string {
  const codes = program.after.match(/Exit codes: ([\s\S]*?)\.$/m)?.[1] ?? "";
  const examples = program.after.match(/Examples:\n([\s\S]*?)\n\n/)?.[1] ?? "";
  const pairs = (rows: readonly [string, string][]) => rows.map(([k, v]) => term(k, v)).join("");
  return title("AOD", 1, date, `aod ${version}`) +
    heading("NAME") + "aod \\- watches SMB mounts, keeps the evidence of trouble\n" +
    heading("SYNOPSIS") + example(`aod [COMMAND] [OPTIONS]`) +
    heading("DESCRIPTION") + prose(DESCRIPTION) + program.options.map(option).join("") +
    heading("COMMANDS") + allCommands(program).slice(1).map(command).join("") +
    heading("EXIT STATUS") + codes.split(/,\s+/).map((code) => {
      const [number, ...what] = code.split(/\s+/);
      return term(number, what.join(" "));
    }).join("") +
    heading("FILES") + pairs(FILES) +
    heading("ENVIRONMENT") + pairs(ENVIRONMENT) +
    heading("EXAMPLES") + example(examples) +
    heading("SEE ALSO") + "aod.yaml(5), mount.cifs(8), smbinfo(1), systemd(1)\n";
}
