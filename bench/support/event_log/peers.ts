/**
 * The peers that Debian packages, as somebody would run them to log the calls of one process: a line a
 * call with its result and, but for perf record and auditd, its duration.
 * @module
 */
import { auditd } from "./auditd.ts";
import { ToolProcess } from "./process.ts";
import {
  countLines,
  installed,
  rest,
  type RunningTool,
  settled,
  type Subject,
  type Tool,
} from "./tool.ts";

/** Some do not say when they have attached: they rest then. */
async function attached(process: ToolProcess): Promise<void> {
  await rest(1000);
  await settled(process);
  if (process.cpuSec() === 0) throw new Error(`Cannot measure: because it says ${process.said}`);
}

/** A tool that is started when the process is known, and interrupted at the end. */
abstract class AttachingTool implements RunningTool {
  protected process: ToolProcess | null = null;
  protected pid = 0;

  constructor(protected readonly subject: Subject) {}

  protected get output(): string {
    return `${this.subject.dir}/output`;
  }

  /** Command line that logs `pid`. */
  protected abstract command(pid: number): [string, string[]];
  /** Fulfilled when it logs. */
  protected abstract ready(process: ToolProcess): Promise<void>;
  /** Lines of the output that tell of a call. */
  protected abstract events(): Promise<number>;
  /** What it says was lost. */
  protected lost(_said: string): number | null {
    return null;
  }

  async attach(pid: number): Promise<void> {
    this.pid = pid;
    this.process = new ToolProcess(...this.command(pid));
    await this.ready(this.process);
  }

  cpuSec(): number {
    return this.process?.cpuSec() ?? 0;
  }

  rssBytes(): number {
    return this.process?.rssBytes() ?? 0;
  }

  async stop(): Promise<{ events: number; lost: number | null }> {
    await this.process?.end("SIGINT");
    return { events: await this.events(), lost: this.lost(this.process?.said ?? "") };
  }
}

/** bpftrace with printf at the end of each call, JSON as ours but without the path. */
class Bpftrace extends AttachingTool {
  command(pid: number): [string, string[]] {
    const probes = this.subject.calls.map((call) => {
      const named = call.startsWith("open") || call.includes("stat");
      const first = named ? "@name[tid] = args->filename;" : "@fd[tid] = args->fd;";
      const text = named ? "str(@name[tid])" : "@fd[tid]";
      const format = `{"timestamp":%lu,"event_type":"${call}","comm":"%s","pid":%d,"tid":%d,` +
        `"uid":%d,"result":%d,"duration_ns":%lu,"file":${named ? '"%s"' : "%d"}}\\n`;
      return `tracepoint:syscalls:sys_enter_${call} /pid == ${pid}/ ` +
        `{ @start[tid] = nsecs; ${first} }\n` +
        `tracepoint:syscalls:sys_exit_${call} /@start[tid]/ { printf("${
          format.replaceAll('"', '\\"')
        }", nsecs / 1000, comm, pid, tid, uid, args->ret, nsecs - @start[tid], ${text}); ` +
        `delete(@start[tid]); }`;
    });
    const script = `${this.subject.dir}/script.bt`;
    Deno.writeTextFileSync(script, `${probes.join("\n")}\n`);
    return ["bpftrace", ["-o", this.output, script]];
  }

  ready(process: ToolProcess): Promise<void> {
    return attached(process);
  }

  events(): Promise<number> {
    return countLines(this.output, `"pid":${this.pid},`);
  }

  protected override lost(said: string): number {
    return [...said.matchAll(/Lost (\d+) events/g)].reduce((sum, [, n]) => sum + Number(n), 0);
  }
}

class Strace extends AttachingTool {
  command(pid: number): [string, string[]] {
    const calls = `trace=${this.subject.calls.join(",")}`;
    return ["strace", ["-f", "-T", "-ttt", "-e", calls, "-o", this.output, "-p", `${pid}`]];
  }

  ready(process: ToolProcess): Promise<void> {
    return process.hasSaid("attached");
  }

  events(): Promise<number> {
    return countLines(this.output, "= -\\?[0-9].*>$");
  }
}

class PerfTrace extends AttachingTool {
  command(pid: number): [string, string[]] {
    const args = ["trace", "-e", this.subject.calls.join(","), "-o", this.output, "-p", `${pid}`];
    return ["perf", args];
  }

  ready(process: ToolProcess): Promise<void> {
    return attached(process);
  }

  events(): Promise<number> {
    return countLines(this.output, ") *= -\\?[0-9]");
  }

  protected override lost(said: string): number {
    return [...said.matchAll(/LOST (\d+) events/g)].reduce((sum, [, n]) => sum + Number(n), 0);
  }
}

/** perf record: the bytes of both tracepoints, no text. */
class PerfRecord extends AttachingTool {
  command(pid: number): [string, string[]] {
    const events = this.subject.calls.flatMap((call) => [
      ...["-e", `syscalls:sys_enter_${call}`],
      ...["-e", `syscalls:sys_exit_${call}`],
    ]);
    return ["perf", ["record", "-q", ...events, "-o", this.output, "-p", `${pid}`]];
  }

  ready(process: ToolProcess): Promise<void> {
    return attached(process);
  }

  async events(): Promise<number> {
    const script = new Deno.Command("perf", {
      args: ["script", "-i", this.output, "-F", "event"],
      stdout: "piped",
      stderr: "null",
    }).spawn();
    let lines = 0;
    for await (const piece of script.stdout) {
      for (let at = piece.indexOf(10); at >= 0; at = piece.indexOf(10, at + 1)) lines++;
    }
    await script.status;
    return lines / 2;
  }
}

const attaching = (
  name: string,
  program: string,
  make: new (subject: Subject) => RunningTool,
): Tool => ({ name, program, start: (subject) => Promise.resolve(new make(subject)) });

const PEERS: Tool[] = [
  attaching("bpftrace printf", "bpftrace", Bpftrace),
  attaching("perf record", "perf", PerfRecord),
  attaching("perf trace", "perf", PerfTrace),
  attaching("strace -f", "strace", Strace),
  // The last one: see there.
  auditd,
];

/** The peers that are installed; says which are not. */
export function peers(say: (text: string) => void): Tool[] {
  return PEERS.filter(({ name, program }) => {
    const path = installed(program);
    if (path === null) say(`  ${name} is left out: it is not installed`);
    return path !== null;
  });
}
