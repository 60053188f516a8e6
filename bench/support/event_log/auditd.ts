/**
 * auditd with rules for one process, its log in a directory of its own.
 *
 * Once auditing was on, the kernel prepares every new task for it, which costs all its calls something,
 * until a rule says otherwise. So auditd comes last, and leaves the rule `never,task` behind.
 * @module
 */
import { ToolProcess } from "./process.ts";
import { countLines, cpuSecOf, type RunningTool, type Subject, type Tool } from "./tool.ts";

/** Calls wait up to this many ticks for room in the backlog: nothing is to be lost. */
const BACKLOG_WAIT = 60_000;
const BACKLOG = 8192;

function auditctl(...args: string[]): string {
  const { success, stdout, stderr } = new Deno.Command("auditctl", { args }).outputSync();
  if (!success) {
    throw new Error(`Cannot audit: because auditctl says ${new TextDecoder().decode(stderr)}`);
  }
  return new TextDecoder().decode(stdout);
}

function kauditd(): number {
  for (const { name } of Deno.readDirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      if (Deno.readTextFileSync(`/proc/${name}/comm`) === "kauditd\n") return Number(name);
    } catch {
      continue;
    }
  }
  return 0;
}

class Auditd implements RunningTool {
  readonly #subject: Subject;
  readonly #process: ToolProcess;
  readonly #kauditd = kauditd();
  readonly #kauditdBefore: number;
  #pid = 0;

  constructor(subject: Subject) {
    this.#subject = subject;
    this.#kauditdBefore = cpuSecOf(this.#kauditd);
    Deno.writeTextFileSync(`${subject.dir}/audit.rules`, "");
    Deno.mkdirSync(`${subject.dir}/plugins.d`);
    const settings = {
      ...{ local_events: "yes", write_logs: "yes", log_file: `${subject.dir}/audit.log` },
      ...{
        log_format: "RAW",
        flush: "INCREMENTAL_ASYNC",
        freq: "50",
        max_log_file_action: "IGNORE",
      },
      ...{ space_left: "2", space_left_action: "IGNORE", admin_space_left: "1" },
      ...{ admin_space_left_action: "IGNORE", disk_full_action: "IGNORE" },
      ...{ disk_error_action: "IGNORE", q_depth: "2000", plugin_dir: `${subject.dir}/plugins.d` },
    };
    Deno.writeTextFileSync(
      `${subject.dir}/auditd.conf`,
      Object.entries(settings).map(([key, value]) => `${key} = ${value}\n`).join(""),
      { mode: 0o640 },
    );
    this.#process = new ToolProcess("auditd", ["-n", "-c", subject.dir]);
  }

  async begin(): Promise<void> {
    await this.#process.hasSaid("").then(() => new Promise((done) => setTimeout(done, 1000)));
    auditctl("-D");
    auditctl("-e", "1");
    auditctl("-b", `${BACKLOG}`, "--backlog_wait_time", `${BACKLOG_WAIT}`);
  }

  attach(pid: number): Promise<void> {
    this.#pid = pid;
    const calls = this.#subject.calls.flatMap((call) => ["-S", call]);
    auditctl("-a", "always,exit", "-F", "arch=b64", ...calls, "-F", `pid=${pid}`);
    return Promise.resolve();
  }

  cpuSec(): number {
    return this.#process.cpuSec() + cpuSecOf(this.#kauditd) - this.#kauditdBefore;
  }

  rssBytes(): number {
    return this.#process.rssBytes();
  }

  async stop(): Promise<{ events: number; lost: number }> {
    const lost = Number(/^lost (\d+)/m.exec(auditctl("-s"))?.[1] ?? 0);
    auditctl("-D");
    auditctl("-a", "never,task");
    auditctl("--reset-lost");
    auditctl("-e", "0");
    await this.#process.end("SIGTERM");
    const log = `${this.#subject.dir}/audit.log`;
    return { events: await countLines(log, `^type=SYSCALL.* pid=${this.#pid} `), lost };
  }
}

/** auditd. */
export const auditd: Tool = {
  name: "auditd",
  program: "auditd",
  async start(subject) {
    const running = new Auditd(subject);
    await running.begin();
    return running;
  },
};
