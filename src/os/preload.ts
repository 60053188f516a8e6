/**
 * The launcher preloads its own libgcc where the system has none (packaging/launcher/libgcc.c).
 * That is meant for this process, not for the programs it starts.
 * @module
 */

const OURS = /^(.*\/libgcc_s\.so\.1|\/proc\/self\/fd\/103)$/;

/** LD_PRELOAD without what the launcher put in front; undefined when nothing is left. */
export function withoutOurs(preload: string): string | undefined {
  const [first, ...rest] = preload.split(":");
  if (!OURS.test(first)) return preload;
  return rest.length === 0 ? undefined : rest.join(":");
}

/** LD_PRELOAD as this process was started with. */
let preloaded: string | undefined;

/** Takes the launcher's library out of the environment that children get. */
export function forgetPreload(): void {
  const preload = preloaded = Deno.env.get("LD_PRELOAD");
  if (preload === undefined) return;
  const left = withoutOurs(preload);
  if (left === undefined) Deno.env.delete("LD_PRELOAD");
  else Deno.env.set("LD_PRELOAD", left);
}

/** The environment that this program needs to be executed anew: with what was taken from children. */
export function ownEnvironment(): Record<string, string> {
  const environment = Deno.env.toObject();
  return preloaded === undefined ? environment : { ...environment, LD_PRELOAD: preloaded };
}
