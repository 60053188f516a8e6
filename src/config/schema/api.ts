/**
 * `api`: the HTTP server.
 * @module
 */
import * as z from "zod";
import { absolutePath, list, number } from "./fields.ts";
import { optionalPath, sectionSwitch } from "./platform.ts";

/** RFC 1035, 2.3.4; an IPv6 address with a zone is shorter. */
const MAX_HOST_CHARS = 253;

const hostAllowed = "an address or name to listen on";

/** As a Host header has it, without a port: a name, an IPv4 or an IPv6 address. */
const HOST_NAME = /^(?:[A-Za-z0-9._-]+|(?=.*:.*:)[0-9A-Fa-f:.]+)$/;
const nameAllowed = "names of hosts, without a port";
/** More names than any proxy has. */
const MAX_HOSTS = 16;

const tls = z.strictObject({
  cert_file: absolutePath({ description: "Certificate and chain (PEM)." }),
  key_file: absolutePath({ description: "Key of the certificate (PEM)." }),
  client_ca_file: optionalPath({
    description: "Clients must show a certificate that one of these (PEM) has signed.",
  }),
}, { error: "a mapping with cert_file and key_file" });

/**
 * `api`.
 * @ignore inferred type
 */
export const api = z.strictObject({
  enabled: sectionSwitch("Serve the API and the dashboard."),
  host: z.string({ error: hostAllowed }).min(1, { error: hostAllowed })
    .max(MAX_HOST_CHARS, { error: hostAllowed })
    .regex(/^[A-Za-z0-9.:%_-]+$/, { error: hostAllowed }).default("127.0.0.1").meta({
      description:
        "Address to listen on. One that others reach needs token_file; without, it is 127.0.0.1.",
      allowed: hostAllowed,
      apply: "reload",
      since: "0.1.0",
    }),
  port: number({ min: 0, max: 65_535, integer: true }, 8000, {
    description: "TCP port; 0: any that is free.",
  }),
  allowed_hosts: list(
    z.string({ error: nameAllowed }).max(MAX_HOST_CHARS, { error: nameAllowed })
      .regex(HOST_NAME, { error: nameAllowed }),
    MAX_HOSTS,
    nameAllowed,
    {
      description:
        "Further names in the Host header under which it may be asked: those of a proxy in front of it. A page of such a name may come by https.",
    },
  ).default([]),
  token_file: optionalPath({
    description:
      "File of the bearer token (0600), made where it is missing. Without it `api.token` below aod_output_dir.",
  }),
  tls: tls.optional(),
  unix_socket: optionalPath({
    description:
      "Socket (0600) of the API for local programs. Without it `api.sock` beside the control socket.",
  }),
}, { error: "a mapping" });
