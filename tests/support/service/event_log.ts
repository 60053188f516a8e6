/**
 * For tests of the event log in the agent: a program of a name of its own that makes known calls, and
 * what the log's files hold.
 * @module
 */
import { dirname } from "node:path";
import type { EventLogLedger } from "../../../src/service/event_log/ledger.ts";
import type { AgentStatus } from "../../../src/service/status.ts";
import { listRotated } from "../../../src/sink/rotation.ts";

/** Name of the program's threads: no other process of tests has the same, for it is filtered by. */
export const COMM: string = `aodw${Deno.pid}`;

/** A copy of dd: with count N it makes N reads and N writes of one byte, and few others. */
export class Workload {
  readonly #program: string;

  constructor(dir: string) {
    this.#program = `${dir}/${COMM}`;
    Deno.copyFileSync("/bin/dd", this.#program);
  }

  /** Runs it to its end; its process id. */
  async run(count: number): Promise<number> {
    const child = this.start(count);
    const { success } = await child.status;
    if (!success) throw new Error("the workload failed");
    return child.pid;
  }

  start(count: number): Deno.ChildProcess {
    const args = ["if=/dev/zero", "of=/dev/null", "bs=1", `count=${count}`];
    const stdio = { stdin: "null", stdout: "null", stderr: "null" } as const;
    return new Deno.Command(this.#program, { args, ...stdio }).spawn();
  }
}

/** One line of the log. */
export type Line = Record<string, unknown> & { event_type: string };

/** Calls `take` with every line of the log's files, oldest first; a line that is no JSON throws. */
export async function eachLine(path: string, take: (line: Line) => void): Promise<void> {
  const { rotated } = listRotated(path);
  for (const file of [...rotated.map((entry) => entry.path), path]) {
    const stream = (await Deno.open(file)).readable.pipeThrough(new TextDecoderStream());
    let rest = "";
    for await (const chunk of stream) {
      const lines = (rest + chunk).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) take(JSON.parse(line));
    }
    if (rest !== "") throw new Error(`${file} ends with half a line: ${rest.slice(0, 100)}`);
  }
}

/** Events by type, and what gaps tell of. */
export async function tally(path: string): Promise<{
  events: number;
  gaps: number;
  processes: number;
  byType: Record<string, number>;
}> {
  const sums = { events: 0, gaps: 0, processes: 0, byType: {} as Record<string, number> };
  await eachLine(path, (line) => {
    if (line.event_type === "gap") sums.gaps += Number(line.events);
    else if (line.event_type === "snapshot") sums.processes++;
    else {
      sums.events++;
      sums.byType[line.event_type] = (sums.byType[line.event_type] ?? 0) + 1;
    }
  });
  return sums;
}

/** What the event log has dropped in all. */
export function dropped({ dropped }: EventLogLedger): number {
  return Object.values(dropped).reduce((sum, count) => sum + count, 0);
}

/** What does not add up; to be asked when nothing is under way. */
export function logFaults({ event_log: { ledger } }: AgentStatus): string[] {
  const { seen, written, filtered, own, waiting } = ledger;
  const faults = waiting === 0 ? [] : [`${waiting} are waiting`];
  const sum = written + filtered + own + dropped(ledger) + waiting;
  return seen === sum ? faults : [...faults, `${seen} seen are not ${sum}`];
}

/** The directory of the log, as mode and names. */
export function modes(path: string): string[] {
  const mode = (file: string) => (Deno.lstatSync(file).mode! & 0o777).toString(8);
  return [mode(dirname(path)), mode(path)];
}
