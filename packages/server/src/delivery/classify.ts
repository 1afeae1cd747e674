/**
 * What the result of an exchange means: for the delivery, and for the destination as a whole.
 *
 * 2xx is success, unless the destination has a condition of its own: then what satisfies it is, and a
 * 2xx that does not is `answer_not_accepted`. Everything else is a failure with one cause (I7); a redirect is never followed
 * (I9). What the destination answers about one event (4xx) says nothing bad about the destination;
 * silence, 5xx and 429 do.
 *
 * Pure. Cost: one small object per attempt; nothing for a success, which is shared.
 */
import type { ActiveDestination } from "../model/active.ts";
import type { FailureCause } from "../model/delivery.ts";
import type { OutboundFailed, OutboundResult } from "../outbound/index.ts";
import { parseRetryAfter } from "./retry-after.ts";

/**
 * good: it answered. refusing: it answered "not now" (5xx, 429). silent: nobody there, or no whole
 * answer in time. unknown: the attempt did not get that far.
 */
export type DestinationSign = "good" | "refusing" | "silent" | "unknown";

export type Verdict = {
  /** local: nothing was sent for want of a connection of our own; no attempt was made. */
  readonly kind: "success" | "failure" | "aborted" | "local";
  readonly cause?: FailureCause;
  readonly detail?: string;
  readonly sign: DestinationSign;
  /** The destination should be sent less at once: timeout, no connection, 429, 503. */
  readonly overload: boolean;
  /** The destination asks for a pause. */
  readonly retryAfterMs?: number;
  /** 410: the destination says it is gone. */
  readonly gone: boolean;
};

const SUCCESS: Verdict = { kind: "success", sign: "good", overload: false, gone: false };
const LOCAL: Verdict = { kind: "local", sign: "unknown", overload: false, gone: false };

export function classify(
  result: OutboundResult,
  nowMs: number,
  accepts?: ActiveDestination["accepts"],
): Verdict {
  if (result.kind === "failed") return classifyFailed(result);
  const { status, retryAfter } = result;
  const isUsual = status >= 200 && status < 300;
  if (accepts !== undefined) {
    const judged = accepts(result);
    if (judged.matched) return SUCCESS;
    if (isUsual) return notAccepted(judged.reason);
  } else if (isUsual) return SUCCESS;

  const isAsking = status === 429 || status === 503;
  const retryAfterMs = isAsking ? parseRetryAfter(retryAfter, nowMs) : undefined;
  return {
    kind: "failure",
    cause: causeOfStatus(status),
    sign: status === 429 || status >= 500 ? "refusing" : "good",
    overload: isAsking,
    gone: status === 410,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  };
}

/** It answered, about this one event: nothing bad is said about the destination. */
function notAccepted(detail: string): Verdict {
  return {
    kind: "failure",
    cause: "answer_not_accepted",
    detail,
    sign: "good",
    overload: false,
    gone: false,
  };
}

function causeOfStatus(status: number): FailureCause {
  if (status === 410) return "status_410";
  if (status === 429) return "status_429";
  if (status >= 300 && status < 400) return "redirect";
  if (status >= 400 && status < 500) return "status_4xx";
  return status >= 500 && status < 600 ? "status_5xx" : "status_other";
}

function classifyFailed(result: OutboundFailed): Verdict {
  if (result.cause === "overloaded") return LOCAL;
  const cause = causeOfFailure(result);
  const detail = result.message;
  if (cause === "aborted") {
    return { kind: "aborted", cause, detail, sign: "unknown", overload: false, gone: false };
  }
  const isSilence = cause !== "invalid_request" && cause !== "blocked_address";
  return {
    kind: "failure",
    cause,
    detail,
    sign: isSilence ? "silent" : "unknown",
    overload: cause === "connect" || cause.startsWith("timeout_"),
    gone: false,
  };
}

function causeOfFailure(result: OutboundFailed): FailureCause {
  const { cause, phase } = result;
  if (cause === "overloaded") return "aborted";
  if (cause !== "timeout") return cause;
  if (phase === "headers") return "timeout_headers";
  return phase === "body" ? "timeout_total" : "timeout_connect";
}
