/** Waiting in tests: for a condition, never for a time. */

const LOOK_AGAIN_MS = 10;

/**
 * Resolves with what `check` returns once that is neither `undefined` nor `false`. A check that
 * throws does not hold yet; its last error is the reason when the limit has passed.
 */
export async function eventually<T>(
  check: () => T | undefined | false | Promise<T | undefined | false>,
  limitMs = 10_000,
): Promise<T> {
  const deadline = performance.now() + limitMs;
  let reason: unknown = "it never held";
  for (;;) {
    try {
      const found = await check();
      if (found !== undefined && found !== false) return found;
    } catch (error) {
      reason = error;
    }
    if (performance.now() > deadline) {
      throw new Error(`not within ${limitMs} ms`, { cause: reason });
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
  }
}
