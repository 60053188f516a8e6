/**
 * TLS, and mutual TLS where a CA for clients is given. Loaded only when it is configured.
 * @module
 */
import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Server } from "node:http";
import { createServer, type ServerOptions } from "node:https";
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
 * An https server. What the files hold is checked here, for the runtime looks at them only when the
 * first client comes.
 * @param handshake_ms time a client has for its handshake
 * @throws {Error} "Cannot use ...: because ..." for files that cannot be read or used
 */
export function tlsServer(files: TlsFiles, options: ServerOptions, handshake_ms: number): Server {
  const { cert_file, key_file, client_ca_file } = files;
  const cert = read(cert_file);
  const key = read(key_file);
  if (!certificate(cert_file, cert).checkPrivateKey(privateKey(key_file, key))) {
    throw cannot(key_file, `it is not the key of ${cert_file}`);
  }
  const ca = client_ca_file === null ? null : read(client_ca_file);
  if (client_ca_file !== null && ca !== null) certificate(client_ca_file, ca);
  return createServer({
    ...options,
    cert,
    key,
    minVersion: "TLSv1.2",
    handshakeTimeout: handshake_ms,
    ...(ca === null ? {} : { requestCert: true, rejectUnauthorized: true, ca }),
  });
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw cannot(path, reasonOf(error));
  }
}

function certificate(path: string, text: string): X509Certificate {
  try {
    return new X509Certificate(text);
  } catch {
    throw cannot(path, "it holds no certificate (PEM)");
  }
}

function privateKey(path: string, text: string): KeyObject {
  try {
    return createPrivateKey(text);
  } catch {
    throw cannot(path, "it holds no private key (PEM, not encrypted)");
  }
}

function cannot(path: string, reason: string): Error {
  return new Error(`Cannot use ${path}: because ${reason}`);
}
