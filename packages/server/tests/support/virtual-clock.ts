/**
 * A `Clock` that stands still until a test moves it: hours of retries pass in milliseconds, and every
 * run of the same test does the same things in the same order.
 *
 * `settle` runs everything that can run without time passing: promises, ends of turns and timers
 * that are due. It hands over to the event loop between steps, so real I/O of the same process may
 * go on, but nothing waits for it.
 */
import type { Clock, Timer } from "../../src/support/clock.ts";

export type VirtualClock = Clock & {
  /** Lets time pass; timers fire at their time, one after the other. */
  advance(ms: number): Promise<void>;
  /** Runs what is due now. */
  settle(): Promise<void>;
  /** Steps the wall clock alone, as an administrator or NTP may. */
  leapWall(ms: number): void;
  timerCount(): number;
  /** Everything pending is forgotten and nothing runs any more, as after SIGKILL. */
  kill(): void;
};

type Entry = { readonly atMs: number; readonly order: number; readonly action: () => void };

const START_WALL_MS = Date.UTC(2026, 0, 1);
const START_MONOTONIC_MS = 1_000;

/** Promise chains are at most this long between two ends of turns in our code. */
const MICROTASK_ROUNDS = 3;

/** Far more turns than any test needs at one point of time. */
const ENDLESS_ROUNDS = 5_000;

export function createVirtualClock(options: { readonly wallMs?: number } = {}): VirtualClock {
  const state = {
    nowMs: START_MONOTONIC_MS,
    wallOffsetMs: (options.wallMs ?? START_WALL_MS) - START_MONOTONIC_MS,
    order: 0,
    dead: false,
  };
  let timers: Entry[] = [];
  let turnEnds: (() => void)[] = [];

  async function settle(): Promise<void> {
    let rounds = 0;
    for (let quietRounds = 0; quietRounds < MICROTASK_ROUNDS;) {
      rounds += 1;
      if (rounds > ENDLESS_ROUNDS) throw new Error("it goes on for ever without time passing");
      await new Promise((resolve) => setImmediate(resolve));
      quietRounds = runTurnEnds() || runDueTimers() ? 0 : quietRounds + 1;
    }
  }

  function runTurnEnds(): boolean {
    const actions = turnEnds;
    turnEnds = [];
    for (const action of actions) action();
    return actions.length > 0;
  }

  /** One at a time: what it causes runs before the next. */
  function runDueTimers(): boolean {
    const next = earliest(timers);
    if (next === undefined || next.atMs > state.nowMs) return false;
    timers = timers.filter((timer) => timer !== next);
    next.action();
    return true;
  }

  return {
    nowMs: () => state.nowMs + state.wallOffsetMs,
    monotonicMs: () => state.nowMs,
    startTimer(delayMs, action) {
      const entry = { atMs: state.nowMs + Math.max(0, delayMs), order: state.order++, action };
      if (!state.dead) timers.push(entry);
      return entry;
    },
    cancelTimer(timer: Timer) {
      timers = timers.filter((entry) => entry !== timer);
    },
    afterTurn(action) {
      if (!state.dead) turnEnds.push(action);
    },
    settle,
    async advance(ms) {
      const untilMs = state.nowMs + ms;
      await settle();
      for (let next = earliest(timers); next !== undefined && next.atMs <= untilMs;) {
        state.nowMs = Math.max(state.nowMs, next.atMs);
        await settle();
        next = earliest(timers);
      }
      state.nowMs = untilMs;
      await settle();
    },
    leapWall(ms) {
      state.wallOffsetMs += ms;
    },
    timerCount: () => timers.length,
    kill() {
      state.dead = true;
      timers = [];
      turnEnds = [];
    },
  };
}

function earliest(timers: readonly Entry[]): Entry | undefined {
  let first: Entry | undefined;
  for (const timer of timers) {
    const isEarlier =
      first === undefined ||
      timer.atMs < first.atMs ||
      (timer.atMs === first.atMs && timer.order < first.order);
    if (isEarlier) first = timer;
  }
  return first;
}
