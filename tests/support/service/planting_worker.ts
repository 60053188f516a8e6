/**
 * The platform's real worker with a metric that the test moves: series of `network.planted.*` with two
 * minutes of quiet values, and whatever the file `path` of its address says, once it is there: `{"key":
 * value}`, a line for each time.
 * @module
 */
import { Pipeline } from "../../../src/service/platform/pipeline.ts";
import { startRole } from "../../../src/service/workers/roles.ts";

const path = new URL(import.meta.url).searchParams.get("path") ?? "";
const LOOK_MS = 50;
/** More than the detectors warm up with. */
const QUIET_POINTS = 150;
const SOURCE = "collector::planted";

/** Keys of a family that the collectors have, of an interface that no host has. */
const KEYS = ["network.planted.rx_packets_delta", "network.planted.tx_packets_delta"];

let taken = 0;

/** Values as quiet as those of any host, the same in every run. */
function plant(pipeline: Pipeline): void {
  const now = Date.now() / 1000;
  for (let i = 0; i < QUIET_POINTS; i++) {
    const points = KEYS.map((key, k) => ({ key, value: 100 + ((i * 7 + k) % 11) }));
    pipeline.measured(SOURCE, now - QUIET_POINTS + i, points);
  }
}

function look(pipeline: Pipeline): void {
  let text = "";
  try {
    text = Deno.readTextFileSync(path);
  } catch {
    return;
  }
  const lines = text.split("\n").slice(0, -1);
  for (const line of lines.slice(taken)) {
    const points = Object.entries(JSON.parse(line) as Record<string, number>)
      .map(([key, value]) => ({ key, value }));
    pipeline.measured(SOURCE, Date.now() / 1000, points);
  }
  taken = lines.length;
}

// The first sample of a collector shows the pipeline that learning listens to.
const measured = Pipeline.prototype.measured;
Pipeline.prototype.measured = function (this: Pipeline, ...sample) {
  Pipeline.prototype.measured = measured;
  plant(this);
  setInterval(() => look(this), LOOK_MS);
  return measured.apply(this, sample);
};

await startRole(self.name);
