/**
 * Time and timers as one injected port, so that no component reads a clock behind its caller's back.
 *
 * Two clocks on purpose: `nowMs` is wall time, for what is stored, signed or shown; it may jump.
 * `monotonicMs` only moves forward, for durations, deadlines and rates. Mixing them up is how a
 * leap of the wall clock turns into a storm of retries.
 */
import { performance } from "node:perf_hooks";

/** A pending timer; opaque to everyone but the `Clock` that made it. */
export type Timer = object;

export type Clock = {
  /** Wall time in milliseconds since the epoch. May step in either direction. */
  nowMs(): number;
  /** Milliseconds since an arbitrary origin; never decreases. */
  monotonicMs(): number;
  /** Runs `action` once, at least `delayMs` from now. Timers never keep the process alive. */
  startTimer(delayMs: number, action: () => void): Timer;
  cancelTimer(timer: Timer): void;
  /** Runs `action` after the I/O events of the current turn: the natural edge of a batch. */
  afterTurn(action: () => void): void;
};

/** Node caps a timer at 2^31-1 ms and fires longer ones at once; longer waits are cut to this. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  startTimer(delayMs, action) {
    const timer = setTimeout(action, Math.min(delayMs, LONGEST_TIMER_MS));
    timer.unref();
    return timer;
  },
  cancelTimer(timer) {
    clearTimeout(timer as NodeJS.Timeout);
  },
  afterTurn(action) {
    setImmediate(action);
  },
};

/** Uniform in [0, 1). */
export type Random = () => number;

export const systemRandom: Random = () => Math.random();
