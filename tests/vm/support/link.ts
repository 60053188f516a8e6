/**
 * The host's end of the guest agent's protocol (see `guest/agent.sh`): sends commands, matches the
 * answers to them.
 * @module
 */

/** How a guest command ended. */
export interface CommandResult {
  /** Exit status as the shell gives it: 128 + signal for a killed one. */
  code: number;
  stdout: string;
  stderr: string;
  /** It did not end in its time and was killed. */
  timedOut: boolean;
}

/** One answer of the agent; `code` is null while the command still runs. */
export interface Answer {
  code: number | null;
  stdout: Uint8Array;
  stderr: Uint8Array;
}

/** Speaks the agent's protocol over a byte stream. */
export class AgentLink {
  #writer: WritableStreamDefaultWriter<Uint8Array>;
  #waiting = new Map<string, (answer: Answer) => void>();
  #failed: Promise<never>;
  #fail: (reason: Error) => void = () => {};
  #nextId = 1;
  #buffer = new Uint8Array();

  constructor(input: ReadableStream<Uint8Array>, output: WritableStream<Uint8Array>) {
    this.#writer = output.getWriter();
    this.#failed = new Promise((_, reject) => this.#fail = reject);
    this.#failed.catch(() => {});
    this.#read(input).catch((error) => this.fail(error));
  }

  /** Ends every call that waits, and all later ones, with this error. */
  fail(error: Error): void {
    this.#fail(error);
  }

  /** Waits for the agent's first line. */
  ready(): Promise<Answer> {
    return this.#answer("ready");
  }

  /** Starts a command and returns its id; the answer comes when it has ended. */
  async execute(command: string): Promise<{ id: string; ended: Promise<Answer> }> {
    const id = String(this.#nextId++);
    const ended = this.#answer(id);
    ended.catch(() => {});
    await this.send(`X ${id} ${escapeCommand(command)}`);
    return { id, ended };
  }

  /** What the command has printed so far, or its end if that comes first. */
  async soFar(id: string, ended: Promise<Answer>): Promise<Answer> {
    const answer = this.#answer(`${id} running`);
    await this.send(`O ${id}`);
    return await Promise.race([ended, answer]);
  }

  /** The next answer with this key: a command's id, or the id and "running". */
  #answer(id: string): Promise<Answer> {
    const answered = new Promise<Answer>((resolve) => this.#waiting.set(id, resolve));
    return Promise.race([answered, this.#failed]);
  }

  async send(line: string): Promise<void> {
    await Promise.race([this.#writer.write(new TextEncoder().encode(line + "\n")), this.#failed]);
  }

  async close(): Promise<void> {
    await this.#writer.close().catch(() => {});
  }

  async #read(input: ReadableStream<Uint8Array>): Promise<void> {
    for await (const chunk of input) {
      const joined = new Uint8Array(this.#buffer.length + chunk.length);
      joined.set(this.#buffer);
      joined.set(chunk, this.#buffer.length);
      this.#buffer = joined;
      while (this.#takeAnswer());
    }
    // The stream ends when qemu does: who watches the process says why.
  }

  /** Takes one whole answer out of the buffer; false when there is none yet. */
  #takeAnswer(): boolean {
    const newline = this.#buffer.indexOf(10);
    if (newline < 0) return false;
    const header = new TextDecoder().decode(this.#buffer.subarray(0, newline));
    const [mark, id, code, stdoutBytes, stderrBytes] = header.split(" ");
    if (mark !== "R") throw new Error(`Cannot talk to the guest: because it sent "${header}"`);
    const middle = newline + 1 + Number(stdoutBytes);
    const end = middle + Number(stderrBytes);
    if (this.#buffer.length < end) return false;
    const key = code === "running" ? `${id} running` : id;
    const resolve = this.#waiting.get(key);
    this.#waiting.delete(key);
    resolve?.({
      code: code === "running" ? null : Number(code),
      stdout: this.#buffer.slice(newline + 1, middle),
      stderr: this.#buffer.slice(middle, end),
    });
    this.#buffer = this.#buffer.slice(end);
    return true;
  }
}

/** Makes one line of a command, as bash's `printf %b` reads it back. */
function escapeCommand(command: string): string {
  let line = "";
  let first = true;
  for (const byte of new TextEncoder().encode(command)) {
    const plain = byte > 0x20 && byte < 0x7f && byte !== 0x5c || byte === 0x20 && !first;
    line += plain ? String.fromCharCode(byte) : `\\0${byte.toString(8).padStart(3, "0")}`;
    first = false;
  }
  // read(1) of the guest drops white space at the end of the line.
  return line.replace(/ +$/, (spaces) => "\\0040".repeat(spaces.length));
}
