/**
 * First attempts that wait: in memory while the lane keeps up, in the store when it does not.
 *
 *   live ──▶ behind   an event comes and there is no room, or the lane may not run
 *   behind ──▶ live   everything handed off so far has been read
 *
 * `takenUpTo` splits the sequence in two: what is at or below it and names the destination was taken
 * into memory (or begun), what is above is in the store alone. A live lane takes each event as it is
 * handed off; a lane that is behind only remembers that there is more, and reads pages, oldest first,
 * as it needs them. So a million waiting events cost a lane two numbers (I10).
 *
 * A lane that has nearly caught up keeps what arrives during its last read (the *tail*); otherwise
 * one that is busy would chase the end of the store for ever.
 *
 * An event that a page brought before its hand-off is recognised by `takenUpTo`, so none is taken
 * twice; none is passed over, because hand-offs ascend and a page covers all up to its end.
 */
import type { StoredRequest } from "../model/request.ts";
import type { LanePage } from "../storage/storage.ts";
import { type Engine, isOpen, isRunnable } from "./engine.ts";
import { isBehind, type Lane, sizeOf } from "./lane.ts";
import { mayRead, readFor } from "./reads.ts";

/** A page of a lane in full swing; others read what they can start soon. */
const PAGE_EVENTS = 256;
const PAGE_BYTES = 1024 * 1024;
/** While the circuit is open only a probe is needed. */
const PROBE_EVENTS = 2;
/** Kept in memory for a lane of which nothing good is known. */
const UNPROVEN_EVENTS = 64;
/** Of all memory for waiting events, what lanes that are not healthy may fill. */
const UNPROVEN_SHARE = 0.5;

/** Takes an event that was just handed off, or remembers that it is there. */
export function offer(engine: Engine, lane: Lane, event: StoredRequest): void {
  const { backlog } = lane;
  if (event.sequence <= backlog.takenUpTo) return;
  countWaiting(engine, lane, event.sequence);
  if (!isBehind(lane) && hasRoom(engine, lane, sizeOf(event)) && isRunnable(engine, lane)) {
    take(engine, lane, event);
  } else {
    backlog.missedUpTo = event.sequence;
    keepTail(engine, lane, event);
  }
  engine.list(lane);
}

/** The oldest waiting event, out of the waiting list. */
export function shiftEvent(engine: Engine, lane: Lane): StoredRequest | undefined {
  const event = lane.backlog.events.shift();
  if (event === undefined) return undefined;
  lane.backlog.bytes -= sizeOf(event);
  engine.queuedBytes -= sizeOf(event);
  if (event.sequence > engine.startSequence) lane.backlog.waiting -= 1;
  return event;
}

/** Puts it back: its turn has not come after all. */
export function unshiftEvent(engine: Engine, lane: Lane, event: StoredRequest): void {
  lane.backlog.events.unshift(event);
  lane.backlog.bytes += sizeOf(event);
  engine.queuedBytes += sizeOf(event);
  if (event.sequence > engine.startSequence) lane.backlog.waiting += 1;
}

/** Reads the next page if the lane is behind and has room for more. */
export function refill(engine: Engine, lane: Lane): void {
  const { backlog } = lane;
  if (!isBehind(lane) || backlog.reading || !isOpen(engine, lane)) return;
  const limit = pageLimit(engine, lane);
  if (limit === 0 || !mayRead(engine, lane)) return;

  backlog.reading = true;
  // Sequences are shared by all destinations: this far apart, one page may reach the end.
  const isNearEnd = backlog.missedUpTo - backlog.takenUpTo <= 4 * PAGE_EVENTS;
  if (isNearEnd && lane.circuit.status() === "closed") startTail(lane);
  readFor(engine, lane, {
    ask: () =>
      engine.deps.storage.readLane({
        destinationNo: lane.destinationNo,
        afterSequence: backlog.takenUpTo,
        limit,
        maxBytes: limit === 1 ? 1 : PAGE_BYTES,
      }),
    onAnswer: (page) => takePage(engine, lane, page),
    onEnd(answer) {
      backlog.reading = false;
      if (answer === "void") dropTail(engine, lane);
    },
  });
}

/** Events to read now; 0 when there is enough in memory. */
function pageLimit(engine: Engine, lane: Lane): number {
  const { events } = lane.backlog;
  if (lane.circuit.status() !== "closed") return events.length === 0 ? PROBE_EVENTS : 0;
  const wanted = lane.shareClass === "healthy" ? PAGE_EVENTS : UNPROVEN_EVENTS;
  if (events.length > wanted / 2) return 0;
  if (hasRoom(engine, lane, PAGE_BYTES)) return Math.min(wanted, engine.options.laneQueueEvents);
  // Without room a lane still gets one at a time, so that none starves.
  return events.length === 0 ? 1 : 0;
}

function takePage(engine: Engine, lane: Lane, page: LanePage): void {
  const { backlog } = lane;
  for (const event of page.requests) {
    countWaiting(engine, lane, event.sequence);
    take(engine, lane, event);
  }
  backlog.takenUpTo = Math.max(backlog.takenUpTo, page.upToSequence);
  joinTail(engine, lane);
  engine.moved.add(lane);
}

function take(engine: Engine, lane: Lane, event: StoredRequest): void {
  lane.backlog.events.push(event);
  lane.backlog.bytes += sizeOf(event);
  engine.queuedBytes += sizeOf(event);
  lane.backlog.takenUpTo = event.sequence;
}

function hasRoom(engine: Engine, lane: Lane, bytes: number): boolean {
  const { backlog } = lane;
  const { laneQueueEvents, laneQueueBytes, queueBytes } = engine.options;
  const isHealthy = lane.shareClass === "healthy";
  const eventLimit = isHealthy ? laneQueueEvents : Math.min(laneQueueEvents, UNPROVEN_EVENTS);
  const byteLimit = isHealthy ? queueBytes : queueBytes * UNPROVEN_SHARE;
  return (
    backlog.events.length < eventLimit &&
    backlog.bytes + bytes <= laneQueueBytes &&
    engine.queuedBytes + bytes <= byteLimit
  );
}

/** Only what came since the start is counted: older backlogs are known to the store alone. */
function countWaiting(engine: Engine, lane: Lane, sequence: number): void {
  if (sequence <= engine.startSequence || sequence <= lane.backlog.countedUpTo) return;
  lane.backlog.countedUpTo = sequence;
  lane.backlog.waiting += 1;
}

function startTail(lane: Lane): void {
  lane.backlog.tail = [];
  lane.backlog.tailBytes = 0;
  lane.backlog.tailStartsAfter = lane.backlog.missedUpTo;
}

function keepTail(engine: Engine, lane: Lane, event: StoredRequest): void {
  const { backlog } = lane;
  if (backlog.tail === undefined) return;
  if (!hasRoom(engine, lane, backlog.tailBytes + sizeOf(event))) {
    dropTail(engine, lane);
    return;
  }
  backlog.tail.push(event);
  backlog.tailBytes += sizeOf(event);
  engine.queuedBytes += sizeOf(event);
}

function dropTail(engine: Engine, lane: Lane): void {
  engine.queuedBytes -= lane.backlog.tailBytes;
  lane.backlog.tail = undefined;
  lane.backlog.tailBytes = 0;
}

/** The page has been taken: what came meanwhile follows it, if the page reached that far. */
function joinTail(engine: Engine, lane: Lane): void {
  const { backlog } = lane;
  const { tail } = backlog;
  if (tail === undefined) return;
  dropTail(engine, lane);
  const next = tail.find((event) => event.sequence > backlog.takenUpTo);
  if (next === undefined) return;
  // Everything handed off before the tail must have been in the page.
  if (backlog.takenUpTo < backlog.tailStartsAfter) return;
  for (const event of tail) if (event.sequence > backlog.takenUpTo) take(engine, lane, event);
}

/** Lets go of what waits in memory: it is read again when the lane goes on. */
export function dropEvents(engine: Engine, lane: Lane): void {
  const { backlog } = lane;
  dropTail(engine, lane);
  const oldest = backlog.events.peek();
  if (oldest === undefined) return;
  backlog.missedUpTo = Math.max(backlog.missedUpTo, backlog.takenUpTo);
  backlog.takenUpTo = oldest.sequence - 1;
  engine.queuedBytes -= backlog.bytes;
  backlog.bytes = 0;
  backlog.events.clear();
}
