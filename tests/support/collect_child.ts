/**
 * A process that collects one bundle and kills itself without warning at a given stage.
 * Arguments: output directory, stage.
 * @module
 */
import { Collector } from "../../src/evidence/collector.ts";
import { anomalyNow, builtin, command, configOf, plainContents } from "./evidence.ts";

const [output, stage] = Deno.args;
const actions = [builtin("dmesg"), command("hello", ["echo", "hello"])];
const collector = new Collector({
  config: configOf(output, actions),
  probe: null,
  contents: plainContents,
  onStage: (_id, reached) => {
    if (reached === stage) Deno.kill(Deno.pid, "SIGKILL");
  },
});
await collector.collect(anomalyNow());
