/**
 * What this program was built from. The build writes it (packaging/assets.ts); from the sources
 * it is that of the last build.
 * @module
 */
import { assetText } from "./assets.ts";
import { LOCATION } from "./location.ts";

/** Version of aod, from deno.json's; tests hold the two together. */
export const AOD_VERSION = "0.1.0";

/** What the build recorded. */
export interface BuildInfo {
  /** Version of aod, like `0.1.0`. */
  version: string;
  /** Commit that was built, with `+changes` for a changed tree; null where git could not tell. */
  commit: string | null;
  /** Machine, as `uname -m` prints it. */
  arch: string;
  /** Version of the libbpf that is linked into libaodnative.so. */
  libbpf: string;
  /** One entry for each BPF object, with the SHA-256 of its bytes. */
  objects: { name: string; sha256: string; bytes: number }[];
}

/** How the program is packaged. */
export type BuildEnd = "launcher" | "compile" | "source";

/** Which of the build's two ends this is, or the checkout. */
export function buildEnd(): BuildEnd {
  if (LOCATION.kind === "source") return "source";
  return Deno.build.standalone ? "compile" : "launcher";
}

/** What the build recorded, or null in a checkout where nothing was built. */
export function buildInfo(): BuildInfo | null {
  try {
    return JSON.parse(assetText("build-info.json"));
  } catch (error) {
    if (LOCATION.kind === "source" && error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}
