/**
 * The unit of a metric where its descriptor has not been seen: from its key, which ends with it
 * wherever it is not plain.
 * @module
 */

const ENDINGS: readonly [RegExp, string][] = [
  [/_(?:bytes)(?:_delta|_per_sec)?$/, "bytes"],
  [/_ms(?:_delta)?$/, "ms"],
  [/_us$/, "us"],
  [/_ns$/, "ns"],
  [/_sec$/, "s"],
  [/(?:_percent|_pct|\.utilization|\.util|\.pressure(?:\.\w+)?|_avg\d+)$/, "%"],
  [/^cpu\.(?:total|core\d+|\d+|iowait|steal|user|system|idle|irq|nice)(?:\.\w+)?$/, "%"],
  [/^memory\.(?:virtual|available|total|used|free|cached|buffers|slab|swap\w*)$/, "bytes"],
];

/** The told unit, else what the key says, else "" for a plain number. */
export function unitOf(key: string, told: string | undefined): string {
  if (told !== undefined && told !== "") return told;
  return ENDINGS.find(([pattern]) => pattern.test(key))?.[1] ?? "";
}
