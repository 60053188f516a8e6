/**
 * The agent with test workers and without a probe: `main.ts CONFIG|- RUN_DIR`. AOD_TEST_REEXEC lets
 * a second hang replace the process for real; AOD_TEST_SPACE=hang lets a look at the output directory
 * never end.
 * @module
 */
import { formatDiagnostic, loadConfig } from "../../../src/evidence/configuration.ts";
import { SpaceWatcher } from "../../../src/evidence/space_watcher.ts";
import { runAgent } from "../../../src/service/agent.ts";
import { EventQueue } from "../../../src/stream/event_queue.ts";
import { StartError } from "../../../src/service/start_error.ts";

const [file, runDir] = Deno.args;

try {
  Deno.exit(
    await runAgent({
      configPath: file === "-" ? null : file,
      logFormat: "text",
      minimal: Deno.env.get("AOD_MINIMAL") === "1",
      runDir,
      parts: {
        loadConfig: (path) => {
          const { config, warnings } = loadConfig(path);
          return { config, warnings: warnings.map(formatDiagnostic) };
        },
        spawn: (role) =>
          new Worker(new URL("./worker.ts", import.meta.url), { type: "module", name: role }),
        createEventQueue: () => EventQueue.create(64).buffer,
        probe: {
          load: () => {
            throw new Error("no probe in this test");
          },
          applyRules: () => {},
          seedNames: () => {},
          cifsLoaded: () => false,
        },
        loadEventLog: () => {
          throw new Error("no event log in this test");
        },
        createSpaceWatcher: (config, report) =>
          Deno.env.get("AOD_TEST_SPACE") === "hang"
            ? { pass: () => new Promise(() => {}) }
            : new SpaceWatcher({ config, ...report }),
        supervision: { hang_ms: 1500, start_ms: 10_000 },
      },
    }),
  );
} catch (error) {
  if (!(error instanceof StartError)) throw error;
  for (const line of error.details) console.error(line);
  console.error(`aod: ${error.message}`);
  const codes = { config: 2, not_root: 4, unsupported: 3, already_running: 1, environment: 1 };
  Deno.exit(codes[error.problem]);
}
