/**
 * Faults and warnings of a configuration, each with its place in the file.
 * @module
 */

/** Where in the configuration something is: keys and list positions from the root. */
export type ConfigPath = readonly (string | number)[];

/** One fault or warning. */
export interface Diagnostic {
  /** An error refuses the configuration. */
  severity: "error" | "warning";
  /** Path of the file as given, or "embedded default". */
  file: string;
  /** From 1. */
  line: number;
  /** From 1, in UTF-16 units. */
  column: number;
  /** As in `guardian.anomalies.latency.track_commands[0].threshold`; "" for the file as a whole. */
  path: string;
  /** What is wrong and what is allowed. */
  message: string;
}

/** More than these are counted, not listed: a hostile file must not fill a terminal or a log. */
const MAX_DIAGNOSTICS = 200;

/** Cuts text from outside for a message, control characters escaped. */
export function quote(text: string, limit = 60): string {
  const shown = text.length > limit ? `${text.slice(0, limit)}...` : text;
  return JSON.stringify(shown).replaceAll("\u007f", "\\u007f").replace(
    /[\u0080-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** `a.b[0].c`; keys that are no plain words are quoted. */
export function formatPath(path: ConfigPath): string {
  let text = "";
  for (const part of path) {
    if (typeof part === "number") text += `[${part}]`;
    else if (!/^[A-Za-z0-9_-]{1,64}$/.test(part)) text += `[${quote(part)}]`;
    else text += text === "" ? part : `.${part}`;
  }
  return text;
}

/** `file:line:col: path: message`, the form editors and people jump by. */
export function formatDiagnostic(d: Diagnostic): string {
  const path = d.path === "" ? "" : `${d.path}: `;
  return `${d.file}:${d.line}:${d.column}: ${path}${d.message}`;
}

/** Thrown by `loadConfig` and `parseConfig` with all faults (and warnings) at once. */
export class ConfigError extends Error {
  /** In the order of the file. */
  readonly diagnostics: Diagnostic[];

  /** The message has a line for each. */
  constructor(diagnostics: Diagnostic[]) {
    super(diagnostics.map(formatDiagnostic).join("\n"));
    this.name = "ConfigError";
    this.diagnostics = diagnostics;
  }
}

/** Finds the place of a path: of its key, or of its value. */
export type Locate = (path: ConfigPath, at: "key" | "value") => { line: number; column: number };

/** Collects diagnostics while a configuration is checked. */
export class Diagnostics {
  readonly #file: string;
  readonly #locate: Locate;
  readonly #list: Diagnostic[] = [];
  #dropped = 0;
  #errors = 0;

  /** `file` as it is to be shown. */
  constructor(file: string, locate: Locate) {
    this.#file = file;
    this.#locate = locate;
  }

  /** Faults so far, warnings not counted. */
  get errors(): number {
    return this.#errors;
  }

  /** A fault: the configuration is refused. */
  error(path: ConfigPath, message: string, at: "key" | "value" = "value"): void {
    this.#errors++;
    this.#add("error", path, message, at);
  }

  /** Something that works, but hardly as meant. */
  warning(path: ConfigPath, message: string, at: "key" | "value" = "value"): void {
    this.#add("warning", path, message, at);
  }

  #add(severity: Diagnostic["severity"], path: ConfigPath, message: string, at: "key" | "value") {
    if (this.#list.length >= MAX_DIAGNOSTICS) {
      this.#dropped++;
      return;
    }
    const { line, column } = this.#locate(path, at);
    this.#list.push({ severity, file: this.#file, line, column, path: formatPath(path), message });
  }

  /** In the order of the file. */
  list(): Diagnostic[] {
    const sorted = [...this.#list].sort((a, b) => a.line - b.line || a.column - b.column);
    if (this.#dropped > 0) {
      sorted.push({
        severity: this.#errors > 0 ? "error" : "warning",
        file: this.#file,
        line: 1,
        column: 1,
        path: "",
        message: `${this.#dropped} more faults are not listed`,
      });
    }
    return sorted;
  }
}
