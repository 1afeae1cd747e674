/**
 * Decides when a failed delivery is attempted again.
 *
 * A schedule is a plain list of waits: the person on call can read a list, not a formula. Jitter of
 * 20 % either way spreads the retries of one outage, so that a destination that comes back is not
 * knocked over by everything that waited for it. A destination may ask for longer (`Retry-After`),
 * never for less.
 *
 * Pure: time and randomness are arguments. Cost: O(1), allocates nothing.
 * Source: Standard Webhooks 1.0.0, "Deliverability and reliability"; RFC 9110 section 10.2.3.
 */
import assert from "node:assert/strict";

/** Waits before attempts 2, 3, … in milliseconds. A delivery gets at most `length + 1` attempts. */
export type RetrySchedule = readonly number[];

export type FailedDelivery = {
  /** Attempts that count, the one that just failed included; at least 1. */
  readonly attemptCount: number;
  /** What the destination asked for in `Retry-After`; absent if it did not ask. */
  readonly retryAfterMs?: number | undefined;
};

/** A destination may postpone a delivery, not park it for ever: longer requests are cut to this. */
export const RETRY_AFTER_LIMIT_MS: number = 24 * 60 * 60 * 1000;

/** The largest share of a wait that jitter takes away or adds. */
export const JITTER_SHARE = 0.2;

/**
 * Milliseconds until the next attempt, or `undefined` when the schedule is exhausted and the
 * delivery is dead. `jitter` is uniform in [0, 1).
 */
export function nextWaitMs(
  schedule: RetrySchedule,
  failed: FailedDelivery,
  jitter: number,
): number | undefined {
  assert(failed.attemptCount >= 1);
  assert(jitter >= 0 && jitter < 1);

  const scheduledMs = schedule[failed.attemptCount - 1];
  if (scheduledMs === undefined) return undefined;
  const askedMs = Math.min(failed.retryAfterMs ?? 0, RETRY_AFTER_LIMIT_MS);
  return Math.round(Math.max(jittered(scheduledMs, jitter), askedMs));
}

/** The wait, 20 % shorter to 20 % longer. */
export function jittered(waitMs: number, jitter: number): number {
  return waitMs * (1 - JITTER_SHARE + 2 * JITTER_SHARE * jitter);
}

/**
 * No due time lies further ahead than this: one that does was written under a wall clock that has
 * been set back since.
 */
export function longestWaitMs(schedule: RetrySchedule): number {
  const longestMs = schedule.reduce((longest, waitMs) => Math.max(longest, waitMs), 0);
  return Math.max(RETRY_AFTER_LIMIT_MS, longestMs * (1 + JITTER_SHARE));
}
