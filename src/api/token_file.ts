/**
 * The bearer token: 32 random bytes in a 0600 file, made at first start. Whoever can read the file
 * may use the API.
 * @module
 */
import { closeSync, constants, fstatSync, linkSync, openSync, readSync } from "node:fs";
import { effectiveUid } from "../os/process.ts";
import { reasonOf } from "../os/reason.ts";

/** RFC 6750's characters; long enough not to be guessed. */
const TOKEN = /^[A-Za-z0-9._~+/-]{32,256}=*$/;
/** Longest file in bytes. */
const FILE_BYTES = 1024;

/**
 * Reads the token, or makes one where there is no file.
 * @param path absolute; its directory exists
 * @throws {Error} "Cannot use the token file ...: because ..." when others can read it, when it is a
 * link or someone else's, or when its content is no token
 */
export function readOrMakeToken(path: string): string {
  for (let tries = 0; tries < 2; tries++) {
    const token = readToken(path);
    if (token !== null) return token;
    makeToken(path);
  }
  throw cannot(path, "it disappears");
}

/**
 * Reads the token; null where there is no file.
 * @throws {Error} as `readOrMakeToken`
 */
export function readToken(path: string): string | null {
  let fd: number;
  try {
    // O_NONBLOCK: a FIFO in its place must not stop us.
    fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : "";
    if (code === "ENOENT") return null;
    throw cannot(path, code === "ELOOP" ? "it is a symbolic link" : reasonOf(error));
  }
  try {
    const { uid, mode, ...info } = fstatSync(fd);
    if ((mode & constants.S_IFMT) !== constants.S_IFREG) throw cannot(path, "it is no file");
    const own = effectiveUid();
    if (uid !== own) throw cannot(path, `it belongs to uid ${uid}, not ${own}`);
    if ((mode & 0o077) !== 0) {
      throw cannot(path, `its mode is ${(mode & 0o777).toString(8)}; it must be 600`);
    }
    if (info.size > FILE_BYTES) throw cannot(path, `it is over ${FILE_BYTES} bytes`);
    const bytes = new Uint8Array(FILE_BYTES);
    const token = new TextDecoder().decode(bytes.subarray(0, readSync(fd, bytes))).trim();
    if (!TOKEN.test(token)) {
      throw cannot(path, "it does not hold 32 to 256 letters, digits or -._~+/ (remove it)");
    }
    return token;
  } finally {
    closeSync(fd);
  }
}

/** A new token in a file that appears whole or not at all, and replaces none. */
function makeToken(path: string): void {
  const temporary = `${path}.${crypto.randomUUID()}.tmp`;
  const random = crypto.getRandomValues(new Uint8Array(32));
  const token = random.toBase64({ alphabet: "base64url", omitPadding: true });
  try {
    Deno.writeTextFileSync(temporary, `${token}\n`, { createNew: true, mode: 0o600 });
    try {
      linkSync(temporary, path);
    } finally {
      Deno.removeSync(temporary);
    }
  } catch (error) {
    // Another process was first: its token is as good.
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) {
      throw cannot(path, reasonOf(error));
    }
  }
}

function cannot(path: string, reason: string): Error {
  return new Error(`Cannot use the token file ${path}: because ${reason}`);
}
