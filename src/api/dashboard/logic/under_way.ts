/**
 * The SMB requests that wait for their answer, in the order in which they matter.
 * @module
 */
import type { SmbUnderWay } from "../../data_agent.ts";

/** What hangs comes first, what waits by design last. */
const ORDER: readonly SmbUnderWay["state"][] = ["hung", "under_way", "waiting"];

/** Words of the states. */
export const STATE_WORDS: Readonly<Record<SmbUnderWay["state"], string>> = {
  hung: "hung",
  under_way: "under way",
  waiting: "waits by design",
};

/** So many rows; more would be out of date before they are read. */
export const MOST_SHOWN = 50;

/** The requests to show, those that hang first, within a state the oldest first. */
export function shownRequests(requests: readonly SmbUnderWay[]): SmbUnderWay[] {
  return requests.toSorted((a, b) =>
    ORDER.indexOf(a.state) - ORDER.indexOf(b.state) || b.age_ms - a.age_ms
  ).slice(0, MOST_SHOWN);
}

/** How many are not shown, as a sentence; "" for none. */
export function restNote(shown: number, in_flight: number | null): string {
  const rest = (in_flight ?? 0) - shown;
  return rest > 0 ? `${rest} more, younger than these.` : "";
}
