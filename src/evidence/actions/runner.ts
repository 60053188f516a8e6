/**
 * Carries out quick actions: bounded in number over all bundles, in time and in output.
 * @module
 */
import type { ActionSpec } from "../../config/types.ts";
import { OutputFile } from "../output_file.ts";
import { Slots } from "../slots.ts";
import { type StuckChild, stuckChild, StuckChildren } from "../stuck.ts";
import type { ActionPlan, Background } from "./action.ts";
import { type ActionRecord, addNote, newRecord } from "./record.ts";
import { actionOf } from "./registry.ts";
import { StepRunner } from "./steps.ts";
import type { RunTarget } from "./target.ts";

/** Totals over the life of the runner. */
export interface RunnerTotals {
  /** Actions that were started. */
  run: number;
  /** Those that gave nothing. */
  failed: number;
  /** Those that reached their limit. */
  timed_out: number;
  /** Those that left a child behind. */
  abandoned: number;
}

/** Runs actions and keeps their background parts. */
export class ActionRunner {
  readonly #slots: Slots;
  /** Long actions leave slots free for the quick ones of the next bundle. */
  readonly #longSlots: Slots;
  /** Actions for a metric anomaly take no place of those for one of SMB. */
  readonly #metricSlots = new Slots(1);
  readonly #backgrounds = new Map<string, Background>();
  /** Changes of them follow one another: two at a time could start what the later one ends. */
  #change: Promise<void> = Promise.resolve();
  readonly #stuck: StuckChildren;
  readonly #onStuck: (child: StuckChild) => void;
  /** Totals so far. */
  readonly totals: RunnerTotals = { run: 0, failed: 0, timed_out: 0, abandoned: 0 };

  /**
   * A runner with free slots.
   * @param concurrency most actions at a time, over all bundles of SMB; one of a metric's beside them
   * @param stuck children that an earlier runner of this process left behind
   * @param onStuck told of every child that is left behind
   */
  constructor(
    concurrency: number,
    stuck: readonly StuckChild[] = [],
    onStuck: (child: StuckChild) => void = () => {},
  ) {
    this.#stuck = new StuckChildren(stuck);
    this.#onStuck = onStuck;
    this.#slots = new Slots(concurrency);
    this.#longSlots = new Slots(Math.max(1, concurrency - 2));
  }

  /** Starts the background parts that these actions need and stops all others. */
  async useBackgrounds(specs: readonly ActionSpec[]): Promise<void> {
    const change = this.#change.then(() => this.#useBackgrounds(specs));
    this.#change = change.catch(() => {}); // whoever asked for it is told
    await change;
  }

  async #useBackgrounds(specs: readonly ActionSpec[]): Promise<void> {
    const wanted = new Map(specs.map((spec) => [backgroundKey(spec), spec]));
    for (const [key, background] of [...this.#backgrounds]) {
      if (wanted.has(key)) continue;
      this.#backgrounds.delete(key);
      await background.stop();
    }
    for (const [key, spec] of wanted) {
      if (this.#backgrounds.has(key)) continue;
      const background = actionOf(spec)?.background?.(spec) ?? null;
      if (background !== null) this.#backgrounds.set(key, background);
    }
  }

  /** Stops what runs between anomalies. */
  async stop(): Promise<void> {
    await this.useBackgrounds([]);
  }

  /** Runs one action; it never throws: what goes wrong is in the record. */
  async run(target: RunTarget): Promise<ActionRecord> {
    const { spec } = target.context;
    const action = actionOf(spec);
    const record = newRecord(spec.name, action?.phase ?? "snapshot", target.implied);
    if (action === null) return skip(record, "this build has no such action");
    const queued = performance.now();
    const task = async () => {
      record.waited_ms = Math.round(performance.now() - queued);
      record.started = new Date().toISOString();
      if (target.abort.aborted) return skip(record, "the collector was draining");
      if (this.#stuck.has(spec.name)) {
        return skip(record, "its last child is still stuck in the kernel");
      }
      const started = performance.now();
      await this.#carryOut(action, target, record);
      record.duration_ms = Math.round(performance.now() - started);
      this.#count(record);
      return record;
    };
    if (target.context.anomaly.type === "metric") return await this.#metricSlots.run(task);
    if (action.phase === "snapshot") return await this.#slots.run(task);
    return await this.#longSlots.run(() => this.#slots.run(task));
  }

  /** True when the action's steps come from a part that runs all the time. */
  hasBackground(spec: ActionSpec): boolean {
    return this.#backgrounds.has(backgroundKey(spec));
  }

  async #carryOut(action: ActionPlan, target: RunTarget, record: ActionRecord): Promise<void> {
    const { context, dir, redactor } = target;
    const log = `${context.spec.name}.log`;
    let file: OutputFile;
    try {
      file = await OutputFile.create(`${dir}/${log}`, redactor);
    } catch (error) {
      record.status = "failed";
      addNote(record, `Cannot write ${log}: because ${String(error)}`);
      return;
    }
    record.files.push(log);
    const steps = new StepRunner(target, record, file, (pid) => this.#abandoned(record, pid));
    try {
      await file.print(`# ${context.spec.name}, ${record.started}\n`);
      const background = this.#backgrounds.get(backgroundKey(context.spec));
      await steps.runAll(background?.steps(context) ?? action.plan(context));
    } catch (error) {
      record.status = "failed";
      addNote(record, error instanceof Error ? error.message : String(error));
    } finally {
      await file.close().catch((error) => {
        record.status = "failed";
        addNote(record, `Cannot write ${log}: because ${String(error)}`);
      });
    }
    record.stderr = redactor.text(record.stderr);
    record.note = redactor.text(record.note);
    for (const command of record.commands) command.argv = redactor.argv(command.argv);
  }

  #abandoned(record: ActionRecord, pid: number): void {
    const child = stuckChild(record.name, pid);
    if (child === null) return;
    this.#stuck.add(child);
    this.#onStuck(child);
  }

  #count(record: ActionRecord): void {
    this.totals.run++;
    if (record.status === "timeout") this.totals.timed_out++;
    else if (record.status === "abandoned") this.totals.abandoned++;
    else if (record.status !== "ok" && record.status !== "truncated") this.totals.failed++;
  }
}

function skip(record: ActionRecord, why: string): ActionRecord {
  record.status = "skipped";
  addNote(record, why);
  return record;
}

/** Specs that differ in nothing but their limits share a background part. */
function backgroundKey(spec: ActionSpec): string {
  return JSON.stringify([spec.kind, spec.name, spec.params, spec.max_output_kb]);
}
