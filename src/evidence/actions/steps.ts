/**
 * Carries out the steps of one run of one action, within its time limit and its cap.
 * @module
 */
import { hasCode, readStart, reasonOf } from "../files.ts";
import { OutputFile } from "../output_file.ts";
import { runCommand } from "../run_command.ts";
import type { CommandStep, Step } from "./action.ts";
import { type ActionRecord, addCommand, addNote, worse } from "./record.ts";
import type { RunTarget } from "./target.ts";

/** Files under these are read in-process: the kernel answers them without a disk or a network. */
const KERNEL_FILES = [
  ...["/proc/fs/cifs/", "/proc/net/", "/proc/pressure/", "/sys/kernel/", "/sys/module/cifs/"],
  ...["/proc/loadavg", "/proc/meminfo", "/proc/uptime", "/proc/version"],
];

/** One run under way. */
export class StepRunner {
  readonly #target: RunTarget;
  readonly #record: ActionRecord;
  readonly #log: OutputFile;
  readonly #onAbandoned: (pid: number) => void;
  readonly #deadline: number;
  #bytesLeft: number;
  #stop = false;
  #worked = 0;
  #failed = 0;

  /**
   * Prepares the run; its time starts now.
   * @param onAbandoned told of a child that outlived SIGKILL
   */
  constructor(
    target: RunTarget,
    record: ActionRecord,
    log: OutputFile,
    onAbandoned: (pid: number) => void,
  ) {
    this.#target = target;
    this.#record = record;
    this.#log = log;
    this.#onAbandoned = onAbandoned;
    const { timeout_sec, max_output_kb } = target.context.spec;
    this.#deadline = performance.now() + timeout_sec * 1000;
    this.#bytesLeft = max_output_kb * 1024;
  }

  /** Runs the steps in order; one that fails does not stop the next. */
  async runAll(steps: readonly Step[]): Promise<void> {
    for (const step of steps) {
      if (this.#stop || this.#target.abort.aborted) break;
      if (this.#deadline <= performance.now()) {
        this.#record.status = worse(this.#record.status, "timeout");
        addNote(this.#record, "no time was left for the other steps");
        break;
      }
      if (await this.#run(step)) this.#worked++;
      else this.#failed++;
    }
    // Several questions of which some have no answer are no failure; none answered is.
    if (this.#worked > 0 && this.#failed > 0) {
      if (this.#record.status === "failed") this.#record.status = "ok";
      addNote(this.#record, `${this.#failed} of ${this.#worked + this.#failed} steps failed`);
    }
  }

  /** True when the step gave something. */
  async #run(step: Step): Promise<boolean> {
    switch (step.kind) {
      case "command":
        return await this.#command(step);
      case "proc":
        return await this.#kernelFile(step.path, `# ${step.path}\n`, (text) => text);
      case "delta":
        return await this.#kernelFile(step.path, `\n# ${step.title}\n`, step.compare);
      case "text":
        await this.#log.print(`# ${step.title}\n${step.text}`);
        return true;
      case "first":
        return await this.#first(step.of);
      case "bytes":
        return await this.#bytes(step);
    }
  }

  async #first(alternatives: readonly Step[]): Promise<boolean> {
    const record = this.#record;
    const before = record.status;
    let worst = before;
    for (const [i, step] of alternatives.entries()) {
      const left = this.#bytesLeft;
      // A try before it that had nothing is no failure.
      record.status = before;
      if (await this.#run(step) && this.#bytesLeft < left) {
        if (i > 0 && step.kind === "command") addNote(record, `taken from ${step.argv.join(" ")}`);
        return true;
      }
      worst = record.status = worse(worst, record.status);
      if (this.#stop || this.#deadline <= performance.now()) return false;
    }
    addNote(record, "no source had anything");
    return worst === before;
  }

  async #command(step: CommandStep): Promise<boolean> {
    const { dir, abort } = this.#target;
    const remaining = Math.max(1, this.#deadline - performance.now());
    const timeout_ms = Math.min(step.timeout_ms ?? remaining, remaining);
    const output = step.output === undefined
      ? null
      : await OutputFile.create(`${dir}/${step.output}`, null);
    if (step.output !== undefined) this.#record.files.push(step.output);
    const shown = this.#target.redactor.argv(step.argv).join(" ");
    await this.#log.print(`# ${shown}\n`);
    const result = await runCommand({
      argv: step.argv,
      timeout_ms,
      max_output_bytes: Math.max(1, this.#bytesLeft),
      stop_signal: step.stop_signal,
      onStdout: (chunk) => (output ?? this.#log).write(chunk),
      abort,
    }).finally(() => output?.close());
    this.#bytesLeft -= result.stdout_bytes;
    if (step.until_limit && ["timeout", "truncated"].includes(result.status)) result.status = "ok";
    const harmless = step.ok_codes?.includes(result.exit_code ?? 0) && result.stderr === "";
    if (result.status === "failed" && harmless) result.status = "ok";
    if (result.stderr !== "") await this.#log.print(`\n# standard error\n${result.stderr}\n`);
    addCommand(this.#record, step.argv, result);
    this.#record.status = worse(this.#record.status, result.status);
    if (result.abandoned_pid !== undefined) {
      this.#onAbandoned(result.abandoned_pid);
      this.#stop = true;
    }
    if (step.last_if_timeout && result.status === "timeout") this.#stop = true;
    return result.status === "ok" || result.status === "truncated";
  }

  async #kernelFile(
    path: string,
    title: string,
    make: (text: string) => string,
  ): Promise<boolean> {
    if (!KERNEL_FILES.some((prefix) => path.startsWith(prefix)) || path.includes("..")) {
      throw new Error(`Cannot read ${path}: because it is not a file of the kernel`);
    }
    try {
      const text = await readStart(path, Math.max(0, this.#bytesLeft));
      const made = make(text);
      this.#bytesLeft -= made.length;
      if (this.#bytesLeft <= 0) {
        this.#record.truncated = true;
        this.#record.status = worse(this.#record.status, "truncated");
      }
      await this.#log.print(title + made);
      return true;
    } catch (error) {
      const reason = hasCode(error, "ENOENT") && path.startsWith("/proc/fs/cifs/")
        ? "the cifs module is not loaded"
        : reasonOf(error);
      const note = `Cannot read ${path}: because ${reason}`;
      await this.#log.print(`${note}\n`);
      addNote(this.#record, note);
      this.#record.status = worse(this.#record.status, "failed");
      return false;
    }
  }

  async #bytes(step: Extract<Step, { kind: "bytes" }>): Promise<boolean> {
    const parts = await step.read();
    addNote(this.#record, step.note());
    await this.#log.print(`# ${step.output}: ${step.note()}\n`);
    if (parts.length === 0) {
      this.#record.status = worse(this.#record.status, "failed");
      return false;
    }
    const file = await OutputFile.create(`${this.#target.dir}/${step.output}`, null);
    this.#record.files.push(step.output);
    try {
      for (const part of parts) await file.write(part);
    } finally {
      await file.close();
    }
    return true;
  }
}
