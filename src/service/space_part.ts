/**
 * The space watcher as a part of the controller: where its reports, figures and failures go.
 * @module
 */
import type { Config } from "../config/types.ts";
import type { PassReport } from "../evidence/space_watcher.ts";
import type { ControlBlock } from "./control.ts";
import type { Logger } from "./log.ts";
import type { ControllerParts, PartReport } from "./parts.ts";
import { SpaceKeeper } from "./space_keeper.ts";

/** What it works with. */
export interface SpacePartOptions {
  /** Makes the watcher. */
  parts: ControllerParts;
  /** The configuration in force. */
  config: () => Config;
  /** Counters. */
  control: ControlBlock;
  /** Log on stderr. */
  log: Logger;
  /** Writes an audit entry. */
  audit: PartReport["audit"];
}

/** Makes the keeper that runs the passes. */
export function makeSpaceKeeper(options: SpacePartOptions): SpaceKeeper<PassReport> {
  const { parts, config, control, log, audit } = options;
  return new SpaceKeeper({
    watcher: parts.createSpaceWatcher(config, {
      log: (level, text) => log.log(level, "space", text),
      audit,
    }),
    interval_sec: () => config().cleanup.cleanup_interval_sec,
    onReport: ({ deletions }) => {
      control.add("controller_space_passes");
      control.add("controller_bundles_deleted", deletions.length);
      for (const { bytes } of deletions) control.add("controller_bytes_deleted", bytes);
    },
    onFailure: (reason) =>
      log.once("space", 600_000, "WARNING", "space", `Cannot clean up: because ${reason}`),
  });
}
