/**
 * A rate limit: `perSecond` tokens flow in steadily, at most `burst` are kept, each action takes one.
 *
 * Time is an argument (monotonic milliseconds), so there are no timers and nothing runs while idle.
 * Cost: a few arithmetic operations per call, no allocation.
 */
import assert from "node:assert/strict";

export type TokenBucketOptions = {
  readonly perSecond: number;
  /** Tokens kept while nothing is taken; at least 1. The bucket starts full. */
  readonly burst: number;
};

export type TokenBucket = {
  readonly perSecond: number;
  /** Takes a token, or says that there is none. */
  take(nowMs: number): boolean;
  /** Milliseconds until a token can be taken; 0 when there is one. */
  waitMs(nowMs: number): number;
};

/** Sums of fractions come out a hair below a whole token: 0.999…9 is one. */
const ROUNDING = 1e-9;

export function createTokenBucket(options: TokenBucketOptions): TokenBucket {
  const { perSecond, burst } = options;
  assert(perSecond > 0);
  assert(burst >= 1);
  const state = { tokens: burst, filledAtMs: Number.NEGATIVE_INFINITY };

  function refill(nowMs: number): void {
    // Infinity on the first call: the bucket is full anyway.
    const elapsedMs = Math.max(0, nowMs - state.filledAtMs);
    state.tokens = Math.min(burst, state.tokens + (elapsedMs * perSecond) / 1000);
    state.filledAtMs = Math.max(nowMs, state.filledAtMs);
  }

  return {
    perSecond,
    take(nowMs) {
      refill(nowMs);
      if (state.tokens < 1 - ROUNDING) return false;
      state.tokens -= 1;
      return true;
    },
    waitMs(nowMs) {
      refill(nowMs);
      const missing = 1 - state.tokens;
      return missing <= ROUNDING ? 0 : (missing * 1000) / perSecond;
    },
  };
}
