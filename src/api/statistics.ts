/**
 * What the server counts about itself, and its metric families.
 * @module
 */
import type { MetricFamily } from "./prometheus.ts";

/** Upper bounds of the time an answer takes to be made. */
const BOUNDS_SEC = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5];

/** Why a request or a connection was turned away before a route saw it. */
export type Refusal =
  | "connections"
  | "malformed"
  | "timeout"
  | "guard"
  | "rate"
  | "credentials"
  | "streams";

interface RouteCount {
  method: string;
  path: string;
  status: number;
  count: number;
}

/** Counters of one server. */
export class ApiStatistics {
  /** Open connections. */
  connections = 0;
  /** Bytes of streams and bodies are not counted; requests that were answered are. */
  answered = 0;
  /** Streams that were dropped because their client was slow. */
  streams_dropped = 0;
  /** Messages sent to streams. */
  stream_messages = 0;
  /** Faults inside a route. */
  faults = 0;
  /** By cause. */
  readonly refused: Record<Refusal, number> = {
    connections: 0,
    malformed: 0,
    timeout: 0,
    guard: 0,
    rate: 0,
    credentials: 0,
    streams: 0,
  };
  readonly #routes = new Map<string, RouteCount>();
  readonly #times = new Array<number>(BOUNDS_SEC.length + 1).fill(0);
  #time_sum_sec = 0;

  /** An answer has been made. `path` is a route's, or "" for none: what clients invent is no label. */
  answer(method: string, path: string, status: number, time_ms: number): void {
    this.answered++;
    const key = `${method} ${path} ${status}`;
    const known = this.#routes.get(key);
    if (known === undefined) this.#routes.set(key, { method, path, status, count: 1 });
    else known.count++;
    const bucket = BOUNDS_SEC.findIndex((bound) => time_ms / 1000 <= bound);
    this.#times[bucket < 0 ? BOUNDS_SEC.length : bucket]++;
    this.#time_sum_sec += time_ms / 1000;
  }

  /** For the Prometheus text. */
  families(streams: number): MetricFamily[] {
    const one = (value: number) => [{ labels: {}, value }];
    return [
      {
        name: "aod_api_requests_total",
        help: "Requests answered, by route and status.",
        type: "counter",
        samples: [...this.#routes.values()].map(({ method, path, status, count }) => ({
          labels: { method, path, status: String(status) },
          value: count,
        })),
      },
      {
        name: "aod_api_request_duration_seconds",
        help: "Time from the end of the headers to the answer.",
        type: "histogram",
        samples: [{
          labels: {},
          bounds: BOUNDS_SEC,
          counts: this.#times,
          sum: this.#time_sum_sec,
        }],
      },
      {
        name: "aod_api_refused_total",
        help: "Requests and connections turned away, by cause.",
        type: "counter",
        samples: Object.entries(this.refused).map(([cause, value]) => ({
          labels: { cause },
          value,
        })),
      },
      {
        name: "aod_api_connections",
        help: "Open connections.",
        type: "gauge",
        samples: one(this.connections),
      },
      {
        name: "aod_api_streams",
        help: "Open event streams.",
        type: "gauge",
        samples: one(streams),
      },
      {
        name: "aod_api_stream_messages_total",
        help: "Messages sent to event streams.",
        type: "counter",
        samples: one(this.stream_messages),
      },
      {
        name: "aod_api_streams_dropped_total",
        help: "Event streams dropped because the client was too slow.",
        type: "counter",
        samples: one(this.streams_dropped),
      },
      {
        name: "aod_api_faults_total",
        help: "Requests that failed inside the agent.",
        type: "counter",
        samples: one(this.faults),
      },
    ];
  }
}
