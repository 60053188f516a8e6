/**
 * The browser of the tests.
 * @module
 */

/** Where Debian's package chromium has it. */
export const CHROMIUM = "/usr/bin/chromium";
