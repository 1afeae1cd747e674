import fc from "fast-check";
import { expect, test } from "vitest";
import { createTokenBucket } from "./token-bucket.ts";

test("a full bucket gives its burst at once and then nothing", () => {
  const bucket = createTokenBucket({ perSecond: 10, burst: 3 });
  expect([1, 2, 3, 4].map(() => bucket.take(0))).toEqual([true, true, true, false]);
});

test("tokens come back at the rate", () => {
  const bucket = createTokenBucket({ perSecond: 10, burst: 1 });
  expect(bucket.take(0)).toBe(true);
  expect(bucket.waitMs(0)).toBeCloseTo(100);
  expect(bucket.take(99)).toBe(false);
  expect(bucket.take(100)).toBe(true);
});

test("waiting exactly as long as told is always enough", () => {
  fc.assert(
    fc.property(fc.double({ min: 0.01, max: 5000, noNaN: true }), (perSecond) => {
      const bucket = createTokenBucket({ perSecond, burst: 1 });
      let nowMs = 1_000;
      for (let i = 0; i < 20; i++) {
        nowMs += bucket.waitMs(nowMs);
        expect(bucket.take(nowMs)).toBe(true);
      }
    }),
  );
});

test("a clock that stands still or steps back gives no tokens", () => {
  const bucket = createTokenBucket({ perSecond: 1000, burst: 1 });
  expect(bucket.take(500)).toBe(true);
  expect(bucket.take(400)).toBe(false);
  expect(bucket.take(500)).toBe(false);
});
