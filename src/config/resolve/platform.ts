/**
 * The platform's sections: what is on, where it listens; what cannot work together is a warning.
 * @module
 */
import { isIP } from "node:net";
import { normalize } from "node:path";
import type * as z from "zod";
import type { Diagnostics } from "../diagnostics.ts";
import { type ApiConfig, type PlatformConfig, tracersOn } from "../platform.ts";
import { api } from "../schema/api.ts";
import {
  type budget,
  type bus,
  collectors,
  type ebpf,
  type history,
  type logging,
  ml,
} from "../schema/platform.ts";

/**
 * The sections as they were checked.
 * @ignore inferred types
 */
export interface PlatformInput {
  /** Prefault. */
  ebpf: z.output<typeof ebpf>;
  /** Absent: off. */
  collectors?: z.output<typeof collectors>;
  /** Absent: off. */
  ml?: z.output<typeof ml>;
  /** Absent: off. */
  api?: z.output<typeof api>;
  /** Prefault. */
  logging: z.output<typeof logging>;
  /** Prefault. */
  bus: z.output<typeof bus>;
  /** Prefault. */
  history: z.output<typeof history>;
  /** Prefault. */
  budget: z.output<typeof budget>;
}

/** Listens on the host itself only. */
const LOOPBACK = "127.0.0.1";

/**
 * The effective sections; what is odd is reported.
 * @internal
 */
export function resolvePlatform(input: PlatformInput, diagnostics: Diagnostics): PlatformConfig {
  const platform: PlatformConfig = {
    ebpf: input.ebpf,
    collectors: { ...input.collectors ?? collectors.parse({}), enabled: isOn(input.collectors) },
    ml: { ...input.ml ?? ml.parse({}), enabled: isOn(input.ml) },
    api: resolveApi(input.api, diagnostics),
    logging: input.logging,
    bus: input.bus,
    history: { ...input.history, directory: normal(input.history.directory) },
    budget: input.budget,
  };
  const source = platform.collectors.enabled || tracersOn(platform);
  if (!source && platform.ml.enabled) {
    diagnostics.warning(["ml"], "nothing is measured to learn from: collectors are off", "key");
  }
  if (!source && platform.history.enabled) {
    diagnostics.warning(["history"], "nothing is measured to keep: collectors are off", "key");
  }
  return platform;
}

function isOn(section: { enabled?: boolean } | undefined): boolean {
  return section !== undefined && section.enabled !== false;
}

function resolveApi(given: PlatformInput["api"], diagnostics: Diagnostics): ApiConfig {
  const { tls, ...section } = given ?? api.parse({});
  let { host } = section;
  const enabled = isOn(given);
  if (!isLoopback(host) && section.token_file === undefined) {
    if (enabled) {
      diagnostics.warning(
        ["api", "host"],
        `${host} is for others too, which needs token_file: listening on ${LOOPBACK} instead`,
      );
    }
    host = LOOPBACK;
  } else if (enabled && !isLoopback(host) && tls === undefined) {
    diagnostics.warning(["api", "host"], "others reach it without TLS: the token is sent in clear");
  }
  return {
    ...section,
    enabled,
    host,
    allowed_hosts: section.allowed_hosts.map((name) => name.toLowerCase().replace(/\.$/, "")),
    token_file: normal(section.token_file),
    tls: tls === undefined ? null : {
      cert_file: normalize(tls.cert_file),
      key_file: normalize(tls.key_file),
      client_ca_file: normal(tls.client_ca_file),
    },
    unix_socket: normal(section.unix_socket),
  };
}

/** Whether only this host reaches it. */
function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || (isIP(host) === 4 && host.startsWith("127."));
}

function normal(path: string | undefined): string | null {
  return path === undefined ? null : normalize(path);
}
