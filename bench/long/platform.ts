/**
 * Half an hour with every part of the platform on, a scraper that asks every ten seconds and a page that
 * follows the metrics: the memory must be flat, nothing may be lost, restarted or shed.
 * `deno run -A bench/long/platform.ts [--minutes 30]`; needs root and ./aod. Ends with 1 otherwise.
 *
 * Memory is flat when the median of the last quarter of the run is at most 5 % above that of its second
 * quarter; the first one is left to settle. Series of 1000 points a second are full after 17 minutes, so
 * that a run of half an hour has its growth within the 5 %.
 * @module
 */
import { parseArgs } from "node:util";
import { median } from "../support/figure.ts";
import { foreignCores, ticks } from "../support/foreign_load.ts";
import { PlatformAgent, type ResidentMb } from "../support/platform_agent.ts";

const SAMPLE_MS = 1000;
const SCRAPE_SAMPLES = 10;
const GROWTH_PERCENT = 5;

const { values } = parseArgs({ options: { minutes: { type: "string", default: "30" } } });
const minutes = Number(values.minutes);
if (!(minutes >= 0.5)) {
  console.error("Cannot run: because of --minutes (0.5 or more)");
  Deno.exit(2);
}
const count = Math.round(minutes * 60_000 / SAMPLE_MS);
const samples: ResidentMb[] = [];
const mb = (value: number) => value.toFixed(1);

await using agent = await PlatformAgent.start();
await using page = agent.follow("/metrics/stream");
const [cpu, begun, foreign] = [agent.cpuNs(), performance.now(), ticks()];
for (let i = 1; i <= count; i++) {
  await new Promise((resolve) => setTimeout(resolve, SAMPLE_MS));
  const now = agent.residentMb();
  samples.push(now);
  if (i % SCRAPE_SAMPLES === 0) await agent.losses();
  if (i % 60 !== 0 && i !== count) continue;
  const percent = (agent.cpuNs() - cpu) / ((performance.now() - begun) * 1e4);
  console.log(
    `${String(i).padStart(5)} s  RSS ${mb(now.rss)} MB (anonymous ${mb(now.anonymous)}, file ` +
      `${mb(now.file)}, shared ${mb(now.shared)}), ${percent.toFixed(2)} % of a core`,
  );
}
const quarter = Math.floor(samples.length / 4);
const early = median(samples.slice(quarter, 2 * quarter).map(({ rss }) => rss));
const late = median(samples.slice(-quarter).map(({ rss }) => rss));
const growth = (late / early - 1) * 100;
const losses = await agent.losses();
const troubles = await agent.troubles();
const most = Math.max(...samples.map(({ rss }) => rss));
console.log(
  `RSS: second quarter ${mb(early)} MB, last quarter ${mb(late)} MB (${growth.toFixed(1)} %), ` +
    `at most ${mb(most)} MB`,
);
console.log(`other work took ${foreignCores(foreign).toFixed(2)} cores of the host on average`);
console.log(`the page was sent ${page.bytes} bytes`);
console.log(`losses ${JSON.stringify(losses)}`);
for (const trouble of troubles) console.log(trouble);
if (growth > GROWTH_PERCENT) console.log("RSS is NOT FLAT");
const failed = growth > GROWTH_PERCENT || troubles.length > 0 || Object.keys(losses).length > 0;
if (failed) console.log(agent.log);
Deno.exitCode = failed ? 1 : 0;
