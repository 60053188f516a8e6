/**
 * A host made of files in a directory of its own, with clocks that go when they are told to.
 * @module
 */
import type {
  CollectEnvironment,
  Collector,
  CollectorEntry,
  Sample,
} from "../../../src/collect/collector.ts";

/** Directories `proc` and `sys`; removed on disposal. */
export class FakeHost implements Disposable {
  readonly dir = Deno.makeTempDirSync({ prefix: "aod-collect-" });
  /** Both clocks, ms. */
  now_ms = 1_000_000;

  constructor() {
    Deno.mkdirSync(`${this.dir}/proc`);
    Deno.mkdirSync(`${this.dir}/sys`);
  }

  /** For collectors. */
  get env(): CollectEnvironment {
    return {
      proc: `${this.dir}/proc`,
      sys: `${this.dir}/sys`,
      now_ms: () => this.now_ms,
      wall_ms: () => this.now_ms,
    };
  }

  /** Writes a file, as `proc/stat`. */
  write(path: string, text: string | Uint8Array): void {
    const full = `${this.dir}/${path}`;
    Deno.mkdirSync(full.slice(0, full.lastIndexOf("/")), { recursive: true });
    if (typeof text === "string") Deno.writeTextFileSync(full, text);
    else Deno.writeFileSync(full, text);
  }

  /** Removes a file or directory. */
  remove(path: string): void {
    Deno.removeSync(`${this.dir}/${path}`, { recursive: true });
  }

  /** A block device, as sysfs has it. */
  disk(name: string): void {
    Deno.mkdirSync(`${this.dir}/sys/block/${name}/slaves`, { recursive: true });
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.dir, { recursive: true });
  }
}

/** A sample's points by key. @throws Error where a key comes twice */
export function pointsOf(sample: Sample): Record<string, number> {
  const points: Record<string, number> = {};
  for (const { key, value } of sample.points) {
    if (Object.hasOwn(points, key)) throw new Error(`${key} came twice`);
    points[key] = value;
  }
  return points;
}

/** A collector on a host; `next` lets two seconds pass and looks. */
export class Looks {
  readonly collector: Collector;
  readonly #host: FakeHost;

  constructor(host: FakeHost, entry: CollectorEntry) {
    this.#host = host;
    this.collector = entry.make(host.env);
  }

  /** Two seconds later. */
  next(): Record<string, number> {
    return pointsOf(this.sample());
  }

  /** The whole sample. */
  sample(): Sample {
    this.#host.now_ms += 2000;
    return this.collector.sample();
  }
}
