/**
 * The block tracer's histograms, taken out of the kernel's rows.
 * @module
 */
import { mapArrayMmap, type MappedMemory } from "../../bpf/map.ts";
import { CellArray } from "../tracer/cells.ts";
import { emptyHistogram, type Log2Histogram } from "../tracer/histogram.ts";
import { type BlockOperation, blockOperation } from "./decode.ts";
import {
  BLOCK_CELL_BYTES,
  BLOCK_CELL_OFFSET,
  BLOCK_DEVICE_BYTES,
  BLOCK_OP,
  BLOCK_SIZE,
} from "./layout.gen.ts";
import type { BlockHandles } from "./load.ts";

/** Where devices beyond the 127th are counted. */
export const OTHER_DEVICE = "~other";

/** One operation of one device. */
export interface BlockRow {
  /** For example `sda`. */
  device: string;
  /** What was asked of it. */
  operation: BlockOperation;
  /** Latencies from the issue to the completion, ns, of what completed since the snapshot before. */
  latency_ns: Log2Histogram;
  /** Sizes in bytes. */
  size_bytes: Log2Histogram;
  /** How many of them failed. */
  failed: number;
}

/** Reads the rows; one reader at a time. */
export class BlockRows {
  readonly #shards: number;
  readonly #nameOf: (number: number) => string;
  readonly #cells: CellArray;
  readonly #devices: MappedMemory;
  readonly #numbers: BigUint64Array;
  #total = 0;

  /**
   * Maps what the kernel writes.
   * @throws SyscallError
   */
  constructor({ maps, shards }: BlockHandles, nameOf: (number: number) => string) {
    const cells = BLOCK_SIZE.DEVICES * BLOCK_OP.COUNT * shards;
    this.#shards = shards;
    this.#nameOf = nameOf;
    this.#cells = new CellArray(maps.block_cells, cells, BLOCK_CELL_BYTES);
    this.#devices = mapArrayMmap(maps.block_devices, BLOCK_SIZE.DEVICES * BLOCK_DEVICE_BYTES);
    this.#numbers = new BigUint64Array(this.#devices.buffer, 0, BLOCK_SIZE.DEVICES);
  }

  /** Requests that were taken out so far. */
  get total(): number {
    return this.#total;
  }

  /**
   * Takes what was counted since the last time.
   * @param all also of rows that do not look as if they were added to
   */
  take(all = false): BlockRow[] {
    const found: BlockRow[] = [];
    for (let device = 0; device < BLOCK_SIZE.DEVICES; device++) {
      const number = this.#numbers[device];
      if (device > 0 && number === 0n) continue;
      for (let op = 0; op < BLOCK_OP.COUNT; op++) {
        const row = this.#takeRow(device, op, all);
        if (row === null) continue;
        const name = device === 0 ? OTHER_DEVICE : this.#nameOf(Number(BigInt.asUintN(32, number)));
        found.push({ device: name, operation: blockOperation(op), ...row });
      }
    }
    return found;
  }

  #takeRow(
    device: number,
    op: number,
    all: boolean,
  ): Omit<BlockRow, "device" | "operation"> | null {
    const latency_ns = emptyHistogram(BLOCK_SIZE.BUCKETS);
    const size_bytes = emptyHistogram(BLOCK_SIZE.SIZES);
    let failed = 0;
    for (let shard = 0; shard < this.#shards; shard++) {
      const cell = (shard * BLOCK_SIZE.DEVICES + device) * BLOCK_OP.COUNT + op;
      if (!this.#cells.takeDirty(cell, BLOCK_CELL_OFFSET.dirty) && !all) continue;
      const { counts, sizes, sum_ns, sum_bytes } = BLOCK_CELL_OFFSET;
      latency_ns.sum += this.#cells.takeSum(cell, sum_ns);
      latency_ns.count += this.#cells.takeCounts(cell, counts, latency_ns.buckets);
      size_bytes.sum += this.#cells.takeSum(cell, sum_bytes);
      size_bytes.count += this.#cells.takeCounts(cell, sizes, size_bytes.buckets);
      failed += this.#cells.takeCount(cell, BLOCK_CELL_OFFSET.failed);
    }
    this.#total += latency_ns.count;
    return latency_ns.count + size_bytes.count === 0 ? null : { latency_ns, size_bytes, failed };
  }

  /** Unmaps. */
  close(): void {
    this.#cells.close();
    this.#devices.unmap();
  }
}
