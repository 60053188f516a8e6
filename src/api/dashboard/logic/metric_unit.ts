/**
 * The unit of a metric where its descriptor has not been seen: from its key, which ends with it
 * wherever it is not plain.
 * @module
 */

const ENDINGS: readonly [RegExp, string][] = [
  [/_bytes(?:_delta)?$/, "bytes"],
  [/_ms(?:_delta)?$/, "ms"],
  [/_us$/, "us"],
  [/_ns$/, "ns"],
  [/_sec$/, "s"],
  [/\.utilization$/, "%"],
  [/^cpu\.(?:total|core\d+|iowait|steal|user|system|irq)(?:\.\w+)?$/, "%"],
  [/(?:^|\.)(?:percent|\w+_percent|pressure_\w+)$/, "%"],
  [/^memory\.\w+$/, "bytes"],
];

/** The told unit, else what the key says, else "" for a plain number. */
export function unitOf(key: string, told: string | undefined): string {
  if (told !== undefined && told !== "") return told;
  return ENDINGS.find(([pattern]) => pattern.test(key))?.[1] ?? "";
}
