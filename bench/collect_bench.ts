/**
 * From the detection of an anomaly to its snapshot actions done, and to its bundle sealed: the
 * embedded configuration's actions on this machine. Without `tcpdump`, whose capture takes ten
 * seconds by design and which the bundle waits for.
 * @module
 */
import type { Config } from "../src/config/types.ts";
import { Collector, type SealedBundle } from "../src/evidence/collector.ts";
import { ContentsMaker } from "../src/evidence/bundle_contents.ts";
import { anomalyNow } from "../tests/support/evidence.ts";
import { type Benchmark, type BenchOptions, type Figure, quantileOf } from "./support/figure.ts";
import { defaultConfig } from "./support/guardian.ts";

/** Bundles at a time: the second row shows what a storm of anomalies does to one bundle. */
const CONCURRENT = [1, 4];

function config(aod_output_dir: string): Config {
  const base = defaultConfig();
  const actions = base.watcher.actions.filter(({ name }) => name !== "tcpdump");
  const anomalies = base.guardian.anomalies.map((anomaly) => ({ ...anomaly, actions }));
  return { ...base, aod_output_dir, watcher: { actions }, guardian: { anomalies } };
}

async function run({ quick, say }: BenchOptions): Promise<Figure[]> {
  const figures: Figure[] = [];
  const dir = Deno.makeTempDirSync({ prefix: "aod-bench-" });
  const contents = new ContentsMaker();
  const given = config(dir);
  const collector = new Collector({
    config: given,
    probe: null,
    contents: (config) => contents.make(config),
  });
  try {
    await collector.start();
    for (const concurrent of CONCURRENT) {
      const rounds = quick ? 3 : 30;
      const bundles: SealedBundle[] = [];
      for (let round = 0; round < rounds; round++) {
        const { name } = given.guardian.anomalies[0];
        const some = Array.from(
          { length: concurrent },
          () => collector.collect(anomalyNow({ name })),
        );
        bundles.push(...await Promise.all(some));
      }
      say(`${bundles.length} bundles, ${concurrent} at a time`);
      const sizes = bundles.map((bundle) => bundle.bytes).sort((a, b) => a - b);
      const detail = { bundles: bundles.length, median_bytes: quantileOf(sizes, 0.5) };
      const at = concurrent === 1 ? "" : `, ${concurrent} bundles at once`;
      const snapshot = bundles.map((bundle) => bundle.snapshot_ms);
      const sealed = bundles.map((bundle) => bundle.sealed_ms);
      figures.push(
        figure(`detection to snapshot actions done, p50${at}`, snapshot, 250, concurrent, detail),
        figure(`detection to bundle sealed, p50${at}`, sealed, 2_500, concurrent, detail),
      );
    }
  } finally {
    await collector.drain();
    Deno.removeSync(dir, { recursive: true });
  }
  return figures;
}

/** The median, with the other quantiles beside it; a target for one bundle at a time only. */
function figure(
  name: string,
  values_ms: number[],
  at_most: number,
  concurrent: number,
  detail: Record<string, number>,
): Figure {
  const sorted = values_ms.sort((a, b) => a - b);
  const round = (q: number) => Math.round(quantileOf(sorted, q) * 10) / 10;
  return {
    name,
    value: quantileOf(sorted, 0.5),
    unit: "ms",
    ...(concurrent === 1 ? { target: { at_most } } : {}),
    detail: { ...detail, p90: round(0.9), p99: round(0.99), max: round(1) },
  };
}

/** Detection to evidence. */
export const collectBenchmark: Benchmark = {
  name: "collect",
  about: "an anomaly's way to its bundle: snapshot actions, seal",
  root: true,
  run,
};
