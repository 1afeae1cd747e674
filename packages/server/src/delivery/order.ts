/**
 * Strict order per key: of the deliveries of a destination with the same key, only the oldest, the
 * *head*, is attempted; the next has its turn when the head is delivered, dead or cancelled.
 *
 *   head under way       followers wait in memory, up to a limit; then the lane begins nothing more
 *   head waits for retry followers are written down (a row without a due time) and leave memory, so
 *                        that they neither hold the lane up nor pin its cursor
 *   head settled         the oldest row of the key is next, then the oldest follower in memory:
 *                        rows are always older
 *   head unknown         after a restart, or when the lane let go of its memory: the store is asked
 *
 * A key that blocks nothing costs nothing: its state is dropped with its last delivery. Keys in use
 * are bounded, and so is what is written down for them (I10).
 *
 * After a crash the order holds because what was begun and not settled is begun again in the order of
 * its sequence, and rows keep their keys blocked from the first moment (StorageRecovery.blockedKeys).
 */
import type { DeliveryRow } from "../model/delivery.ts";
import type { StoredRequest } from "../model/request.ts";
import { createRing } from "../support/ring.ts";
import { type Engine, isOpen, isUntouched, noteDue } from "./engine.ts";
import { type KeyState, keyNumber, type Lane, sizeOf, type Work } from "./lane.ts";
import { promoteHead } from "./promote.ts";
import { mayRead, readRowsFor } from "./reads.ts";
import { endWithoutEvent, toWork } from "./retries.ts";

/** Heads asked for at the same time, per lane. */
const MAX_ASKING = 4;

/**
 * Whether an event whose turn has come to be begun may pass: as the head of its key, or as a
 * follower, or not at all yet because a limit is reached.
 */
export function claimKey(engine: Engine, lane: Lane, key: string): "head" | "follower" | "full" {
  const { keys, followerCount, parkedCount } = lane.order;
  const { maxFollowers, maxParkedRows, maxOrderKeys, queueBytes } = engine.options;
  const state = keys.get(key);
  if (state === undefined) {
    if (keys.size >= maxOrderKeys) return "full";
    keys.set(key, { head: "flight", followers: createRing(), parked: false });
    return "head";
  }
  if (state.head === "row") return parkedCount < maxParkedRows ? "follower" : "full";
  const hasRoom = followerCount < maxFollowers && engine.queuedBytes < queueBytes;
  return hasRoom ? "follower" : "full";
}

/** Lets a follower wait: in memory, or as a row if its head does. */
export function follow(engine: Engine, lane: Lane, work: Work): void {
  const state = work.orderKey === undefined ? undefined : lane.order.keys.get(work.orderKey);
  if (state === undefined) return;
  if (state.head === "row") {
    park(engine, lane, work);
    state.parked = true;
    return;
  }
  state.followers.push(work);
  lane.order.followerCount += 1;
  lane.order.followerBytes += sizeOf(work.event);
  engine.queuedBytes += sizeOf(work.event);
}

/** A row of the key is attempted: it is the head. */
export function headStarts(lane: Lane, key: string): void {
  const state = lane.order.keys.get(key);
  lane.order.unknown.delete(key);
  if (state === undefined) {
    lane.order.keys.set(key, { head: "flight", followers: createRing(), parked: true });
  } else {
    state.head = "flight";
  }
}

/** The head failed and has a row with a due time: what follows is written down behind it. */
export function headWaits(engine: Engine, lane: Lane, key: string): void {
  const state = lane.order.keys.get(key);
  if (state === undefined) return;
  state.head = "row";
  parkAll(engine, lane, state);
}

/** The head is settled: the next of the key has its turn. */
export function headSettled(engine: Engine, lane: Lane, key: string): void {
  const state = lane.order.keys.get(key);
  if (state === undefined || state.head === "unknown") return;
  if (state.parked) makeUnknown(lane, key, state);
  else nextFollower(engine, lane, key);
  engine.list(lane);
}

/** The head goes back to the store, unattempted: who is first is found out again. */
export function headGivenBack(engine: Engine, lane: Lane, key: string): void {
  const state = lane.order.keys.get(key);
  if (state !== undefined) makeUnknown(lane, key, state);
  engine.list(lane);
}

/** Somebody changed rows of the key: who is first has to be found out, unless one is under way. */
export function headChanged(engine: Engine, lane: Lane, key: string): void {
  const state = lane.order.keys.get(key);
  if (state === undefined) {
    const fresh: KeyState = { head: "unknown", followers: createRing(), parked: true };
    lane.order.keys.set(key, fresh);
    lane.order.unknown.add(key);
  } else if (state.head === "flight") {
    state.parked = true;
  } else {
    makeUnknown(lane, key, state);
  }
  engine.list(lane);
}

function makeUnknown(lane: Lane, key: string, state: KeyState): void {
  state.head = "unknown";
  state.parked = true;
  lane.order.unknown.add(key);
}

function nextFollower(engine: Engine, lane: Lane, key: string): void {
  const state = lane.order.keys.get(key);
  const work = state === undefined ? undefined : shiftFollower(engine, lane, state);
  if (state === undefined || work === undefined) {
    lane.order.keys.delete(key);
    if (lane.order.keys.size === 0) lane.order.parkedCount = 0;
    return;
  }
  state.head = "flight";
  pushUrgent(engine, lane, work);
}

function shiftFollower(engine: Engine, lane: Lane, state: KeyState): Work | undefined {
  const work = state.followers.shift();
  if (work === undefined) return undefined;
  lane.order.followerCount -= 1;
  lane.order.followerBytes -= sizeOf(work.event);
  engine.queuedBytes -= sizeOf(work.event);
  return work;
}

/**
 * Writes a follower in memory down, so that somebody may act on it; those of its key go with it, for
 * what is in memory must be newer than every row. Returns whether there is such a follower, and its
 * head is one that is known to be older after a crash too.
 */
export function parkFollower(
  engine: Engine,
  lane: Lane,
  of: { readonly sequence: number },
): boolean {
  for (const [key, state] of lane.order.keys) {
    const isAmong = [...state.followers].some((work) => work.event.sequence === of.sequence);
    if (!isAmong) continue;
    if (state.head === "flight" && !promoteHead(engine, lane, key)) return false;
    parkAll(engine, lane, state);
    return true;
  }
  return false;
}

function parkAll(engine: Engine, lane: Lane, state: KeyState): void {
  for (let work = shiftFollower(engine, lane, state); work !== undefined;) {
    park(engine, lane, work);
    state.parked = true;
    work = shiftFollower(engine, lane, state);
  }
}

/** Writes a follower down: from here on it is a row, and the cursor may pass it. */
function park(engine: Engine, lane: Lane, work: Work): void {
  engine.recorder.addRow(parkedRow(engine, lane, work));
  engine.moved.add(lane);
  lane.window.settle(work.position);
  lane.order.parkedCount += 1;
}

function parkedRow(engine: Engine, lane: Lane, work: Work): DeliveryRow {
  return {
    sequence: work.event.sequence,
    destinationNo: lane.destinationNo,
    ordinal: work.ordinal,
    state: "pending",
    attemptCount: 0,
    lastAttemptNumber: 0,
    ...(work.orderKey !== undefined && { orderKey: work.orderKey }),
    createdAtMs: work.event.receivedAtMs,
    updatedAtMs: engine.nowMs(),
  };
}

export function pushUrgent(engine: Engine, lane: Lane, work: Work): void {
  lane.urgent.push(work);
  lane.urgentBytes += sizeOf(work.event);
  engine.queuedBytes += sizeOf(work.event);
}

export function shiftUrgent(engine: Engine, lane: Lane): Work | undefined {
  const work = lane.urgent.shift();
  if (work === undefined) return undefined;
  lane.urgentBytes -= sizeOf(work.event);
  engine.queuedBytes -= sizeOf(work.event);
  return work;
}

type HeadRow = { readonly rows: readonly DeliveryRow[]; readonly event: StoredRequest | undefined };

/** Asks the store who is first of the keys of which nobody knows. */
export function askHeads(engine: Engine, lane: Lane): void {
  const { order } = lane;
  for (const key of order.unknown) {
    if (order.asking >= MAX_ASKING || !isOpen(engine, lane) || !mayRead(engine, lane)) return;
    order.unknown.delete(key);
    order.asking += 1;
    // What has just been settled or written down must not be missing in the answer.
    engine.recorder.whenRecorded(() => ask(engine, lane, key));
  }
}

function ask(engine: Engine, lane: Lane, key: string): void {
  const { order } = lane;
  readRowsFor<HeadRow>(engine, lane, {
    ask: () => readHead(engine, lane, key),
    onAnswer: (answer) => takeHead(engine, lane, { key, ...answer }),
    onEnd(answer) {
      order.asking -= 1;
      if (answer === "void" && order.keys.get(key)?.head === "unknown") order.unknown.add(key);
    },
  });
}

async function readHead(engine: Engine, lane: Lane, key: string): Promise<HeadRow> {
  const { storage } = engine.deps;
  const rows = await storage.readOrderKey(lane.destinationNo, key, 1);
  const [row] = rows;
  if (row === undefined || row.dueAtMs !== undefined) return { rows, event: undefined };
  return { rows, event: await storage.readRequest(row.sequence) };
}

function takeHead(engine: Engine, lane: Lane, found: HeadRow & { readonly key: string }): void {
  const { key, event } = found;
  const [row] = found.rows;
  const state = lane.order.keys.get(key);
  if (state?.head !== "unknown") return;
  if (row === undefined) {
    state.parked = false;
    nextFollower(engine, lane, key);
  } else if (!isUntouched(lane, keyNumber(row.sequence, row.ordinal))) {
    lane.order.unknown.add(key);
  } else if (row.dueAtMs !== undefined) {
    headWaits(engine, lane, key);
    noteDue(engine, lane, row.dueAtMs);
  } else if (event === undefined) {
    endWithoutEvent(engine, row);
    makeUnknown(lane, key, state);
  } else {
    state.head = "flight";
    lane.order.parkedCount = Math.max(0, lane.order.parkedCount - 1);
    pushUrgent(engine, lane, toWork(row, event));
  }
}

/**
 * Lets go of everything in memory. The window goes back with it (`Window.rewind`): followers without
 * a row are begun again; keys that have rows stay blocked and their heads have to be asked for.
 */
export function dropOrder(engine: Engine, lane: Lane): void {
  const { order } = lane;
  for (const work of lane.urgent) {
    const state = work.orderKey === undefined ? undefined : order.keys.get(work.orderKey);
    if (work.row !== undefined && state !== undefined) state.parked = true;
  }
  for (const [key, state] of order.keys) {
    state.followers.clear();
    if (state.parked || state.head === "row") makeUnknown(lane, key, state);
    else order.keys.delete(key);
  }
  engine.queuedBytes -= order.followerBytes + lane.urgentBytes;
  order.followerCount = 0;
  order.followerBytes = 0;
  lane.urgent.clear();
  lane.urgentBytes = 0;
}
