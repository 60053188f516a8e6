/**
 * Waiting that can be cut short.
 * @module
 */

/** Resolves after `ms`, or at once when `abort` is or becomes aborted. Never rejects. */
export async function sleep(ms: number, abort: AbortSignal): Promise<void> {
  if (ms <= 0 || abort.aborted) return;
  await new Promise<void>((resolve) => {
    const done = () => {
      clearTimeout(timer);
      abort.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    abort.addEventListener("abort", done, { once: true });
  });
}
