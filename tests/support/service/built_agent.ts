/**
 * The built ./aod as a started agent, with next to nothing in its bundles unless a test adds it.
 * @module
 */
import { TestAgent, type TestAgentOptions } from "./agent.ts";

/** A configuration whose snapshots run `actions` (a YAML list) and are sealed at once. */
export function snapshotConfig(actions: string, cleanup = "min_free_mb: 0"): string {
  return `
collector: { requests_before_sec: 0, requests_after_sec: 0 }
cleanup: { ${cleanup} }
audit: { enabled: true }
watcher: { actions: ${actions} }
guardian:
  anomalies:
    slow: { type: latency, tool: smbslower, actions: [mounts] }
`;
}

/** Starts it; it is not yet ready. */
export function startAod(options: TestAgentOptions = {}): TestAgent {
  return new TestAgent({ config: snapshotConfig("[mounts]"), ...options, built: true });
}
