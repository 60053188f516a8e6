/**
 * The built ./aod in the guest.
 * @module
 */
import { join } from "node:path";
import { ROOT } from "./cache.ts";

/** Where the guest has it. */
export const AOD_IN_GUEST = "/usr/local/bin/aod";

/** The file for `bootVm`. @throws Error when it has not been built. */
export async function aodFile(): Promise<Record<string, string>> {
  const path = join(ROOT, "aod");
  if ((await Deno.stat(path).catch(() => null)) === null) {
    throw new Error("Cannot test ./aod: because it is not there; build it with ./build.sh");
  }
  return { [AOD_IN_GUEST]: path };
}
