import fc from "fast-check";
import { expect, test } from "vitest";
import { longestWaitMs, nextWaitMs, RETRY_AFTER_LIMIT_MS } from "./schedule.ts";

const MIDDLE = 0.5;

test("each failure takes the next wait of the schedule", () => {
  const waits = [1, 2, 3].map((attemptCount) =>
    nextWaitMs([1_000, 2_000, 4_000], { attemptCount }, MIDDLE),
  );
  expect(waits).toEqual([1_000, 2_000, 4_000]);
});

test("an exhausted schedule means the delivery is dead", () => {
  expect(nextWaitMs([1_000], { attemptCount: 2 }, MIDDLE)).toBeUndefined();
  expect(nextWaitMs([], { attemptCount: 1 }, MIDDLE)).toBeUndefined();
});

test("jitter moves a wait by at most a fifth", () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (jitter) => {
      const waitMs = nextWaitMs([10_000], { attemptCount: 1 }, jitter);
      expect(waitMs).toBeGreaterThanOrEqual(8_000);
      expect(waitMs).toBeLessThanOrEqual(12_000);
    }),
  );
});

test("a destination may ask for a later attempt, not for an earlier one", () => {
  const wait = (retryAfterMs: number) =>
    nextWaitMs([10_000], { attemptCount: 1, retryAfterMs }, MIDDLE);
  expect(wait(60_000)).toBe(60_000);
  expect(wait(1_000)).toBe(10_000);
  expect(wait(365 * 24 * 3_600_000)).toBe(RETRY_AFTER_LIMIT_MS);
});

test("no wait is longer than the longest one", () => {
  const schedules = fc.array(fc.nat(10 * 24 * 3_600_000), { minLength: 1, maxLength: 10 });
  fc.assert(
    fc.property(schedules, fc.nat(), (schedule, retryAfterMs) => {
      const almostOne = 1 - Number.EPSILON;
      schedule.forEach((_, index) => {
        const waitMs = nextWaitMs(schedule, { attemptCount: index + 1, retryAfterMs }, almostOne);
        expect(waitMs).toBeLessThanOrEqual(Math.ceil(longestWaitMs(schedule)));
      });
    }),
  );
});
