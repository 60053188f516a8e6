/**
 * scikit-learn as a peer: Debian's package python3-sklearn, where it is installed.
 * @module
 */

const SCRIPT = new URL("./forest_peer.py", import.meta.url).pathname;
/** Debian's packages are for Debian's Python, whatever else is first in PATH. */
const INTERPRETERS = ["/usr/bin/python3", "python3"];

/** What is said where it is missing. */
export const NO_PEER = "left out: no scikit-learn here (apt-get install python3-sklearn)";

/** Scores, and times where they were asked for. */
export interface PeerAnswer {
  /** Of each row, as in the paper; null before the first training. */
  scores: (number | null)[];
  fit_ms?: number[];
  score_ms?: number[];
}

/** A Python with scikit-learn. */
export class ForestPeer {
  readonly #python: string;
  /** Of scikit-learn. */
  readonly version: string;

  constructor(python: string, version: string) {
    this.#python = python;
    this.version = version;
  }

  /** Finds it; null where there is none. */
  static async find(): Promise<ForestPeer | null> {
    for (const python of INTERPRETERS) {
      try {
        const args = ["-c", "import sklearn; print(sklearn.__version__)"];
        const { success, stdout } = await new Deno.Command(python, { args, stderr: "null" })
          .output();
        if (success) return new ForestPeer(python, new TextDecoder().decode(stdout).trim());
      } catch (error) {
        if (!(error instanceof Deno.errors.NotFound)) throw error;
      }
    }
    return null;
  }

  /** Runs the script on the rows. */
  async #run(
    rows: Float64Array<ArrayBuffer>,
    width: number,
    ...task: string[]
  ): Promise<PeerAnswer> {
    const path = await Deno.makeTempFile({ prefix: "aod-bench-rows-" });
    try {
      await Deno.writeFile(path, new Uint8Array(rows.buffer, rows.byteOffset, rows.byteLength));
      const args = [SCRIPT, path, `${width}`, ...task];
      const { success, stdout, stderr } = await new Deno.Command(this.#python, { args }).output();
      if (!success) throw new Error(`Cannot ask scikit-learn: ${new TextDecoder().decode(stderr)}`);
      return JSON.parse(new TextDecoder().decode(stdout));
    } finally {
      await Deno.remove(path);
    }
  }

  /** Fits and scores all rows, `rounds` times. */
  time(rows: Float64Array<ArrayBuffer>, width: number, rounds: number): Promise<PeerAnswer> {
    return this.#run(rows, width, "time", `${rounds}`);
  }

  /** Scores every row by a forest of the rows before it, trained as often as the agent's. */
  roll(
    rows: Float64Array<ArrayBuffer>,
    width: number,
    { warm, window, step }: { warm: number; window: number; step: number },
  ): Promise<PeerAnswer> {
    return this.#run(rows, width, "roll", `${warm}`, `${window}`, `${step}`);
  }
}
