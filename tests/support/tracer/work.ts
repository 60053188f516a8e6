/**
 * Runs work.c, which does what the tracers are to count; and what their tests share.
 * @module
 */
import type { TracerLedger } from "../../../src/probe/tracer/event.ts";
import { compile } from "../event_log/build.ts";

const SOURCE = new URL("work.c", import.meta.url).pathname;
const FLAGS = ["-static", "-O1", "-Wall", "-Wextra", "-Werror", "-pthread"];

/** Path of the program. @throws Error with what gcc says */
export function workProgram(): string {
  return compile("tracer_work", [SOURCE], [SOURCE], FLAGS);
}

/** How work.c ended. */
export interface Worked {
  pid: number;
  code: number;
  signal: Deno.Signal | null;
}

/** Runs `work ARGS` to its end. @throws Error where it could not do it */
export async function work(...args: (string | number)[]): Promise<Worked> {
  const child = new Deno.Command(workProgram(), { args: args.map(String), stdin: "null" }).spawn();
  const { code, signal } = await child.status;
  if (signal === null && code >= 97) throw new Error(`Cannot run work ${args.join(" ")}: ${code}`);
  return { pid: child.pid, code, signal };
}

/** A name for a process that no other has: 15 characters, as a comm has at most. */
export function freshName(): string {
  return `aod-${crypto.randomUUID().replaceAll("-", "").slice(0, 11)}`;
}

/** `seen` less what it is made of: 0 in an exact ledger. */
export function imbalanceOf({ seen, emitted, filtered, own, dropped }: TracerLedger): number {
  return seen - emitted - filtered - own - Object.values(dropped).reduce((sum, n) => sum + n, 0);
}

/**
 * Asks until the answer is true: for programs of a detached probe that are under way on another CPU.
 * @throws Error where it does not become so
 */
export async function untilSo(what: string, ask: () => boolean): Promise<void> {
  const end = performance.now() + 10_000;
  while (!ask()) {
    if (performance.now() > end) throw new Error(`Cannot see that ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
