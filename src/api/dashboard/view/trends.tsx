/**
 * Trends with their forecasts.
 * @module
 */
import type { VNode } from "preact";
import { useState } from "preact/hooks";
import { trendRows } from "../logic/trend_rows.ts";
import type { Store } from "../state/store.ts";
import { Section } from "./section.tsx";
import { DataTable } from "./table.tsx";

const ARROWS = { increasing: "↗", decreasing: "↘", stable: "→" } as const;
const LISTED = 60;

/** See the module. */
export function TrendSection({ store }: { store: Store }): VNode {
  const [withStable, setWithStable] = useState(false);
  const rows = trendRows(store.trends, store.units, withStable);
  return (
    <Section id="trends" title="Trends" note="Of the last 300 seconds.">
      <div class="card">
        <label>
          <input
            type="checkbox"
            checked={withStable}
            onChange={(event) => setWithStable(event.currentTarget.checked)}
          />{" "}
          with stable ones
        </label>
        <DataTable
          caption="Trends"
          columns={[
            { head: "Metric" },
            { head: "Now", number: true },
            { head: "Direction" },
            { head: "Per minute", number: true },
            { head: "r²", number: true },
            { head: "Forecast" },
          ]}
          rows={rows.slice(0, LISTED).map((row) => ({
            key: row.key,
            cells: [
              row.key,
              row.current,
              <span key="direction">
                <span aria-hidden="true">{ARROWS[row.direction]}</span> {row.direction}
              </span>,
              row.per_minute,
              row.r2,
              row.forecast,
            ],
          }))}
          empty="Nothing moves."
        />
      </div>
    </Section>
  );
}
