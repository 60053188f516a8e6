/**
 * What a reader of records has been given.
 * @module
 */

/** Records by kind; `events + paths + gaps + malformed` in all. */
export interface RecordCounts {
  /** Events that are whole. */
  events: number;
  /** Path records: they fill the table of paths. */
  paths: number;
  /** Gap records. */
  gaps: number;
  /** Events that the gaps tell of. */
  gap_events: number;
  /** Records that cannot be: nothing came of them. */
  malformed: number;
}

/** Where nothing has been counted yet. */
export function noCounts(): RecordCounts {
  return { events: 0, paths: 0, gaps: 0, gap_events: 0, malformed: 0 };
}
