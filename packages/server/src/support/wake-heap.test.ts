import fc from "fast-check";
import { expect, test } from "vitest";
import { createVirtualClock } from "../../tests/support/virtual-clock.ts";
import { createWakeHeap } from "./wake-heap.ts";

type Sleeper = { readonly name: number; wakeAtMs: number };

const sleeper = (name: number): Sleeper => ({ name, wakeAtMs: Number.POSITIVE_INFINITY });

test("every item is woken once, at its earliest time", async () => {
  const times = fc.array(fc.nat(500), { minLength: 1, maxLength: 200 });
  await fc.assert(
    fc.asyncProperty(times, async (atMs) => {
      const clock = createVirtualClock();
      const startMs = clock.monotonicMs();
      const woken: string[] = [];
      const heap = createWakeHeap<Sleeper>(clock, ({ name }) =>
        woken.push(`${name}@${clock.monotonicMs() - startMs}`),
      );
      const sleepers = [0, 1, 2, 3, 4].map(sleeper);
      atMs.forEach((time, index) => {
        const item = sleepers[index % sleepers.length];
        if (item !== undefined) heap.set(item, startMs + time);
      });
      await clock.advance(1_000);
      const expected = sleepers
        .map(({ name }) => ({ name, time: atMs.filter((_, index) => index % 5 === name) }))
        .filter(({ time }) => time.length > 0)
        .map(({ name, time }) => `${name}@${Math.min(...time)}`);
      expect(woken.toSorted()).toEqual(expected.toSorted());
      expect(clock.timerCount()).toBe(0);
    }),
    { numRuns: 50 },
  );
});

test("a forgotten item is not woken, and can be set again", async () => {
  const clock = createVirtualClock();
  const startMs = clock.monotonicMs();
  const woken: number[] = [];
  const heap = createWakeHeap<Sleeper>(clock, () => woken.push(clock.monotonicMs() - startMs));
  const item = sleeper(0);
  heap.set(item, startMs + 10);
  heap.forget(item);
  heap.set(item, startMs + 30);
  await clock.advance(100);
  expect(woken).toEqual([30]);
});

test("a stopped heap leaves no timer behind", () => {
  const clock = createVirtualClock();
  const heap = createWakeHeap<Sleeper>(clock, () => expect.unreachable());
  heap.set(sleeper(0), clock.monotonicMs() + 10);
  heap.stop();
  expect(clock.timerCount()).toBe(0);
});
