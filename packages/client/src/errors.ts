/**
 * What went wrong with a call. Branch on `code`: the server's stable codes (docs/reference/errors.md),
 * or one of four that arise on the way.
 *
 * The brand makes `isApiError` hold across two installed copies of this package.
 */
import type { FieldProblem, Problem } from "./generated/api.ts";

/** Nobody answered; not within the time; not in the way this API does; the caller gave up. */
export type TransportCode = "unreachable" | "timeout" | "unexpected_answer" | "aborted";
export type ApiErrorCode = Problem["code"] | TransportCode;

const BRAND: unique symbol = Symbol.for("ringdown.client.error") as never;

type Details = {
  readonly code: ApiErrorCode;
  readonly status?: number;
  readonly requestId?: string;
  readonly hint: string;
  readonly problems?: readonly FieldProblem[];
  readonly retryable?: boolean;
  readonly cause?: unknown;
};

export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly code: ApiErrorCode;
  /** HTTP status; undefined when there was no answer. */
  readonly status: number | undefined;
  /** Names the answer in the server's log. */
  readonly requestId: string | undefined;
  /** What to do, in a sentence. */
  readonly hint: string;
  /** What is wrong with the input, field by field. */
  readonly problems: readonly FieldProblem[];
  /** Whether the same call may succeed later by itself. */
  readonly retryable: boolean;
  // A class member with a computed name cannot be declared and typed in one place.
  readonly [BRAND]: true = true;

  constructor(message: string, details: Details) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = details.code;
    this.status = details.status;
    this.requestId = details.requestId;
    this.hint = details.hint;
    this.problems = details.problems ?? [];
    this.retryable = details.retryable ?? false;
  }
}

export function isApiError(value: unknown): value is ApiError {
  return typeof value === "object" && value !== null && BRAND in value;
}

/** The error that an answer with a status of 400 and more stands for. */
export async function errorOfAnswer(response: Response): Promise<ApiError> {
  const problem = await problemIn(response);
  if (problem !== undefined) return new ApiError(problem.detail, problem);
  return unexpectedAnswer(response, `The server answered ${String(response.status)}.`);
}

/** Something answered, but it was not this API. */
export function unexpectedAnswer(response: Response, message: string): ApiError {
  return new ApiError(message, {
    code: "unexpected_answer",
    status: response.status,
    hint: "Check the base URL; a proxy or another program may have answered.",
    retryable: response.status === 502 || response.status === 504,
  });
}

export function aborted(cause: unknown): ApiError {
  return new ApiError("The call was given up.", { code: "aborted", hint: "Call again.", cause });
}

/** Why there is no answer, or not the whole of it. `signal` is the caller's own. */
export function transportError(
  cause: unknown,
  unreachable: string,
  signal: AbortSignal | undefined,
): ApiError {
  if (signal?.aborted === true) return aborted(cause);
  if (cause instanceof Error && cause.name === "TimeoutError") {
    return new ApiError("The server did not answer in time.", {
      code: "timeout",
      hint: "Check the server's load, or allow more time with timeoutMs.",
      retryable: true,
      cause,
    });
  }
  return new ApiError(unreachable, {
    code: "unreachable",
    hint: "Start the gateway, or correct the base URL.",
    retryable: true,
    cause,
  });
}

async function problemIn(response: Response): Promise<Problem | undefined> {
  const type = response.headers.get("content-type") ?? "";
  if (!type.startsWith("application/problem+json")) return undefined;
  try {
    const value: unknown = await response.json();
    return isProblem(value) ? value : undefined;
  } catch {
    // Cut off or not JSON: the status alone has to do.
    return undefined;
  }
}

function isProblem(value: unknown): value is Problem {
  return (
    typeof value === "object" &&
    value !== null &&
    "code" in value &&
    typeof value.code === "string" &&
    "detail" in value &&
    typeof value.detail === "string"
  );
}
