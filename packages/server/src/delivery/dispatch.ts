/**
 * Starts attempts: which lane, which delivery, now or later.
 *
 * Lanes that may have something to do take turns; each starts attempts until its credit is used up,
 * counted in bytes and attempts, so that large events do not crowd out small ones (deficit round
 * robin). What holds a lane back decides when it is looked at again: an answer, a slot, a page from
 * the store, a time. Nothing is polled.
 *
 * Within a lane: order heads first, then first attempts with one retry for every four of them, so
 * that a storm of retries does not hold up what is new; after a pause or an outage, oldest first.
 *
 * Cost: about 2 us per attempt besides building the request (bench/parts/engine.ts).
 */
import type { StoredRequest } from "../model/request.ts";
import { refill, shiftEvent, unshiftEvent } from "./backlog.ts";
import { beginDebounced } from "./burst.ts";
import { type Engine, isOpen } from "./engine.ts";
import { keyNumber, type Lane, sizeOf, type Work } from "./lane.ts";
import { askHeads, claimKey, follow, shiftUrgent } from "./order.ts";
import { orderKeyOf } from "./order-key.ts";
import { makeRoom } from "./promote.ts";
import { purge } from "./purge.ts";
import { loadDue, shiftDue } from "./retries.ts";
import { hasCaughtUp } from "./settle.ts";
import { startAttempt } from "./start-attempt.ts";

/** What a lane may send in one round before others have theirs. */
const ROUND_BYTES = 256 * 1024;
/** One attempt in so many is a retry while there are first attempts to make. */
const RETRY_EVERY = 5;

/** Lets every listed lane start what it can. */
export function dispatch(engine: Engine): void {
  for (const lane of engine.shares.release((each) => each.waitsForSlot)) {
    lane.waitsForSlot = false;
    if (!lane.listed) relist(engine, lane);
  }
  for (let lane = engine.listed.shift(); lane !== undefined; lane = engine.listed.shift()) {
    lane.listed = false;
    lane.credit = ROUND_BYTES;
    if (serve(engine, lane) === "more") relist(engine, lane);
  }
}

function relist(engine: Engine, lane: Lane): void {
  lane.listed = true;
  engine.listed.push(lane);
}

/** `more`: its credit is used up, not its work. */
function serve(engine: Engine, lane: Lane): "done" | "more" {
  if (lane.destination === undefined) purge(engine, lane);
  lane.limitReached = false;
  const mode = modeOf(engine, lane);
  if (mode === "held") return "done";
  askHeads(engine, lane);
  loadDue(engine, lane);
  refill(engine, lane);
  wakeForRetries(engine, lane);
  if (mode === "probe") {
    if (mayStart(engine, lane)) probe(engine, lane);
    return "done";
  }
  beginWaiting(engine, lane);
  while (hasWork(lane) && mayStart(engine, lane)) {
    const work = takeWork(engine, lane);
    if (work === undefined) break;
    startAttempt(engine, lane, { work, probe: "no" });
    lane.credit -= sizeOf(work.event);
    if (lane.credit <= 0) return "more";
  }
  refill(engine, lane);
  if (lane.draining && hasCaughtUp(engine, lane)) lane.draining = false;
  return "done";
}

/** Whether the lane runs, is due for a probe, or is held; then when it is to be looked at again. */
function modeOf(engine: Engine, lane: Lane): "run" | "probe" | "held" {
  if (!isOpen(engine, lane)) return "held";
  const nowMs = engine.monotonicMs();
  if (lane.holdUntilMs > nowMs) {
    engine.wakeAt(lane, lane.holdUntilMs);
    return "held";
  }
  const status = lane.circuit.status();
  if (status === "closed") return "run";
  if (status === "probing") return "held";
  if (lane.circuit.nextProbeAtMs() <= nowMs) return "probe";
  engine.wakeAt(lane, lane.circuit.nextProbeAtMs());
  return "held";
}

function wakeForRetries(engine: Engine, lane: Lane): void {
  const { nextDueAtMs, reading } = lane.retries;
  if (nextDueAtMs === Number.POSITIVE_INFINITY || reading) return;
  const waitMs = nextDueAtMs - engine.nowMs();
  if (waitMs > 0) engine.wakeAt(lane, engine.monotonicMs() + waitMs);
}

function hasWork(lane: Lane): boolean {
  return lane.urgent.length + lane.retries.loaded.length + lane.backlog.events.length > 0;
}

/** Whether limits and shares allow an attempt now; if not, arranges to be looked at again. */
function mayStart(engine: Engine, lane: Lane): boolean {
  if (lane.waitsForSlot) return false;
  if (lane.inFlight >= lane.concurrency.limit()) {
    lane.limitReached = true;
    return false;
  }
  const nowMs = engine.monotonicMs();
  const waitMs = lane.bucket?.waitMs(nowMs) ?? 0;
  if (waitMs > 0) {
    engine.wakeAt(lane, nowMs + waitMs);
    return false;
  }
  const isFull =
    engine.shares.inFlight > 0 && engine.inFlightBytes >= engine.options.maxInFlightBytes;
  if (isFull || !engine.recorder.isAccepting()) {
    engine.held.add(lane);
    return false;
  }
  if (engine.shares.mayStart(lane.shareClass)) return true;
  lane.waitsForSlot = true;
  engine.shares.wait(lane, lane.shareClass);
  return false;
}

/** The next delivery of a lane that runs; `undefined` if what there is has to wait for its order. */
function takeWork(engine: Engine, lane: Lane): Work | undefined {
  const urgent = shiftUrgent(engine, lane);
  if (urgent !== undefined) return urgent;
  if (isRetryNext(lane)) return shiftDue(engine, lane);
  return takeFirst(engine, lane) ?? shiftDue(engine, lane);
}

function isRetryNext(lane: Lane): boolean {
  const retry = lane.retries.loaded.peek();
  const first = lane.backlog.events.peek();
  if (retry === undefined || first === undefined) return retry !== undefined;
  if (lane.draining) return retry.event.sequence <= first.sequence;
  lane.choices += 1;
  return lane.choices % RETRY_EVERY === 0;
}

/** The oldest event that has not been begun and may be: begins it. */
function takeFirst(engine: Engine, lane: Lane): Work | undefined {
  for (;;) {
    if (lane.window.size >= engine.options.windowEvents && !makeRoom(engine, lane))
      return undefined;
    const event = shiftEvent(engine, lane);
    if (event === undefined) return undefined;
    const { sequence } = event;
    if (lane.window.takeEarly(sequence)) {
      lane.window.settle(lane.window.begin(sequence));
      engine.moved.add(lane);
      continue;
    }
    if (lane.busy.has(keyNumber(sequence, 0))) {
      // Somebody is about to cancel it, or to have it made at once.
      unshiftEvent(engine, lane, event);
      return undefined;
    }
    const begun = begin(engine, lane, event);
    if (begun === "full") {
      unshiftEvent(engine, lane, event);
      return undefined;
    }
    if (begun !== "waits") return begun;
  }
}

/** To be attempted now, or waiting from here on for its order or its burst, or not yet to be begun. */
function begin(engine: Engine, lane: Lane, event: StoredRequest): Work | "waits" | "full" {
  if (lane.destination?.debounced === true) {
    const begun = beginDebounced(engine, lane, event);
    if (begun !== "not_debounced") return begun;
  }
  const orderKey = orderKeyOf(engine.config, lane.destination, event);
  const claim = orderKey === undefined ? "head" : claimKey(engine, lane, orderKey);
  if (claim === "full") return "full";
  const position = lane.window.begin(event.sequence);
  const work: Work = { event, ordinal: 0, row: undefined, position, orderKey };
  if (claim === "head") return work;
  follow(engine, lane, work);
  return "waits";
}

/** Begins what only has to wait: that needs no slot, and its time counts from now. */
function beginWaiting(engine: Engine, lane: Lane): void {
  while (lane.destination?.debounced === true) {
    const event = lane.backlog.events.peek();
    if (event === undefined || lane.window.isSettledEarly(event.sequence)) return;
    if (lane.busy.has(keyNumber(event.sequence, 0))) return;
    if (lane.window.size >= engine.options.windowEvents && !makeRoom(engine, lane)) return;
    if (beginDebounced(engine, lane, event) !== "waits") return;
    shiftEvent(engine, lane);
  }
}

/** One attempt through an open circuit, each time with a different kind of delivery. */
function probe(engine: Engine, lane: Lane): void {
  const { retries } = lane;
  // The oldest may be one that always fails: it alone must not keep the circuit open.
  for (let turns = lane.probeCount % Math.max(1, retries.loaded.length); turns > 0; turns--) {
    const first = retries.loaded.shift();
    if (first !== undefined) retries.loaded.push(first);
  }
  const isRetryFirst = lane.probeCount % 2 === 0;
  const work =
    shiftUrgent(engine, lane) ??
    (isRetryFirst ? shiftDue(engine, lane) : takeFirst(engine, lane)) ??
    (isRetryFirst ? takeFirst(engine, lane) : shiftDue(engine, lane));
  if (work === undefined) return;
  lane.probeCount += 1;
  startAttempt(engine, lane, { work, probe: "yes" });
}
