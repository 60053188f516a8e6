/**
 * A build step that is skipped while its inputs and outputs are unchanged.
 * @module
 */
import { createHash } from "node:crypto";
import { ROOT } from "./run.ts";

/** What a step reads and writes. */
export interface Step {
  /** Short name, also the name of the stamp file. */
  name: string;
  /** Files read, relative to the checkout or absolute. */
  inputs: string[];
  /** Anything else that the result depends on: versions, options. */
  also: string[];
  /** Files written, relative to the checkout. */
  outputs: string[];
  /** Does the work. */
  run: () => Promise<void> | void;
}

/** SHA-256 of bytes, in hex. */
export function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

function absolute(path: string): string {
  return path.startsWith("/") ? path : ROOT + path;
}

function fingerprint(step: Step): string {
  const hash = createHash("sha256");
  for (const part of step.also) hash.update(`${part}\0`);
  for (const path of step.inputs) {
    hash.update(`${path}\0${sha256(Deno.readFileSync(absolute(path)))}\0`);
  }
  return hash.digest("hex");
}

function exists(path: string): boolean {
  try {
    return Deno.statSync(absolute(path)).isFile;
  } catch {
    return false;
  }
}

/** Runs the step unless its stamp says that nothing changed. Returns whether it ran. */
export async function runStep(step: Step): Promise<boolean> {
  const stamp = `${ROOT}build/stamps/${step.name}`;
  const wanted = fingerprint(step);
  if (exists(stamp) && Deno.readTextFileSync(stamp) === wanted && step.outputs.every(exists)) {
    return false;
  }
  const began = performance.now();
  await step.run();
  Deno.mkdirSync(`${ROOT}build/stamps`, { recursive: true });
  Deno.writeTextFileSync(stamp, wanted);
  console.error(`build: ${step.name} (${((performance.now() - began) / 1000).toFixed(1)} s)`);
  return true;
}
