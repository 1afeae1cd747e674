import { expect, test } from "vitest";
import { createConcurrency } from "./concurrency.ts";

function answerRounds(concurrency: ReturnType<typeof createConcurrency>, rounds: number): void {
  for (let round = 0; round < rounds; round++) {
    const limit = concurrency.limit();
    for (let i = 0; i < limit; i++) concurrency.onAnswered("reached");
  }
}

test("it starts with a few, and never above the maximum", () => {
  expect(createConcurrency(100).limit()).toBe(8);
  expect(createConcurrency(3).limit()).toBe(3);
});

test("it grows by about one per round of answers, up to the maximum", () => {
  const concurrency = createConcurrency(20);
  answerRounds(concurrency, 5);
  expect(concurrency.limit()).toBeGreaterThanOrEqual(11);
  expect(concurrency.limit()).toBeLessThanOrEqual(13);
  answerRounds(concurrency, 50);
  expect(concurrency.limit()).toBe(20);
});

test("it does not grow while it holds nothing back", () => {
  const concurrency = createConcurrency(100);
  for (let i = 0; i < 1_000; i++) concurrency.onAnswered("spare");
  expect(concurrency.limit()).toBe(8);
});

test("attempts that fail together cut it once", () => {
  const concurrency = createConcurrency(100);
  for (let i = 0; i < 8; i++) concurrency.onOverload(1_000, 2_000);
  expect(concurrency.limit()).toBe(4);
  concurrency.onOverload(2_000, 3_000);
  expect(concurrency.limit()).toBe(2);
});

test("it never falls below one", () => {
  const concurrency = createConcurrency(100);
  for (let ms = 0; ms < 100; ms++) concurrency.onOverload(ms, ms);
  expect(concurrency.limit()).toBe(1);
});

test("after a pause it begins with one and recovers", () => {
  const concurrency = createConcurrency(100);
  concurrency.restart();
  expect(concurrency.limit()).toBe(1);
  answerRounds(concurrency, 10);
  expect(concurrency.limit()).toBeGreaterThanOrEqual(5);
});

test("a lowered maximum counts at once", () => {
  const concurrency = createConcurrency(100);
  concurrency.setMax(2);
  expect(concurrency.limit()).toBe(2);
});
