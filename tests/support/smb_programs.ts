/**
 * The SMB probe's raw tracepoint programs on the host's kernel, without cifs: loaded but not
 * attached, and run with the arguments that the tracepoints would pass (BPF_PROG_RUN).
 * @module
 */
import {
  deleteElem,
  indexKey,
  lookupElem,
  runSyscallProgram,
  sumPerCpu,
  updateElem,
} from "../../src/bpf/map.ts";
import { possibleCpus } from "../../src/bpf/libbpf.ts";
import { BpfObject } from "../../src/bpf/object.ts";
import { RingReader } from "../../src/bpf/ring.ts";
import { assetBytes } from "../../src/os/assets.ts";
import { decodeRequest } from "../../src/probe/smb/decode.ts";
import {
  SMB_CONTROL_BYTES,
  SMB_CONTROL_OFFSET,
  SMB_COUNTER,
  SMB_SLOT_BYTES,
} from "../../src/probe/smb/layout.gen.ts";
import type { SmbRequest } from "../../src/probe/smb/request.ts";
import { LEAVE_OUT_PROGRAM, rawPlan } from "../../src/probe/smb/programs.ts";
import { putCode, type Rules, rulesBytes } from "./smb_rules.ts";
import "./libraries.ts";

/** What a test may ask for; the rest is as small as it can be. */
export interface SmbProgramsOptions {
  ring_bytes?: number;
  recorder_slots?: number;
  max_in_flight?: number;
  emit_names?: boolean;
  /** Leave this process out of the reports, and what it starts. */
  leave_out_self?: boolean;
}

/** A loaded set of programs. */
export class SmbPrograms implements Disposable {
  readonly #object: BpfObject;
  readonly #ring: RingReader;

  constructor(options: SmbProgramsOptions = {}) {
    const object = BpfObject.open(assetBytes("smb.bpf.o"), "smb");
    const plan = rawPlan();
    const wanted = new Set([...plan.required, ...plan.optional]);
    const slots = options.recorder_slots ?? 64;
    const ringBytes = options.ring_bytes ?? 1 << 16;
    for (const { name } of object.programs) object.setAutoload(name, wanted.has(name));
    object.setMaxEntries("smb_events", ringBytes);
    object.setMaxEntries("smb_recorder", slots);
    object.setMaxEntries("smb_in_flight", options.max_in_flight ?? 64);
    object.rodata("recorder_mask", slots - 1);
    object.rodata("emit_names", options.emit_names === true);
    object.rodata("leave_out_lineage", options.leave_out_self === true);
    object.load();
    if (options.leave_out_self) runSyscallProgram(object.programFd(LEAVE_OUT_PROGRAM));
    this.#object = object;
    this.#ring = new RingReader(object.mapFd("smb_events"), ringBytes);
    this.setRules({});
  }

  /** Runs a program with the arguments of its tracepoint. */
  run(program: string, ...args: (number | bigint)[]): void {
    // Every argument a register: negative ones are sign-extended, as the kernel's calls do.
    const context = new BigUint64Array(args.map((arg) => BigInt.asUintN(64, BigInt(arg))));
    runSyscallProgram(this.#object.programFd(program), new Uint8Array(context.buffer));
  }

  /** What a program has taken since the kernel keeps statistics (kernel.bpf_stats_enabled). */
  runTime(program: string): { runs: number; ns: number } {
    const text = Deno.readTextFileSync(`/proc/self/fdinfo/${this.#object.programFd(program)}`);
    const value = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)$`, "m").exec(text)?.[1]);
    return { runs: value("run_cnt"), ns: value("run_time_ns") };
  }

  /** Attaches a program whose tracepoint the host has. */
  attach(program: string): void {
    this.#object.attach(program);
  }

  enter(command: number, message_id: bigint, session_id = 0x51n, tree_id = 7): void {
    this.run("rt_cmd_enter", tree_id, session_id, command, message_id);
  }

  done(command: number, message_id: bigint, session_id = 0x51n, tree_id = 7): void {
    this.run("rt_cmd_done", tree_id, session_id, command, message_id);
  }

  /** Takes a request out of the map as if its end had been missed. */
  forget(message_id: bigint, session_id = 0x51n): void {
    const key = new Uint8Array(new BigUint64Array([session_id, message_id]).buffer);
    deleteElem(this.mapFd("smb_in_flight"), key);
  }

  /** @param error negative, as the client has it */
  err(
    command: number,
    message_id: bigint,
    status: number,
    error: number,
    session_id = 0x51n,
  ): void {
    this.run("rt_cmd_err", 7, session_id, command, message_id, status, error);
  }

  /** @returns in how many ms the next request is due */
  scan(): number {
    return runSyscallProgram(this.#object.programFd("smb_scan_in_flight"));
  }

  setRules(rules: Rules): void {
    updateElem(this.mapFd("smb_rules"), indexKey(0), rulesBytes(rules));
  }

  /** @param rule `SMB_CODE_RULE` */
  setCode(kind: number, value: number, rule: number): void {
    putCode(this.mapFd("smb_codes"), kind, value, rule);
  }

  programFd(name: string): number {
    return this.#object.programFd(name);
  }

  mapFd(name: string): number {
    return this.#object.mapFd(name);
  }

  /** Takes what is in the ring, as bytes. */
  rawRecords(): Uint8Array[] {
    const records: Uint8Array[] = [];
    this.#ring.walk((offset, bytes) => {
      const { buffer, byteOffset } = this.#ring.data;
      records.push(new Uint8Array(buffer, byteOffset + offset, bytes).slice());
    }, Number.MAX_SAFE_INTEGER);
    return records;
  }

  /** Takes what is in the ring. */
  records(): SmbRequest[] {
    return this.rawRecords().map((bytes) =>
      decodeRequest(new DataView(bytes.buffer), 0, bytes.length)
    );
  }

  counters(): Record<keyof typeof SMB_COUNTER, number> {
    const fd = this.mapFd("smb_counters");
    const { MAX, ...counters } = SMB_COUNTER;
    return Object.fromEntries([
      ...Object.entries(counters).map(([name, index]) => [
        name,
        Number(sumPerCpu(fd, index, possibleCpus())),
      ]),
      ["MAX", MAX],
    ]);
  }

  /** A field of `struct aod_smb_control`. */
  control(field: "started" | "ended" | "recorder_next"): number {
    const bytes = lookupElem(this.mapFd("smb_control"), indexKey(0), SMB_CONTROL_BYTES);
    if (bytes === null) throw new Error("smb_control has no entry");
    return Number(new DataView(bytes.buffer).getBigUint64(SMB_CONTROL_OFFSET[field], true));
  }

  slot(index: number): Uint8Array {
    const bytes = lookupElem(this.mapFd("smb_recorder"), indexKey(index), SMB_SLOT_BYTES);
    if (bytes === null) throw new Error(`smb_recorder has no slot ${index}`);
    return bytes;
  }

  [Symbol.dispose](): void {
    this.#ring.close();
    this.#object.close();
  }
}
