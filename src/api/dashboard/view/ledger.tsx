/**
 * The loss ledger: what came in and what was lost, at every hop.
 * @module
 */
import type { VNode } from "preact";
import { type LedgerCount, ledgerRows } from "../logic/ledger_rows.ts";
import { formatCount } from "../logic/units.ts";
import type { Store } from "../state/store.ts";
import { Section } from "./section.tsx";
import { DataTable } from "./table.tsx";

/** Whole numbers: a ledger that is rounded does not add up. */
function words(counts: readonly LedgerCount[]): string {
  return counts.filter(({ count }) => count > 0)
    .map(({ name, count }) => `${name} ${count.toLocaleString("en")}`).join(", ") || "–";
}

/** See the module. */
export function LedgerSection({ store }: { store: Store }): VNode {
  const rows = store.hasStatus ? ledgerRows(store.status, store.bus) : [];
  return (
    <Section
      id="ledger"
      title="Loss ledger"
      note="At every hop, what came in is what went out and what was lost, by cause."
    >
      <div class="card">
        <DataTable
          caption="Loss ledger"
          columns={[
            { head: "Hop" },
            { head: "Counted" },
            { head: "Lost", number: true },
            { head: "By cause" },
          ]}
          rows={rows.map(({ hop, counts, lost }, i) => ({
            key: `${i} ${hop}`,
            cells: [
              hop,
              words(counts.filter((count) => !count.lost)),
              formatCount(lost),
              words(counts.filter((count) => count.lost)),
            ],
          }))}
          empty="Waiting for the agent."
        />
      </div>
    </Section>
  );
}
