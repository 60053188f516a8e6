/**
 * The path of a Unix socket: private from the moment it is there.
 * @module
 */

/**
 * Removes a socket that a killed agent left.
 * @throws {Error} when something else has the name
 */
export function removeStaleSocket(path: string): void {
  try {
    if (!Deno.lstatSync(path).isSocket) {
      throw new Error(`Cannot listen on ${path}: because a file is in the way`);
    }
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** Calls `bind`, which binds before it returns, so that the socket is 0600. */
export function withPrivateMask<T>(bind: () => T): T {
  const before = Deno.umask(0o177);
  try {
    return bind();
  } finally {
    Deno.umask(before);
  }
}
