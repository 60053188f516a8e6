/**
 * Looks at a running agent's platform from within the guest: what its API says, and what the kernel's SMB
 * client counts at the same moment.
 * @module
 */
import type { SmbAnswer, SmbLatency } from "../../../src/api/data_agent.ts";
import { type ExposedFamily, readExposition } from "../../support/api/exposition.ts";
import { type ClientCounts, readClientCounts } from "../support/cifs_stats.ts";
import type { Vm } from "../support/vm.ts";

const URL = "http://127.0.0.1:8000";
const SEPARATOR = "\x1e";
const DEADLINE_MS = 60_000;
/** After so many samples of the collector the last of them was begun when all was quiet already. */
const SAMPLES = 2;

/** Asks the API for a path, with the token. */
const ask = (path: string) =>
  `wget -q -O - --header "Authorization: Bearer $(cat /var/log/aod/api.token)" '${URL}${path}'`;

/** The client's own counts are on both sides: where they are equal, they hold for what is between. */
const LOOK = [
  "cat /proc/fs/cifs/Stats",
  "cat /proc/fs/cifs/DebugData",
  ask("/smb"),
  ask("/metrics/realtime"),
  ask("/metrics"),
  "cat /proc/fs/cifs/Stats",
].join(` && printf '\\036' && `);

/** All of one moment. */
export interface Look {
  /** The kernel's client. */
  client: ClientCounts;
  /** Its connections, as text. */
  debug_data: string;
  /** `/smb`. */
  smb: SmbAnswer;
  /** Sum of all values of a series; 0 for one that is not there. */
  sum: (key: string) => number;
  /** Least value of a series. */
  least: (key: string) => number;
  /** `/metrics`. */
  metrics: ExposedFamily[];
}

interface Summary {
  count: number;
  mean: number;
  min: number;
}

async function lookOnce(vm: Vm): Promise<{ look: Look; text: string; samples: number } | null> {
  const all = (await vm.check(LOOK, { timeoutMs: DEADLINE_MS })).split(SEPARATOR);
  const [text, debug_data, smb, realtime, exposition, after] = all;
  if (text !== after) return null;
  const series: Record<string, Summary> = JSON.parse(realtime).metrics;
  const look: Look = {
    client: readClientCounts(text),
    debug_data,
    smb: JSON.parse(smb),
    sum: (key) => Math.round((series[key]?.count ?? 0) * (series[key]?.mean ?? 0)),
    least: (key) => series[key]?.min ?? NaN,
    metrics: readExposition(exposition),
  };
  return { look, text, samples: series["smb.loaded"]?.count ?? 0 };
}

/** Waits until the client is quiet and the collector has seen it so. */
export async function lookWhenQuiet(vm: Vm): Promise<Look> {
  const deadline = performance.now() + DEADLINE_MS;
  let quiet: { text: string; samples: number } | null = null;
  for (;;) {
    const now = await lookOnce(vm);
    if (now === null || now.text !== quiet?.text) quiet = now;
    else if (now.samples >= quiet.samples + SAMPLES) return now.look;
    if (performance.now() > deadline) throw new Error(`The client is not quiet: ${quiet?.text}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** Waits until the API answers and everything that is on works. */
export async function apiReady(vm: Vm): Promise<void> {
  await vm.check(`until ${ask("/readyz")} >/dev/null 2>&1; do usleep 200000; done`);
}

/** Points of a series by their time. */
export async function pointsOf(vm: Vm, key: string): Promise<Map<number, number>> {
  const path = `/metrics/history?metric_key=${encodeURIComponent(key)}&seconds=3600`;
  const { points } = JSON.parse(await vm.check(ask(path)));
  return new Map(points.map((point: { timestamp: number; value: number }) => {
    return [point.timestamp, point.value];
  }));
}

/** The row of a share and command; all 0 where there is none. */
export function rowOf({ smb }: Look, share: string, command: string): SmbLatency {
  return smb.latency.find((row) => row.share === share && row.command === command) ?? {
    ...{ server: "", share, command, count: 0, errors: 0, sum_ms: 0, max_ms: 0 },
    ...{ p50_ms: null, p90_ms: null, p99_ms: null, counts: smb.bounds_ms.map(() => 0).concat(0) },
  };
}

/** The value of a sample of `/metrics`; NaN where there is none. */
export function exposed(
  { metrics }: Look,
  name: string,
  labels: Record<string, string> = {},
): number {
  const wanted = Object.entries(labels);
  const found = metrics.flatMap(({ samples }) => samples).filter((sample) => {
    return sample.name === name && wanted.every(([label, value]) => sample.labels[label] === value);
  });
  return found.length === 1 ? found[0].value : NaN;
}
