/**
 * Names of files that carry the time at which they were begun.
 * @module
 */

/** `20261231_235959`, in the zone of this host. */
export function stampOf(at: Date): string {
  const two = (value: number) => String(value).padStart(2, "0");
  const date = [at.getFullYear(), two(at.getMonth() + 1), two(at.getDate())].join("");
  return `${date}_${[at.getHours(), at.getMinutes(), at.getSeconds()].map(two).join("")}`;
}

/** `system_usage_20261231_235959.csv`. */
export function csvNameOf(what: string, at: Date): string {
  return `${what}_${stampOf(at)}.csv`;
}
