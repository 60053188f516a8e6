/**
 * V8's settings, the same for both ends of the build.
 * @module
 */

/** Passed as `--v8-flags`. The reasons are in docs/performance.md. */
export const V8_FLAGS = ["--max-heap-size=128", "--max-semi-space-size=1"].join(",");
