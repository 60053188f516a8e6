/**
 * What `aod top` shows, as lines: the same on a terminal and in a pipe.
 * @module
 */
import type { SmbLatency } from "../../api/data_agent.ts";
import type { ApiEvent } from "../../api/data.ts";
import { printable } from "../live/text.ts";
import type { HostKey, Look } from "./look.ts";

/** Rows of a table. */
const MOST_ROWS = 12;
/** Requests that hang. */
const MOST_HUNG = 5;

/** All lines. @param before the look before this one, for rates; null for the first */
export function topLines(now: Look, before: Look | null): string[] {
  return [
    ...head(now),
    "",
    ...hostLines(now),
    ...smbLines(now, before),
    ...hungLines(now),
    ...processLines(now),
    ...anomalyLines(now),
  ].map(printable);
}

function head({ agent, timestamp, by }: Look): string[] {
  const time = new Date(timestamp * 1000).toISOString().slice(0, 19).replace("T", " ");
  const { version, pid, uptime_sec, rss_bytes } = agent;
  const up = uptime_sec < 3600
    ? `${Math.floor(uptime_sec / 60)} min`
    : `${Math.floor(uptime_sec / 3600)} h`;
  const line = `aod ${version}  ${time} UTC  pid ${pid}, up ${up}, RSS ${bytesText(rss_bytes)}`;
  return by === "api" ? [line] : [line, "the API is off: see api.enabled; this is all there is"];
}

function hostLines({ host, by }: Look): string[] {
  if (by === "control") return [];
  const percent = (key: HostKey) => {
    const found = host[key];
    return found === undefined ? "-" : `${found.value.toFixed(1)} %`;
  };
  const plain = (key: HostKey) => host[key]?.value.toFixed(2) ?? "-";
  const rate = (key: HostKey) => {
    const { value, interval_sec } = host[key] ?? { value: NaN, interval_sec: null };
    return interval_sec === null ? "-" : `${bytesText(value / interval_sec)}/s`;
  };
  const available = host["memory.available"]?.value;
  return [
    `host    CPU ${percent("cpu.total")}, iowait ${percent("cpu.iowait")}, ` +
    `steal ${percent("cpu.steal")}   load ${plain("cpu.load1")} ${plain("cpu.load5")} ` +
    plain("cpu.load15"),
    `        memory ${percent("memory.percent")}` +
    (available === undefined ? "" : `, ${bytesText(available)} available`),
    `        disk read ${rate("disk.total.read_bytes_delta")}, ` +
    `write ${rate("disk.total.write_bytes_delta")}   ` +
    `network in ${rate("network.total.rx_bytes_delta")}, ` +
    `out ${rate("network.total.tx_bytes_delta")}`,
  ];
}

function smbLines({ agent, smb, in_flight, timestamp }: Look, before: Look | null): string[] {
  const { probe, violations } = agent;
  const hung = smb?.hung ?? null;
  const state = probe.state === "attached"
    ? `${smb?.in_flight ?? in_flight} in flight${hung === null ? "" : `, ${hung} hung`}`
    : `${probe.state}: ${probe.reason}`;
  const counted = Object.entries(violations).filter(([, n]) => n > 0);
  const offences = counted.map(([name, n]) => `${name} ${n}`).join(", ");
  const lines = [
    `SMB     ${state}${offences === "" ? "" : `   offences since the start: ${offences}`}`,
  ];
  const rows = [...smb?.latency ?? []];
  if (rows.length === 0) return lines;
  const seconds = before === null ? 0 : timestamp - before.timestamp;
  const grown = (row: SmbLatency) => {
    const old = before?.smb?.latency.find((o) =>
      o.server === row.server && o.share === row.share && o.command === row.command
    );
    return row.count - (old?.count ?? 0);
  };
  rows.sort((a, b) => grown(b) - grown(a) || b.count - a.count);
  const table = rows.slice(0, MOST_ROWS).map((row) => [
    row.server,
    row.share.replace(/^.*\\/, "") || "-",
    row.command.replace(/^SMB2_/, ""),
    String(row.count),
    seconds > 0 ? (grown(row) / seconds).toFixed(1) : "-",
    String(row.errors),
    ...[row.p50_ms, row.p99_ms, row.max_ms].map((ms) => ms === null ? "-" : ms.toPrecision(3)),
  ]);
  const title = ["server", "share", "command", "requests", "/s", "errors", "p50 ms", "p99", "max"];
  return [...lines, "", ...columns([title, ...table], 3)];
}

/** Requests that hang, the oldest first. */
function hungLines({ smb }: Look): string[] {
  const hung = (smb?.under_way ?? []).filter(({ state }) => state === "hung");
  if (hung.length === 0) return [];
  const rows = hung.slice(0, MOST_HUNG).map((
    { command, age_ms, comm, pid, share, server, file },
  ) => [
    command.replace(/^SMB2_/, ""),
    share || server || "-",
    file || "-",
    `${comm} (${pid})`,
    (age_ms / 1000).toFixed(1),
  ]);
  return ["", ...columns([["hung", "share", "file", "process", "seconds"], ...rows], 4)];
}

function processLines({ processes }: Look): string[] {
  if (processes.length === 0) return [];
  const rows = processes.map((row) => [
    String(row.comm),
    String(row.pid),
    typeof row.cpu_percent === "number" ? row.cpu_percent.toFixed(1) : "-",
    bytesText(Number(row.memory_bytes)),
    String(row.state),
  ]);
  return ["", ...columns([["process", "pid", "CPU %", "memory", "state"], ...rows], 1)];
}

function anomalyLines({ anomalies }: Look): string[] {
  if (anomalies.length === 0) return [];
  return ["", "anomalies", ...anomalies.map((event) => `  ${anomalyText(event)}`)];
}

function anomalyText({ timestamp, data }: ApiEvent): string {
  const time = new Date(timestamp * 1000).toISOString().slice(11, 19);
  const text = (key: string) => data[key] === undefined ? "" : String(data[key]);
  if (data.metric_key === undefined) {
    return `${time}  ${text("name")} (${text("type")}, ${text("reason")}), ` +
      `${text("count")} requests, bundle ${text("id")}`;
  }
  const value = Number(data.value).toPrecision(4);
  const mean = Number(data.mean).toPrecision(4);
  return `${time}  ${text("metric_key")} ${value} (mean ${mean}), ${text("method")}`;
}

/** Aligned; from column `left` on to the right. */
function columns(rows: readonly string[][], left: number): string[] {
  const widths = rows[0].map((_, i) => Math.max(...rows.map((row) => row[i].length)));
  return rows.map((row) =>
    row.map((cell, i) => i < left ? cell.padEnd(widths[i]) : cell.padStart(widths[i])).join("  ")
      .trimEnd()
  );
}

function bytesText(bytes: number): string {
  if (!Number.isFinite(bytes)) return "-";
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let unit = 0;
  let left = bytes;
  for (; left >= 1024 && unit < units.length - 1; unit++) left /= 1024;
  return `${unit === 0 ? Math.round(left) : left.toFixed(1)} ${units[unit]}`;
}
