/**
 * `aod top`: SMB by server and command, the host and anomalies, live in a terminal.
 * @module
 */
import { Option } from "commander";
import { InvalidArgumentError } from "commander";
import type { Command } from "./command.ts";
import { EXIT, type ExitCode, exitWith } from "./exit.ts";
import { Ending } from "./live/ending.ts";
import { isTerminal, print, printJson, printLine, terminalWidth } from "./output.ts";
import { type Look, look } from "./top/look.ts";
import { topLines } from "./top/view.ts";

const EXAMPLES = `
On a terminal it goes on until Ctrl-C or q; into a pipe it is printed once.

Examples:
  sudo aod top              every two seconds
  sudo aod top -i 0.5       every half second
  sudo aod top --once       one look
  sudo aod top --json       one look as a JSON object

Exit codes: 0 ok, 1 no agent runs, 2 usage, 4 not root, 130 Ctrl-C.`;

interface TopOptions {
  interval: number;
  once?: boolean;
  json?: boolean;
  runDir?: string;
}

/** ECMA-48: home, erase to the end; alternate screen and cursor of xterm. */
const HOME = "\x1b[H";
const ERASE_LINE = "\x1b[K";
const ERASE_BELOW = "\x1b[J";
const ENTER = "\x1b[?1049h\x1b[?25l";
const LEAVE = "\x1b[?25h\x1b[?1049l";

/** Adds `top` to the program. */
export function register(program: Command): void {
  program.command("top")
    .description("show SMB, the host and anomalies live in the terminal")
    .addOption(
      new Option("-i, --interval <seconds>", "time between two looks")
        .argParser(parseInterval).default(2),
    )
    .option("--once", "look once")
    .option("--json", "look once, print one JSON object")
    .option("--run-dir <dir>", "directory of the control socket (/run/aod)")
    .addHelpText("after", EXAMPLES)
    .action(async (options: TopOptions) => {
      if (options.json) return printJson(await look(options.runDir));
      if (options.once || !isTerminal()) {
        return topLines(await look(options.runDir), null).forEach(printLine);
      }
      exitWith(await live(options));
    });
}

function parseInterval(text: string): number {
  const seconds = Number(text);
  if (text.trim() !== "" && seconds >= 0.2 && seconds <= 3600) return seconds;
  throw new InvalidArgumentError("expected seconds from 0.2 to 3600");
}

async function live({ runDir, interval }: TopOptions): Promise<ExitCode> {
  // What cannot be shown is said before the screen is taken.
  let before: Look | null = null;
  let now = await look(runDir);
  const ending = new Ending();
  const interrupt = () => ending.end(EXIT.interrupted);
  const terminate = () => ending.end(EXIT.ok);
  Deno.addSignalListener("SIGINT", interrupt);
  Deno.addSignalListener("SIGTERM", terminate);
  const keys = readKeys(ending);
  let lines = topLines(now, before);
  const resized = () => draw(lines);
  print(ENTER);
  Deno.addSignalListener("SIGWINCH", resized);
  try {
    while (ending.code === null) {
      draw(lines = topLines(now, before));
      await ending.pause(interval * 1000);
      if (ending.code !== null) break;
      before = now;
      now = await look(runDir);
    }
    return ending.code ?? EXIT.ok;
  } finally {
    Deno.removeSignalListener("SIGWINCH", resized);
    print(LEAVE);
    keys();
    Deno.removeSignalListener("SIGINT", interrupt);
    Deno.removeSignalListener("SIGTERM", terminate);
  }
}

/** q ends; where stdin is no terminal nothing is read. @returns what gives the terminal back */
function readKeys(ending: Ending): () => void {
  if (!Deno.stdin.isTerminal()) return () => {};
  Deno.stdin.setRaw(true, { cbreak: true });
  const reader = Deno.stdin.readable.getReader();
  const read = async () => {
    for (;;) {
      const { value, done } = await reader.read();
      if (done || value === undefined) return;
      if (new TextDecoder().decode(value).includes("q")) return ending.end(EXIT.ok);
    }
  };
  read().catch(() => {});
  return () => {
    Deno.stdin.setRaw(false);
    reader.cancel().catch(() => {});
  };
}

function draw(lines: readonly string[]): void {
  const width = terminalWidth() ?? 80;
  const { rows } = Deno.consoleSize();
  const shown = lines.slice(0, Math.max(1, rows - 1))
    .map((line) => `${line.slice(0, width)}${ERASE_LINE}`);
  print(`${HOME}${shown.join("\r\n")}\r\n${ERASE_BELOW}`);
}
