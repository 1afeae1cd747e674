import { expect, test } from "vitest";

import { createVirtualClock } from "../../tests/support/virtual-clock.ts";
import { createDeadlines } from "./deadlines.ts";
import type { Timed } from "./deadlines.ts";

function setUp() {
  const clock = createVirtualClock();
  const deadlines = createDeadlines<Timed>(clock);
  const expired: string[] = [];

  function start(name: string, afterMs: number): Timed & { deadlineAtMs: number } {
    const item = {
      deadlineAtMs: clock.monotonicMs() + afterMs,
      deadlineIndex: -1,
      expire() {
        expired.push(name);
        deadlines.remove(item);
      },
    };
    deadlines.add(item);
    return item;
  }
  return { clock, deadlines, expired, start };
}

test("an item expires at its deadline, at most one tick late and never early", async () => {
  const { clock, expired, start } = setUp();
  start("slow", 1000);
  start("fast", 120);
  await clock.advance(119);
  expect(expired).toEqual([]);
  await clock.advance(51);
  expect(expired).toEqual(["fast"]);
  await clock.advance(829);
  expect(expired).toEqual(["fast"]);
  await clock.advance(51);
  expect(expired).toEqual(["fast", "slow"]);
});

test("an item that was taken out does not expire, whichever place it had", async () => {
  const { clock, deadlines, expired, start } = setUp();
  const items = ["a", "b", "c", "d"].map((name) => start(name, 100));
  for (const index of [1, 3, 3]) deadlines.remove(items[index]!);
  await clock.advance(200);
  expect(expired.toSorted()).toEqual(["a", "c"]);
  expect(deadlines.live).toEqual([]);
});

test("a deadline can be moved in both directions", async () => {
  const { clock, expired, start } = setUp();
  const earlier = start("earlier", 1000);
  const later = start("later", 100);
  earlier.deadlineAtMs -= 900;
  later.deadlineAtMs += 900;
  await clock.advance(200);
  expect(expired).toEqual(["earlier"]);
});

test("many that expire in one tick all expire once", async () => {
  const { clock, expired, start } = setUp();
  const names = Array.from({ length: 500 }, (_, index) => `item-${index}`);
  for (const name of names) start(name, 100);
  await clock.advance(200);
  expect(expired.toSorted()).toEqual(names.toSorted());
});

test("nothing ticks while nothing is in flight", async () => {
  const { clock, deadlines, start } = setUp();
  expect(clock.timerCount()).toBe(0);
  deadlines.remove(start("one", 1000));
  await clock.advance(100);
  expect(clock.timerCount()).toBe(0);
  start("two", 1000);
  expect(clock.timerCount()).toBe(1);
  deadlines.stop();
  expect(clock.timerCount()).toBe(0);
});
