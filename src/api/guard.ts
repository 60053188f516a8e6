/**
 * What a request must be before anything looks at it: its target in origin form, one Host header
 * that names this machine (a name that someone else's DNS points here is refused), an Origin that is
 * the page's own. A proxy in front of this server may end https: a page of a configured name may come
 * by it.
 * @module
 */
import { isLoopback } from "./loopback.ts";
import { Problem } from "./problem.ts";

/** Longest request target in characters. */
export const MAX_TARGET_CHARS = 4096;

/** The parts of a request that are judged. */
export interface RequestHead {
  /** As in the request line. */
  target: string;
  /** Names and values in turn, as they came. */
  raw_headers: readonly string[];
  /** Own address of the connection, "" where there is none. */
  local_address: string;
}

/** Names under which this server may be asked. */
export interface GuardOptions {
  /** As bound. */
  host: string;
  /** Further names, as configured. */
  allowed_hosts: readonly string[];
  /** https. */
  secure: boolean;
}

/** A path and what follows the question mark. */
export interface Target {
  /** Begins with a slash; not decoded: nothing here has a path that needs it. */
  path: string;
  /** "" for none. */
  search: string;
}

/**
 * Judges a request that came over TCP.
 * @throws {Problem} 400, 403, 414, 421
 */
export function checkHead(head: RequestHead, options: GuardOptions): Target {
  const target = readTarget(head.target);
  const hosts = valuesOf(head.raw_headers, "host");
  if (hosts.length !== 1) throw new Problem(400, "Cannot serve this: it needs one Host header");
  const name = hostName(hosts[0]);
  if (name === null) throw new Problem(400, "Cannot serve this: its Host header is no host");
  if (!isOurs(name, head.local_address, options)) {
    throw new Problem(421, `Cannot serve this: the host ${name} is not this server`);
  }
  const schemes = options.secure ? ["https"] : ["http"];
  if (isNamed(name, options.allowed_hosts)) schemes.push("https");
  const own = schemes.map((scheme) => `${scheme}://${hosts[0].toLowerCase()}`);
  for (const origin of valuesOf(head.raw_headers, "origin")) {
    if (!own.includes(origin.toLowerCase())) {
      throw new Problem(403, "Cannot serve this: it comes from a page of another origin");
    }
  }
  return target;
}

/**
 * Path and query of a request line's target.
 * @throws {Problem} 400 when it is not in origin form, 414 when it is too long
 */
export function readTarget(target: string): Target {
  if (target.length > MAX_TARGET_CHARS) {
    throw new Problem(414, `Cannot serve this: its target is over ${MAX_TARGET_CHARS} characters`);
  }
  if (!/^\/[\x21\x22\x24-\x7e]*$/.test(target) || target.startsWith("//")) {
    throw new Problem(400, "Cannot serve this: its target is not a path on this server");
  }
  const question = target.indexOf("?");
  if (question < 0) return { path: target, search: "" };
  return { path: target.slice(0, question), search: target.slice(question + 1) };
}

/** The values of a header, however often it is there. */
export function valuesOf(raw_headers: readonly string[], name: string): string[] {
  const values: string[] = [];
  for (let i = 0; i + 1 < raw_headers.length; i += 2) {
    if (raw_headers[i].toLowerCase() === name) values.push(raw_headers[i + 1]);
  }
  return values;
}

/** Host without port, in lower case, IPv6 without brackets; null for what is no host. */
export function hostName(host: string): string | null {
  const parts = /^(?:\[([0-9A-Fa-f:.]{2,45})\]|([A-Za-z0-9._-]{1,253}))(?::([0-9]{1,5}))?$/
    .exec(host);
  if (parts === null || Number(parts[3] ?? 0) > 65535) return null;
  return (parts[1] ?? parts[2]).toLowerCase().replace(/\.$/, "");
}

function isOurs(name: string, local_address: string, options: GuardOptions): boolean {
  // A bound IPv6 socket tells IPv4 addresses as ::ffff:a.b.c.d.
  const own = local_address.toLowerCase().replace(/^::ffff:/, "");
  if (isLoopback(name) || name === own) return true;
  return isNamed(name, [options.host, ...options.allowed_hosts]);
}

function isNamed(name: string, hosts: readonly string[]): boolean {
  return hosts.some((host) => hostName(host.includes(":") ? `[${host}]` : host) === name);
}
