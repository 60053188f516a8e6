/**
 * Metric families of what the main thread knows: the ledgers of SMB and of the event log, quick
 * actions, offences, workers.
 * @module
 */
import type { Labels, MetricFamily } from "../../api/prometheus.ts";
import type { EventLogLedger } from "../event_log/ledger.ts";
import type { Ledger } from "../ledger.ts";
import type { AgentStatus } from "../status.ts";

/** What they are made of. */
export type AgentFigures = Pick<
  AgentStatus,
  "ledger" | "actions" | "violations" | "components" | "event_log" | "uptime_sec" | "probe"
>;

type Sample = { labels: Labels; value: number };

/** Families of the agent; null where the main thread did not answer. */
export function agentFamilies(agent: AgentFigures | null): MetricFamily[] {
  const answers = gauge("aod_controller_up", "Whether the main thread answered.", [
    { labels: {}, value: agent === null ? 0 : 1 },
  ]);
  if (agent === null) return [answers];
  return [
    answers,
    gauge("aod_uptime_seconds", "Time since the start.", [
      { labels: {}, value: agent.uptime_sec },
    ]),
    gauge("aod_smb_probe_attached", "Whether SMB is watched.", [
      { labels: {}, value: agent.probe.state === "attached" ? 1 : 0 },
    ]),
    ...ledgerFamilies(agent.ledger),
    ...eventLogFamilies(agent.event_log.ledger),
    ...actionFamilies(agent.actions),
    counter(
      "aod_violations_total",
      "Offences by anomaly of the configuration.",
      each(agent.violations, "anomaly"),
    ),
    ...componentFamilies(agent.components),
  ];
}

function counter(name: string, help: string, samples: Sample[]): MetricFamily {
  return { name, help, type: "counter", samples };
}

function gauge(name: string, help: string, samples: Sample[]): MetricFamily {
  return { name, help, type: "gauge", samples };
}

/** A sample for each entry, named by a label. */
function each(
  values: Readonly<Record<string, number>>,
  label: string,
  more: Labels = {},
): Sample[] {
  return Object.entries(values).map(([name, value]) => ({
    labels: { ...more, [label]: name },
    value,
  }));
}

/** `waiting` is what is there now, everything else only grows. */
function ledgerFamilies({ kernel, ...hops }: Ledger): MetricFamily[] {
  const records: Sample[] = [];
  const waiting: Sample[] = [];
  for (const [hop, counts] of Object.entries(hops)) {
    const { waiting: now, ...totals } = counts as Record<string, number>;
    records.push(...each(totals, "fate", { hop }));
    if (now !== undefined) waiting.push({ labels: { hop }, value: now });
  }
  return [
    counter(
      "aod_smb_kernel_records_total",
      "Requests of SMB in the kernel, by what became of them, since the probe was loaded.",
      each(kernel ?? {}, "fate"),
    ),
    counter(
      "aod_smb_records_total",
      "Records of SMB at every hop, by what became of them.",
      records,
    ),
    gauge("aod_smb_records_waiting", "Records of SMB that wait at a hop.", waiting),
  ];
}

function eventLogFamilies(ledger: EventLogLedger): MetricFamily[] {
  const { seen, written, filtered, own, dropped, waiting } = ledger;
  const lost = Object.entries(dropped).map(([cause, n]) => [`dropped_${cause}`, n]);
  const fates = { written, filtered, own, ...Object.fromEntries(lost) as Record<string, number> };
  if (seen === 0) return [];
  return [
    counter(
      "aod_event_log_events_total",
      "Events of the kernel event log, by what became of them.",
      each(fates, "fate"),
    ),
    gauge("aod_event_log_waiting", "Events of the kernel event log under way.", [
      { labels: {}, value: waiting },
    ]),
  ];
}

function actionFamilies(actions: AgentStatus["actions"]): MetricFamily[] {
  const of = (value: (figures: AgentStatus["actions"][string]) => number) =>
    Object.entries(actions).map(([action, figures]) => ({
      labels: { action },
      value: value(figures),
    }));
  return [
    counter("aod_action_runs_total", "Quick actions that ended.", of(({ runs }) => runs)),
    counter(
      "aod_action_failures_total",
      "Quick actions without success, timeouts among them.",
      of(({ failures }) => failures),
    ),
    counter(
      "aod_action_timeouts_total",
      "Quick actions at their time limit.",
      of(({ timeouts }) => timeouts),
    ),
    counter(
      "aod_action_seconds_total",
      "Time of quick actions.",
      of(({ total_ms }) => total_ms / 1000),
    ),
  ];
}

function componentFamilies(components: AgentStatus["components"]): MetricFamily[] {
  const of = (value: (component: AgentStatus["components"][number]) => number) =>
    components.map((component) => ({
      labels: { component: component.name },
      value: value(component),
    }));
  return [
    gauge(
      "aod_component_up",
      "Whether a worker runs.",
      of(({ state }) => state === "running" ? 1 : 0),
    ),
    counter(
      "aod_component_restarts_total",
      "Times that a worker was started again.",
      of(({ restarts }) => restarts),
    ),
    counter("aod_component_hangs_total", "Of them, after a hang.", of(({ hangs }) => hangs)),
    gauge(
      "aod_component_heartbeat_age_seconds",
      "Time since a worker's heartbeat.",
      of(({ heartbeat_age_ms }) => heartbeat_age_ms / 1000),
    ),
  ];
}
