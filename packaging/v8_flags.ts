/**
 * V8's settings, the same for both ends of the build.
 * @module
 */

/**
 * Passed as `--v8-flags`. An upper bound for each thread's heap, so that a leak ends in a restart and
 * not in a host without memory; and a young generation of 1 MB a half, which keeps garbage from
 * spreading over the memory that V8 would let it grow into. Others that were tried (--single-threaded,
 * --single-threaded-gc, --optimize-for-size, --lite-mode) saved 0 to 3 MB of 60 and cost speed; with all
 * of the platform on --memory-saver-mode, --heap-growing-percent=25, --no-short-builtin-calls and
 * --bytecode-old-time=20 saved 0 to 3 MB of 107, and MALLOC_ARENA_MAX=2 made it larger.
 */
export const V8_FLAGS = ["--max-heap-size=128", "--max-semi-space-size=1"].join(",");
