/**
 * TLS, and mutual TLS where a CA for clients is given. Loaded only when it is configured.
 * @module
 */
import type { Server } from "node:http";
import { createServer, type ServerOptions } from "node:https";
import { readFileSync } from "node:fs";
import { reasonOf } from "../os/reason.ts";

/** PEM files. */
export interface TlsFiles {
  /** Certificate chain. */
  cert_file: string;
  /** Its private key. */
  key_file: string;
  /** Clients must show a certificate of this CA; null for none. */
  client_ca_file: string | null;
}

/**
 * An https server.
 * @param handshake_ms time a client has for its handshake
 * @throws {Error} "Cannot use ...: because ..." for files that cannot be read or used
 */
export function tlsServer(files: TlsFiles, options: ServerOptions, handshake_ms: number): Server {
  const ca = files.client_ca_file === null ? undefined : read(files.client_ca_file);
  const mutual = { requestCert: true, rejectUnauthorized: true, ca };
  const cert = read(files.cert_file);
  const key = read(files.key_file);
  try {
    return createServer({
      ...options,
      cert,
      key,
      minVersion: "TLSv1.2",
      handshakeTimeout: handshake_ms,
      ...(ca === undefined ? {} : mutual),
    });
  } catch (error) {
    throw new Error(`Cannot use ${files.cert_file}: because ${reasonOf(error)}`);
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new Error(`Cannot use ${path}: because ${reasonOf(error)}`);
  }
}
