/**
 * The processes with the most CPU, and those with the most memory.
 * @module
 */
import type { VNode } from "preact";
import { numberOf, textOf } from "../logic/status_parts.ts";
import { formatBytes, formatCount, formatValue } from "../logic/units.ts";
import type { Store } from "../state/store.ts";
import { Section } from "./section.tsx";
import { DataTable } from "./table.tsx";

function Top({ title, rows }: { title: string; rows: Record<string, unknown>[] }): VNode {
  const bytes = (value: unknown) => formatBytes(numberOf(value) ?? NaN);
  return (
    <div class="card">
      <h3>{title}</h3>
      <DataTable
        caption={title}
        columns={[
          { head: "Process" },
          ...["pid", "CPU", "Memory", "Threads", "Read", "Written"]
            .map((head) => ({ head, number: true })),
        ]}
        rows={rows.map((row) => ({
          key: textOf(row.pid),
          cells: [
            textOf(row.comm),
            textOf(row.pid),
            formatValue(numberOf(row.cpu_percent), "%"),
            bytes(row.memory_bytes),
            formatCount(numberOf(row.threads) ?? NaN),
            bytes(row.read_bytes),
            bytes(row.write_bytes),
          ],
        }))}
        empty="Not measured."
      />
    </div>
  );
}

/** See the module. */
export function ProcessSection({ store: { processes } }: { store: Store }): VNode {
  return (
    <Section id="processes" title="Processes" note="CPU is in percent of one core.">
      <div class="grid">
        <Top title="Most CPU" rows={processes?.by_cpu ?? []} />
        <Top title="Most memory" rows={processes?.by_memory ?? []} />
      </div>
    </Section>
  );
}
