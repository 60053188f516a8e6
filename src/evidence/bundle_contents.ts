/**
 * The contents of a real bundle: anomaly, flight recorder, verdict, README.
 * @module
 */
import type { Config } from "../config/types.ts";
import type { Anomaly } from "../detect/anomaly.ts";
import { monotonicNs, wallOffsetNs } from "../os/clock.ts";
import type { ProbeHandles } from "../probe/smb/handles.ts";
import { NameResolver } from "../probe/smb/names.ts";
import { readPending } from "../probe/smb/pending.ts";
import type { SmbRequest } from "../probe/smb/request.ts";
import { anomalyJson } from "./anomaly_json.ts";
import type { Contents, Findings, VerdictLine } from "./contents.ts";
import { readmeText } from "./readme_txt.ts";
import { mergeRecordings, readRecorder, type Recording } from "./recorder.ts";
import { NO_NAMES, type PlaceNames, requestLines } from "./requests_jsonl.ts";
import { judge } from "./verdict.ts";

/** How much of the flight recorder goes into requests.jsonl. */
export interface ContentsOptions {
  /** As configured. */
  requests_before_sec: number;
  /** As configured. */
  requests_after_sec: number;
}

/** The second reading looks back this far: an end is stamped a moment before it is recorded. */
const OVERLAP_NS = 1_000_000_000n;

/** Makes the contents of every bundle of a collector; they share the names that are known. */
export class ContentsMaker {
  #probe: ProbeHandles | null = null;
  #names: PlaceNames = NO_NAMES;

  /** Contents of the next bundle. */
  make(config: Pick<Config, "collector">): BundleContents {
    return new BundleContents(config.collector, (probe) => this.#namesOf(probe));
  }

  #namesOf(probe: ProbeHandles): PlaceNames {
    if (this.#probe !== probe) {
      this.#probe = probe;
      this.#names = quietNames(probe);
    }
    return this.#names;
  }
}

/** Contents of one bundle, from the anomaly and the flight recorder. */
export class BundleContents implements Contents {
  readonly #options: ContentsOptions;
  readonly #namesOf: (probe: ProbeHandles) => PlaceNames;
  /** One offset for every time of the bundle: a clock that is set meanwhile moves none of them. */
  readonly #offsetNs = wallOffsetNs();
  #anomaly: Anomaly | null = null;
  #names: PlaceNames = NO_NAMES;
  #recording: Recording | null = null;

  /** The contents of the bundles of one probe. */
  constructor(
    options: ContentsOptions = { requests_before_sec: 10, requests_after_sec: 2 },
    namesOf: (probe: ProbeHandles) => PlaceNames = quietNames,
  ) {
    this.#options = options;
    this.#namesOf = namesOf;
  }

  /** Reads what the recorder holds now: in two seconds it may be overwritten. */
  begin(anomaly: Anomaly, probe: ProbeHandles | null): Promise<void> {
    this.#anomaly = anomaly;
    this.#useNames(probe);
    if (probe !== null) {
      const from = anomaly.first_start_ns - seconds(this.#options.requests_before_sec);
      const now = monotonicNs();
      this.#recording = readRecorder(probe, from, now);
      nameThem(anomaly.worst, this.#recording.requests, readPending(probe, now));
    }
    return Promise.resolve();
  }

  anomalyJson(): string {
    return anomalyJson(this.#given(), this.#names, this.#offsetNs);
  }

  /** The requests before and after; without a probe, those that fired. */
  *requests(probe: ProbeHandles | null): Generator<string> {
    const anomaly = this.#given();
    this.#useNames(probe);
    const first = this.#recording;
    let failure: unknown = null;
    let pending: SmbRequest[] = [];
    if (probe !== null && first !== null) {
      const until = anomaly.detected_ns + seconds(this.#options.requests_after_sec);
      const now = monotonicNs();
      const to = until < now ? until : now;
      if (to > first.covered_to_ns) {
        const from = first.covered_to_ns - OVERLAP_NS;
        try {
          pending = readPending(probe, to);
          const second = readRecorder(probe, from > 0n ? from : 0n, to);
          this.#recording = mergeRecordings(first, second);
        } catch (error) {
          failure = error; // the probe went away: what was read first is still worth writing
        }
      }
    }
    const recording = this.#recording ?? firedOnly(anomaly);
    yield* requestLines(recording, this.#names, this.#offsetNs, stillPending(recording, pending));
    if (failure !== null) throw failure;
  }

  verdict(findings: Findings): VerdictLine {
    const { kind, line, evidence } = judge({
      anomaly: findings.anomaly,
      requests: this.#recording?.requests ?? [],
      logs: findings.logs,
    });
    return { kind, line, evidence };
  }

  readme(findings: Findings, verdict: VerdictLine): string {
    return readmeText(findings, verdict, this.#recording, this.#offsetNs);
  }

  #given(): Anomaly {
    if (this.#anomaly === null) throw new Error("Cannot write a bundle: because nothing fired");
    return this.#anomaly;
  }

  #useNames(probe: ProbeHandles | null): void {
    if (probe !== null) this.#names = this.#namesOf(probe);
  }
}

/** The ring's records carry no file names: those of the recorder and of the in-flight map do. */
function nameThem(requests: SmbRequest[], ...sources: (readonly SmbRequest[])[]): void {
  const named = new Map(sources.flat().map(({ request_id, name }) => [request_id, name]));
  for (const request of requests) {
    if (request.request_id !== 0n) request.name ??= named.get(request.request_id);
  }
}

/** Those that did not end between the readings of the map and of the recorder. */
function stillPending({ requests }: Recording, pending: readonly SmbRequest[]): SmbRequest[] {
  const ended = new Set(requests.map(({ request_id }) => request_id));
  return pending.filter(({ request_id }) => !ended.has(request_id));
}

/** Names by the probe's maps; a look-up that fails, as the probe may go away, names nothing. */
function quietNames(probe: ProbeHandles): PlaceNames {
  const names = new NameResolver(probe);
  const quiet = <T>(ask: () => T, none: T): T => {
    try {
      return ask();
    } catch {
      return none;
    }
  };
  return {
    server: (id) => quiet(() => names.server(id), ""),
    share: (session, tree) => quiet(() => names.share(session, tree), ""),
    mountPoints: (unc) => quiet(() => names.mountPoints(unc), []),
  };
}

/** What can be said without a recorder: the requests of the anomaly, of a span that is not whole. */
function firedOnly(anomaly: Anomaly): Recording {
  const { worst, window_end_ns } = anomaly;
  const requests = [...worst].sort((a, b) => a.end_ns < b.end_ns ? -1 : 1);
  return {
    requests,
    covered_from_ns: window_end_ns,
    covered_to_ns: window_end_ns,
    overwritten: 0n,
    torn: 0,
  };
}

function seconds(sec: number): bigint {
  return BigInt(Math.round(sec * 1e9));
}
