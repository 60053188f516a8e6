/**
 * What the configuration knows of the built-in quick actions. Each is declared by the file that says
 * what it runs, in src/evidence/actions; this room is below that one and cannot import it.
 * @module
 */

import type { Parameter } from "./parameter.ts";

/** One built-in action. */
export interface ActionDeclaration {
  /** Its name in the file, and of its log in the bundle. */
  name: string;
  /** For the reference and `aod doctor`. */
  description: string;
  /** Default of the key of that name. */
  timeout_sec: number;
  /** Default of the key of that name. */
  max_output_kb: number;
  /** What else it takes, by key. */
  params: Readonly<Record<string, Parameter>>;
}

const declared = new Map<string, ActionDeclaration>();

/** Makes actions known, in the order of the reference; src/evidence/actions/registry.ts calls it. */
export function declareActions(actions: readonly ActionDeclaration[]): void {
  for (const action of actions) declared.set(action.name, action);
}

/**
 * Every built-in action by its name in the file.
 *
 * @throws {Error} before they are declared: importing src/evidence/configuration.ts does it.
 */
export function builtinActions(): ReadonlyMap<string, ActionDeclaration> {
  if (declared.size === 0) {
    throw new Error("Cannot check a configuration: because no actions are declared yet");
  }
  return declared;
}
