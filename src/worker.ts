/**
 * The one entry of every worker thread: the thread's name says which part it runs.
 * @module
 */

async function start(role: string): Promise<void> {
  switch (role) {
    case "dispatcher":
      return (await import("./service/workers/dispatcher.ts")).run();
    case "watcher":
      return (await import("./service/workers/watcher.ts")).run();
    case "collector":
      return (await import("./service/workers/collector.ts")).run();
    default:
      throw new Error(`Cannot start a worker: because "${role}" is no role`);
  }
}

await start(self.name);
