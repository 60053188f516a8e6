/**
 * What an event costs from the ring to the decision, by batch size: records that a BPF program has
 * written into a real, mapped ring are decoded in full into columns and judged. Beside it the bare
 * walk over the headers of the same bytes, and the decoding alone.
 *
 * The figures with a target judge the same ring bytes again and again, as the predecessor was
 * measured; "fresh" ones drain records that the kernel has just written, positions, ledger and queue
 * included.
 * @module
 */
import { RingReader } from "../src/bpf/ring.ts";
import type { Guardian } from "../src/detect/guardian.ts";
import { portableDecoder, type RunDecoder } from "../src/stream/decode_run.ts";
import { drain } from "../src/stream/drain.ts";
import { EventQueue } from "../src/stream/event_queue.ts";
import { nativeDecoder } from "../src/stream/native_decode.ts";
import { PRODUCE, Producer } from "../tests/support/producer.ts";
import { type Benchmark, type BenchOptions, type Figure, quantileOf } from "./support/figure.ts";
import { benchGuardian } from "./support/guardian.ts";

const RING_BYTES = 1 << 24;
const RECORD_BYTES = 128;
/** Records of one timed stretch at least; a stretch of small batches has many of them. */
const STRETCH = 100_000;
/** As in the agent (src/service/default_parts.ts). */
const QUEUE_ROWS = 32_768;
/** The most that one turn takes at once, as in src/stream/pump.ts. */
const TURN_RECORDS = 4096;
const READ = 8;

/** What the records are. */
const MIXES = {
  /** A burst as it is behind the kernel's filter; after the first ten the anomaly cools down. */
  "all slow": { latency_ns: 50_000_000n },
  /** Within the thresholds: let through for another anomaly's sake. */
  "none offends": { latency_ns: 1_000_000n },
} as const;

/** A ring with records in it, and what reads them. */
class Subject {
  readonly producer = new Producer({ ring_bytes: RING_BYTES });
  readonly ring = new RingReader(this.producer.handles.maps.smb_events, RING_BYTES);
  readonly queue = EventQueue.create(QUEUE_ROWS);
  readonly guardian: Guardian = benchGuardian();
  readonly portable: RunDecoder = portableDecoder(this.ring, this.queue.columns);
  readonly native: RunDecoder | null = nativeDecoder(this.ring, this.queue.columns);

  constructor(latency_ns: bigint) {
    this.producer.setRequest(READ, latency_ns);
  }

  fill(records: number): void {
    const { emitted } = this.producer.produce(records, PRODUCE.COUNT_IDS | PRODUCE.STAMP_END);
    if (emitted !== records) throw new Error(`only ${emitted} records fitted`);
  }

  /** Reads the header of every record, and nothing else. */
  walk(records: number): void {
    const { words } = this.ring;
    let at = this.ring.offset();
    for (let i = 0; i < records; i++) {
      const length = words[at >> 2];
      if (length <= 0) throw new Error("the walk met no record");
      at += ((length + 15) >>> 3) << 3;
    }
  }

  /** Decodes the first `records` in the ring, in turns, and judges them where `decide` is set. */
  decode(records: number, decode: RunDecoder, decide: boolean): void {
    const { columns } = this.queue;
    const start = this.ring.offset();
    for (let done = 0; done < records; done += TURN_RECORDS) {
      const rows = Math.min(TURN_RECORDS, records - done);
      if (decode(start + done * RECORD_BYTES, 0, rows) !== rows) throw new Error("not plain");
      if (decide) this.guardian.observe(columns, 0, rows);
    }
  }

  /** Takes everything out of the ring, by way of the queue. */
  drain(limit: number): void {
    const { ring, queue, guardian } = this;
    const decode = this.native ?? this.portable;
    while (drain(ring, queue, limit, decode).bytes > 0) {
      const rows = queue.readable();
      guardian.observe(queue.columns, queue.readRow, queue.readRow + rows);
      queue.consume(rows);
    }
  }

  close(): void {
    this.ring.close();
    this.producer.close();
  }
}

/** ns per event of `rounds` rounds, sorted. */
function time(rounds: number, events: number, work: () => void, before = () => {}): number[] {
  const times: number[] = [];
  for (let i = 0; i < rounds; i++) {
    before();
    const begun = performance.now();
    work();
    times.push((performance.now() - begun) * 1e6 / events);
  }
  return times.sort((a, b) => a - b);
}

function measure(mix: string, latency_ns: bigint, batch: number, quick: boolean): Figure[] {
  const subject = new Subject(latency_ns);
  try {
    const repeats = Math.max(1, Math.floor(STRETCH / batch));
    const events = repeats * batch;
    const rounds = quick ? 7 : 31;
    const repeat = (work: () => void) => () => {
      for (let i = 0; i < repeats; i++) work();
    };
    const timed = (work: () => void) => time(rounds, events, repeat(work));
    const fresh = time(rounds, STRETCH, () => subject.drain(batch), () => subject.fill(STRETCH));
    subject.fill(batch);
    const walk = timed(() => subject.walk(batch));
    const { portable, native } = subject;
    const best = native ?? portable;
    const decode = timed(() => subject.decode(batch, best, false));
    const inScript = timed(() => subject.decode(batch, portable, false));
    const total = timed(() => subject.decode(batch, best, true));
    const target = batch >= 100 ? { at_most: 8 } : batch === 1 ? { at_most: 150 } : undefined;
    const figure = (name: string, times: number[], more: Partial<Figure> = {}): Figure => ({
      name: `${mix}, batch ${batch}: ${name}`,
      value: quantileOf(times, 0.5),
      unit: "ns/event",
      detail: { rounds, best: times[0], p90: quantileOf(times, 0.9) },
      ...more,
    });
    return [
      figure("decode and decide", total, target === undefined ? {} : { target }),
      figure(`decode${native === null ? "" : " (native library)"}`, decode),
      figure("decode in TypeScript", inScript),
      figure("bare walk", walk),
      figure("fresh from the kernel, through the queue", fresh),
    ];
  } finally {
    subject.close();
  }
}

/** Decoding and deciding. */
export const decodeBenchmark: Benchmark = {
  name: "decode",
  about: "full record into columns and sliding-window decision, ns per event",
  root: true,
  run({ quick }: BenchOptions) {
    const batches = quick ? [1, 100, 10_000] : [1, 10, 100, 1000, 10_000, 100_000];
    return Object.entries(MIXES).flatMap(([mix, { latency_ns }]) =>
      batches.flatMap((batch) => measure(mix, latency_ns, batch, quick))
    );
  },
};
