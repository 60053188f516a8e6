/**
 * Lines of the live tools: on a terminal aligned columns, as many as fit; in a pipe all of them
 * between tabs, nothing cut.
 * @module
 */
import { smbCommandName } from "../../config/names/smb_commands.ts";
import { errnoName } from "../../config/names/errno.ts";
import { ntstatusName } from "../../config/names/ntstatus.ts";
import { isoOfWallNs, wallOfMonotonic } from "../../os/clock.ts";
import type { NameResolver } from "../../probe/smb/names.ts";
import { SMB_FLAG, SMB_TYPE } from "../../probe/smb/layout.gen.ts";
import type { SmbRequest } from "../../probe/smb/request.ts";

/** A column: its heading, its width on a terminal (negative: to the right), its text. */
interface Column {
  title: string;
  width: number;
  text(request: SmbRequest, names: Names): string;
}

/** The part of the resolver that lines need. */
export type Names = Pick<NameResolver, "server" | "share">;

const COLUMNS: Column[] = [
  { title: "PID", width: -7, text: (r) => String(r.pid) },
  { title: "COMM", width: 15, text: (r) => r.comm },
  { title: "COMMAND", width: 20, text: (r) => kindOf(r) },
  { title: "LATENCY_MS", width: -10, text: (r) => (Number(r.latency_ns) / 1e6).toFixed(3) },
  { title: "SERVER", width: 16, text: (r, names) => names.server(r.connection_id) },
  { title: "SHARE", width: 24, text: (r, names) => shareOf(r, names) },
  { title: "FILE", width: 24, text: (r) => r.name ?? "" },
  { title: "STATUS", width: 26, text: (r) => statusOf(r) },
  { title: "ERROR", width: 0, text: (r) => r.error === 0 ? "" : errnoName(Math.abs(r.error)) },
];

/** What a narrow terminal goes without, the least telling first: a share names its server. */
const OPTIONAL = ["SERVER", "ERROR", "FILE", "SHARE"];
const TIME_WIDTH = 12;
/** Of a column whose text is never cut. */
const OPEN_WIDTH = 10;

/** What every name of a column begins with; a narrow terminal goes without that too. */
const PREFIX = /^(?:SMB2|STATUS)_/;
const SHORT_WIDTHS: Readonly<Record<string, number>> = { COMMAND: 16, STATUS: 19 };

function shortened(column: Column): Column {
  const width = SHORT_WIDTHS[column.title];
  if (width === undefined) return column;
  return { ...column, width, text: (...args) => column.text(...args).replace(PREFIX, "") };
}

/** The columns for a terminal of this width; all of them for null, where it is none. */
function columnsFor(terminal: number | null): Column[] {
  let columns = COLUMNS;
  const total = () =>
    columns.reduce((sum, { width }) => sum + 1 + (Math.abs(width) || OPEN_WIDTH), TIME_WIDTH);
  if (terminal === null || total() <= terminal) return columns;
  columns = columns.map(shortened);
  for (const title of OPTIONAL) {
    if (total() > terminal) {
      columns = columns.filter((column) => column.title !== title);
    }
  }
  return columns;
}

/** The heading. `terminal`: its width, null where there is none. */
export function heading(terminal: number | null): string {
  const cells = columnsFor(terminal).map(({ title, width }) =>
    terminal === null ? title : align(title, width)
  );
  return join([terminal === null ? "TIME" : "TIME".padEnd(TIME_WIDTH), ...cells], terminal);
}

/**
 * One request's line.
 * @param offset_ns wall time minus CLOCK_MONOTONIC
 * @param terminal its width, null where there is none
 */
export function requestLine(
  request: SmbRequest,
  names: Names,
  offset_ns: bigint,
  terminal: number | null,
): string {
  const iso = isoOfWallNs(wallOfMonotonic(request.end_ns, offset_ns));
  const cells = columnsFor(terminal).map(({ width, text }) => {
    const shown = printable(text(request, names)) || "-";
    return terminal === null ? shown : align(shown, width);
  });
  // A terminal shows the time of day (UTC) to the millisecond.
  return join([terminal === null ? iso : iso.slice(11, 23), ...cells], terminal);
}

function join(cells: string[], terminal: number | null): string {
  if (terminal === null) return cells.join("\t");
  const line = cells.join(" ").trimEnd();
  return line.length > terminal ? `${line.slice(0, terminal - 1)}…` : line;
}

/** Command of a request, kind of a connection event. */
function kindOf(request: SmbRequest): string {
  if (request.type === SMB_TYPE.REQUEST) return smbCommandName(request.command);
  const entry = Object.entries(SMB_TYPE).find(([, value]) => value === request.type);
  return entry === undefined ? `TYPE_${request.type}` : entry[0];
}

function shareOf(request: SmbRequest, names: Names): string {
  const valid = (request.flags & SMB_FLAG.TREE_VALID) !== 0;
  return valid ? names.share(request.session_id, request.tree_id) : "";
}

function statusOf({ type, flags, status }: SmbRequest): string {
  if (type !== SMB_TYPE.REQUEST) return "";
  if ((flags & SMB_FLAG.IN_FLIGHT) !== 0) return "IN_FLIGHT";
  return (flags & SMB_FLAG.STATUS_VALID) !== 0 ? ntstatusName(status) : "NO_RESPONSE";
}

/** Names of files and processes are what others chose: nothing in them moves a cursor or a column. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "?");
}

/** Pads or cuts to a width; 0 leaves the text as it is. */
function align(text: string, width: number): string {
  if (width === 0) return text;
  const size = Math.abs(width);
  const cut = text.length > size ? `${text.slice(0, size - 1)}…` : text;
  return width < 0 ? cut.padStart(size) : cut.padEnd(size);
}
