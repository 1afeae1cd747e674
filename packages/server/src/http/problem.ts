/**
 * Errors as RFC 9457 `application/problem+json`: a stable code, what happened, and what to do.
 *
 * Only what the error table and the thrower's sentence say is shown. An error that is not ours says
 * nothing about itself: its message, stack and cause stay in the log, under the same requestId (I8).
 *
 * Source: RFC 9457 section 3.
 */
import { isRingdownError, RingdownError } from "../errors/ringdown-error.ts";
import { type ErrorCode, errorTable } from "../errors/table.ts";

/** One thing wrong with what was sent. */
export type FieldProblem = {
  /** Dotted path of the field; "" for the whole. */
  readonly path: string;
  readonly message: string;
  /** Where in the text that was sent, counted from 1; null when it was no text. */
  readonly line: number | null;
  readonly column: number | null;
  readonly suggestion: string | null;
};

export type Problem = {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: ErrorCode;
  /** Names this answer in the log; also the header `x-request-id`. */
  readonly requestId: string;
  readonly hint: string;
  /** Whether the same call may succeed later without anyone changing anything. */
  readonly retryable: boolean;
  /** Empty when the error is not about fields. */
  readonly problems: readonly FieldProblem[];
};

export const PROBLEM_TYPE = "application/problem+json";

/** The problem document of any error. */
export function problemOf(error: unknown, requestId: string): Problem {
  const known = isRingdownError(error)
    ? error
    : new RingdownError("internal_error", "Something unexpected happened in the gateway.");
  const entry = errorTable[known.code];
  return {
    type: `urn:ringdown:error:${known.code}`,
    title: titleOf(known.code),
    status: entry.status,
    detail: known.message,
    code: known.code,
    requestId,
    hint: entry.hint,
    retryable: entry.retryable,
    problems: fieldProblems(known.details["problems"]),
  };
}

/** `body_too_large` as "Body too large". */
export function titleOf(code: ErrorCode): string {
  const words = code.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** What a thrower put into `details.problems`, with nothing else that may be in there. */
function fieldProblems(value: unknown): readonly FieldProblem[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((item: unknown) => {
    if (typeof item !== "object" || item === null) return [];
    const { path, message, line, column, suggestion } = item as Record<string, unknown>;
    if (typeof message !== "string") return [];
    return [
      {
        path: typeof path === "string" ? path : "",
        message,
        line: typeof line === "number" ? line : null,
        column: typeof column === "number" ? column : null,
        suggestion: typeof suggestion === "string" ? suggestion : null,
      },
    ];
  });
}
