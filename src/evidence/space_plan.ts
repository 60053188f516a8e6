/**
 * Which bundles have to go: pure, from what lies in the output directory.
 * @module
 */

/** A sealed bundle with what lies beside it. */
export interface StoredBundle {
  /** Id of the anomaly. */
  id: string;
  /** Directory it is in. */
  dir: string;
  /** Bytes of the bundle and its sidecars. */
  bytes: number;
  /** Wall-clock ms: the later of the id's time and the file's. */
  time_ms: number;
  /** Anomaly's name; bundles of one name are of one kind. "" where it is not known. */
  kind: string;
  /** An emergency or a hung request. */
  emergency: boolean;
}

/** Why a bundle is deleted. */
export type DeletionReason = "age" | "size";

/** What is to be deleted, in this order. */
export interface SpacePlan {
  /** What has to go, and why. */
  deletions: { bundle: StoredBundle; reason: DeletionReason }[];
  /** Bytes over the limit that stay, because only the newest bundle or foreign files are left. */
  over_bytes: number;
}

/** The limits of the configuration. */
export interface SpaceLimits {
  /** Older bundles go. */
  max_age_ms: number;
  /** What the directory may hold. */
  max_bytes: number;
}

/**
 * Age first: everything older than the limit. Then size: the oldest first, emergencies and the first
 * bundle of each kind last, the newest never.
 * @param total_bytes of everything in the output directory, bundles included
 */
export function planSpace(
  bundles: readonly StoredBundle[],
  total_bytes: number,
  limits: SpaceLimits,
  now_ms: number,
): SpacePlan {
  const oldestFirst = [...bundles].sort((a, b) => a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
  const expired = oldestFirst.filter((bundle) => now_ms - bundle.time_ms > limits.max_age_ms);
  const deletions: SpacePlan["deletions"] = expired.map((bundle) => ({ bundle, reason: "age" }));
  let left = total_bytes - expired.reduce((sum, bundle) => sum + bundle.bytes, 0);
  const gone = new Set(expired);
  const kept = oldestFirst.filter((bundle) => !gone.has(bundle));
  const first = firstOfKind(kept);
  const precious = (bundle: StoredBundle) => bundle.emergency || first.has(bundle);
  const candidates = kept.slice(0, -1); // the newest stays
  const order = [
    ...candidates.filter((bundle) => !precious(bundle)),
    ...candidates.filter(precious),
  ];
  for (const bundle of order) {
    if (left <= limits.max_bytes) break;
    deletions.push({ bundle, reason: "size" });
    left -= bundle.bytes;
  }
  return { deletions, over_bytes: Math.max(0, left - limits.max_bytes) };
}

function firstOfKind(oldestFirst: readonly StoredBundle[]): Set<StoredBundle> {
  const kinds = new Set<string>();
  return new Set(oldestFirst.filter((bundle) => {
    if (bundle.kind === "" || kinds.has(bundle.kind)) return false;
    kinds.add(bundle.kind);
    return true;
  }));
}
