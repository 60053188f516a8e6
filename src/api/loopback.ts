/**
 * Names and addresses of the loopback interface.
 * @module
 */

/** True for what only this machine reaches. */
export function isLoopback(host: string): boolean {
  const name = host.toLowerCase().replace(/^\[|\]$/g, "");
  return name === "localhost" || name === "::1" || /^127(\.[0-9]{1,3}){3}$/.test(name) ||
    /^::ffff:127(\.[0-9]{1,3}){3}$/.test(name);
}
