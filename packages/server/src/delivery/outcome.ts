/**
 * Decides what a delivery is after an attempt, and what is written about it. Pure.
 *
 *   success                        delivered; a row only if it had one
 *   failure, waits left            pending, due after the wait
 *   failure, no waits left         dead
 *   cannot be sent at all          dead at once: no wait makes the same event sendable
 *   410                            pending and due at once: it waits for the destination to be resumed
 *   probe that met silence         pending as before: the outage uses nothing up
 *   ended by us                    pending and due at once, uncounted
 *   any failure, destination gone  cancelled
 */
import type { ActiveDestination } from "../model/active.ts";
import type { AttemptRecord, DeliveryRow } from "../model/delivery.ts";
import { LIMITS } from "../model/ids.ts";
import type { OutboundResult } from "../outbound/index.ts";
import type { Verdict } from "./classify.ts";
import type { Flight } from "./lane.ts";
import { nextWaitMs } from "./schedule.ts";

/** Probes up to this number are free; an outage of days may not use up the numbers of one delivery. */
const FREE_PROBE_NUMBER = 128;

/** No wait makes the same event sendable. */
const UNSENDABLE: ReadonlySet<string> = new Set(["invalid_request", "transform_failed"]);

export type Settling = {
  readonly flight: Flight;
  readonly verdict: Verdict;
  /** Absent: the destination was deleted meanwhile. */
  readonly destination: ActiveDestination | undefined;
  /** Steady wall time. */
  readonly nowMs: number;
  /** Uniform in [0, 1). */
  readonly jitter: number;
};

/** The delivery's row from now on; `undefined`: it needs none. */
export function rowAfter(settling: Settling): DeliveryRow | undefined {
  const { flight, verdict, destination, nowMs } = settling;
  if (verdict.kind === "success" && flight.row === undefined) return undefined;
  const before = rowBefore(flight, nowMs);
  if (verdict.kind === "success") {
    return { ...before, state: "delivered", attemptCount: before.attemptCount + 1 };
  }
  if (destination === undefined) {
    return { ...before, state: "cancelled", cause: "destination_deleted" };
  }
  const cause = verdict.cause ?? "aborted";
  if (isUncounted(settling)) return { ...before, cause, dueAtMs: flight.row?.dueAtMs ?? nowMs };

  const attemptCount = before.attemptCount + 1;
  if (UNSENDABLE.has(cause)) return { ...before, state: "dead", attemptCount, cause };
  const failed = { attemptCount, retryAfterMs: verdict.retryAfterMs };
  const waitMs = nextWaitMs(destination.schedule, failed, settling.jitter);
  if (waitMs === undefined || flight.number >= LIMITS.attemptNumber) {
    return { ...before, state: "dead", attemptCount, cause: "retries_exhausted" };
  }
  return { ...before, attemptCount, cause, dueAtMs: nowMs + waitMs };
}

/** Whether the failure says nothing about this delivery: its schedule is not used up. */
function isUncounted({ flight, verdict }: Settling): boolean {
  if (flight.number >= LIMITS.attemptNumber) return false;
  if (verdict.kind === "aborted" || verdict.gone) return true;
  const isProbe = flight.trigger === "probe" && flight.number <= FREE_PROBE_NUMBER;
  return isProbe && verdict.sign !== "good";
}

/** The row with this attempt's number, still pending, and nothing said about what comes next. */
function rowBefore(flight: Flight, nowMs: number): DeliveryRow {
  const { row, orderKey, key } = flight;
  return {
    ...key,
    state: "pending",
    attemptCount: row?.attemptCount ?? 0,
    lastAttemptNumber: flight.number,
    ...(orderKey !== undefined && { orderKey }),
    ...(row?.replayId !== undefined && { replayId: row.replayId }),
    createdAtMs: row?.createdAtMs ?? flight.event.receivedAtMs,
    updatedAtMs: nowMs,
  };
}

export type AttemptFacts = {
  readonly flight: Flight;
  readonly verdict: Verdict;
  /** Absent when nothing was sent. */
  readonly result: OutboundResult | undefined;
  readonly durationMs: number;
  readonly captureSuccessBytes: number;
};

/** What is kept of the attempt. Response headers are kept for failures only. */
export function attemptRecord(facts: AttemptFacts): AttemptRecord {
  const { flight, verdict, result } = facts;
  const { sequence, destinationNo, ordinal } = flight.key;
  const isSuccess = verdict.kind === "success";
  return {
    sequence,
    destinationNo,
    ordinal,
    number: flight.number,
    trigger: flight.trigger,
    startedAtMs: flight.startedAtMs,
    durationMs: facts.durationMs,
    outcome: isSuccess ? "success" : "failure",
    ...(verdict.cause !== undefined && { cause: verdict.cause }),
    ...(verdict.detail !== undefined && { detail: verdict.detail }),
    ...(result?.status !== undefined && { status: result.status }),
    ...(result?.remoteAddress !== undefined && { remoteAddress: result.remoteAddress }),
    ...(result?.kind === "response" && {
      ...(!isSuccess && { responseHeaders: result.headers }),
      ...capturedBody(result, isSuccess ? facts.captureSuccessBytes : Number.POSITIVE_INFINITY),
    }),
  };
}

function capturedBody(
  result: { readonly body: Uint8Array; readonly truncated: boolean },
  limitBytes: number,
): Pick<AttemptRecord, "responseBody" | "responseTruncated"> {
  if (result.body.length === 0) return {};
  const isCut = result.truncated || result.body.length > limitBytes;
  return {
    responseBody: result.body.subarray(0, limitBytes),
    ...(isCut && { responseTruncated: true as const }),
  };
}
