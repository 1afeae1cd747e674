/**
 * The one error type of the server: a stable code from the table, and what to do about it.
 *
 * Expected results are values, not errors (a refused request, a failed attempt). A `RingdownError`
 * is an operation that could not be done; an `AssertionError` is a broken invariant and is never
 * caught by component code.
 *
 * The brand makes `isRingdownError` hold across two installed copies of this package.
 */
import { type ErrorCode, errorTable } from "./table.ts";

const BRAND: unique symbol = Symbol.for("ringdown.error") as never;

export type ErrorDetails = Readonly<Record<string, unknown>>;

export class RingdownError extends Error {
  override readonly name = "RingdownError";
  readonly code: ErrorCode;
  readonly details: ErrorDetails;
  readonly [BRAND] = true;

  constructor(
    code: ErrorCode,
    message: string,
    options: { cause?: unknown; details?: ErrorDetails } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.details = options.details ?? {};
  }

  /** The HTTP status that the API answers with. */
  get status(): number {
    return errorTable[this.code].status;
  }

  /** Whether the same call may succeed later without anyone changing anything. */
  get retryable(): boolean {
    return errorTable[this.code].retryable;
  }

  /** What to do, in one sentence. */
  get hint(): string {
    return errorTable[this.code].hint;
  }
}

export function isRingdownError(value: unknown): value is RingdownError {
  return typeof value === "object" && value !== null && BRAND in value;
}
