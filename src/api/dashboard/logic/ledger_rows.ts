/**
 * The loss ledger as rows: for every hop what came, and what was lost by which cause.
 * @module
 */
import type { BusStats } from "../../../stream/bus.ts";
import { type Json, objectOf } from "./status_parts.ts";

/** One counter of a hop. */
export interface LedgerCount {
  /** Name of the counter. */
  name: string;
  /** Its total. */
  count: number;
  /** Something that came and did not go on, though it should have. */
  lost: boolean;
}

/** One hop. */
export interface LedgerRow {
  /** Where. */
  hop: string;
  /** Its counters, those that are zero too. */
  counts: LedgerCount[];
  /** Sum of what was lost. */
  lost: number;
}

/** Names of counters that are losses. A row that says `dropped` holds its causes below it. */
const LOSS = /^(?:drop|lost|malformed|corrupt|failed|refused|overflow|rejected|truncated)/;

function rowOf(hop: string, counters: Json, allLost: boolean): LedgerRow {
  const counts = Object.entries(counters)
    .filter((entry): entry is [string, number] => typeof entry[1] === "number")
    .map(([name, count]) => ({ name, count, lost: allLost || LOSS.test(name) }));
  const lost = counts.reduce((sum, entry) => sum + (entry.lost ? entry.count : 0), 0);
  return { hop, counts, lost };
}

/** Rows of one ledger: its own numbers, then those of every object in it. */
function rowsOf(hop: string, ledger: Json, allLost: boolean): LedgerRow[] {
  const own = rowOf(hop, ledger, allLost);
  const inner = Object.entries(ledger)
    .filter(([, value]) => Object.keys(objectOf(value)).length > 0)
    .flatMap(([name, value]) =>
      rowsOf(hop === "" ? name : `${hop} ${name}`, objectOf(value), allLost || LOSS.test(name))
    );
  return own.counts.length === 0 ? inner : [own, ...inner];
}

/** Finds every `ledger` of a status, with the name of the part it belongs to. */
function ledgersOf(status: Json, part: string): [part: string, ledger: Json][] {
  return Object.entries(status).flatMap(([name, value]): [string, Json][] => {
    const inner = objectOf(value);
    if (Object.keys(inner).length === 0) return [];
    if (name === "ledger") return [[part, inner]];
    return ledgersOf(inner, part === "" ? name : `${part} ${name}`);
  });
}

/** All rows: every ledger in the status, and the event bus. */
export function ledgerRows(status: Json, bus: BusStats | null): LedgerRow[] {
  const rows = ledgersOf(status, "").flatMap(([part, ledger]) =>
    rowsOf(part.replaceAll("_", " "), ledger, false)
  );
  if (bus !== null) {
    const { total_events, dropped_events } = bus;
    rows.push(rowOf("event bus", { published: total_events, dropped: dropped_events }, false));
  }
  return rows;
}

/** Sum of all losses. */
export function totalLost(rows: readonly LedgerRow[]): number {
  return rows.reduce((sum, row) => sum + row.lost, 0);
}
