/**
 * From the name of a worker thread to the code it runs.
 * @module
 */
import { setThreadName } from "../../os/process.ts";
import { threadName } from "../threads.ts";

/**
 * Starts a worker's part in this thread. Its handler of messages is installed when the returned
 * promise is fulfilled.
 * @throws Error for a name that is no role.
 */
export async function startRole(role: string): Promise<void> {
  // The supervisor tells a thread that is gone from one that hangs by this name.
  setThreadName(threadName(role));
  switch (role) {
    case "dispatcher":
      return (await import("./dispatcher.ts")).run();
    case "watcher":
      return (await import("./watcher.ts")).run();
    case "collector":
      return (await import("./collector.ts")).run();
    default:
      throw new Error(`Cannot start a worker: because "${role}" is no role`);
  }
}
