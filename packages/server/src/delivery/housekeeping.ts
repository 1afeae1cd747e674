/**
 * What has to be done from time to time rather than when something happens: finding lanes that
 * stall, saving how far lanes have got, dropping lanes that are idle.
 *
 * Runs twice a second while there is anything to look after, and not at all otherwise.
 */
import type { LaneCheckpoint } from "../model/delivery.ts";
import type { Engine } from "./engine.ts";
import { isBehind, type Lane } from "./lane.ts";
import { setShare } from "./settle.ts";

export const TICK_MS = 500;
const STALL_MS = 1_000;
export const SWEEP_MS = 60_000;
/** An idle lane's saved cursor may lag so far: a restart looks through that many events for it. */
const CURSOR_LAG = 50_000;

/** Lanes that get no answer although they are at their limit, or before anything is known of them. */
export function findStalled(engine: Engine): void {
  const nowMs = engine.monotonicMs();
  for (const lane of engine.flying) {
    if (nowMs - lane.progressAtMs <= STALL_MS) continue;
    const isAtLimit = lane.inFlight >= lane.concurrency.limit();
    if (isAtLimit || lane.shareClass === "fresh") setShare(engine, lane, "suspect");
  }
}

/** How far every lane has got that moved since this was last asked. */
export function takeCheckpoints(engine: Engine): LaneCheckpoint[] {
  const checkpoints: LaneCheckpoint[] = [];
  for (const lane of engine.moved) {
    skipOthers(engine, lane);
    const { destinationNo, window } = lane;
    checkpoints.push({ destinationNo, cursor: window.cursor, settled: window.settledBeyond() });
  }
  engine.moved.clear();
  return checkpoints;
}

/** With nothing of its own open, a lane has also passed what was meant for others. */
function skipOthers(engine: Engine, lane: Lane): void {
  const { backlog, window } = lane;
  if (window.oldestOpen() !== -1 || backlog.events.length > 0) return;
  if (!isBehind(lane)) backlog.takenUpTo = Math.max(backlog.takenUpTo, engine.handedOffUpTo);
  window.skipTo(backlog.takenUpTo);
}

/** Drops lanes that have been idle for a while, and lets the cursors of others catch up. */
export function sweep(engine: Engine): void {
  const nowMs = engine.monotonicMs();
  for (const lane of engine.lanes.values()) {
    if (isIdle(engine, lane) && nowMs - lane.progressAtMs > SWEEP_MS) {
      engine.lanes.delete(lane.destinationNo);
    } else if (engine.handedOffUpTo - lane.window.cursor > CURSOR_LAG) {
      engine.moved.add(lane);
    }
  }
}

/** Whether the lane would be the same if it were made anew. */
function isIdle(engine: Engine, lane: Lane): boolean {
  return (
    !holdsWork(lane) &&
    !isReading(lane) &&
    !lane.listed &&
    !lane.waitsForSlot &&
    !engine.moved.has(lane) &&
    lane.circuit.status() === "closed" &&
    lane.holdUntilMs <= engine.monotonicMs() &&
    engine.handedOffUpTo - lane.window.cursor <= CURSOR_LAG
  );
}

function holdsWork(lane: Lane): boolean {
  const { backlog, retries, window, order, urgent, busy } = lane;
  const inMemory = backlog.events.length + retries.loaded.length + urgent.length + busy.size;
  if ((lane.bursts?.unrecorded ?? 0) > 0) return true;
  const isOwing = retries.nextDueAtMs !== Number.POSITIVE_INFINITY || order.keys.size > 0;
  return inMemory > 0 || isOwing || isBehind(lane) || window.size > 0 || window.earlyCount > 0;
}

function isReading(lane: Lane): boolean {
  return lane.backlog.reading || lane.retries.reading || lane.rowReads > 0 || lane.purging;
}
