/**
 * Health at a glance: a few cards, each with its state, and the worst of them.
 * @module
 */
import type { SmbAnswer } from "../../data_agent.ts";
import type { SmbInterval } from "./smb_window.ts";
import type { StatusParts } from "./status_parts.ts";
import { formatBytes, formatCount, formatDuration, formatValue, NOTHING } from "./units.ts";

/** How something is; `none` is neither good nor bad. */
export type HealthState = "good" | "warning" | "bad" | "none";

/** One card. */
export interface HealthCard {
  /** What it is about. */
  name: string;
  /** The figure. */
  value: string;
  /** A line below it, "" for none. */
  note: string;
  /** How it is. */
  state: HealthState;
}

/** What health is made of; null for what is not known yet. */
export interface HealthSource {
  /** The agent. */
  status: StatusParts | null;
  /** SMB. */
  smb: SmbAnswer | null;
  /** The last interval of SMB. */
  interval: SmbInterval | null;
  /** Anomalies of the last ten minutes. */
  recentAnomalies: number | null;
  /** Records lost at any hop. */
  lost: number | null;
  /** Newest `cpu.total` in percent. */
  cpu_percent: number | null;
  /** Newest `memory.percent`. */
  memory_percent: number | null;
}

/** From here on it is a warning, and bad. A busy processor is never bad by itself. */
const CPU_PERCENT = [90, Infinity] as const;
const MEMORY_PERCENT = [90, 97] as const;

function byLimit(value: number | null, [warning, bad]: readonly [number, number]): HealthState {
  if (value === null) return "none";
  if (value >= bad) return "bad";
  return value >= warning ? "warning" : "good";
}

function probeCard({ status, smb }: HealthSource): HealthCard {
  const state = smb?.probe.state ?? status?.probe.state ?? "";
  const reason = smb?.probe.reason ?? status?.probe.reason ?? "";
  const states: Record<string, HealthState> = {
    attached: "good",
    waiting: "warning",
    failed: "bad",
  };
  return {
    name: "SMB probe",
    value: state || NOTHING,
    note: reason,
    state: states[state] ?? "none",
  };
}

function agentCard({ status }: HealthSource): HealthCard {
  const rest = (status?.components ?? []).filter(({ state }) => state !== "running");
  const restarts = (status?.components ?? []).reduce((sum, { restarts }) => sum + restarts, 0);
  if (status === null) return { name: "Agent", value: NOTHING, note: "", state: "none" };
  const note = rest.length > 0
    ? rest.map(({ name, state }) => `${name} ${state}`).join(", ")
    : `${status.rss_bytes === null ? NOTHING : formatBytes(status.rss_bytes)} resident` +
      (restarts > 0 ? `, ${restarts} restarts` : "");
  const value = rest.length > 0 ? `${rest.length} parts down` : "running";
  return { name: "Agent", value, note, state: rest.length > 0 ? "warning" : "good" };
}

function smbCards({ smb, interval }: HealthSource): HealthCard[] {
  const hung = smb?.hung ?? null;
  const p99 = interval?.p99_ms ?? null;
  const errors = interval?.error_rate ?? null;
  return [
    {
      name: "SMB requests",
      value: interval === null ? NOTHING : `${formatCount(interval.rate ?? NaN)}/s`,
      note: p99 === null ? "no request in the last seconds" : `p99 ${formatDuration(p99 * 1e6)}`,
      state: "none",
    },
    {
      name: "In flight",
      value: smb === null || smb.in_flight === null ? NOTHING : formatCount(smb.in_flight),
      note: hung === null ? "" : `${formatCount(hung)} hung`,
      state: hung === null ? "none" : hung > 0 ? "bad" : "good",
    },
    {
      name: "SMB errors",
      value: errors === null ? NOTHING : `${formatCount(errors)}/s`,
      note: "",
      state: errors === null ? "none" : errors > 0 ? "warning" : "good",
    },
  ];
}

/** The cards, in the order in which they are shown. */
export function healthCards(source: HealthSource): HealthCard[] {
  const { recentAnomalies, lost, cpu_percent, memory_percent } = source;
  return [
    agentCard(source),
    probeCard(source),
    ...smbCards(source),
    {
      name: "Anomalies",
      value: recentAnomalies === null ? NOTHING : formatCount(recentAnomalies),
      note: "in ten minutes",
      state: recentAnomalies === null ? "none" : recentAnomalies > 0 ? "warning" : "good",
    },
    {
      name: "Bundles",
      value: formatCount(source.status?.sealed ?? NaN),
      note: "sealed since the start",
      state: "none",
    },
    {
      name: "CPU",
      value: formatValue(cpu_percent, "%"),
      note: "of all cores",
      state: byLimit(cpu_percent, CPU_PERCENT),
    },
    {
      name: "Memory",
      value: formatValue(memory_percent, "%"),
      note: "in use",
      state: byLimit(memory_percent, MEMORY_PERCENT),
    },
    {
      name: "Records lost",
      value: lost === null ? NOTHING : formatCount(lost),
      note: "since the start",
      state: lost === null ? "none" : lost > 0 ? "warning" : "good",
    },
  ];
}

/** What is wrong, in a line; the worst first. */
export function verdict(cards: readonly HealthCard[]): string {
  const names = (wanted: HealthState) =>
    cards.filter(({ state }) => state === wanted).map(({ name }) => name).join(", ");
  switch (overall(cards)) {
    case "bad":
      return `Wrong: ${names("bad")}.`;
    case "warning":
      return `Worth a look: ${names("warning")}.`;
    case "good":
      return "All is well.";
    case "none":
      return "Waiting for the agent.";
  }
}

/** The worst state of all cards. */
export function overall(cards: readonly HealthCard[]): HealthState {
  const order: HealthState[] = ["bad", "warning", "good"];
  return order.find((state) => cards.some((card) => card.state === state)) ?? "none";
}
