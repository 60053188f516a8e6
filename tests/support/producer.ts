/**
 * A producer of SMB records on the host's kernel: tests/host/bpf/producer.bpf.c, loaded and driven.
 * @module
 */
import {
  deleteElem,
  indexKey,
  lookupElem,
  mapArrayMmap,
  type MappedMemory,
  runSyscallProgram,
  sumPerCpu,
  updateElem,
} from "../../src/bpf/map.ts";
import { possibleCpus } from "../../src/bpf/libbpf.ts";
import { BpfObject } from "../../src/bpf/object.ts";
import type { ProbeHandles } from "../../src/probe/smb/handles.ts";
import {
  SMB_CONTROL_BYTES,
  SMB_CONTROL_OFFSET,
  SMB_COUNTER,
  SMB_NAMED_BYTES,
  SMB_REQUEST_OFFSET,
} from "../../src/probe/smb/layout.gen.ts";
import { buildTestObject } from "./bpf_build.ts";
import "./libraries.ts";

/** `enum produce_flag` of producer.bpf.c. */
export const PRODUCE = {
  STAMP_END: 1,
  DISCARD: 2,
  WAKE: 4,
  COUNT_IDS: 8,
  NAMED: 16,
} as const;

/** Offsets in `struct produce`. */
const WORK = { count: 0, flags: 4, emitted: 8, dropped: 16, record: 24 } as const;
const WORK_BYTES = WORK.record + SMB_NAMED_BYTES;

/** A loaded producer; close it. */
export class Producer {
  readonly object: BpfObject;
  readonly handles: ProbeHandles;
  readonly #work: MappedMemory;
  readonly #view: DataView;
  readonly #produce: number;
  readonly #start: number;

  constructor(options: { ring_bytes?: number } = {}) {
    const ring_bytes = options.ring_bytes ?? 1 << 20;
    this.object = BpfObject.open(buildTestObject("tests/host/bpf/producer.bpf.c"), "producer");
    this.object.setMaxEntries("smb_events", ring_bytes);
    this.object.load();
    const maps = Object.fromEntries(
      this.object.maps.filter((name) => name.startsWith("smb_"))
        .map((name) => [name, this.object.mapFd(name)]),
    );
    this.handles = {
      mode: "fentry",
      maps,
      ring_bytes,
      recorder_slots: 0,
      scan_program: this.object.programFd("smb_scan_in_flight"),
      possible_cpus: possibleCpus(),
    };
    this.#work = mapArrayMmap(maps.smb_work, WORK_BYTES, true);
    this.#view = new DataView(this.#work.buffer);
    this.#produce = this.object.programFd("produce");
    this.#start = this.object.programFd("start_request");
  }

  /** The record that is written next, 248 bytes: edit it in place. */
  get record(): DataView {
    return new DataView(this.#work.buffer, WORK.record, SMB_NAMED_BYTES);
  }

  /** Sets what a request has at least: type, command and latency. */
  setRequest(command: number, latency_ns: bigint, flags = 0): void {
    const record = this.record;
    record.setUint16(SMB_REQUEST_OFFSET.type, 1, true);
    record.setUint16(SMB_REQUEST_OFFSET.command, command, true);
    record.setUint32(SMB_REQUEST_OFFSET.flags, flags, true);
    record.setBigUint64(SMB_REQUEST_OFFSET.latency_ns, latency_ns, true);
  }

  /** Writes `count` records; how many found room and how many did not. */
  produce(count: number, flags: number): { emitted: number; dropped: number } {
    this.#view.setUint32(WORK.count, count, true);
    this.#view.setUint32(WORK.flags, flags, true);
    this.#view.setBigUint64(WORK.emitted, 0n, true);
    this.#view.setBigUint64(WORK.dropped, 0n, true);
    runSyscallProgram(this.#produce);
    return {
      emitted: Number(this.#view.getBigUint64(WORK.emitted, true)),
      dropped: Number(this.#view.getBigUint64(WORK.dropped, true)),
    };
  }

  /** A request starts and hangs: the scan will report it with this id. */
  hang(request_id: number): void {
    const key = new Uint8Array(16);
    key.set(indexKey(request_id));
    const value = new Uint8Array(SMB_NAMED_BYTES);
    new DataView(value.buffer).setUint16(SMB_REQUEST_OFFSET.type, 1, true);
    new DataView(value.buffer).setBigUint64(
      SMB_REQUEST_OFFSET.request_id,
      BigInt(request_id),
      true,
    );
    updateElem(this.handles.maps.smb_in_flight, key, value);
    runSyscallProgram(this.#start);
  }

  /** The end of a request that hung: as the real probe's, without a record. */
  endHang(request_id: number): void {
    const key = new Uint8Array(16);
    key.set(indexKey(request_id));
    deleteElem(this.handles.maps.smb_in_flight, key);
    const control = mapArrayMmap(this.handles.maps.smb_control, SMB_CONTROL_BYTES, true);
    const ended = new BigInt64Array(control.buffer, SMB_CONTROL_OFFSET.ended, 1);
    Atomics.add(ended, 0, 1n);
    control.unmap();
  }

  /** A request leaves the map and nobody counts its end. */
  forget(request_id: number): void {
    const key = new Uint8Array(16);
    key.set(indexKey(request_id));
    deleteElem(this.handles.maps.smb_in_flight, key);
  }

  /** The reader's wishes, as the kernel side sees them. */
  control(): { reader_waiting: number; request_wake: number } {
    const bytes = lookupElem(this.handles.maps.smb_control, indexKey(0), SMB_CONTROL_BYTES);
    if (bytes === null) throw new Error("unreachable: an array without its first element");
    const view = new DataView(bytes.buffer);
    return {
      reader_waiting: view.getUint32(SMB_CONTROL_OFFSET.reader_waiting, true),
      request_wake: view.getUint32(SMB_CONTROL_OFFSET.request_wake, true),
    };
  }

  /** A counter of the kernel side, by its name in `SMB_COUNTER`. */
  counter(name: keyof typeof SMB_COUNTER): number {
    const { maps, possible_cpus } = this.handles;
    return Number(sumPerCpu(maps.smb_counters, SMB_COUNTER[name], possible_cpus));
  }

  close(): void {
    this.#work.unmap();
    this.object.close();
  }
}
