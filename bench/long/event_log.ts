/**
 * Ten minutes of 200,000 events a second into a log that is rotated and compressed: nothing may be lost,
 * and the memory must not grow. `deno run -A bench/long/event_log.ts [--minutes 10] [--rate 200000]`;
 * needs root and ./aod. Ends with 1 when an event was dropped or the memory grew.
 *
 * 64 MB a file, 8 rotated ones are kept. Memory is flat when the median of the last quarter of the run
 * is at most 5 % above that of its second quarter; the first one is left to settle.
 * @module
 */
import { parseArgs } from "node:util";
import { median } from "../support/figure.ts";
import { AodTrace } from "../support/event_log/aod.ts";
import { Work } from "../support/event_log/work.ts";

const SAMPLE_MS = 1000;
const GROWTH_PERCENT = 5;

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "10" },
    rate: { type: "string", default: "200000" },
  },
});
const minutes = Number(values.minutes);
const rate = Number(values.rate);
if (!(minutes > 0) || !(rate >= 1000)) {
  console.error("Cannot run: because of --minutes or --rate");
  Deno.exit(2);
}
const calls = Math.round(rate * minutes * 60);
const dir = Deno.makeTempDirSync({ prefix: "aod-bench-" });
const samples: number[] = [];
const mb = (bytes: number) => (bytes / 2 ** 20).toFixed(1);
try {
  const trace = await AodTrace.start(dir, [
    // What other work of the machine reads and writes is left out: the rate is to be this one.
    ...["--only", "read,write", "--comm", "work"],
    ...["--rotate-mb", "64", "--keep", "8", "--compress"],
  ]);
  await using work = await Work.start("paced", calls, rate);
  const cpuBefore = trace.cpuSec();
  const sampler = setInterval(() => {
    samples.push(trace.rssBytes());
    if (samples.length % 60 !== 0) return;
    const files = [...Deno.readDirSync(dir)].map(({ name }) => name);
    const compressed = files.filter((name) => name.endsWith(".zst")).length;
    console.log(
      `${samples.length} s  RSS ${mb(samples[samples.length - 1])} MB, ` +
        `${files.length} files, ${compressed} compressed`,
    );
  }, SAMPLE_MS);
  const { wall_ns } = await work.run();
  clearInterval(sampler);
  const cpu = trace.cpuSec() - cpuBefore;
  await trace.process.end("SIGTERM");
  const ledger = trace.readLedger();
  const quarter = Math.floor(samples.length / 4);
  const early = median(samples.slice(quarter, 2 * quarter));
  const late = median(samples.slice(-quarter));
  const growth = (late / early - 1) * 100;
  console.log(
    `${calls} calls in ${(wall_ns / 6e10).toFixed(2)} minutes, ` +
      `${(calls * 1e9 / wall_ns).toFixed(0)} a second`,
  );
  console.log(`ledger ${JSON.stringify(ledger)}`);
  console.log(`processor time ${(cpu * 1e6 / ledger.written).toFixed(3)} s per million events`);
  console.log(
    `RSS: second quarter ${mb(early)} MB, last quarter ${mb(late)} MB (${growth.toFixed(1)} %), ` +
      `at most ${mb(Math.max(...samples))} MB`,
  );
  console.log(trace.process.said.trim());
  const lost = trace.dropped > 0 || ledger.written < calls;
  if (lost) console.log("LOST events");
  if (growth > GROWTH_PERCENT) console.log("RSS is NOT FLAT");
  Deno.exitCode = lost || growth > GROWTH_PERCENT ? 1 : 0;
} finally {
  Deno.removeSync(dir, { recursive: true });
}
