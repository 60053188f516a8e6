/**
 * What a collection works with and what comes of it.
 * @module
 */
import type { Config } from "../config/types.ts";
import type { ProbeHandles } from "../probe/smb/handles.ts";
import type { ActionRecord } from "./actions/record.ts";
import type { ActionRunner } from "./actions/runner.ts";
import type { Contents } from "./contents.ts";
import type { AskMetrics } from "./host_metrics.ts";
import type { Manifest } from "./manifest.ts";

/** Where a collection stands; told to `onStage` when the stage is reached. */
export type Stage =
  | "directory"
  | "anomaly"
  | "snapshot"
  | "tail"
  | "contents"
  | "manifest"
  | "sealed"
  | "done";

/** A bundle that is on disk under its final name. */
export interface SealedBundle {
  /** Id of the anomaly. */
  id: string;
  /** Where it is. */
  path: string;
  /** Its size. */
  bytes: number;
  /** Machine name of the verdict. */
  verdict: string;
  /** Whether it is whole. */
  status: Manifest["status"];
  /** From detection, as in the manifest. */
  snapshot_ms: number;
  /** From detection. */
  sealed_ms: number;
}

/** What a collection needs from the collector. */
export interface CollectionParts {
  /** Directory of the bundles. */
  batches: string;
  /** The configuration in force when the anomaly arrived. */
  config: Config;
  /** Runs the actions. */
  runner: ActionRunner;
  /** Makes the files that come from records. */
  contents: Contents;
  /** The probe of now, null for none. */
  probe: () => ProbeHandles | null;
  /** Asks for the host's metrics; null where nobody measures them. */
  metrics: AskMetrics | null;
  /** The loss ledger of now. */
  ledger: () => unknown;
  /** For the manifest. */
  versions: Record<string, string>;
  /** Aborted: end what runs and seal what is there. */
  drain: AbortSignal;
  /** Told when a stage is reached; waited for. */
  onStage: (stage: Stage) => void | Promise<void>;
  /** Told how each action went. */
  onAction: (record: ActionRecord) => void;
}
