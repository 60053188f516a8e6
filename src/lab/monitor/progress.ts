/**
 * The progress bar of a measurement: one line that is drawn over itself.
 * @module
 */

/** How far a measurement is. */
export interface Progress {
  /** Since it began. */
  elapsed_ms: number;
  /** All of it; null where it has no end. */
  total_ms: number | null;
  /** What was measured last, such as `CPU 12.3 %`. */
  text: string;
}

const BAR_CELLS = 24;
/** ECMA-48, EL: to the end of the line. */
const ERASE = "\x1b[K";

/** Seconds as `m:ss`, or `h:mm:ss`. */
export function clockText(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  const two = (value: number) => String(value).padStart(2, "0");
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const tail = two(seconds % 60);
  return hours > 0 ? `${hours}:${two(minutes)}:${tail}` : `${minutes}:${tail}`;
}

/** The line, at most `width` columns wide. */
export function progressLine({ elapsed_ms, total_ms, text }: Progress, width: number): string {
  if (total_ms === null) return `${clockText(elapsed_ms)}  ${text}`.slice(0, width);
  const share = total_ms <= 0 ? 1 : Math.min(1, Math.max(0, elapsed_ms / total_ms));
  const done = Math.floor(share * BAR_CELLS);
  const bar = `[${"#".repeat(done)}${"-".repeat(BAR_CELLS - done)}]`;
  const percent = `${Math.floor(100 * share)} %`.padStart(5);
  return `${bar} ${percent}  ${clockText(elapsed_ms)} of ${clockText(total_ms)}  ${text}`
    .slice(0, width);
}

/** Draws on stderr where that is a terminal; elsewhere nothing is shown. */
export class ProgressBar {
  readonly #on: boolean;
  #drawn = false;

  /** `on`: whether stderr is a terminal. */
  constructor(on: boolean = Deno.stderr.isTerminal()) {
    this.#on = on;
  }

  /** Draws it over the line before. */
  show(progress: Progress): void {
    if (!this.#on) return;
    this.#drawn = true;
    write(`\r${progressLine(progress, columns() - 1)}${ERASE}`);
  }

  /** Takes it away, before something else is written. */
  clear(): void {
    if (this.#drawn) write(`\r${ERASE}`);
    this.#drawn = false;
  }
}

/** A terminal that is gone ends no measurement. */
function write(text: string): void {
  const bytes = new TextEncoder().encode(text);
  try {
    for (let done = 0; done < bytes.length;) done += Deno.stderr.writeSync(bytes.subarray(done));
  } catch {
    // Nobody looks.
  }
}

function columns(): number {
  try {
    return Deno.consoleSize().columns || 80;
  } catch {
    return 80;
  }
}
