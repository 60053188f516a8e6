/**
 * The agent whose cost is measured: this same program, started as a process of its own with its
 * control socket in a directory of its own, awaited until it is ready, and stopped.
 * @module
 */
import { sleep } from "../../evidence/sleep.ts";
import { ownProgram } from "../../os/own_program.ts";
import { reasonOf } from "../../os/reason.ts";
import { within } from "../../os/within.ts";
import { OutputTail } from "./output_tail.ts";

/** It must be ready by then. */
const READY_MS = 60_000;
/** Between two questions whether it is. */
const ASK_MS = 50;
/** A drain may take so long before it is ended at once. */
const STOP_MS = 30_000;
/** A child of it may hold its log open; it is not waited for longer. */
const LOG_GRACE_MS = 500;
/** What is kept of its log, for each round. */
const LOG_BYTES = 256 * 1024;

/** The agent could not be started, or ended by itself. */
export class AgentError extends Error {
  /** For messages. */
  override readonly name = "AgentError";
  /** Its exit code; null where it has none, such as when a signal ended it. */
  readonly exit_code: number | null;

  /** `lines`: the last ones of its log. */
  constructor(message: string, exit_code: number | null = null, lines: readonly string[] = []) {
    super([message, ...lines].join("\n"));
    this.exit_code = exit_code;
  }
}

/** What the agent is started with. */
export interface AgentSetup {
  /** Its configuration. */
  config_path: string;
  /** Directory of its lock and control socket. */
  run_dir: string;
  /** Whether one answers on the control socket in that directory. */
  answers: (run_dir: string) => Promise<boolean>;
  /** Ends the waiting. */
  abort: AbortSignal;
  /** Program and arguments before those of aod; this program where none are given. */
  program?: (
    args: readonly string[],
  ) => { path: string; args: string[]; env: Record<string, string> };
}

/** A running agent. */
export class LabAgent {
  readonly #child: Deno.ChildProcess;
  readonly #log = new OutputTail(LOG_BYTES);
  readonly #reading: Promise<void>;
  #ended = false;
  #killed = false;

  private constructor(child: Deno.ChildProcess) {
    this.#child = child;
    this.#reading = this.#log.read(child.stderr);
    child.status.then(() => this.#ended = true);
  }

  /**
   * Starts it and waits until it is ready; null where the abort came before.
   * @throws {AgentError} "Cannot start the agent: because ..." with its last lines
   */
  static async start(setup: AgentSetup): Promise<LabAgent | null> {
    const { config_path, run_dir, answers, abort, program = ownProgram } = setup;
    const { path, args, env: inherited } = program([
      ...["run", "--config", config_path, "--run-dir", run_dir],
    ]);
    // Whoever supervises the lab is not to be told of the agent.
    const { NOTIFY_SOCKET: _, WATCHDOG_USEC: __, WATCHDOG_PID: ___, ...env } = inherited;
    let child: Deno.ChildProcess;
    try {
      child = new Deno.Command(path, {
        args,
        clearEnv: true,
        env,
        stdin: "null",
        stdout: "null",
        stderr: "piped",
        detached: true,
      }).spawn();
    } catch (error) {
      throw new AgentError(`Cannot start the agent: because ${reasonOf(error)}`);
    }
    const agent = new LabAgent(child);
    const deadline = performance.now() + READY_MS;
    while (!await answers(run_dir)) {
      if (agent.#ended) {
        throw await agent.failure("Cannot start the agent: because it ended");
      }
      if (abort.aborted || performance.now() > deadline) {
        await agent.stop();
        if (abort.aborted) return null;
        throw new AgentError(
          `Cannot start the agent: because it was not ready in ${READY_MS / 1000} s`,
        );
      }
      await sleep(ASK_MS, abort);
    }
    return agent;
  }

  /** Its process. */
  get pid(): number {
    return this.#child.pid;
  }

  /** True once it has ended, whoever ended it. */
  get ended(): boolean {
    return this.#ended;
  }

  /** What to throw once it has ended by itself. */
  async failure(message: string): Promise<AgentError> {
    const { code, signal } = await this.#child.status;
    await within(this.#reading, LOG_GRACE_MS);
    return new AgentError(message, signal === null ? code : null, this.#log.lines());
  }

  /** Lets it drain and end. @returns whether it ended by itself and without a failure */
  async stop(): Promise<boolean> {
    this.#signal("SIGTERM");
    if (!await within(this.#child.status, STOP_MS)) this.kill();
    const { success } = await this.#child.status;
    await within(this.#reading, LOG_GRACE_MS);
    return success && !this.#killed;
  }

  /** Ends it at once. */
  kill(): void {
    this.#killed = true;
    this.#signal("SIGKILL");
  }

  #signal(signal: Deno.Signal): void {
    try {
      this.#child.kill(signal);
    } catch {
      // It has ended.
    }
  }
}
