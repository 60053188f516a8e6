/**
 * A program on a pseudo-terminal, by script(1): keys go in, what it draws comes out, and the terminal
 * can be given another size.
 * @module
 */

/** What has not come after this will not come. */
const PATIENCE_MS = 20_000;

/** A shell command on a terminal of its own. */
export class PseudoTerminal implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #keys: WritableStreamDefaultWriter<Uint8Array>;
  readonly #reading: Promise<void>;
  #text = "";
  #changed: () => void = () => {};

  /**
   * Starts it. The shell outlives a Ctrl-C, which is for the program.
   * @param command for sh
   */
  constructor(command: string, { rows, columns }: { rows: number; columns: number }) {
    const script = `trap : INT; tty; stty rows ${rows} cols ${columns}; ${command}`;
    this.#child = new Deno.Command("/usr/bin/script", {
      args: ["-qec", script, "/dev/null"],
      clearEnv: true,
      env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", TERM: "xterm-256color", SHELL: "/bin/sh" },
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    this.#keys = this.#child.stdin.getWriter();
    this.#reading = this.#read();
  }

  /** Everything that was written to the terminal. */
  get text(): string {
    return this.#text;
  }

  /** Waits until the terminal holds what is wanted. */
  async until<T>(find: (text: string) => T | null | undefined | false): Promise<T> {
    const late = Symbol();
    const { promise, resolve } = Promise.withResolvers<symbol>();
    const timer = setTimeout(() => resolve(late), PATIENCE_MS);
    try {
      for (;;) {
        const found = find(this.#text);
        if (found !== null && found !== undefined && found !== false) return found;
        const changed = new Promise<void>((done) => this.#changed = done);
        if (await Promise.race([changed, promise]) === late) {
          throw new Error(`The terminal never shows it:\n${JSON.stringify(this.#text)}`);
        }
      }
    } finally {
      clearTimeout(timer);
    }
  }

  /** Presses keys. */
  async press(keys: string): Promise<void> {
    await this.#keys.write(new TextEncoder().encode(keys));
  }

  /** Gives the terminal another size, as a window that is drawn smaller does. */
  async resize(rows: number, columns: number): Promise<void> {
    const device = await this.until((text) => /^(\/dev\/pts\/\d+)\r?\n/.exec(text)?.[1]);
    const size = ["rows", String(rows), "cols", String(columns)];
    const { success } = await new Deno.Command("/usr/bin/stty", { args: ["-F", device, ...size] })
      .output();
    if (!success) throw new Error(`Cannot resize ${device}`);
  }

  /** Waits for the end of the shell. */
  async ended(): Promise<void> {
    await this.#child.status;
    await this.#reading;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#child.kill("SIGKILL");
    } catch {
      // It has ended.
    }
    await this.ended();
    await this.#keys.abort().catch(() => {});
  }

  async #read(): Promise<void> {
    const decoder = new TextDecoder();
    for await (const chunk of this.#child.stdout) {
      this.#text += decoder.decode(chunk, { stream: true });
      this.#changed();
    }
    this.#changed();
  }
}
