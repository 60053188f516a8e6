/**
 * Quick actions: names and parameters of the file made into what runs.
 * @module
 */
import type * as z from "zod";
import { builtinActions } from "../actions.ts";
import { defaultsOf } from "../parameter.ts";
import { type ConfigPath, type Diagnostics, quote } from "../diagnostics.ts";
import { builtinEntries, commandEntry, fileEntry, referenceEntry } from "../schema/actions.ts";
import { didYouMean } from "../suggest.ts";
import type { ActionSpec } from "../types.ts";
import { show, validate } from "../validate.ts";

/** Limits of actions defined in the file, where they give none. */
const OWN_LIMITS = { timeout_sec: 10, max_output_kb: 4096 };

/** A built-in action with its own defaults. */
export function builtinAction(name: string): ActionSpec | undefined {
  const action = builtinActions().get(name);
  if (action === undefined) return undefined;
  const { timeout_sec, max_output_kb, params } = action;
  return { name, kind: "builtin", timeout_sec, max_output_kb, params: defaultsOf(params) };
}

/** The actions that names stand for: `watcher.actions`, then the built-in ones. */
export class ActionLibrary {
  readonly #listed = new Map<string, ActionSpec>();
  /** Whether the file has `watcher.actions` at all. */
  readonly #present: boolean;

  /** Resolves the entries of `watcher.actions`; undefined where the file has none. */
  constructor(entries: readonly unknown[] | undefined, diagnostics: Diagnostics) {
    this.#present = entries !== undefined;
    const path = ["watcher", "actions"];
    for (const spec of resolveEntries(entries ?? [], path, diagnostics, () => undefined)) {
      this.#listed.set(spec.name, spec);
    }
  }

  /** What a snapshot runs, null where the file does not say. */
  get actions(): ActionSpec[] | null {
    return this.#present ? [...this.#listed.values()] : null;
  }

  /** The actions of an anomaly. */
  resolve(entries: readonly unknown[], path: ConfigPath, diagnostics: Diagnostics): ActionSpec[] {
    const actions = resolveEntries(entries, path, diagnostics, (n) => this.#listed.get(n), (n) => {
      if (this.#present && !this.#listed.has(n)) {
        return `${quote(n)} is not in watcher.actions; it runs all the same`;
      }
    });
    return actions;
  }
}

/** Entries in order; faults and repeated names are reported and left out. */
function resolveEntries(
  entries: readonly unknown[],
  path: ConfigPath,
  diagnostics: Diagnostics,
  listed: (name: string) => ActionSpec | undefined,
  remark: (name: string) => string | undefined = () => undefined,
): ActionSpec[] {
  const actions = new Map<string, ActionSpec>();
  entries.forEach((entry, i) => {
    const at = [...path, i];
    const named = typeof entry === "string" ? { name: entry } : entry;
    if (named === null || typeof named !== "object" || Array.isArray(named)) {
      diagnostics.error(at, `expected an action's name or {name, ...}, found ${show(entry)}`);
      return;
    }
    const plain = typeof entry === "string" ? at : [...at, "name"];
    const action = resolveEntry(named, at, plain, diagnostics, listed);
    if (action === undefined) return;
    const defined = "command" in named || "file" in named;
    const text = defined ? undefined : remark(action.name);
    if (actions.has(action.name)) {
      const repeated = `${quote(action.name)} is there already; the first entry counts`;
      diagnostics.warning(plain, repeated);
    } else {
      if (text !== undefined) diagnostics.warning(plain, text);
      actions.set(action.name, action);
    }
  });
  return [...actions.values()];
}

function resolveEntry(
  entry: object,
  path: ConfigPath,
  namePath: ConfigPath,
  diagnostics: Diagnostics,
  listed: (name: string) => ActionSpec | undefined,
): ActionSpec | undefined {
  const name: unknown = "name" in entry ? entry.name : undefined;
  if (name === undefined) {
    diagnostics.error(path, "missing; needed: name");
    return undefined;
  }
  const text = typeof name === "string" ? name : "";
  if ("command" in entry || "file" in entry) return define(entry, text, path, diagnostics);
  const base = listed(text) ?? builtinAction(text);
  if (base === undefined) {
    const known = [...builtinActions().keys()];
    const hint = didYouMean(text, known) || `; built in: ${known.join(", ")}`;
    const said = typeof name === "string" ? quote(name) : show(name);
    diagnostics.error(namePath, `no such action ${said}${hint}`);
    return undefined;
  }
  const own = base.kind === "builtin" ? builtinEntries().get(text) : undefined;
  const schema = own ?? referenceEntry;
  const checked = validate<z.ZodObject>(schema, entry, path, diagnostics);
  if (checked === undefined) return undefined;
  const { name: _, timeout_sec, max_output_kb, ...params } = checked as {
    name: string;
    timeout_sec?: number;
    max_output_kb?: number;
    [param: string]: number | string | boolean | undefined;
  };
  const given = Object.entries(params).filter((p): p is [string, number | string | boolean] =>
    p[1] !== undefined
  );
  return {
    ...base,
    timeout_sec: timeout_sec ?? base.timeout_sec,
    max_output_kb: max_output_kb ?? base.max_output_kb,
    params: { ...base.params, ...Object.fromEntries(given) },
  };
}

/** An action of the file's own. */
function define(
  entry: object,
  name: string,
  path: ConfigPath,
  diagnostics: Diagnostics,
): ActionSpec | undefined {
  if (builtinActions().has(name)) {
    diagnostics.error([...path, "name"], `${quote(name)} is built in; choose another name`);
    return undefined;
  }
  if ("command" in entry && "file" in entry) {
    diagnostics.error(path, "expected either command or file, found both");
    return undefined;
  }
  if ("command" in entry) {
    const own = validate(commandEntry, entry, path, diagnostics);
    if (own === undefined) return undefined;
    const program = own.command[0];
    if (program === "" || (program.includes("/") && !program.startsWith("/"))) {
      const allowed = "an absolute path, or a name to be looked up in the system's directories";
      diagnostics.error([...path, "command", 0], `expected ${allowed}, found ${show(program)}`);
      return undefined;
    }
    return { ...limits(own), name, kind: "command", command: own.command, params: {} };
  }
  const own = validate(fileEntry, entry, path, diagnostics);
  if (own === undefined) return undefined;
  return { ...limits(own), name, kind: "file", file: own.file, params: {} };
}

function limits(own: { timeout_sec?: number; max_output_kb?: number }): typeof OWN_LIMITS {
  return {
    timeout_sec: own.timeout_sec ?? OWN_LIMITS.timeout_sec,
    max_output_kb: own.max_output_kb ?? OWN_LIMITS.max_output_kb,
  };
}
