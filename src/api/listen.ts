/**
 * Where to listen: a host that others can reach needs a token file that somebody has chosen.
 * @module
 */

/** Address that only this machine reaches. */
export const LOOPBACK = "127.0.0.1";

/** What `api.host` becomes. */
export interface ResolvedHost {
  /** To bind. */
  host: string;
  /** Why it is not the configured one; null when it is. */
  warning: string | null;
}

/** True for names and addresses of the loopback interface. */
export function isLoopback(host: string): boolean {
  const name = host.toLowerCase().replace(/^\[|\]$/g, "");
  return name === "localhost" || name === "::1" || /^127(\.[0-9]{1,3}){3}$/.test(name) ||
    /^::ffff:127(\.[0-9]{1,3}){3}$/.test(name);
}

/**
 * The host to bind. Anything but loopback without a `token_file` in the configuration is bound to
 * 127.0.0.1, with a warning: command lines and bundles are not for the network by accident.
 * @param host as configured
 * @param token_file as configured, null or "" for none
 */
export function resolveHost(host: string, token_file: string | null): ResolvedHost {
  if (isLoopback(host) || (token_file !== null && token_file !== "")) {
    return { host, warning: null };
  }
  const reason = `api.host is ${host} without api.token_file: listening on ${LOOPBACK} only`;
  return { host: LOOPBACK, warning: reason };
}
