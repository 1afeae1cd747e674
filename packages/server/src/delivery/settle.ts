/**
 * What follows from the result of an attempt: for the delivery, its order key, and its destination.
 *
 *   result ─▶ verdict ─┬─▶ record: attempt, and a row if there is one       (outcome.ts, recorder.ts)
 *                      ├─▶ window, order key, due time                      (window.ts, order.ts)
 *                      └─▶ concurrency, circuit, share, pause, suspension   (of the lane)
 *
 * The slot is free as soon as the result is known; the key stays busy until it is durable, so that
 * nothing acts on what the store does not know yet.
 */
import type { AttemptRecord, DeliveryRow } from "../model/delivery.ts";
import type { OutboundResult } from "../outbound/index.ts";
import { classify, type Verdict } from "./classify.ts";
import { type Engine, isRunnable, noteDue, releaseKey, type Result } from "./engine.ts";
import { type Flight, isBehind, keyNumber, type Lane, sizeOf } from "./lane.ts";
import { letGo } from "./let-go.ts";
import { headGivenBack, headSettled, headWaits, pushUrgent } from "./order.ts";
import { attemptRecord, rowAfter } from "./outcome.ts";
import { RETRY_AFTER_LIMIT_MS } from "./schedule.ts";
import { suspend } from "./states.ts";

/** After we had no connection for a lane. */
const LOCAL_WAIT_MS = 50;
/** Bad answers in a row that make a lane suspect: one may be an accident. */
const SUSPECT_AFTER = 3;

const ABORTED: Verdict = {
  kind: "aborted",
  cause: "aborted",
  detail: "The gateway was stopped before an answer came.",
  sign: "unknown",
  overload: false,
  gone: false,
};

/** An exchange has ended. */
export function onResult(engine: Engine, flight: Flight, result: OutboundResult): void {
  if (flight.stage !== "sending") return;
  engine.crashPoint("delivery.after-response");
  const { destination } = flight.lane;
  const verdict = classify(result, engine.deps.clock.nowMs(), destination?.accepts);
  if (verdict.kind === "local") giveBack(engine, flight);
  else settle(engine, { flight, verdict, result });
}

/** Why there is nothing to send. */
export type Invalid = {
  readonly cause: "invalid_request" | "transform_failed";
  readonly detail: string;
};

/** No exchange was begun: the request cannot be built. */
export function onInvalid(engine: Engine, flight: Flight, invalid: Invalid): void {
  const verdict: Verdict = {
    kind: "failure",
    ...invalid,
    sign: "unknown",
    overload: false,
    gone: false,
  };
  settle(engine, { flight, verdict, result: undefined });
}

/** Ends an exchange for our own reasons; what it still answers is not heard. */
export function abortFlight(engine: Engine, flight: Flight): void {
  if (flight.stage !== "sending") return;
  settle(engine, { flight, verdict: ABORTED, result: undefined });
  flight.exchange?.abort();
}

type Ended = {
  readonly flight: Flight;
  readonly verdict: Verdict;
  readonly result: OutboundResult | undefined;
};

function settle(engine: Engine, ended: Ended): void {
  const { flight, verdict } = ended;
  const { lane } = flight;
  const nowMonotonicMs = engine.monotonicMs();
  leaveSlot(engine, flight, nowMonotonicMs);

  const row = rowAfter({
    flight,
    verdict,
    destination: lane.destination,
    nowMs: engine.nowMs(),
    jitter: engine.deps.random(),
  });
  const attempt = attemptRecord({
    ...ended,
    durationMs: Math.round(nowMonotonicMs - flight.startedMonotonicMs),
    captureSuccessBytes: engine.options.captureSuccessBytes,
  });
  write(engine, flight, { attempt, row });
  settleOrder(engine, flight, row);
  adapt(engine, ended, nowMonotonicMs);
  goOn(engine, lane);
}

function leaveSlot(engine: Engine, flight: Flight, nowMonotonicMs: number): void {
  const { lane } = flight;
  flight.stage = "recording";
  lane.inFlight -= 1;
  lane.progressAtMs = nowMonotonicMs;
  engine.shares.leave(lane.shareClass);
  engine.inFlightBytes -= sizeOf(flight.event) + flight.madeBytes;
  if (lane.inFlight === 0) engine.flying.delete(lane);
}

type Written = { readonly attempt: AttemptRecord; readonly row: DeliveryRow | undefined };

function write(engine: Engine, flight: Flight, { attempt, row }: Written): void {
  const { lane, event } = flight;
  if (attempt.outcome === "success") engine.succeeded += 1;
  else engine.failed += 1;
  lane.retrying = Math.max(0, lane.retrying + retryingChange(flight.row, row));

  const state = row?.state ?? "delivered";
  const { receivedAtMs, eventType } = event;
  const settled = { attempt, state, receivedAtMs, eventType, ...(row !== undefined && { row }) };
  engine.recorder.addResult({ flight, settled }, attempt);
  if (row !== undefined) engine.recorder.addRow(row);
  if (flight.position >= 0) {
    lane.window.settle(flight.position);
    engine.moved.add(lane);
  }
}

function retryingChange(before: DeliveryRow | undefined, after: DeliveryRow | undefined): number {
  return (isRetrying(after) ? 1 : 0) - (isRetrying(before) ? 1 : 0);
}

function isRetrying(row: DeliveryRow | undefined): boolean {
  return row?.state === "pending" && row.lastAttemptNumber > 0;
}

/** Called for every result once it is durable. */
export function onRecorded(engine: Engine, results: readonly Result[]): void {
  for (const { flight, settled } of results) {
    const { lane, key } = flight;
    releaseKey(lane, keyNumber(key.sequence, key.ordinal));
    const { row } = settled;
    if (row?.state === "pending" && row.dueAtMs !== undefined) noteDue(engine, lane, row.dueAtMs);
    engine.deps.onSettled?.(settled);
  }
  if (engine.held.size > 0) releaseHeld(engine);
}

function settleOrder(engine: Engine, flight: Flight, row: DeliveryRow | undefined): void {
  const { lane, orderKey } = flight;
  if (orderKey === undefined) return;
  if (row?.state === "pending") {
    headWaits(engine, lane, orderKey);
  } else if (row === undefined || row.state === "delivered") {
    headSettled(engine, lane, orderKey);
  } else {
    // Were the next one begun before this end is durable, a crash would repeat them out of order.
    engine.recorder.whenRecorded(() => headSettled(engine, lane, orderKey));
  }
}

/** What the result says about the destination. */
function adapt(engine: Engine, { flight, verdict }: Ended, nowMs: number): void {
  const { lane } = flight;
  if (verdict.overload) lane.concurrency.onOverload(flight.startedMonotonicMs, nowMs);
  else if (verdict.sign === "good") {
    lane.concurrency.onAnswered(lane.limitReached ? "reached" : "spare");
  }
  judgeShare(engine, lane, verdict);
  judgeCircuit(engine, { flight, verdict }, nowMs);
  if (verdict.retryAfterMs !== undefined) {
    const untilMs = nowMs + Math.min(verdict.retryAfterMs, RETRY_AFTER_LIMIT_MS);
    lane.holdUntilMs = Math.max(lane.holdUntilMs, untilMs);
    lane.circuit.postpone(untilMs);
  }
  if (verdict.gone) suspend(engine, lane, "The destination answered 410 Gone.");
}

function judgeShare(engine: Engine, lane: Lane, verdict: Verdict): void {
  if (verdict.sign === "unknown") return;
  if (verdict.sign === "good") {
    lane.badInARow = 0;
    setShare(engine, lane, "healthy");
  } else {
    lane.badInARow += 1;
    if (lane.badInARow >= SUSPECT_AFTER) setShare(engine, lane, "suspect");
  }
}

export function setShare(engine: Engine, lane: Lane, shareClass: Lane["shareClass"]): void {
  if (lane.shareClass === shareClass) return;
  engine.shares.move(lane.shareClass, shareClass, lane.inFlight);
  lane.shareClass = shareClass;
  if (!lane.waitsForSlot) return;
  // It waits among its former equals.
  lane.waitsForSlot = false;
  engine.list(lane);
}

function judgeCircuit(
  engine: Engine,
  { flight, verdict }: Pick<Ended, "flight" | "verdict">,
  nowMs: number,
): void {
  const { lane } = flight;
  if (lane.destination?.circuit !== true) return;
  if (flight.trigger !== "probe") {
    if (lane.circuit.onSign(verdict.sign, nowMs) === "opened") letGo(engine, lane);
  } else if (lane.circuit.onProbed(verdict.sign, nowMs) === "closed") {
    startSlowly(lane);
  } else {
    letGo(engine, lane);
  }
}

/** After an outage or a pause: little at first, oldest first, until what has gathered is gone. */
export function startSlowly(lane: Lane): void {
  lane.concurrency.restart();
  lane.draining = true;
}

/** The lane goes on, or lets go of what waited behind its last attempt. */
function goOn(engine: Engine, lane: Lane): void {
  if (lane.inFlight === 0 && !isRunnable(engine, lane)) letGo(engine, lane);
  engine.list(lane);
  if (engine.held.size > 0) releaseHeld(engine);
}

/** Lanes that waited for bytes in flight, or for results to be recorded. */
function releaseHeld(engine: Engine): void {
  const isFull = engine.inFlightBytes > engine.options.maxInFlightBytes * 0.9;
  if ((isFull && engine.shares.inFlight > 0) || !engine.recorder.isAccepting()) return;
  for (const lane of engine.held) engine.list(lane);
  engine.held.clear();
}

/** Nothing was sent for want of a connection of our own: the work goes back, nothing is recorded. */
function giveBack(engine: Engine, flight: Flight): void {
  const { lane, event, row, position, orderKey } = flight;
  const { sequence, ordinal } = flight.key;
  const nowMs = engine.monotonicMs();
  leaveSlot(engine, flight, nowMs);
  if (flight.trigger === "probe") lane.circuit.onProbed("unknown", nowMs);
  releaseKey(lane, keyNumber(sequence, ordinal));
  if (row === undefined) {
    pushUrgent(engine, lane, { event, ordinal, row, position, orderKey });
  } else {
    // The store has it: whoever reads what is due, or who is first, finds it again.
    if (row.dueAtMs !== undefined) noteDue(engine, lane, row.dueAtMs);
    if (orderKey !== undefined) headGivenBack(engine, lane, orderKey);
  }
  lane.concurrency.onOverload(flight.startedMonotonicMs, nowMs);
  lane.holdUntilMs = Math.max(lane.holdUntilMs, nowMs + LOCAL_WAIT_MS);
  goOn(engine, lane);
}

/** Whether nothing is left that gathered while the lane was held. */
export function hasCaughtUp(engine: Engine, lane: Lane): boolean {
  return (
    !isBehind(lane) &&
    lane.backlog.events.length === 0 &&
    lane.retries.loaded.length === 0 &&
    !lane.retries.reading &&
    lane.retries.nextDueAtMs > engine.nowMs()
  );
}
