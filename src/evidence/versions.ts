/**
 * What program made a bundle.
 * @module
 */
import { AOD_VERSION, buildEnd, buildInfo } from "../os/build_info.ts";

/** Versions of aod and of what is inside it, for manifests. */
export function versions(): Record<string, string> {
  const result: Record<string, string> = {
    aod: AOD_VERSION,
    packaged: buildEnd(),
    deno: Deno.version.deno,
  };
  const info = buildInfo();
  if (info === null) return result;
  result.commit = info.commit ?? "";
  result.libbpf = info.libbpf;
  for (const { name, sha256 } of info.objects) result[name] = sha256;
  return result;
}
