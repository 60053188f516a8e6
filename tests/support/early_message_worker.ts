/**
 * A collector's thread that gets its start message before its code is loaded. The thread's name is
 * the output directory.
 * @module
 */
import { ControlBlock } from "../../src/service/control.ts";
import { startRole } from "../../src/service/workers/roles.ts";
import { EventQueue } from "../../src/stream/event_queue.ts";
import { configOf } from "./evidence.ts";

const data = {
  kind: "start",
  config: configOf(self.name, []),
  probe: null,
  queue: EventQueue.create(16).buffer,
  replaced_queues: [],
  control: ControlBlock.create().buffer,
};
const started = startRole("collector");
self.dispatchEvent(new MessageEvent("message", { data }));
await started;
