/**
 * Debounce: of a burst of events only the newest is delivered (docs/adr/0006).
 *
 *   its turn comes ─▶ a row: pending, due after the wait ─▶ nothing newer came ─▶ attempted
 *                        └──▶ a newer one of its key came ─▶ cancelled: superseded
 *
 * Whether a delivery is the newest of its key is decided when it comes due, by the store alone
 * (burst-end.ts): so it holds over crashes, pauses and lost memory. What is remembered here only
 * makes it known sooner, in the same record that makes the newer one durable; that memory is bounded,
 * and what falls out of it is found when due (I10).
 *
 * A row has its burst's key until its first attempt; what was attempted is never superseded.
 *
 * Cost: one row written per event and one per event superseded. Destinations that no debounced
 * route leads to never come here.
 */
import type { Debounce } from "../model/active.ts";
import type { DeliveryRow } from "../model/delivery.ts";
import type { StoredRequest } from "../model/request.ts";
import { type Engine, noteDue, releaseKey } from "./engine.ts";
import { type Bursts, type Command, keyNumber, type Lane } from "./lane.ts";
import { burstKey, withoutBurst } from "./order-key.ts";
import { contextOf } from "./transform-event.ts";

/** An event whose turn has come: whether it waits now, must come again, or is none of ours. */
export function beginDebounced(
  engine: Engine,
  lane: Lane,
  event: StoredRequest,
): "waits" | "full" | "not_debounced" {
  const found = debounceOf(engine, lane, event);
  if (found === undefined) return "not_debounced";
  const bursts = burstsOf(lane);
  if (bursts.unrecorded >= engine.options.maxUnrecorded) return "full";

  const before = takeKnown(engine, lane, found.key);
  const row = waitingRow(engine, lane, { event, ...found, before });
  lane.window.settle(lane.window.begin(event.sequence));
  engine.moved.add(lane);
  if (before !== undefined) supersede(engine, lane, before);
  writeWaiting(engine, lane, row);
  return "waits";
}

type Found = { readonly key: string; readonly debounce: Debounce };

/** By the configuration in force: a route that is gone debounces no more. */
function debounceOf(engine: Engine, lane: Lane, event: StoredRequest): Found | undefined {
  const target = event.targets.find((each) => each.destinationNo === lane.destinationNo);
  if (target === undefined) return undefined;
  const { debounce } = engine.config.routesByNo.get(target.routeNo) ?? {};
  if (debounce === undefined) return undefined;
  if (debounce.keyOf === undefined) return { key: burstKey(target.routeNo, ""), debounce };
  const key = debounce.keyOf(contextOf(engine.config, event));
  // What has no key stands for nothing else: nothing may take its place.
  if (key === undefined || key === "") return undefined;
  return { key: burstKey(target.routeNo, key), debounce };
}

type Waiting = Found & {
  readonly event: StoredRequest;
  readonly before: DeliveryRow | undefined;
};

function waitingRow(engine: Engine, lane: Lane, waiting: Waiting): DeliveryRow {
  const { event, key, debounce, before } = waiting;
  const nowMs = engine.nowMs();
  const sinceMs = Math.min(before?.burstSinceMs ?? nowMs, nowMs);
  return {
    sequence: event.sequence,
    destinationNo: lane.destinationNo,
    ordinal: 0,
    state: "pending",
    attemptCount: 0,
    lastAttemptNumber: 0,
    dueAtMs: Math.min(nowMs + debounce.waitMs, sinceMs + debounce.maxMs),
    cause: "debounced",
    orderKey: key,
    burstSinceMs: sinceMs,
    createdAtMs: event.receivedAtMs,
    updatedAtMs: nowMs,
  };
}

export function burstsOf(lane: Lane): Bursts {
  lane.bursts ??= { newest: new Map(), unrecorded: 0, beginFirstUpTo: undefined, ending: false };
  return lane.bursts;
}

/** The row that a newer one of its key may replace, as far as remembered. */
function takeKnown(engine: Engine, lane: Lane, key: string): DeliveryRow | undefined {
  const { newest, ending } = burstsOf(lane);
  const row = newest.get(key);
  newest.delete(key);
  if (row === undefined || lane.busy.has(keyNumber(row.sequence, row.ordinal))) return undefined;
  // Its burst has ended and it is on its way: were it replaced now, a steady stream might replace
  // each one just before its attempt.
  const isEnding = ending || lane.retries.loaded.length > 0;
  return isEnding && (row.dueAtMs ?? 0) <= engine.nowMs() ? undefined : row;
}

/** Writes a waiting row; whoever looks for what is due learns of it when it is durable. */
export function writeWaiting(engine: Engine, lane: Lane, row: DeliveryRow): void {
  const bursts = burstsOf(lane);
  const { orderKey = "", dueAtMs = 0 } = row;
  engine.recorder.addRow(row);
  remember(engine, bursts, { key: orderKey, row });
  bursts.unrecorded += 1;
  engine.recorder.whenRecorded(() => {
    bursts.unrecorded -= 1;
    noteDue(engine, lane, dueAtMs);
    engine.list(lane);
  });
}

function remember(
  engine: Engine,
  { newest }: Bursts,
  { key, row }: { readonly key: string; readonly row: DeliveryRow },
): void {
  const known = newest.get(key);
  if (known !== undefined && known.sequence > row.sequence) return;
  newest.delete(key);
  newest.set(key, row);
  if (newest.size <= engine.options.maxKnownBursts) return;
  const [oldest] = newest.keys();
  if (oldest !== undefined) newest.delete(oldest);
}

/** Somebody acts on the delivery: what is remembered of it is no longer so. */
export function forgetBurst(lane: Lane, { sequence }: { readonly sequence: number }): void {
  for (const [key, row] of lane.bursts?.newest ?? []) {
    if (row.sequence === sequence) lane.bursts?.newest.delete(key);
  }
}

/** A newer event of its burst is delivered in its place. Nobody else acts on it meanwhile. */
export function supersede(engine: Engine, lane: Lane, row: DeliveryRow): void {
  const number = keyNumber(row.sequence, row.ordinal);
  const command: Command = { stage: "command" };
  lane.busy.set(number, command);
  const { dueAtMs: _, ...rest } = withoutBurst(row);
  const ended = { state: "cancelled", cause: "superseded", updatedAtMs: engine.nowMs() } as const;
  engine.recorder.addRow({ ...rest, ...ended });
  engine.recorder.whenRecorded(() => {
    releaseKey(lane, number);
    engine.list(lane);
  });
}
