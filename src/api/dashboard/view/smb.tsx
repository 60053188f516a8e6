/**
 * SMB: latency over time and by command, requests under way, errors, sessions and their credits.
 * @module
 */
import type { VNode } from "preact";
import type { SmbInterval } from "../logic/smb_window.ts";
import { cellText } from "../logic/cell.ts";
import type { Point } from "../logic/points.ts";
import { objectsOf, textOf } from "../logic/status_parts.ts";
import { formatCount, formatDuration, NOTHING } from "../logic/units.ts";
import type { Store } from "../state/store.ts";
import { Chart } from "./chart.tsx";
import { HeatTable } from "./heat.tsx";
import { Section } from "./section.tsx";
import { DataTable } from "./table.tsx";
import { UnderWay } from "./under_way.tsx";

function line(
  intervals: readonly SmbInterval[],
  of: (interval: SmbInterval) => number | null,
): Point[] {
  return intervals.map((interval) => ({ timestamp: interval.timestamp, value: of(interval) }));
}

function noteOf({ smb }: Store): string {
  if (smb === null) return "Waiting for the first reading.";
  const { state, reason } = smb.probe;
  return state === "attached" ? "" : `The probe is ${state}${reason ? `: ${reason}` : "."}`;
}

function Requests({ store }: { store: Store }): VNode {
  const { smb } = store;
  const count = (value: number | null | undefined) => formatCount(value ?? NaN);
  return (
    <dl class="figures">
      <div>
        <dt>In flight</dt>
        <dd>{count(smb?.in_flight)}</dd>
      </div>
      <div class={smb !== null && (smb.hung ?? 0) > 0 ? "bad" : ""}>
        <dt>Hung</dt>
        <dd>{count(smb?.hung)}</dd>
      </div>
      <div>
        <dt>Requests/s</dt>
        <dd>{count(store.intervals.at(-1)?.rate)}</dd>
      </div>
      <div>
        <dt>Failed/s</dt>
        <dd>{count(store.intervals.at(-1)?.error_rate)}</dd>
      </div>
    </dl>
  );
}

function Errors({ store }: { store: Store }): VNode {
  const errors = (store.smb?.errors ?? []).toSorted((a, b) => b.count - a.count).slice(0, 20);
  return (
    <div class="card">
      <h3>Errors since the agent's start</h3>
      <DataTable
        caption="SMB errors"
        columns={[
          { head: "Status" },
          { head: "Command" },
          { head: "Server" },
          { head: "Count", number: true },
        ]}
        rows={errors.map(({ code, command, server, count }) => ({
          key: `${code} ${command} ${server}`,
          cells: [code, command, server, formatCount(count)],
        }))}
        empty="No request has failed."
      />
    </div>
  );
}

/** What the SMB collector tells of a session; what is not there is shown as a dash. */
const SESSION: readonly [name: string, number: boolean][] = [
  ["server", false],
  ["credits", true],
  ["in_flight", true],
  ["waiting", true],
  ["reconnects", true],
  ["channels", true],
  ["dialect", false],
  ["address", false],
  ["session_id", false],
];

/** Shares of a session, with a word for those that are gone. */
function shareNames(shares: unknown): string {
  const names = objectsOf(shares).map(({ share, disconnected }) =>
    `${textOf(share)}${disconnected === true ? " (disconnected)" : ""}`
  );
  return names.join(", ") || NOTHING;
}

function Sessions({ store }: { store: Store }): VNode {
  return (
    <div class="card">
      <h3>Sessions and credits</h3>
      <DataTable
        caption="SMB sessions"
        columns={[
          ...SESSION.map(([name, number]) => ({ head: name.replaceAll("_", " "), number })),
          { head: "shares" },
        ]}
        rows={(store.smb?.sessions ?? []).map((session, i) => ({
          key: String(i),
          cells: [
            ...SESSION.map(([name]) => cellText(name, session[name])),
            shareNames(session.shares),
          ],
        }))}
        empty="No session."
      />
    </div>
  );
}

/** See the module. */
export function SmbSection({ store }: { store: Store }): VNode {
  const { intervals, smbWindow, now_sec, range_sec } = store;
  const commands = smbWindow.commands(range_sec);
  const from = now_sec - range_sec;
  const shown = intervals.filter(({ timestamp }) => timestamp >= from);
  const common = {
    range: [from, now_sec] as [number, number],
    marks: store.anomalies,
  };
  return (
    <Section id="smb" title="SMB" note={noteOf(store)}>
      <Requests store={store} />
      <div class="grid">
        <Chart
          title="SMB latency"
          unit="ms"
          series={[
            { label: "p50", points: line(shown, ({ p50_ms }) => p50_ms) },
            { label: "p95", points: line(shown, ({ p95_ms }) => p95_ms) },
            { label: "p99", points: line(shown, ({ p99_ms }) => p99_ms) },
          ]}
          {...common}
        />
        <Chart
          title="SMB requests"
          unit="requests/s"
          series={[
            { label: "all", points: line(shown, ({ rate }) => rate) },
            { label: "failed", points: line(shown, ({ error_rate }) => error_rate) },
          ]}
          {...common}
        />
      </div>
      <UnderWay store={store} />
      <div class="card">
        <h3>Latency by command</h3>
        <HeatTable commands={commands} bounds_ms={smbWindow.bounds_ms} />
        <DataTable
          caption="SMB latency by command"
          columns={[
            { head: "Command" },
            ...["Requests", "Failed", "p50", "p95", "p99"].map((head) => ({ head, number: true })),
          ]}
          rows={commands.toSorted((a, b) => b.count - a.count).map((command) => ({
            key: command.name,
            cells: [
              command.name,
              formatCount(command.count),
              formatCount(command.errors),
              ...[command.p50_ms, command.p95_ms, command.p99_ms].map((ms) =>
                formatDuration((ms ?? NaN) * 1e6)
              ),
            ],
          }))}
          empty="No request within the time shown."
        />
      </div>
      <div class="grid">
        <Errors store={store} />
        <Sessions store={store} />
      </div>
    </Section>
  );
}
