/**
 * What each BPF program of the agent costs, as totals that only grow: the kernel counts for a while,
 * and what it counted is added up here.
 *
 * Counting makes every run of every BPF program on the machine slower, those of others too. So by
 * default it is on for a second when somebody asks, at most every half minute; what a program costs is
 * then its run time per second that was counted, not per second of the clock.
 * @module
 */
import { reasonOf } from "../os/reason.ts";
import type { LoadedProgram } from "./loaded_programs.ts";
import { countProgramTime, type ProgramStats, programStatsById } from "./program_stats.ts";

/** When the kernel counts. */
export const COUNTING = ["never", "sampled", "always"] as const;

/** See {@linkcode COUNTING}. */
export type Counting = typeof COUNTING[number];

/** One program. */
export interface ProgramFigures {
  /** Name of its object. */
  object: string;
  /** As in the source. */
  program: string;
  /** Time in it while it was counted. */
  run_time_ns: number;
  /** Runs while it was counted. */
  run_count: number;
  /** Runs that the kernel left out since the load, for the program ran on that CPU already. */
  missed: number;
}

/** All of them. */
export interface ProgramTimes {
  /** In force. */
  counting: Counting;
  /** For how long the kernel has counted, all in all. */
  counted_sec: number;
  /** Why nothing can be counted; null where it can. */
  reason: string | null;
  /** Every program since the start, those that are gone too. */
  programs: ProgramFigures[];
}

/** The kernel, and the clock. */
export interface ProgramTimeKernel {
  /** Has the kernel count until it is closed. @throws SyscallError */
  count: () => { close(): void };
  /** Counters of a program. @throws SyscallError */
  stats: (id: number) => Pick<ProgramStats, "run_time_ns" | "run_count" | "recursion_misses">;
  /** Monotonic. */
  now_ms: () => number;
}

/** One look of the kernel's counters lasts so long. */
export const SAMPLE_MS = 1_000;
/** From the begin of one to the begin of the next at least. */
export const SAMPLE_EVERY_MS = 30_000;
/** Programs of all objects together are below two hundred. */
const MOST_PROGRAMS = 1000;

const KERNEL: ProgramTimeKernel = {
  count: countProgramTime,
  stats: programStatsById,
  now_ms: () => performance.now(),
};

interface Base {
  run_time_ns: bigint;
  run_count: bigint;
  misses: bigint;
}

/** Adds up. */
export class ProgramTime {
  readonly #kernel: ProgramTimeKernel;
  readonly #totals = new Map<string, ProgramFigures>();
  /** By number: the counters that are in the totals already. */
  #bases = new Map<number, Base>();
  #programs: readonly LoadedProgram[] = [];
  #counting: Counting = "never";
  #open: { close(): void } | null = null;
  #since_ms = 0;
  #begun_ms = -Infinity;
  #counted_ms = 0;
  #reason: string | null = null;
  #timer: ReturnType<typeof setTimeout> | null = null;

  /** Counts nothing. */
  constructor(kernel: ProgramTimeKernel = KERNEL) {
    this.#kernel = kernel;
  }

  /** Puts another way of counting in force. */
  apply(counting: Counting): void {
    if (counting === this.#counting) return;
    this.#end();
    this.#counting = counting;
    this.#reason = null;
    this.#begun_ms = -Infinity;
  }

  /**
   * What is known, which for `sampled` is what the samples so far have found; a new one is begun where
   * it is time to.
   * @param programs those that are loaded now
   */
  ask(programs: readonly LoadedProgram[]): ProgramTimes {
    this.#know(programs);
    if (this.#open !== null) this.#take();
    else if (this.#counting === "always") this.#begin();
    else if (this.#counting === "sampled") this.#sample();
    return this.times();
  }

  /** What is known. */
  times(): ProgramTimes {
    return {
      counting: this.#counting,
      counted_sec: this.#counted_ms / 1000,
      reason: this.#reason,
      programs: [...this.#totals.values()].map((figures) => ({ ...figures })),
    };
  }

  /** Ends what is being counted. */
  close(): void {
    this.apply("never");
  }

  #sample(): void {
    const now = this.#kernel.now_ms();
    if (now - this.#begun_ms < SAMPLE_EVERY_MS) return;
    this.#begin();
    if (this.#open !== null) this.#timer = setTimeout(() => this.#end(), SAMPLE_MS);
  }

  #begin(): void {
    this.#begun_ms = this.#kernel.now_ms();
    try {
      this.#open = this.#kernel.count();
    } catch (error) {
      this.#reason = reasonOf(error);
      return;
    }
    this.#reason = null;
    this.#since_ms = this.#kernel.now_ms();
    // Others may have the kernel count as well: what came before is not of this sample.
    for (const { id } of this.#programs) this.#rebase(id);
  }

  #end(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#open === null) return;
    this.#take();
    this.#open.close();
    this.#open = null;
  }

  #know(programs: readonly LoadedProgram[]): void {
    this.#programs = programs;
    const ids = new Set(programs.map(({ id }) => id));
    for (const id of this.#bases.keys()) if (!ids.has(id)) this.#bases.delete(id);
    for (const { id, object, program } of programs) {
      this.#total(object, program);
      if (this.#bases.has(id)) continue;
      this.#bases.set(id, { run_time_ns: 0n, run_count: 0n, misses: 0n });
      // What it did before it was known here is of no time that was counted here.
      this.#rebase(id);
    }
  }

  #total(object: string, program: string): ProgramFigures | undefined {
    const key = `${object}\0${program}`;
    const known = this.#totals.get(key);
    if (known !== undefined || this.#totals.size >= MOST_PROGRAMS) return known;
    const figures = { object, program, run_time_ns: 0, run_count: 0, missed: 0 };
    this.#totals.set(key, figures);
    return figures;
  }

  #rebase(id: number): void {
    const base = this.#bases.get(id);
    const now = this.#stats(id);
    if (base === undefined || now === null) return;
    base.run_time_ns = now.run_time_ns;
    base.run_count = now.run_count;
  }

  /** Adds what was counted since it was looked at before. */
  #take(): void {
    const now_ms = this.#kernel.now_ms();
    this.#counted_ms += now_ms - this.#since_ms;
    this.#since_ms = now_ms;
    for (const { id, object, program } of this.#programs) {
      const [base, now] = [this.#bases.get(id), this.#stats(id)];
      const total = this.#total(object, program);
      if (base === undefined || now === null || total === undefined) continue;
      total.run_time_ns += Number(now.run_time_ns - base.run_time_ns);
      total.run_count += Number(now.run_count - base.run_count);
      total.missed += Number(now.recursion_misses - base.misses);
      const { run_time_ns, run_count, recursion_misses: misses } = now;
      this.#bases.set(id, { run_time_ns, run_count, misses });
    }
  }

  /** Null for a program that has just been unloaded. */
  #stats(id: number): ReturnType<ProgramTimeKernel["stats"]> | null {
    try {
      return this.#kernel.stats(id);
    } catch {
      return null;
    }
  }
}
