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

/** Takes the launcher's library out of the environment that children get. */
export function forgetPreload(): void {
  const preload = Deno.env.get("LD_PRELOAD");
  if (preload === undefined) return;
  const left = withoutOurs(preload);
  if (left === undefined) Deno.env.delete("LD_PRELOAD");
  else Deno.env.set("LD_PRELOAD", left);
}
