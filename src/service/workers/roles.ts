/**
 * From the name of a worker thread to the code it runs.
 * @module
 */
import { setThreadName } from "../../os/process.ts";
import { threadName } from "../threads.ts";

/** The worker's own global scope. */
const scope = self as unknown as EventTarget & {
  onmessage: ((event: MessageEvent) => void) | null;
};

/**
 * Starts a worker's part in this thread. Messages that come before the part has its handler are kept
 * and handed over: the runtime delivers them while a module still loads, and drops what nobody takes.
 * @throws Error for a name that is no role.
 */
export async function startRole(role: string): Promise<void> {
  const early: MessageEvent[] = [];
  const keep = (event: Event) => void early.push(event as MessageEvent);
  scope.addEventListener("message", keep);
  // The supervisor tells a thread that is gone from one that hangs by this name.
  setThreadName(threadName(role));
  await run(role);
  scope.removeEventListener("message", keep);
  for (const event of early) scope.onmessage?.(event);
}

async function run(role: string): Promise<void> {
  switch (role) {
    case "dispatcher":
      return (await import("./dispatcher.ts")).run();
    case "watcher":
      return (await import("./watcher.ts")).run();
    case "collector":
      return (await import("./collector.ts")).run();
    case "event_log":
      return (await import("./event_log.ts")).run();
    case "platform":
      return (await import("./platform.ts")).run();
    default:
      throw new Error(`Cannot start a worker: because "${role}" is no role`);
  }
}
