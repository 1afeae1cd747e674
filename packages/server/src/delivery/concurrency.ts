/**
 * How many attempts one destination gets at once: one more per round while it answers, half as soon
 * as it struggles (additive increase, multiplicative decrease, as TCP has it, RFC 5681).
 *
 * The limit grows only while it is what holds attempts back; else it would say nothing about the
 * destination. It is cut once per round trip: attempts that were under way together fail together.
 *
 * Pure; times are monotonic. Cost: O(1) per attempt, allocates nothing.
 */

export type Concurrency = {
  /** Whole attempts allowed at once, 1 to the maximum. */
  limit(): number;
  /** An attempt was answered. `reached`: the limit held attempts back meanwhile. */
  onAnswered(limit: "reached" | "spare"): void;
  /** Timeout, no connection, 429 or 503, of an attempt that began then. */
  onOverload(startedAtMs: number, nowMs: number): void;
  /** Begins again with little: after a pause or an outage. */
  restart(): void;
  setMax(max: number): void;
};

const FIRST_LIMIT = 8;

export function createConcurrency(max: number): Concurrency {
  const state = { max, limit: Math.min(FIRST_LIMIT, max), cutAtMs: Number.NEGATIVE_INFINITY };
  return {
    limit: () => Math.floor(state.limit),
    onAnswered(limit) {
      if (limit === "spare") return;
      state.limit = Math.min(state.max, state.limit + 1 / state.limit);
    },
    onOverload(startedAtMs, nowMs) {
      if (startedAtMs < state.cutAtMs) return;
      state.cutAtMs = nowMs;
      state.limit = Math.max(1, state.limit / 2);
    },
    restart() {
      state.limit = 1;
    },
    setMax(newMax) {
      state.max = newMax;
      state.limit = Math.min(state.limit, newMax);
    },
  };
}
