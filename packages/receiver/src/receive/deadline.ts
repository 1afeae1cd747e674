/** Waits for a promise, but not for ever. */

/**
 * @param onLate gets the value if it comes after the deadline; never called otherwise
 * @throws what the promise throws, or an Error that says what took too long
 */
export async function withDeadline<T>(
  promise: Promise<T>,
  { what, timeoutMs, onLate }: Deadline<T>,
): Promise<T> {
  let isLate = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      isLate = true;
      reject(new Error(`${what} took longer than ${timeoutMs} ms`));
    }, timeoutMs);
  });
  promise.then(
    (value) => (isLate ? onLate?.(value) : undefined),
    () => undefined, // After the deadline nobody is left to be told.
  );
  try {
    return await Promise.race([promise, deadline]);
  } finally {
    clearTimeout(timer);
  }
}

export type Deadline<T> = {
  readonly what: string;
  readonly timeoutMs: number;
  readonly onLate?: (value: T) => void;
};
