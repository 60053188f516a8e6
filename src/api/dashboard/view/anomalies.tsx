/**
 * Anomalies on the time axis and as a list, each with its bundle.
 * @module
 */
import type { VNode } from "preact";
import { useState } from "preact/hooks";
import type { AnomalyView } from "../logic/anomaly_view.ts";
import { type Mark, marksOf, ticksOf } from "../logic/timeline.ts";
import { formatBytes, formatClock } from "../logic/units.ts";
import type { BundleView, Store } from "../state/store.ts";
import { Section } from "./section.tsx";
import { DataTable } from "./table.tsx";

/** Marks closer than this share of the axis are one. */
const APART = 0.025;
const LISTED = 50;

function BundleLink({ id, bytes }: { id: string; bytes: number | null }): VNode {
  return (
    <a href={`/bundles/${id}`} download>
      bundle{bytes === null ? "" : `, ${formatBytes(bytes)}`}
      <span class="hidden">{` ${id}`}</span>
    </a>
  );
}

/** The link of what has a sealed bundle; a word for one that is not sealed yet. */
function bundleCell(anomaly: AnomalyView, bundles: ReadonlyMap<string, BundleView>) {
  if (anomaly.bundle === null) return "–";
  const sealed = bundles.get(anomaly.bundle);
  return sealed === undefined ? "not sealed" : <BundleLink id={sealed.id} bytes={sealed.bytes} />;
}

function Timeline(
  { store, chosen, onChoose }: {
    store: Store;
    chosen: string | null;
    onChoose: (mark: Mark<AnomalyView>) => void;
  },
): VNode {
  const from = store.now_sec - store.range_sec;
  const marks = marksOf(store.anomalies, from, store.now_sec, APART);
  const left = (at: number) => ({ left: `${(at * 100).toFixed(2)}%` });
  const label = ({ entries }: Mark<AnomalyView>) =>
    entries.length === 1
      ? `${entries[0].name} at ${formatClock(entries[0].timestamp)}`
      : `${entries.length} anomalies until ${formatClock(entries[0].timestamp)}`;
  return (
    <div class="timeline">
      <ol aria-label="Anomalies within the time shown">
        {marks.map((mark) => (
          <li key={mark.entries[0].id} style={left(mark.at)}>
            <button
              type="button"
              class="mark"
              aria-label={label(mark)}
              aria-pressed={mark.entries.some(({ id }) => id === chosen)}
              title={label(mark)}
              onClick={() => onChoose(mark)}
            >
              {mark.entries.length === 1 ? "" : mark.entries.length}
            </button>
          </li>
        ))}
      </ol>
      <div class="axis" aria-hidden="true">
        {ticksOf(from, store.now_sec, 5).map((tick) => (
          <span key={tick} style={left((tick - from) / store.range_sec)}>{formatClock(tick)}</span>
        ))}
      </div>
    </div>
  );
}

/** See the module. */
export function AnomalySection({ store }: { store: Store }): VNode {
  const [chosen, setChosen] = useState<readonly AnomalyView[]>([]);
  const bundles = new Map(store.bundles.map((bundle) => [bundle.id, bundle]));
  const shown = chosen.length > 0 ? chosen : store.anomalies.slice(0, LISTED);
  return (
    <Section id="anomalies" title="Anomalies">
      <div class="card">
        <Timeline
          store={store}
          chosen={chosen[0]?.id ?? null}
          onChoose={({ entries }) => setChosen(entries)}
        />
        {chosen.length === 0
          ? null
          : <button type="button" onClick={() => setChosen([])}>Show all anomalies</button>}
        <DataTable
          caption="Anomalies, the newest first"
          columns={["Time", "What", "Detail", "Source", "Evidence"].map((head) => ({ head }))}
          rows={shown.map((anomaly) => ({
            key: anomaly.id,
            cells: [
              formatClock(anomaly.timestamp),
              anomaly.name,
              anomaly.detail,
              anomaly.source,
              bundleCell(anomaly, bundles),
            ],
          }))}
          empty={store.hasAnomalies ? "No anomaly." : "Waiting for the agent."}
        />
      </div>
      <Bundles bundles={store.bundles} />
    </Section>
  );
}

function Bundles({ bundles }: { bundles: BundleView[] }): VNode {
  return (
    <div class="card">
      <h3>Bundles</h3>
      <DataTable
        caption="Bundles, the newest first"
        columns={[{ head: "Time" }, { head: "Anomaly" }, { head: "Verdict" }, { head: "Evidence" }]}
        rows={bundles.slice(0, 20).map(({ id, name, verdict, bytes }) => ({
          key: id,
          cells: [
            new Date(Number(id.slice(0, 13))).toLocaleString(),
            name,
            verdict,
            <BundleLink key={id} id={id} bytes={bytes} />,
          ],
        }))}
        empty="No bundle."
      />
    </div>
  );
}
