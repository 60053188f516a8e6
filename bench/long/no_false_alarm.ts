/**
 * Ten minutes of everyday work on a healthy share with the embedded configuration: no bundle may
 * come of it. `deno run -A bench/long/no_false_alarm.ts [--kernel 6.12] [--minutes 10] [--pause SEC]
 * [--slack FACTOR] [--instructions SHIFT]`; needs root and ./aod. Ends with 1 when there was an alarm.
 *
 * With `--instructions` the guest has one processor, and its clock counts instructions of 2^SHIFT ns
 * each: it is as fast as a real, slow one, whatever else the host does, and its minutes take longer.
 *
 * The guest is emulated (TCG): a request takes milliseconds there, and work without pauses keeps both
 * processors busy, which makes real latency. The pauses hold the load at what they can carry. Where
 * the host has other work too, `--slack` multiplies the thresholds of slow requests (and only these).
 * @module
 */
import { parseArgs } from "node:util";
import { healthyRun, type Phase } from "../../tests/vm/support/healthy_run.ts";
import { foreignCores, ticks } from "../support/foreign_load.ts";
import { KERNELS } from "../../tests/vm/support/kernels.ts";

const { values } = parseArgs({
  options: {
    kernel: { type: "string", default: "6.12" },
    minutes: { type: "string", default: "10" },
    pause: { type: "string", default: "0.1" },
    slack: { type: "string", default: "1" },
    instructions: { type: "string" },
  },
});
const kernel = KERNELS.find((known) => known === values.kernel);
const minutes = Number(values.minutes);
const pauseSec = Number(values.pause);
const slack = Number(values.slack);
const shift = values.instructions;
if (shift !== undefined && !/^[0-6]$/.test(shift)) {
  console.error("Cannot run: because --instructions is no shift from 0 to 6");
  Deno.exit(2);
}
if (kernel === undefined || !(minutes > 0) || !(pauseSec >= 0) || !(slack >= 1)) {
  console.error(
    `Cannot run: because of --kernel, --minutes, --pause or --slack; kernels: ${KERNELS}`,
  );
  Deno.exit(2);
}
const seconds = Math.ceil(minutes * 12);
const phases: Phase[] = [
  { kinds: ["compile"], seconds },
  { kinds: ["files"], seconds },
  { kinds: ["idle"], seconds },
  { kinds: ["watch", "lock", "mount"], seconds },
  { kinds: ["files", "watch", "lock"], seconds },
];
const begun = performance.now();
const before = ticks();
const { work, alarms, status, log } = await healthyRun(kernel, phases, {
  pauseSec,
  slack,
  instructionShift: shift === undefined ? undefined : Number(shift),
  say: (text) => {
    console.log(`${((performance.now() - begun) / 1000).toFixed(0).padStart(4)} s  ${text}`);
  },
});
for (const [kind, { done, refused }] of Object.entries(work)) {
  console.log(kind, JSON.stringify(done), JSON.stringify(refused));
}
const { ledger, counters } = status;
console.log("kernel", JSON.stringify(ledger.kernel));
console.log("counters", JSON.stringify(counters));
for (const alarm of alarms) console.log(alarm);
if (alarms.length > 0) console.log(log);
const foreign = foreignCores(before).toFixed(2);
console.log(`other work took ${foreign} cores of the host on average`);
console.log(`${alarms.length} bundle(s) in ${(phases.length * seconds / 60).toFixed(1)} minutes`);
Deno.exit(alarms.length === 0 ? 0 : 1);
