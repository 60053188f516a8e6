/**
 * Where in the kernel the processes wait: those that cannot be interrupted (state D), the SMB
 * client's own threads, and who issued the worst requests.
 * @module
 */
import { type Dirent, readdirSync, readFileSync } from "node:fs";
import type { Action, Step } from "./action.ts";

/** Stacks shown. */
const MOST_TASKS = 48;
/** Time the search may take: it runs between other work. */
const SEARCH_MS = 60;
/** Threads of the SMB client, fs/smb/client/connect.c, and its work queues. */
const SMB_THREAD = /^(?:cifsd|kworker\/.*cifs)/;

/** One task worth a look. */
export interface Task {
  /** Process. */
  pid: number;
  /** Thread. */
  tid: number;
  /** As in ps(1). */
  state: string;
  /** The thread's name. */
  name: string;
}

/** Fields 2, 3 and 20 of proc_pid_stat(5); the name may hold blanks and parentheses. */
export function parseStat(text: string): { name: string; state: string; threads: number } | null {
  const end = text.lastIndexOf(")");
  const fields = text.slice(end + 2).split(" ");
  const begin = text.indexOf("(");
  if (begin < 0 || end < begin || fields.length < 18) return null;
  return { name: text.slice(begin + 1, end), state: fields[0], threads: Number(fields[17]) };
}

/** Looks at every thread of the system; `cut` when the time was over before. */
function search(issuers: ReadonlySet<number>): { tasks: Task[]; seen: number; cut: boolean } {
  const deadline = performance.now() + SEARCH_MS;
  const tasks: Task[] = [];
  let seen = 0;
  const look = (path: string, pid: number, tid: number): number => {
    // Not `status`, `cmdline` or `stack`: these can wait for the task's locks.
    const found = parseStat(readOr(`${path}/stat`));
    if (found === null) return 0;
    seen++;
    const { name, state, threads } = found;
    const wanted = state === "D" || SMB_THREAD.test(name) || issuers.has(tid);
    if (wanted && tasks.length < MOST_TASKS) tasks.push({ pid, tid, state, name });
    return threads;
  };
  for (const pid of numbersIn("/proc")) {
    if (performance.now() > deadline) return { tasks, seen, cut: true };
    if (look(`/proc/${pid}`, pid, pid) <= 1) continue;
    for (const tid of numbersIn(`/proc/${pid}/task`)) {
      if (performance.now() > deadline) return { tasks, seen, cut: true };
      if (tid !== pid) look(`/proc/${pid}/task/${tid}`, pid, tid);
    }
  }
  return { tasks, seen, cut: false };
}

function numbersIn(directory: string): number[] {
  try {
    return readdirSync(directory, { withFileTypes: true })
      .filter((entry: Dirent) => /^\d+$/.test(entry.name))
      .map((entry: Dirent) => Number(entry.name));
  } catch {
    return [];
  }
}

function readOr(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return ""; // It has ended.
  }
}

/** The action `tasks`. */
export const tasks: Action = {
  name: "tasks",
  description:
    "Processes in state D, the SMB client's threads and the issuers, with their kernel stacks.",
  timeout_sec: 5,
  max_output_kb: 1024,
  params: {},
  phase: "snapshot",
  programs: ["tail"],
  plan({ anomaly }) {
    const issuers = new Set(anomaly.worst.flatMap(({ pid, tid }) => [pid, tid]));
    const { tasks, seen, cut } = search(issuers);
    const waiting = tasks.filter(({ state }) => state === "D").length;
    const head = `${seen} threads looked at${cut ? ", not all: the time was over" : ""}; ` +
      `${waiting} in state D\n`;
    const rows = tasks.map(({ pid, tid, state, name }) =>
      `${String(pid).padStart(8)} ${String(tid).padStart(8)}  ${state}  ${name}\n`
    );
    const table = rows.length === 0 ? "" : `     pid      tid  S  name\n${rows.join("")}\n`;
    const text: Step = { kind: "text", title: "/proc/*/task/*/stat", text: head + table };
    if (tasks.length === 0) return [text];
    // In a child: reading a stack can wait for a task that replaces its program.
    const files = tasks.flatMap(({ pid, tid }) =>
      ["wchan", "stack"].map((file) => `/proc/${pid}/task/${tid}/${file}`)
    );
    return [text, { kind: "command", argv: ["tail", "-n", "64", "--", ...files] }];
  },
};
