/**
 * Messages between the controller and the platform's worker.
 * @module
 */
import type { PlatformConfig } from "../../config/platform.ts";
import type { TriggerRules } from "../../detect/metrics/trigger.ts";
import type { MetricsAnswer, MetricsRequest } from "../../evidence/host_metrics.ts";
import type { BlockHandles } from "../../probe/block_io/load.ts";
import type { ProbeHandles } from "../../probe/smb/handles.ts";
import type { SyscallHandles } from "../../probe/syscall_tracer/load.ts";
import type { TracerHandles } from "../../probe/tracer/handles.ts";
import type { ControlCommand, ControlResponse } from "../socket/protocol.ts";
import type { BudgetPace } from "./budget.ts";

/** What the worker needs of the configuration, with every path. */
export interface PlatformSettings extends PlatformConfig {
  /** Where bundles are. */
  aod_output_dir: string;
  /** Socket of the API. */
  socket_path: string;
  /** File of the API's token. */
  token_path: string;
  /** Directory of the metrics on disk. */
  history_dir: string;
  /** From this age on an SMB request counts as hung. */
  hung_ms: number;
  /** Anomalies of type Metric, without what their bundles collect. */
  triggers: TriggerRules[];
}

/** A loaded tracer; another id for every load. */
export interface TracerSource<Handles> {
  /** Tells loads apart. */
  id: number;
  /** Its maps. */
  handles: Handles;
}

/** What tracers there are to read. */
export interface TracerSources {
  /** System calls. */
  syscall?: TracerSource<SyscallHandles>;
  /** Processes. */
  exec?: TracerSource<TracerHandles>;
  /** Block I/O. */
  block_io?: TracerSource<BlockHandles>;
}

/** Name of a tracer. */
export type TracerName = keyof TracerSources;

/** A part that is wanted and does not work. */
export interface PlatformFault {
  /** Its name. */
  part: string;
  /** One sentence. */
  reason: string;
}

/** What the worker is to do; each one replaces the one before. */
export interface PlatformWork {
  /** Grows; the report carries it. */
  seq: number;
  /** In force. */
  settings: PlatformSettings;
  /** Loaded. */
  tracers: TracerSources;
  /** What the settings ask for. */
  tracers_wanted: TracerName[];
  /** Tracers that could not be loaded. */
  faults: PlatformFault[];
  /** SMB; null while it is not watched. */
  probe: ProbeHandles | null;
}

/** What SMB detection found, for the page and the event stream. */
export interface SmbNotice {
  /** An anomaly fired, or its bundle was sealed. */
  event: "anomaly" | "sealed";
  /** As in the audit trail. */
  fields: Record<string, unknown>;
  /** Seconds since the epoch. */
  timestamp: number;
}

/** What the controller sends to the platform's worker. */
export type ToPlatform =
  | {
    kind: "platform_start";
    control: SharedArrayBuffer;
    work: PlatformWork;
    /** The latest, oldest first. */
    smb: readonly SmbNotice[];
    /** Of the budget. */
    pace: BudgetPace;
  }
  | { kind: "platform_work"; work: PlatformWork }
  | { kind: "platform_smb"; notice: SmbNotice }
  | { kind: "platform_answer"; id: number; response: ControlResponse }
  /** Asks for series, for a bundle; answered with the same id. */
  | { kind: "platform_metrics"; id: number; request: MetricsRequest };

/** How the parts in the worker are: for `aod status`, the log and the banner. */
export interface PlatformReport {
  /** Of the work in force. */
  seq: number;
  /** Collectors that run, by name. */
  collectors: string[];
  /** Tracers that are read, by name. */
  tracers: string[];
  /** Detectors of the learning part; empty while it is off. */
  detectors: string[];
  /** Slopes and forecasts. */
  trends: boolean;
  /** Metrics are kept on disk. */
  history: boolean;
  /** What the budget has put out, in the order in which it went. */
  shed: string[];
  /** Where the API listens, as URLs; empty while it does not. */
  api: string[];
  /** Parts that are wanted and do not work, with the reason. */
  faults: PlatformFault[];
}

/** What the worker sends. */
export type FromPlatform =
  | { kind: "platform_report"; report: PlatformReport }
  /** The budget has put these parts out, all of them. */
  | { kind: "platform_shed"; parts: string[] }
  /** Asks what the control socket is asked; answered with the same id. */
  | { kind: "platform_request"; id: number; command: ControlCommand }
  /** The series that were asked for, or why there are none. */
  | { kind: "platform_series"; id: number; answer: MetricsAnswer | string };
