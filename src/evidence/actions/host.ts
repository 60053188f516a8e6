/**
 * The client itself: is it short of CPU, memory or network, and how is its SMB client set up?
 * @module
 */
import { readdirSync, readFileSync } from "node:fs";
import type { Action } from "./action.ts";

const PARAMETERS = "/sys/module/cifs/parameters";

/** Load, pressure and memory first; then the network's counters since boot. */
const FILES: readonly string[] = [
  "/proc/version",
  "/proc/uptime",
  "/proc/loadavg",
  "/proc/pressure/cpu",
  "/proc/pressure/io",
  "/proc/pressure/memory",
  "/proc/meminfo",
  "/proc/net/dev",
  "/proc/net/snmp",
  "/proc/net/netstat",
];

/** `name=value` for every parameter of the module that can be read. */
export function moduleParameters(directory = PARAMETERS): string {
  const lines: string[] = [];
  for (const name of namesIn(directory)) {
    try {
      lines.push(`${name}=${readFileSync(`${directory}/${name}`, "utf8").trim()}\n`);
    } catch {
      // Write-only.
    }
  }
  return lines.length === 0 ? "the cifs module is not loaded\n" : lines.join("");
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory).sort();
  } catch {
    return [];
  }
}

/** The action `host`. */
export const host: Action = {
  name: "host",
  description: "Parameters of the cifs module; load, pressure, memory and network counters.",
  timeout_sec: 5,
  max_output_kb: 256,
  params: {},
  phase: "snapshot",
  programs: [],
  plan: () => [
    { kind: "text", title: PARAMETERS, text: moduleParameters() },
    ...FILES.map((path) => ({ kind: "proc" as const, path })),
  ],
};
