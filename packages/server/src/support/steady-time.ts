/**
 * Wall time that never goes back: what schedules are made and judged by.
 *
 * It follows the wall clock forward and, when that steps back, goes on at the pace of the monotonic
 * clock. So a clock set back by two hours neither repeats nor postpones a retry by two hours.
 */
import type { Clock } from "./clock.ts";

/** Returns milliseconds since the epoch; never decreases. */
export function createSteadyTime(clock: Clock): () => number {
  let baseWallMs = clock.nowMs();
  let baseMonotonicMs = clock.monotonicMs();

  return () => {
    const wallMs = clock.nowMs();
    const steadyMs = Math.floor(baseWallMs + (clock.monotonicMs() - baseMonotonicMs));
    if (wallMs <= steadyMs) return steadyMs;
    baseWallMs = wallMs;
    baseMonotonicMs = clock.monotonicMs();
    return wallMs;
  };
}
