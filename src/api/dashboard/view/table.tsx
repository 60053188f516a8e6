/**
 * A table that scrolls sideways in a narrow window, by keyboard too.
 * @module
 */
import type { ComponentChildren, VNode } from "preact";

/** One column. */
export interface Column {
  /** Its heading. */
  head: string;
  /** Right-aligned figures. */
  number?: boolean;
}

/** A row; its key is unique within the table. */
export interface Row {
  /** Same for the same thing from one drawing to the next. */
  key: string;
  /** One for each column. */
  cells: ComponentChildren[];
}

/** A table; `empty` is said instead where there are no rows. */
export function DataTable(
  { caption, columns, rows, empty }: {
    caption: string;
    columns: Column[];
    rows: Row[];
    empty: string;
  },
): VNode {
  if (rows.length === 0) return <p class="empty">{empty}</p>;
  return (
    <div class="scroll" role="region" aria-label={caption} tabIndex={0}>
      <table>
        <caption class="hidden">{caption}</caption>
        <thead>
          <tr>
            {columns.map(({ head, number }) => (
              <th key={head} scope="col" class={number ? "number" : ""}>{head}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ key, cells }) => (
            <tr key={key}>
              {cells.map((cell, i) =>
                i === 0
                  ? <th key={0} scope="row" class={columns[0].number ? "number" : ""}>{cell}</th>
                  : <td key={i} class={columns[i].number ? "number" : ""}>{cell}</td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
