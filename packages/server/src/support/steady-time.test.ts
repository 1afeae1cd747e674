import { expect, test } from "vitest";
import { createVirtualClock } from "../../tests/support/virtual-clock.ts";
import { createSteadyTime } from "./steady-time.ts";

test("a wall clock that is set back does not hold the steady time up", async () => {
  const clock = createVirtualClock();
  const steadyMs = createSteadyTime(clock);
  const startMs = steadyMs();
  clock.leapWall(-2 * 3_600_000);
  await clock.advance(5_000);
  expect(steadyMs() - startMs).toBe(5_000);
});

test("a wall clock that leaps forward is followed, and its way back is not", async () => {
  const clock = createVirtualClock();
  const steadyMs = createSteadyTime(clock);
  const startMs = steadyMs();
  clock.leapWall(60_000);
  expect(steadyMs() - startMs).toBe(60_000);
  clock.leapWall(-60_000);
  await clock.advance(1_000);
  expect(steadyMs() - startMs).toBe(61_000);
});
