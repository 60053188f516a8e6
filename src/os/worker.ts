/**
 * Starting worker threads, from the sources and from every form of the built program.
 * @module
 */
import { LOCATION, MEMORY_FD } from "./location.ts";

function workerUrl(): string {
  switch (LOCATION.kind) {
    case "source":
      return new URL("../worker.ts", import.meta.url).href;
    case "directory":
      return new URL("./worker.js", import.meta.url).href;
    case "memory":
      return `file:///proc/self/fd/${MEMORY_FD.worker}`;
  }
}

/**
 * Starts a module worker whose name is its role; src/worker.ts dispatches on it. Whoever starts one
 * sets `onerror` and calls `preventDefault()` there: an error that is not handled ends the process.
 */
export function spawnWorker(role: string): Worker {
  return new Worker(workerUrl(), { type: "module", name: role });
}
