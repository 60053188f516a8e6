/**
 * Rates from what a counter grew by between one sample and the next.
 * @module
 */
import type { Point } from "./points.ts";

/** Growth per second. The first point has no time before it and is left out. */
export function ratesOf(deltas: readonly Point[]): Point[] {
  return deltas.slice(1).map(({ timestamp, value }, i) => {
    const seconds = timestamp - deltas[i].timestamp;
    return { timestamp, value: value === null ? null : value / seconds };
  });
}

/** Names of what varies in the keys `<prefix>.<name>.<suffix>`, "total" first. */
export function devicesOf(keys: readonly string[], prefix: string, suffix: string): string[] {
  const [before, after] = [`${prefix}.`, `.${suffix}`];
  const names = keys.filter((key) =>
    key.startsWith(before) && key.endsWith(after) && key.length > before.length + after.length
  ).map((key) => key.slice(before.length, -after.length));
  const first = names.filter((name) => name === "total");
  return [...first, ...names.filter((name) => name !== "total").sort()];
}
