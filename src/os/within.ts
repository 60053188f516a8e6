/**
 * Waiting no longer than a limit.
 * @module
 */

/**
 * Waits for a promise, at most `limit_ms`.
 * @returns whether it was fulfilled in time; one that is late is left to itself
 * @throws what the promise is rejected with in time
 */
export async function within(promise: Promise<unknown>, limit_ms: number): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), limit_ms);
  });
  try {
    return await Promise.race([promise.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}
