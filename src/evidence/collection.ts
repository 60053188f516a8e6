/**
 * The collection of one bundle: the snapshot actions at once, the tail after, then the seal.
 * @module
 */
import { mkdir, rm } from "node:fs/promises";
import type { ActionSpec } from "../config/types.ts";
import type { Anomaly } from "../detect/anomaly.ts";
import { isoOfWallNs, monotonicNs, wallOffsetNs, wallOfMonotonic } from "../os/clock.ts";
import type { ActionRecord } from "./actions/record.ts";
import { actionOf, ACTIONS } from "./actions/registry.ts";
import { withMetrics } from "./anomaly_json.ts";
import { metaOf, writeMeta } from "./bundle_index.ts";
import { hashFiles, MANIFEST, sealBundle } from "./bundle_write.ts";
import type { CollectionParts, SealedBundle, Stage } from "./collection_parts.ts";
import type { Findings, VerdictLine } from "./contents.ts";
import { readStart, reasonOf, replaceFile } from "./files.ts";
import {
  anomalySummary,
  hostFacts,
  type Manifest,
  MANIFEST_SCHEMA,
  manifestText,
} from "./manifest.ts";
import { coinciding, type MetricsAnswer, metricsRequest } from "./host_metrics.ts";
import { writeMetrics } from "./metrics_file.ts";
import { cifsMounts } from "./mounts.ts";
import { partialName } from "./names.ts";
import { OutputFile, writeText } from "./output_file.ts";
import { Redactor } from "./redact.ts";
import { sleep } from "./sleep.ts";
import { impliedFor, specFor } from "./verdict_actions.ts";

export type { CollectionParts, SealedBundle, Stage };

/** Most of a log that the verdict looks at. */
const LOG_LIMIT_BYTES = 1_048_576;

/** One collection under way. */
export class Collection {
  readonly #parts: CollectionParts;
  readonly #anomaly: Anomaly;
  readonly #dir: string;
  readonly #redactor = new Redactor();
  readonly #records: ActionRecord[] = [];
  readonly #problems: string[] = [];
  readonly #manifest: Manifest;
  #anomalyText = "";
  #metrics: MetricsAnswer | null = null;

  /**
   * Prepares the collection; nothing is written yet.
   * @param anomaly what to collect for
   */
  constructor(parts: CollectionParts, anomaly: Anomaly) {
    this.#parts = parts;
    this.#anomaly = anomaly;
    this.#dir = `${parts.batches}/${partialName(anomaly.id)}`;
    this.#manifest = {
      schema: MANIFEST_SCHEMA,
      id: anomaly.id,
      status: "complete",
      anomaly: anomalySummary(anomaly),
      verdict: { kind: "unclear", line: "not judged", evidence: [] },
      detected: isoOfWallNs(BigInt(anomaly.id)),
      written: "",
      timing: { accepted_ms: null, snapshot_done_ms: null, tail_done_ms: null },
      metrics: null,
      problems: this.#problems,
      actions: this.#records,
      files: [],
      redactions: {},
      ledger: null,
      host: hostFacts(),
      versions: parts.versions,
      config: parts.config,
    };
  }

  /**
   * Collects and seals.
   * @throws when the bundle cannot be written; its directory is removed then
   */
  async run(): Promise<SealedBundle> {
    const { onStage } = this.#parts;
    await mkdir(this.#dir, { mode: 0o700 });
    try {
      await onStage("directory");
      await this.#begin();
      await this.#actions();
      await this.#requests();
      await this.#judge();
      return await this.#seal();
    } catch (error) {
      await rm(this.#dir, { recursive: true, force: true }).catch(() => {});
      throw error;
    }
  }

  async #begin(): Promise<void> {
    const { contents, probe, onStage } = this.#parts;
    await this.#guard("read the flight recorder", () => contents.begin(this.#anomaly, probe()));
    await this.#writeManifest();
    const { id, type } = this.#anomaly;
    let text = `{"anomaly": ${JSON.stringify(type)}, "timestamp": ${id}}\n`;
    await this.#guard("describe the anomaly", () => {
      text = contents.anomalyJson();
    });
    this.#anomalyText = this.#redactor.text(text);
    await writeText(`${this.#dir}/anomaly.json`, this.#anomalyText, null);
    this.#manifest.timing.accepted_ms = this.#sinceDetection();
    await onStage("anomaly");
  }

  async #actions(): Promise<void> {
    const { config, runner, drain, onStage } = this.#parts;
    const specs = specFor(this.#anomaly, config);
    const mounts = cifsMounts();
    const start = async (spec: ActionSpec, implied: boolean) => {
      const context = {
        spec,
        anomaly: this.#anomaly,
        first_start_wall_ns: wallOfMonotonic(this.#anomaly.first_start_ns),
        journal_lookback_sec: config.collector.journal_lookback_sec,
        mounts,
      };
      const target = { context, dir: this.#dir, redactor: this.#redactor, implied, abort: drain };
      const record = await runner.run(target);
      this.#records.push(record);
      this.#parts.onAction(record);
    };
    const isTail = (spec: ActionSpec) => actionOf(spec)?.phase === "tail";
    const implied = impliedFor(this.#anomaly, specs);
    const snapshot = [
      ...specs.filter((spec) => !isTail(spec)).map((spec) => start(spec, false)),
      ...implied.map((spec) => start(spec, true)),
    ];
    const tail = specs.filter(isTail);
    // What runs all the time is read after the tail's wait: it then has both sides of the anomaly.
    const early = tail.filter((spec) => !runner.hasBackground(spec));
    const late = tail.filter((spec) => runner.hasBackground(spec));
    const running = early.map((spec) => start(spec, false));
    await Promise.all(snapshot);
    this.#manifest.timing.snapshot_done_ms = this.#sinceDetection();
    await onStage("snapshot");
    const left_ms = config.collector.requests_after_sec * 1000 - this.#sinceDetection();
    await sleep(left_ms, drain);
    await Promise.all([
      ...running,
      ...late.map((spec) => start(spec, false)),
      this.#guard("write metrics.jsonl", () => this.#hostMetrics()),
    ]);
    this.#manifest.timing.tail_done_ms = this.#sinceDetection();
    await onStage("tail");
  }

  /** Asked when the tail ends: the series then reach beyond the anomaly. */
  async #hostMetrics(): Promise<void> {
    const { metrics: ask, drain } = this.#parts;
    if (ask === null || drain.aborted) return;
    const request = metricsRequest(this.#anomaly, wallOffsetNs());
    const answer = this.#metrics = await ask(request);
    const found = coinciding(this.#anomaly, answer);
    const path = `${this.#dir}/metrics.jsonl`;
    this.#manifest.metrics = await writeMetrics(path, answer, request, found, this.#redactor);
    if (answer.anomalies.length === 0) return;
    const text = this.#redactor.text(withMetrics(this.#anomalyText, found));
    await replaceFile(this.#dir, "anomaly.json", text);
  }

  async #requests(): Promise<void> {
    const { contents, probe, onStage } = this.#parts;
    await this.#guard("write requests.jsonl", async () => {
      const file = await OutputFile.create(`${this.#dir}/requests.jsonl`, this.#redactor);
      try {
        for await (const line of contents.requests(probe())) await file.print(line);
      } finally {
        await file.close();
      }
    });
    await onStage("contents");
  }

  async #judge(): Promise<void> {
    const { contents } = this.#parts;
    const findings: Findings = {
      anomaly: this.#anomaly,
      logs: await this.#logs(),
      actions: this.#records,
      metrics: coinciding(this.#anomaly, this.#metrics),
      series: this.#manifest.metrics?.series ?? null,
    };
    let verdict: VerdictLine = this.#manifest.verdict;
    await this.#guard("judge", () => {
      verdict = contents.verdict(findings);
    });
    this.#manifest.verdict = verdict;
    let readme = `Verdict: ${verdict.line}\n`;
    await this.#guard("write README.txt", () => {
      readme = contents.readme(findings, verdict);
    });
    await writeText(`${this.#dir}/README.txt`, readme, this.#redactor);
  }

  async #seal(): Promise<SealedBundle> {
    const { batches, drain, onStage } = this.#parts;
    const { id } = this.#anomaly;
    if (drain.aborted) this.#manifest.status = "cut_short";
    this.#manifest.files = await hashFiles(this.#dir);
    const text = await this.#writeManifest();
    await onStage("manifest");
    const { path, bytes } = await sealBundle(batches, id, this.#dir);
    await onStage("sealed");
    const sealed_ms = this.#sinceDetection();
    await writeMeta(batches, metaOf(text)).catch(() => {}); // made again when it is asked for
    await rm(this.#dir, { recursive: true, force: true });
    await onStage("done");
    const { status, verdict, timing } = this.#manifest;
    const snapshot_ms = timing.snapshot_done_ms ?? sealed_ms;
    return { id, path, bytes, verdict: verdict.kind, status, snapshot_ms, sealed_ms };
  }

  async #writeManifest(): Promise<string> {
    this.#manifest.written = new Date().toISOString();
    this.#manifest.redactions = this.#redactor.counts;
    this.#manifest.ledger = this.#parts.ledger();
    const text = manifestText(this.#manifest, this.#redactor);
    await replaceFile(this.#dir, MANIFEST, text);
    return text;
  }

  async #logs(): Promise<Map<string, string>> {
    const logs = new Map<string, string>();
    for (const { name, files } of this.#records) {
      if (!ACTIONS.has(name)) continue;
      const log = files.find((file) => file === `${name}.log`);
      if (log === undefined) continue;
      await this.#guard(`read ${log}`, async () => {
        logs.set(name, await readStart(`${this.#dir}/${log}`, LOG_LIMIT_BYTES));
      });
    }
    return logs;
  }

  /** A part of the bundle that fails is named in the manifest and stops nothing. */
  async #guard(what: string, part: () => void | Promise<void>): Promise<void> {
    try {
      await part();
    } catch (error) {
      this.#problems.push(this.#redactor.text(`Cannot ${what}: because ${reasonOf(error)}`));
    }
  }

  #sinceDetection(): number {
    return Number((monotonicNs() - this.#anomaly.detected_ns) / 1_000n) / 1_000;
  }
}
