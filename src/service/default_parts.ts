/**
 * The controller's parts as they are in the running agent.
 * @module
 */
import { formatDiagnostic, loadConfig } from "../evidence/configuration.ts";
import { SpaceWatcher } from "../evidence/space_watcher.ts";
import { hasKernelBtf, moduleLoaded } from "../bpf/kernel_btf.ts";
import { spawnWorker } from "../os/worker.ts";
import { loadSmbProbe } from "../probe/smb/load.ts";
import { seedNames } from "../probe/smb/names.ts";
import { applyRules } from "../probe/smb/rules.ts";
import { EventQueue } from "../stream/event_queue.ts";
import type { ControllerParts } from "./parts.ts";

/**
 * Rows of the event queue: a burst of 32768 offending requests (4 MiB) waits there while the watcher
 * is busy; what does not fit stays in the ring.
 */
const QUEUE_ROWS = 32_768;

/** The real parts. */
export function defaultParts(): ControllerParts {
  return {
    loadConfig: (path) => {
      const { config, warnings } = loadConfig(path);
      return { config, warnings: warnings.map(formatDiagnostic) };
    },
    spawn: spawnWorker,
    createEventQueue: () => EventQueue.create(QUEUE_ROWS).buffer,
    probe: {
      load: ({ probe }) => loadSmbProbe({ probe, leave_out_self: true }),
      applyRules,
      seedNames,
      // Where nothing can ever work, waiting for cifs would hide it.
      cifsLoaded: () => !hasKernelBtf() || moduleLoaded("cifs"),
    },
    // Not before it is asked for: most agents never do.
    loadEventLog: async (options) => {
      const { loadEventLogInBackground } = await import("../probe/event_log/load.ts");
      return await loadEventLogInBackground(options);
    },
    createSpaceWatcher: (config, report) => new SpaceWatcher({ config, ...report }),
  };
}
