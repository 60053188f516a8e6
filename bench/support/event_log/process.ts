/**
 * The process of a tool, with its standard error kept for reading what it says.
 * @module
 */
import { cpuSecOf, rssBytesOf, until } from "./tool.ts";

/** A child whose messages can be waited for. */
export class ToolProcess {
  readonly pid: number;
  readonly #child: Deno.ChildProcess;
  readonly #reading: Promise<void>;
  #said = "";

  /** Starts it; its standard output goes nowhere. */
  constructor(command: string, args: string[]) {
    this.#child = new Deno.Command(command, {
      args,
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).spawn();
    this.pid = this.#child.pid;
    this.#reading = this.#read();
  }

  async #read(): Promise<void> {
    const decoder = new TextDecoder();
    for await (const piece of this.#child.stderr) {
      this.#said = (this.#said + decoder.decode(piece, { stream: true })).slice(-65_536);
    }
  }

  /** What it has said on standard error, the end of it. */
  get said(): string {
    return this.#said;
  }

  /** Waits until it has said something. */
  async hasSaid(text: string): Promise<void> {
    await until(
      `waiting for "${text}" (${this.#said.slice(-500)})`,
      () => this.#said.includes(text),
    );
  }

  /** Its processor time. */
  cpuSec(): number {
    return cpuSecOf(this.pid);
  }

  /** Its memory. */
  rssBytes(): number {
    return rssBytesOf(this.pid);
  }

  /** Ends it with a signal, and waits until it is gone; one that does not go gets it again. */
  async end(signal: Deno.Signal): Promise<void> {
    let tries = 0;
    const send = () => {
      try {
        this.#child.kill(tries++ < 3 ? signal : "SIGKILL");
      } catch {
        // It has ended by itself.
      }
    };
    send();
    const again = setInterval(send, 10_000);
    await this.#child.status;
    clearInterval(again);
    await this.#reading;
  }
}
