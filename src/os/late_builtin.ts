/**
 * Modules of the runtime that are loaded when they are first needed. In a thread that never needs one of
 * them this saves 3 MB: `node:util` alone brings streams, events and timers along.
 * @module
 */

/** `node:` modules that are needed late. */
export interface LateModules {
  /** `setImmediate` of a busy thread. */
  "node:timers": typeof import("node:timers");
  /** Names of errors, comparison in depth. */
  "node:util": typeof import("node:util");
}

/** Loads a module, or gives the one that is loaded. */
export function lateBuiltin<Name extends keyof LateModules>(name: Name): LateModules[Name] {
  // Not a name of its own at the top of this file: `process` is made when somebody reads it.
  return globalThis.process.getBuiltinModule(name) as LateModules[Name];
}
