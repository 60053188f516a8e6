/**
 * The agent's status as lines of text.
 * @module
 */
import type { AgentStatus } from "../service/status.ts";

const LEDGER_WIDTH = 64;

/** Plain lines, the same on a terminal and in a pipe. */
export function statusLines(status: AgentStatus): string[] {
  return [
    ...head(status),
    "",
    ...components(status),
    ...section("rates (per second, last minute)", rates(status)),
    ...section("figures", figures(status)),
    ...section("violations", violations(status)),
    ...section("actions", actions(status)),
    ...section("ledger", ledger(status)),
    ...section("event log", eventLog(status)),
    ...section("platform", platform(status)),
    ...section("bundles", bundles(status)),
  ];
}

function head(status: AgentStatus): string[] {
  const { probe } = status;
  const attached = probe.programs.filter((program) => program.attached).length;
  const watching = probe.state === "attached"
    ? `attached by ${probe.mode}, ${attached} of ${probe.programs.length} programs`
    : `${probe.state}: ${probe.reason}`;
  return [
    `aod ${status.version}, pid ${status.pid}, up ${duration(status.uptime_sec)}, ` +
    `RSS ${mib(status.rss_bytes)} MiB${status.minimal ? ", minimal" : ""}`,
    `config     ${status.config}`,
    `output     ${status.output_dir}`,
    `probe      ${watching}`,
  ];
}

function components(status: AgentStatus): string[] {
  return table([
    ["component", "state", "restarts", "hangs", "heartbeat", "last error"],
    ...status.components.map((c) => [
      c.name,
      c.state,
      String(c.restarts),
      String(c.hangs),
      `${c.heartbeat_age_ms} ms ago`,
      c.last_error,
    ]),
  ]);
}

function rates(status: AgentStatus): string[] {
  return table(Object.entries(status.rates).map(([name, rate]) => [name, String(rate)]));
}

function figures(status: AgentStatus): string[] {
  const rows = Object.entries(status.summaries).map(([name, s]) => [
    name,
    ...[s.count, s.mean, s.p50, s.p99, s.max].map((n) => String(Math.round(n * 10) / 10)),
  ]);
  return rows.length === 0 ? [] : table([["", "count", "mean", "p50", "p99", "max"], ...rows]);
}

function violations(status: AgentStatus): string[] {
  const rows = Object.entries(status.violations).filter(([, count]) => count > 0);
  return table(rows.map(([name, count]) => [name, String(count)]));
}

function actions(status: AgentStatus): string[] {
  const rows = Object.entries(status.actions).map(([name, a]) => [
    name,
    String(a.runs),
    String(a.failures),
    String(a.timeouts),
    `${Math.round(a.total_ms / Math.max(1, a.runs))} ms`,
    `${Math.round(a.max_ms)} ms`,
    a.last_status,
  ]);
  if (rows.length === 0) return [];
  return table([["", "runs", "failed", "timeouts", "mean", "max", "last"], ...rows]);
}

function ledger({ ledger }: AgentStatus): string[] {
  const hops = Object.entries(ledger).filter(([, counts]) => counts !== null);
  return table(hops.flatMap(([hop, counts]) => {
    const words = Object.entries(counts as Record<string, number>).map(([k, n]) => `${k}=${n}`);
    return wrapped(words).map((line, i) => [i === 0 ? hop : "", line]);
  }));
}

function eventLog({ event_log: log }: AgentStatus): string[] {
  if (log.state === "off" && log.ledger.seen === 0) return [];
  const { dropped, dropped_per_cpu, ...counts } = log.ledger;
  const retry = log.retry_in_sec === null ? "" : `, tried again in ${log.retry_in_sec} s`;
  const why = log.reason === "" ? "" : `: ${log.reason}${retry}`;
  const words = (all: Record<string, number>) => Object.entries(all).map(([k, n]) => `${k}=${n}`);
  const rows = [
    ["events", wrapped(words(counts))],
    ["dropped", wrapped(words({ ...dropped }))],
    ...dropped_per_cpu.map(({ cpu, ...causes }) => [`  CPU ${cpu}`, wrapped(words(causes))]),
  ] as [string, string[]][];
  return [
    `${log.state}${why}`,
    `${log.types} types as ${log.format} to ${log.output}, ring ${mib(log.ring_bytes)} MiB`,
    ...table(rows.flatMap(([name, lines]) => lines.map((line, i) => [i === 0 ? name : "", line]))),
  ];
}

function platform({ platform }: AgentStatus): string[] {
  if (platform.state === "off") return [];
  const { state, reason, collectors, tracers, detectors, trends, history, api, shed } = platform;
  const words = (all: readonly string[]) => all.length === 0 ? "off" : all.join(", ");
  const learning = [...detectors, ...(trends ? ["trends"] : [])];
  return [
    `${state}${reason === "" ? "" : `: ${reason}`}`,
    ...table([
      ["collectors", words(collectors)],
      ["tracers", words(tracers)],
      ["learning", words(learning)],
      ["history", history ? "on disk" : "off"],
      ["API", api.length === 0 ? "off" : `${api.join(", ")}, token in ${platform.token_file}`],
      ...(shed.length === 0 ? [] : [["shed", `${shed.join(", ")} (budget)`]]),
      ...platform.faults.map(({ part, reason }) => [part, reason]),
    ]),
  ];
}

function bundles({ bundles }: AgentStatus): string[] {
  const lines = bundles.recent.slice(0, 5).map((b) => `${b.path}  ${b.verdict}`);
  return [`${bundles.sealed} sealed, ${mib(bundles.bytes)} MiB`, ...lines];
}

/** Words in lines that fit a terminal of 80 columns beside the hop's name. */
function wrapped(words: string[]): string[] {
  const lines: string[] = [];
  for (const word of words) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > LEDGER_WIDTH) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}

function section(title: string, lines: string[]): string[] {
  return lines.length === 0 ? [] : ["", `${title}:`, ...lines.map((line) => `  ${line}`)];
}

function table(rows: string[][]): string[] {
  const widths = rows.reduce<number[]>(
    (all, row) => row.map((cell, i) => Math.max(all[i] ?? 0, cell.length)),
    [],
  );
  return rows.map((row) => row.map((cell, i) => cell.padEnd(widths[i])).join("  ").trimEnd());
}

function duration(seconds: number): string {
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  if (hours > 0) return `${hours} h ${minutes} min`;
  return minutes > 0 ? `${minutes} min ${seconds % 60} s` : `${seconds} s`;
}

function mib(bytes: number): string {
  return (bytes / (1024 * 1024)).toFixed(1);
}
