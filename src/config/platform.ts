/**
 * The effective configuration of the host monitoring platform: tracers, collectors, learning, API.
 * @module
 */
import { join } from "node:path";

/** `ebpf`: which tracers run beside watching SMB. */
export interface TracerConfig {
  /** Latencies of system calls. */
  enable_syscall_trace: boolean;
  /** fork, exec, exit. */
  enable_exec_monitor: boolean;
  /** Block I/O. */
  enable_io_monitor: boolean;
  /** Of each tracer's ring, 4096 bytes each; a power of two. */
  buffer_pages: number;
  /** A call or request that took so long is an event. */
  slow_ms: number;
  /** One call in so many is an event however fast it was; 0: none. */
  sample_every: number;
  /** When the kernel counts what the agent's BPF programs cost. */
  run_time: "never" | "sampled" | "always";
}

/** `collectors`: how often what is measured, in seconds. */
export interface CollectorsConfig {
  /** True where the section is there and does not say otherwise. */
  enabled: boolean;
  /** Cores, load, pressure. */
  cpu_interval: number;
  /** Memory, swap, pressure. */
  memory_interval: number;
  /** Block devices. */
  disk_interval: number;
  /** Interfaces, TCP. */
  network_interval: number;
  /** The busiest processes. */
  process_interval: number;
  /** Sessions and counts of the CIFS client. */
  smb_interval: number;
}

/** `ml`: what is learned from the metrics. */
export interface LearningConfig {
  /** True where the section is there and does not say otherwise. */
  enabled: boolean;
  /** Score of the isolation forest from which a state of the host is an anomaly. */
  anomaly_threshold: number;
  /** Slopes and forecasts. */
  enable_trend_prediction: boolean;
  /** Each metric is compared with its median too, by the median absolute deviation. */
  enable_robust_detection: boolean;
  /** Points in memory for each metric. */
  history_window_size: number;
}

/** `api.tls`: paths of PEM files. */
export interface TlsConfig {
  /** Certificate and chain. */
  cert_file: string;
  /** Its key. */
  key_file: string;
  /** Clients must show a certificate of one of these; null: they need none. */
  client_ca_file: string | null;
}

/** `api`: the HTTP server. */
export interface ApiConfig {
  /** True where the section is there and does not say otherwise. */
  enabled: boolean;
  /** Address it listens on: one that only this host reaches, unless a token file is named. */
  host: string;
  /** 0: any that is free. */
  port: number;
  /** Further names of this server in a Host header, in lower case. */
  allowed_hosts: string[];
  /** Null: below `aod_output_dir`, see {@linkcode apiTokenPath}. */
  token_file: string | null;
  /** Null: plain HTTP. */
  tls: TlsConfig | null;
  /** Null: `api.sock` in the directory of the control socket. */
  unix_socket: string | null;
}

/** `logging`: the agent's own log. AOD_LOG_LEVEL overrides it. */
export interface LoggingConfig {
  /** Least level that is written. */
  level: "DEBUG" | "INFO" | "WARNING" | "ERROR";
  /** Everything, whatever `level` says. */
  verbose: boolean;
}

/** `bus`: events between the parts. */
export interface BusConfig {
  /** Events that may wait for a subscriber. */
  buffer_size: number;
  /** Which event goes when no more may wait. */
  on_full: "drop_oldest" | "drop_newest";
}

/** `history`: metrics on disk. */
export interface HistoryConfig {
  /** Off unless asked for. */
  enabled: boolean;
  /** Null: `history` below `aod_output_dir`, see {@linkcode historyDirectory}. */
  directory: string | null;
  /** How long every point stays. */
  raw_hours: number;
  /** How long the roll-ups of a minute stay. */
  rollup_days: number;
  /** Of all files, in 2^20 bytes; the oldest goes. */
  max_mb: number;
  /** What a crash loses at most. */
  flush_interval: number;
}

/** `budget`: what the agent may cost before it sheds optional work. */
export interface BudgetConfig {
  /** Percent of one core; 0: no limit. */
  cpu_percent: number;
  /** Resident memory in 2^20 bytes; 0: no limit. */
  rss_mb: number;
}

/** The sections, with every default filled in. */
export interface PlatformConfig {
  /** Tracers. */
  ebpf: TracerConfig;
  /** Metrics. */
  collectors: CollectorsConfig;
  /** Learning. */
  ml: LearningConfig;
  /** HTTP server. */
  api: ApiConfig;
  /** The agent's log. */
  logging: LoggingConfig;
  /** Event bus. */
  bus: BusConfig;
  /** Metrics on disk. */
  history: HistoryConfig;
  /** Limits of the agent itself. */
  budget: BudgetConfig;
}

/** Sections that a file for the platform alone is made of: it needs no `guardian`. */
export const PLATFORM_SECTIONS = [
  "ebpf",
  "collectors",
  "ml",
  "api",
  "logging",
  "bus",
  "history",
  "budget",
] as const satisfies readonly (keyof PlatformConfig)[];

/** Whether any tracer is on. */
export function tracersOn({ ebpf }: Pick<PlatformConfig, "ebpf">): boolean {
  return ebpf.enable_syscall_trace || ebpf.enable_exec_monitor || ebpf.enable_io_monitor;
}

/** The same with every part of the platform off. */
export function withoutPlatform<T extends PlatformConfig>(config: T): T {
  const { ebpf, collectors, ml, api, history } = config;
  return {
    ...config,
    ebpf: {
      ...ebpf,
      enable_syscall_trace: false,
      enable_exec_monitor: false,
      enable_io_monitor: false,
    },
    collectors: { ...collectors, enabled: false },
    ml: { ...ml, enabled: false },
    api: { ...api, enabled: false },
    history: { ...history, enabled: false },
  };
}

/** Whether the platform has anything to do. */
export function platformOn(config: PlatformConfig): boolean {
  return config.collectors.enabled || config.ml.enabled || config.api.enabled || tracersOn(config);
}

/** The file of the API's bearer token. */
export function apiTokenPath(
  config: { aod_output_dir: string; api: Pick<ApiConfig, "token_file"> },
): string {
  return config.api.token_file ?? join(config.aod_output_dir, "api.token");
}

/** The directory of the metrics on disk. */
export function historyDirectory(
  config: { aod_output_dir: string; history: Pick<HistoryConfig, "directory"> },
): string {
  return config.history.directory ?? join(config.aod_output_dir, "history");
}
