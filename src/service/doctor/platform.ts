/**
 * The monitoring platform, where it is switched on: the API's port and token, the tracers' objects, the
 * cost of what is measured.
 * @module
 */
import { readToken } from "../../api/token_file.ts";
import { apiTokenPath, platformOn, tracersOn } from "../../config/platform.ts";
import type { Config } from "../../config/types.ts";
import { reasonOf } from "../../os/reason.ts";
import { type Check, fail, type Finding, ok, warn } from "./check.ts";

/** The check of the platform. */
export const platform: Check = {
  name: "platform",
  about: "the monitoring platform: the API's address and token, pressure files, tracers",
  run({ config, uid, exists }) {
    if (!platformOn(config)) return [ok("off (no collectors, ml, api or tracer)")];
    const findings: Finding[] = [];
    if (config.api.enabled) findings.push(token(config, uid), address(config));
    if (config.collectors.enabled) findings.push(pressure(exists));
    if (tracersOn(config)) findings.push(tracepoints(exists));
    return findings;
  },
};

function token(config: Config, uid: number): Finding {
  const path = apiTokenPath(config);
  if (uid !== 0) return fail(`${path} cannot be looked at`, "run aod doctor as root");
  try {
    return readToken(path) === null
      ? ok(`${path} will be made (0600); aod token prints it`)
      : ok(`the API's token is in ${path}; aod token prints it`);
  } catch (error) {
    return fail(reasonOf(error), "remove the file: another is made at the next start");
  }
}

/** Whether something listens there already: the agent itself, or another. */
function address({ api: { host, port } }: Config): Finding {
  if (port === 0) return ok(`the API listens on any free port of ${host}`);
  try {
    Deno.listen({ hostname: host, port }).close();
    return ok(`the API can listen on ${host}:${port}`);
  } catch (error) {
    if (error instanceof Deno.errors.AddrInUse) {
      return warn(
        `something listens on ${host}:${port} already`,
        "nothing where it is the agent; else set api.port",
      );
    }
    return fail(`${host}:${port} cannot be listened on: ${reasonOf(error)}`, "set api.host");
  }
}

function pressure(exists: (path: string) => boolean): Finding {
  if (exists("/proc/pressure/cpu")) return ok("collectors can read pressure (PSI)");
  return warn("the kernel tells no pressure (PSI)", "boot with psi=1, if it matters");
}

function tracepoints(exists: (path: string) => boolean): Finding {
  if (exists("/sys/kernel/btf/vmlinux")) return ok("tracers find the kernel's types (BTF)");
  return fail("tracers need the kernel's types (BTF)", "see btf");
}
