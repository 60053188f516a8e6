/**
 * Connection events: reconnects, and requests that got no credits, counted within the window.
 * @module
 */
import { countedKind } from "./counted.ts";
import type { DetectorKind } from "./detector.ts";
import { OFFSET, type RowColumns, TYPE, wordField } from "./fields.ts";

function typeOf(columns: RowColumns, row: number): number {
  return wordField(columns, row, OFFSET.type) & 0xffff;
}

/** Registry entry: reconnects. */
export const RECONNECT: DetectorKind = countedKind({
  type: "reconnect",
  word: "Reconnect",
  tool: "smbiosnoop",
  description: "connections that were lost and are made again",
  noun: "reconnects",
  params: {},
  by_share: false,
  needs: () => ({ events: ["reconnect"] }),
}, (columns, row) => typeOf(columns, row) === TYPE.RECONNECT);

/** Registry entry: credit starvation. */
export const CREDIT: DetectorKind = countedKind({
  type: "credit",
  word: "Credit",
  tool: "smbiosnoop",
  description: "waits for credits that ran out, requests for which there were too few",
  noun: "requests without credits",
  params: {},
  by_share: false,
  needs: () => ({ events: ["credit"] }),
}, (columns, row) => typeOf(columns, row) === TYPE.CREDIT);
