/**
 * What the two monitors of the lab have in common: their arguments and how they run and end.
 * @module
 */
import { InvalidArgumentError } from "commander";
import { csvNameOf } from "../../lab/monitor/file_name.ts";
import { measureInto, type Measurement, MOST_ROWS, rowsOf } from "../../lab/monitor/session.ts";
import { reasonOf } from "../../os/reason.ts";
import { EXIT, type ExitCode, ExitError } from "../exit.ts";
import { printLine } from "../output.ts";
import { StopSignal } from "./stop_signal.ts";

/** 31 days: whoever measures longer measures by other means. */
const MOST_MINUTES = 31 * 24 * 60;

function between(text: string, least: number, most: number, what: string): number {
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : NaN;
  if (!(value >= least && value <= most)) throw new InvalidArgumentError(`Allowed: ${what}.`);
  return value;
}

/** INTERVAL_SEC. */
export function parseInterval(text: string): number {
  return between(text, 0.05, 86_400, "seconds from 0.05 to 86400, such as 1 or 0.5");
}

/** MINUTES. */
export function parseMinutes(text: string): number {
  return between(text, 0.001, MOST_MINUTES, `minutes above 0, up to ${MOST_MINUTES}`);
}

/** What is measured, how often and how long. */
export interface MeasureRequest {
  /** `system_usage`: beginning of the default name. */
  what: string;
  /** For messages: `aod lab monitor`. */
  command: string;
  /** -o; undefined for the default name in the working directory. */
  output: string | undefined;
  /** Between two rows. */
  interval_sec: number;
  /** Null: until Ctrl-C. */
  minutes: number | null;
  /** Begins it. */
  begin: () => Measurement;
}

/**
 * Measures; the file's name goes to stdout, everything else to stderr.
 * @returns 0; 130 when Ctrl-C cut a measurement of a given length short
 * @throws {ExitError} 2 when it cannot begin, 1 when it cannot go on
 */
export async function measure(request: MeasureRequest): Promise<ExitCode> {
  const { what, command, output, interval_sec, minutes, begin } = request;
  const say = (text: string) => console.error(`${command}: ${text}`);
  const duration_sec = minutes === null ? null : minutes * 60;
  if (rowsOf(interval_sec, duration_sec) === null) {
    throw new ExitError(
      EXIT.usage,
      `Cannot measure ${minutes} minutes every ${interval_sec} s: because that is more than ` +
        `${MOST_ROWS} rows`,
    );
  }
  const path = output ?? csvNameOf(what, new Date());
  const stop = new StopSignal();
  try {
    const measurement = begun(begin);
    say(
      `a row every ${interval_sec} s` +
        (minutes === null ? " until Ctrl-C" : ` for ${minutes} minutes`) + ` into ${path}`,
    );
    const options = { path, interval_sec, duration_sec, abort: stop.abort, say };
    const { rows, missed } = await measureInto(options, measurement).catch((error: unknown) => {
      throw new ExitError(EXIT.internal, reasonOf(error));
    });
    if (missed > 0) say(`${missed} rows are missing: the host was too busy to measure in time`);
    say(`${rows} rows${stop.code === null ? "" : ", kept"} in ${path}`);
    printLine(path);
    return minutes === null ? EXIT.ok : stop.code ?? EXIT.ok;
  } finally {
    stop.close();
  }
}

function begun(begin: () => Measurement): Measurement {
  try {
    return begin();
  } catch (error) {
    throw new ExitError(EXIT.usage, reasonOf(error));
  }
}
