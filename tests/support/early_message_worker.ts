/**
 * A collector's thread that gets its start message before its code is loaded. The thread's name is
 * the output directory.
 * @module
 */
import { ControlBlock } from "../../src/service/control.ts";
import { startRole } from "../../src/service/workers/roles.ts";
import { configOf } from "./evidence.ts";

const data = {
  kind: "start",
  config: configOf(self.name, []),
  probe: null,
  queue: new SharedArrayBuffer(8),
  control: ControlBlock.create().buffer,
};
const started = startRole("collector");
self.dispatchEvent(new MessageEvent("message", { data }));
await started;
