/**
 * Events as aligned lines for people, one event a line under a heading.
 * @module
 */
import { type DecodeOptions, LogDecoder } from "../probe/event_log/decode.ts";
import { type GapEvent, type LogEvent, wallMicros } from "../probe/event_log/log_event.ts";
import type { RecordCounts } from "../probe/event_log/record_counts.ts";
import type { SnapshotEvent } from "../probe/event_log/snapshot_event.ts";
import type { ByteBuffer } from "./byte_buffer.ts";
import type { Formatter } from "./formatter.ts";
import { cut, pad, visible } from "./text_cells.ts";
import { detailOf } from "./text_detail.ts";

const encoder = new TextEncoder();

/** Headings and widths; negative: to the right. The last column takes what is left. */
const COLUMNS: readonly (readonly [title: string, width: number])[] = [
  ["TIME", 15],
  ["PID", -7],
  ["TID", -7],
  ["UID", -6],
  ["COMM", 16],
  ["EVENT", 11],
  ["RESULT", -12],
  ["DUR_US", -10],
  ["DETAIL", 0],
];
/** Left out where a terminal has no room: the detail gets at least so many cells. */
const OPTIONAL = ["UID", "TID", "DUR_US"];
const LEAST_DETAIL = 40;

/** Writes aligned text. */
export class TextFormatter implements Formatter {
  readonly counts: RecordCounts;
  readonly #decoder: LogDecoder;
  readonly #offset_ns: bigint;
  readonly #width: number | null;
  readonly #columns: readonly (readonly [string, number])[];

  /**
   * Nothing is known yet.
   * @param width cells of the terminal, which lines are cut to; null for none: nothing is cut
   */
  constructor(options: DecodeOptions, width: number | null) {
    this.#decoder = new LogDecoder(options);
    this.counts = this.#decoder.counts;
    this.#offset_ns = options.offset_ns;
    this.#width = width;
    this.#columns = columnsFor(width);
  }

  begin(): Uint8Array {
    return encoder.encode(this.#line(this.#columns.map(([title]) => title)));
  }

  record(data: DataView, offset: number, bytes: number, out: ByteBuffer): boolean {
    const event = this.#decoder.decode(data, offset, bytes);
    if (event === null) return false;
    const isGap = event.event_type === "gap";
    append(out, isGap ? this.#gap(event as GapEvent) : this.#event(event as LogEvent));
    return !isGap;
  }

  snapshot(event: SnapshotEvent, out: ByteBuffer): void {
    const { pid, uid, comm, argv, exe, parent_pid } = event;
    const command = argv === null || argv.length === 0 ? exe ?? "" : argv.join(" ");
    const values: Record<string, string> = {
      TIME: timeOfDay(wallMicros(event.time_ns, this.#offset_ns)),
      PID: String(pid),
      TID: String(pid),
      UID: String(uid),
      COMM: visible(comm),
      EVENT: "snapshot",
      RESULT: "-",
      DUR_US: "-",
      DETAIL: `${visible(command)} parent_pid=${parent_pid}`.trimStart(),
    };
    append(out, this.#line(this.#columns.map(([title]) => values[title])));
  }

  #event(event: LogEvent): string {
    const values: Record<string, string> = {
      TIME: timeOfDay(event.timestamp),
      PID: String(event.tgid),
      TID: String(event.tid),
      UID: String(event.uid),
      COMM: visible(event.comm),
      EVENT: event.event_type,
      RESULT: resultText(event),
      DUR_US: event.duration_ns === null ? "-" : (Number(event.duration_ns) / 1000).toFixed(1),
      DETAIL: detailOf(event),
    };
    return this.#line(this.#columns.map(([title]) => values[title]));
  }

  #gap({ events, from, to, cpu }: GapEvent): string {
    const text = `*** ${events} events of CPU ${cpu} lost between ${timeOfDay(from)} and ` +
      `${timeOfDay(to)}: the ring was full ***`;
    return `${this.#width === null ? text : cut(text, this.#width)}\n`;
  }

  #line(values: readonly string[]): string {
    const text = values.map((value, i) => {
      const width = this.#columns[i][1];
      if (width === 0) return value;
      return pad(this.#width === null ? value : cut(value, Math.abs(width)), width);
    }).join(" ").trimEnd();
    return `${this.#width === null ? text : cut(text, this.#width)}\n`;
  }
}

function append(out: ByteBuffer, text: string): void {
  // UTF-8 has at most three bytes for a UTF-16 unit.
  out.ensure(text.length * 3);
  out.length += encoder.encodeInto(text, out.bytes.subarray(out.length)).written;
}

/** Drops columns until the detail has room. */
function columnsFor(width: number | null): readonly (readonly [string, number])[] {
  let columns = COLUMNS;
  if (width === null) return columns;
  const used = () => columns.reduce((sum, [, cells]) => sum + Math.abs(cells) + 1, 0);
  for (const name of OPTIONAL) {
    if (used() + LEAST_DETAIL <= width) break;
    columns = columns.filter(([title]) => title !== name);
  }
  return columns;
}

/** Time of day in UTC, to the microsecond. */
function timeOfDay(micros: number | bigint): string {
  const ofDay = typeof micros === "number" && micros >= 0
    ? micros % 86_400_000_000
    : Number(BigInt.asUintN(64, BigInt(micros)) % 86_400_000_000n);
  const two = (value: number) => String(Math.floor(value)).padStart(2, "0");
  const seconds = Math.floor(ofDay / 1e6);
  const clock = `${two(seconds / 3600)}:${two(seconds / 60 % 60)}:${two(seconds % 60)}`;
  return `${clock}.${String(ofDay % 1e6).padStart(6, "0")}`;
}

/** The error's name, or the number; an address in hexadecimal. */
function resultText({ result, errno, event_type }: LogEvent): string {
  if (result === null) return "-";
  if (errno !== undefined) return errno;
  return event_type === "mmap"
    ? `0x${BigInt.asUintN(64, BigInt(result)).toString(16)}`
    : `${result}`;
}
