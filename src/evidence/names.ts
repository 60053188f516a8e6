/**
 * Names of what lies in the output directory's `batches/`.
 * @module
 */

/** An anomaly's id: wall-clock nanoseconds, 19 digits. */
export const ID = /^[0-9]{19}$/;

const SEALED = /^aod_quick_([0-9]{19})\.tar\.zst$/;
const PARTIAL = /^\.aod_quick_([0-9]{19})\.partial$/;
const SEALING = /^\.aod_quick_([0-9]{19})\.tar\.zst\.tmp$/;
const SIDECAR = /^\.?([0-9]{19})\.(followup|meta)\.json(\.tmp)?$/;

/** Directory of the bundles under the output directory. */
export const BATCHES = "batches";

/** What a name in `batches/` stands for. */
export type Kind = "sealed" | "partial" | "sealing" | "followup" | "meta" | "temporary";

/** Top folder of a bundle, and the stem of its name. */
export function bundleStem(id: string): string {
  return `aod_quick_${id}`;
}

/** Name of a sealed bundle. */
export function sealedName(id: string): string {
  return `${bundleStem(id)}.tar.zst`;
}

/** Name of the directory in which a bundle is collected. */
export function partialName(id: string): string {
  return `.${bundleStem(id)}.partial`;
}

/** Name of a bundle while it is written. */
export function sealingName(id: string): string {
  return `.${sealedName(id)}.tmp`;
}

/** Name of the file that holds what was counted during the cooldown. */
export function followupName(id: string): string {
  return `${id}.followup.json`;
}

/** Name of the file with a bundle's key data. */
export function metaName(id: string): string {
  return `${id}.meta.json`;
}

/** Reads a name back; null for what is not ours. */
export function classify(name: string): { kind: Kind; id: string } | null {
  const sealed = SEALED.exec(name);
  if (sealed !== null) return { kind: "sealed", id: sealed[1] };
  const partial = PARTIAL.exec(name);
  if (partial !== null) return { kind: "partial", id: partial[1] };
  const sealing = SEALING.exec(name);
  if (sealing !== null) return { kind: "sealing", id: sealing[1] };
  const side = SIDECAR.exec(name);
  if (side === null) return null;
  const temporary = side[3] !== undefined || name.startsWith(".");
  return { kind: temporary ? "temporary" : side[2] as "followup" | "meta", id: side[1] };
}
