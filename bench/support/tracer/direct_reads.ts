/**
 * Direct reads of a file on the disk of this machine, timed in C.
 * @module
 */
const SOURCE = new URL("direct_reads.c", import.meta.url).pathname;
const DIRECTORY = new URL("../../../build/bench", import.meta.url).pathname;
const PROGRAM = `${DIRECTORY}/direct_reads`;
/** A file that is on a disk, where /tmp may be in memory. */
const FILE_BYTES = 64 << 20;

function build(): void {
  Deno.mkdirSync(DIRECTORY, { recursive: true });
  const args = ["-O2", "-Wall", "-Wextra", "-o", PROGRAM, SOURCE];
  const { success, stderr } = new Deno.Command("gcc", { args }).outputSync();
  if (!success) throw new Error(`Cannot build direct_reads.c: ${new TextDecoder().decode(stderr)}`);
}

/** What reads took. */
export interface ReadTimes {
  mean_ns: number;
  median_ns: number;
}

/** The program with its file; both gone on disposal. */
export class DirectReads implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #file: string;
  #text = "";

  private constructor(file: string) {
    this.#file = file;
    this.#child = new Deno.Command(PROGRAM, {
      args: [file],
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    this.#reader = this.#child.stdout.getReader();
    this.#writer = this.#child.stdin.getWriter();
  }

  /** Builds it and starts it on a new file in `directory`, build/bench by default. */
  static async start(directory = DIRECTORY): Promise<DirectReads> {
    build();
    const file = `${directory}/direct_reads.data.${crypto.randomUUID()}`;
    using out = await Deno.open(file, { write: true, createNew: true });
    const part = crypto.getRandomValues(new Uint8Array(65536));
    for (let at = 0; at < FILE_BYTES; at += part.length) await out.write(part);
    await out.syncData();
    const reads = new DirectReads(file);
    await reads.#line();
    return reads;
  }

  /** Reads so many times. */
  async run(count: number): Promise<ReadTimes> {
    await this.#writer.write(new TextEncoder().encode(`${count}\n`));
    const [mean_ns, median_ns] = (await this.#line()).split(" ").map(Number);
    return { mean_ns, median_ns };
  }

  async #line(): Promise<string> {
    while (!this.#text.includes("\n")) {
      const { value, done } = await this.#reader.read();
      if (done) throw new Error("Cannot measure: because direct_reads has ended");
      this.#text += new TextDecoder().decode(value);
    }
    const [line] = this.#text.split("\n", 1);
    this.#text = this.#text.slice(line.length + 1);
    return line;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writer.close().catch(() => {});
    await this.#reader.cancel();
    await this.#child.status;
    await Deno.remove(this.#file);
  }
}
