/**
 * Children that burn processor time, hold memory or make connections when they are told to, and wait.
 * @module
 */

/** A shell that does a line at a time; ended on disposal. */
export class Child implements AsyncDisposable {
  readonly pid: number;
  readonly #child: Deno.ChildProcess;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #reader: ReadableStreamDefaultReader<string>;

  private constructor(command: string, args: string[]) {
    this.#child = new Deno.Command(command, {
      args,
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    this.pid = this.#child.pid;
    this.#writer = this.#child.stdin.getWriter();
    this.#reader = this.#child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  }

  /** bash, before all others in the queue of its processor. */
  static async bash(): Promise<Child> {
    const child = new Child("nice", ["-n", "-15", "bash"]);
    await child.run(":");
    return child;
  }

  /** Runs lines of a script to their end; gives what they print. */
  async run(script: string): Promise<string> {
    await this.#writer.write(new TextEncoder().encode(`${script}\necho done\n`));
    let text = "";
    while (!text.endsWith("done\n")) {
      const { value, done } = await this.#reader.read();
      if (done) throw new Error("Cannot go on: because the child ended");
      text += value;
    }
    return text.slice(0, -"done\n".length);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writer.close();
    await this.#reader.cancel();
    await this.#child.status;
  }
}
