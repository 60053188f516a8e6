/**
 * The heat map of commands by latency. It is a table, so it needs no alternative.
 * @module
 */
import type { VNode } from "preact";
import { type HeatColumn, heatMap } from "../logic/heat.ts";
import type { CommandLatency } from "../logic/smb_window.ts";
import { formatCount, formatDuration } from "../logic/units.ts";

function columnName({ from_ms, to_ms }: HeatColumn): string {
  return to_ms === null ? `> ${formatDuration(from_ms * 1e6)}` : `≤ ${formatDuration(to_ms * 1e6)}`;
}

/** See the module. */
export function HeatTable(
  { commands, bounds_ms }: { commands: CommandLatency[]; bounds_ms: readonly number[] },
): VNode | null {
  const { columns, rows } = heatMap(commands, bounds_ms);
  if (rows.length === 0) return null;
  const caption = "Requests by command and latency";
  return (
    <div class="scroll" role="region" aria-label={caption} tabIndex={0}>
      <table class="heat">
        <caption class="hidden">{caption}</caption>
        <thead>
          <tr>
            <th scope="col">Command</th>
            {columns.map((column) => <th key={column.from_ms} scope="col">{columnName(column)}
            </th>)}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ name, cells }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              {cells.map(({ count, level }, i) => (
                <td key={i} class={`heat-${level}`}>{count === 0 ? "" : formatCount(count)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
