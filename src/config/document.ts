/**
 * A YAML text as plain values, with the place of every one of them.
 *
 * The text is hostile until checked: size, depth and the number of values (aliases expanded) are
 * bounded, tags are refused, keys are text and not repeated.
 * @module
 */
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseAllDocuments,
} from "yaml";
import { ConfigError, type ConfigPath, formatPath, type Locate, quote } from "./diagnostics.ts";

/** A configuration is a few KB; the parser's cost and memory are a multiple of this. */
export const MAX_CONFIG_BYTES = 1 << 18;
const MAX_DEPTH = 32;
/** Values after aliases are expanded: refuses alias bombs. */
const MAX_VALUES = 50_000;
/** Looking an alias up costs a walk over the document. */
const MAX_ALIASES = 100;
const MAX_DUPLICATES = 50;

/** A parsed text. */
export interface ConfigDocument {
  /** Objects without prototype, arrays, strings, numbers, booleans, null. */
  value: unknown;
  /** Place of every value; of what is missing, the place of what should hold it. */
  locate: Locate;
}

/** A fault found while the tree is walked. */
class DocumentFault extends Error {
  constructor(readonly offset: number, readonly path: ConfigPath, message: string) {
    super(message);
  }
}

/** Repeated keys, all of them. */
class DocumentFaults extends Error {
  constructor(readonly faults: readonly DocumentFault[]) {
    super(`${faults.length} faults`);
  }
}

/**
 * Reads a text.
 *
 * @throws {ConfigError} text that is no YAML, or not of the form above: with every fault found.
 */
export function readDocument(text: string, source: string): ConfigDocument {
  const lines = new LineCounter();
  const at = (offset: number) => {
    const { line, col } = lines.linePos(Math.max(0, offset));
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const refuse = (faults: { offset: number; path: ConfigPath; message: string }[]): never => {
    throw new ConfigError(
      faults.map(({ offset, path, message }) => ({
        severity: "error",
        file: source,
        ...at(offset),
        path: formatPath(path),
        message,
      })),
    );
  };
  if (text.length > MAX_CONFIG_BYTES) {
    refuse([{ offset: 0, path: [], message: `larger than ${MAX_CONFIG_BYTES} bytes` }]);
  }
  if (nesting(text) > MAX_DEPTH * 8) {
    refuse([{ offset: 0, path: [], message: `nested deeper than ${MAX_DEPTH} levels` }]);
  }
  try {
    const documents = parse(text, lines);
    const faults = documents.flatMap((d) => d.errors).map((e) => ({
      offset: e.pos[0],
      path: [],
      message: `not valid YAML: ${firstLine(e.message)}`,
    }));
    if (faults.length > 0) refuse(faults.slice(0, 50));
    if (documents.length > 1) {
      const offset = documents[1].range?.[0] ?? 0;
      refuse([{ offset, path: [], message: "one YAML document is allowed, found more" }]);
    }
    return new Walk(documents[0], at).run();
  } catch (error) {
    if (error instanceof DocumentFault) return refuse([error]);
    if (error instanceof DocumentFaults) return refuse([...error.faults]);
    if (error instanceof ConfigError) throw error;
    // The parser itself gives up (its own recursion, for one).
    const reason = firstLine(error instanceof Error ? error.message : String(error));
    return refuse([{ offset: 0, path: [], message: `not valid YAML: ${reason}` }]);
  }
}

function parse(text: string, lineCounter: LineCounter): Document[] {
  const documents = parseAllDocuments(text, {
    lineCounter,
    version: "1.2",
    schema: "core",
    strict: true,
    uniqueKeys: false, // its check is quadratic; ours is below
    stringKeys: true,
    logLevel: "error",
    prettyErrors: false,
    resolveKnownTags: false,
  });
  return Array.isArray(documents) ? [...documents] : [];
}

/** Opening brackets and block indicators in a row bound the depth the parser has to recurse to. */
function nesting(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === 0x5b || c === 0x7b) deepest = Math.max(deepest, ++depth); // [ {
    else if (c === 0x5d || c === 0x7d) depth = Math.max(0, depth - 1); // ] }
  }
  return deepest;
}

function firstLine(text: string): string {
  if (text.startsWith("Maximum call stack")) return "nested too deep";
  return quote(text.split("\n", 1)[0], 160).slice(1, -1).replaceAll('\\"', '"');
}

/** Makes plain values of nodes and remembers where they were. */
class Walk {
  readonly #document: Document;
  readonly #at: (offset: number) => { line: number; column: number };
  /** Path as JSON to the offsets of its key and its value. */
  readonly #places = new Map<string, { key: number; value: number }>();
  #values = 0;
  #aliases = 0;
  /** Faults that do not stop the walk: repeated keys. */
  readonly #faults: DocumentFault[] = [];

  constructor(document: Document, at: (offset: number) => { line: number; column: number }) {
    this.#document = document;
    this.#at = at;
  }

  run(): ConfigDocument {
    const contents = this.#document?.contents ?? null;
    const value = this.#value(contents, [], 0, 0);
    if (this.#faults.length > 0) throw new DocumentFaults(this.#faults);
    return { value, locate: (path, at) => this.#locate(path, at) };
  }

  #locate(path: ConfigPath, at: "key" | "value"): { line: number; column: number } {
    // What is missing is reported at the nearest thing around it that is there, by its key.
    for (let length = path.length; length > 0; length--) {
      const place = this.#places.get(JSON.stringify(path.slice(0, length)));
      if (place !== undefined) {
        return this.#at(length === path.length && at === "value" ? place.value : place.key);
      }
    }
    return { line: 1, column: 1 };
  }

  #value(node: unknown, path: ConfigPath, keyOffset: number, depth: number): unknown {
    const offset = (node as Node | null)?.range?.[0] ?? keyOffset;
    if (path.length > 0) this.#places.set(JSON.stringify(path), { key: keyOffset, value: offset });
    if (++this.#values > MAX_VALUES) {
      throw new DocumentFault(offset, path, `more than ${MAX_VALUES} values, aliases expanded`);
    }
    if (depth > MAX_DEPTH) {
      throw new DocumentFault(offset, path, `nested deeper than ${MAX_DEPTH} levels`);
    }
    if (node === null || node === undefined) return null;
    if (isAlias(node)) {
      if (++this.#aliases > MAX_ALIASES) {
        throw new DocumentFault(offset, path, `more than ${MAX_ALIASES} aliases`);
      }
      const target = node.resolve(this.#document);
      if (target === undefined) throw new DocumentFault(offset, path, "alias to nothing");
      return this.#value(target, path, offset, depth + 1);
    }
    const tag = (node as Node & { tag?: string }).tag;
    if (tag !== undefined) {
      throw new DocumentFault(offset, path, `YAML tags are not allowed, found ${quote(tag)}`);
    }
    if (isMap(node)) {
      const object: Record<string, unknown> = Object.create(null);
      for (const pair of node.items) {
        const key = isScalar(pair.key) ? pair.key.value : pair.key;
        const at = (pair.key as Node | null)?.range?.[0] ?? offset;
        if (typeof key !== "string") throw new DocumentFault(at, path, "keys must be text");
        if (key in object) {
          const fault = new DocumentFault(at, [...path, key], "this key is there already");
          if (this.#faults.push(fault) > MAX_DUPLICATES) throw new DocumentFaults(this.#faults);
          continue;
        }
        object[key] = this.#value(pair.value, [...path, key], at, depth + 1);
      }
      return object;
    }
    if (isSeq(node)) {
      return node.items.map((item, i) => {
        const at = (item as Node | null)?.range?.[0] ?? offset;
        return this.#value(item, [...path, i], at, depth + 1);
      });
    }
    const value = isScalar(node) ? node.value : null;
    return typeof value === "bigint" ? Number(value) : value;
  }
}
