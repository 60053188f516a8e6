/**
 * Where a trace writes, and what a failure of it means for the exit code.
 * @module
 */
import { constants, openSync, writeFileSync } from "node:fs";
import { closeSync, fchmodSync } from "node:fs";
import { reasonOf } from "../../os/reason.ts";
import { FileSink } from "../../sink/file_sink.ts";
import type { Formatter } from "../../sink/formatter.ts";
import { type Sink, SinkError } from "../../sink/sink.ts";
import { StdoutSink } from "../../sink/stdout_sink.ts";
import { EXIT, type ExitCode, ExitError } from "../exit.ts";
import type { TracePlan } from "./plan.ts";

const { O_WRONLY, O_CREAT, O_TRUNC, O_NOFOLLOW } = constants;

/**
 * Opens the output and writes what the format begins with.
 * @throws ExitError where it cannot be written
 */
export async function openSink(
  { file }: TracePlan,
  formatter: Formatter,
  say: (text: string) => void,
): Promise<Sink> {
  const head = () => formatter.begin();
  try {
    if (file !== null) return await FileSink.open({ ...file, head, onNotice: say });
    const sink = new StdoutSink();
    const first = head();
    if (first !== null) await sink.write({ bytes: first, ends: new Uint32Array([first.length]) });
    return sink;
  } catch (error) {
    if (!(error instanceof SinkError)) throw error;
    throw new ExitError(sinkExit(error), error.reason === "closed_pipe" ? "" : error.message);
  }
}

/** Ends an output; null, or why that failed. */
export async function closeSink(sink: Sink): Promise<SinkError | null> {
  try {
    await sink.close();
    return null;
  } catch (error) {
    if (error instanceof SinkError) return error;
    throw error;
  }
}

/** Nobody reading any more is no error. */
export function sinkExit({ reason }: SinkError): ExitCode {
  return reason === "closed_pipe" ? EXIT.ok : EXIT.internal;
}

/** How a run ends: an output that nobody took at the end is not what ended it. */
export function exitOf(failure: SinkError | null, ending: ExitCode | null): ExitCode {
  return failure === null || failure.reason === "abandoned" ? ending ?? EXIT.ok : sinkExit(failure);
}

/**
 * Writes the ledger as JSON to a file (0600); numbers of 64 bits as numbers where they are exact.
 * @throws ExitError
 */
export function exportLedger(ledger: object, path: string): void {
  try {
    const fd = openSync(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0o600);
    try {
      fchmodSync(fd, 0o600);
      writeFileSync(fd, ledgerJson(ledger));
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    throw new ExitError(EXIT.internal, `Cannot write ${path}: because ${reasonOf(error)}`);
  }
}

/** The ledger as one line of JSON. */
export function ledgerJson(ledger: object): string {
  const replacer = (_key: string, value: unknown) =>
    typeof value !== "bigint"
      ? value
      : value <= BigInt(Number.MAX_SAFE_INTEGER)
      ? Number(value)
      : String(value);
  return JSON.stringify(ledger, replacer) + "\n";
}
