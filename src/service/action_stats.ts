/**
 * Runs, failures and times of every quick action, from what the collector reports.
 * @module
 */

/** Figures of one action. */
export interface ActionStatistics {
  /** Runs that ended. */
  runs: number;
  /** Of them, without success. */
  failures: number;
  /** Of them, at their limit. */
  timeouts: number;
  /** Time of all runs. */
  total_ms: number;
  /** Longest run. */
  max_ms: number;
  /** Newest run. */
  last_ms: number;
  /** Status of the last run, as in the manifest. */
  last_status: string;
}

/** Actions that get a line of their own; the rest are summed up under "other". */
const MAX_ACTIONS = 100;

/** Adds up action reports. */
export class ActionStats {
  readonly #actions = new Map<string, ActionStatistics>();

  /** Takes the fields of an `action` audit event: `name`, `status`, `duration_ms`. */
  record(fields: Record<string, unknown>): void {
    const name = String(fields.name ?? fields.action ?? "unknown");
    const status = String(fields.status ?? "unknown");
    const duration_ms = Number(fields.duration_ms ?? 0) || 0;
    const known = this.#actions.has(name) || this.#actions.size < MAX_ACTIONS;
    const key = known ? name : "other";
    const action = this.#actions.get(key) ?? {
      runs: 0,
      failures: 0,
      timeouts: 0,
      total_ms: 0,
      max_ms: 0,
      last_ms: 0,
      last_status: "",
    };
    action.runs++;
    if (status !== "ok") action.failures++;
    if (status === "timeout") action.timeouts++;
    action.total_ms += duration_ms;
    action.max_ms = Math.max(action.max_ms, duration_ms);
    action.last_ms = duration_ms;
    action.last_status = status;
    this.#actions.set(key, action);
  }

  /** Figures by action. */
  all(): Record<string, ActionStatistics> {
    return Object.fromEntries([...this.#actions].sort(([a], [b]) => a < b ? -1 : 1));
  }
}
