/**
 * The work of one destination: what waits, what is under way, how far it has got, and how fast it
 * may go. Plain data; the functions that act on it are in the files named beside the fields.
 *
 * A lane exists from a destination's first work on. When it has been idle for a while it is dropped:
 * everything about it is in the store, and the next event makes it anew.
 */
import type { ActiveConfig, ActiveDestination } from "../model/active.ts";
import type { DestinationState } from "../model/control.ts";
import type { AttemptTrigger, DeliveryKey, DeliveryRow } from "../model/delivery.ts";
import type { StoredRequest } from "../model/request.ts";
import type { LaneRecovery } from "../storage/storage.ts";
import type { Random } from "../support/clock.ts";
import { createRing, type Ring } from "../support/ring.ts";
import { createTokenBucket, type TokenBucket } from "../support/token-bucket.ts";
import { type Circuit, createCircuit } from "./circuit.ts";
import { type Concurrency, createConcurrency } from "./concurrency.ts";
import { isBurstKey } from "./order-key.ts";
import type { ShareClass } from "./shares.ts";
import { createWindow, type Window } from "./window.ts";

/** A delivery that can be attempted as soon as there is a slot. */
export type Work = {
  readonly event: StoredRequest;
  readonly ordinal: number;
  /** As it is stored; absent for a first attempt that nothing remarkable has happened to. */
  readonly row: DeliveryRow | undefined;
  /** Its place in the window; -1 for work that has a row. */
  readonly position: number;
  readonly orderKey: string | undefined;
};

/** A delivery from the start of an attempt until its result is durable. */
export type Flight = {
  readonly lane: Lane;
  readonly key: DeliveryKey;
  readonly event: StoredRequest;
  /** Replaced when the flight is given a row so that the cursor can pass it (window.ts is full). */
  row: DeliveryRow | undefined;
  position: number;
  readonly orderKey: string | undefined;
  readonly number: number;
  readonly trigger: AttemptTrigger;
  readonly startedAtMs: number;
  readonly startedMonotonicMs: number;
  /** Of the body that a transformation made; they count as in flight besides the event's. */
  madeBytes: number;
  stage: "sending" | "recording";
  exchange: { abort(): void } | undefined;
};

/** Somebody acts on this delivery; it must not be attempted meanwhile. */
export type Command = { readonly stage: "command" };

/** Events in memory and the place where reading goes on (backlog.ts). */
export type Backlog = {
  /** Waiting for their first attempt, oldest first. */
  readonly events: Ring<StoredRequest>;
  bytes: number;
  /** Everything up to here that names the destination was taken: it is in `events` or was begun. */
  takenUpTo: number;
  /** The newest sequence handed off and not taken; the lane is behind while it is above `takenUpTo`. */
  missedUpTo: number;
  reading: boolean;
  /** Handed off while the presumably last page is being read. */
  tail: StoredRequest[] | undefined;
  tailBytes: number;
  /** The newest sequence missed before the tail began. */
  tailStartsAfter: number;
  /** First attempts that wait, of events that came since the start. */
  waiting: number;
  /** The newest sequence that was counted as waiting. */
  countedUpTo: number;
};

/** Rows that wait for their due time, and those that have come due (retries.ts). */
export type Retries = {
  /** The earliest due time among pending rows that are not in memory; Infinity if there is none. */
  nextDueAtMs: number;
  readonly loaded: Ring<Work>;
  loadedBytes: number;
  reading: boolean;
};

export type KeyState = {
  /**
   * Who is first: an attempt under way or about to start, a row that waits for its due time, or
   * somebody not known yet (the store is to be asked).
   */
  head: "flight" | "row" | "unknown";
  /** Events that wait in memory, newer than everything of this key that has a row. */
  readonly followers: Ring<Work>;
  /** Rows may be waiting behind the head. */
  parked: boolean;
};

/** Strict order per key (order.ts). */
export type Order = {
  readonly keys: Map<string, KeyState>;
  followerCount: number;
  followerBytes: number;
  /** Rows written down behind a head since the start; an upper bound of those still there. */
  parkedCount: number;
  /** Keys whose head is unknown. */
  readonly unknown: Set<string>;
  asking: number;
};

/** Debounced deliveries that wait for their burst to end (burst.ts). */
export type Bursts = {
  /** The newest waiting row by the key of its burst, as far as remembered. */
  readonly newest: Map<string, DeliveryRow>;
  /** Waiting rows that are not durable yet. */
  unrecorded: number;
  /** No burst ends before everything up to this sequence has been begun. */
  beginFirstUpTo: number | undefined;
  /** What has come due is being read, to be attempted. */
  ending: boolean;
};

export type Lane = {
  readonly destinationNo: number;
  /** Absent: the destination was deleted. */
  destination: ActiveDestination | undefined;
  state: DestinationState;

  readonly window: Window;
  readonly backlog: Backlog;
  readonly retries: Retries;
  readonly order: Order;
  /** Absent until something was debounced. */
  bursts: Bursts | undefined;
  /** Work that goes before all other: order heads whose turn it is, work that found no connection. */
  readonly urgent: Ring<Work>;
  urgentBytes: number;
  /** Rows that wait for a retry, counted since the start. */
  retrying: number;

  /** Deliveries being attempted, recorded or acted on, by `keyNumber`. */
  readonly busy: Map<number, Flight | Command>;
  inFlight: number;
  /** Reads of rows under way, and what stopped being busy meanwhile: their answers may be stale. */
  rowReads: number;
  readonly releasedDuringReads: Set<number>;
  /** Counts up when memory is dropped: answers to earlier questions are void. */
  epoch: number;

  readonly concurrency: Concurrency;
  readonly circuit: Circuit;
  bucket: TokenBucket | undefined;
  shareClass: ShareClass;
  badInARow: number;
  /** Probes made, to choose a different delivery each time. */
  probeCount: number;
  /** Nothing starts before: the destination asked for a pause, or we have no connection. Monotonic. */
  holdUntilMs: number;
  /** After a pause or an outage: oldest first until what has gathered is gone. */
  draining: boolean;
  /** Choices made between a retry and a first attempt, to give retries their share. */
  choices: number;
  /** The limit held something back when the lane was last looked at. */
  limitReached: boolean;
  /** When something was last answered or began to be waited for. Monotonic. */
  progressAtMs: number;
  /** Fair sharing: what the lane may still send in this round. */
  credit: number;
  /** In the list of lanes that may have something to do. */
  listed: boolean;
  /** Waits for a slot of its class; it is not listed meanwhile. */
  waitsForSlot: boolean;
  /** Kept by the wake heap. */
  wakeAtMs: number;
  purging: boolean;
};

export type LaneStart = {
  readonly recovery: LaneRecovery;
  readonly config: ActiveConfig;
  readonly state: DestinationState | undefined;
  readonly random: Random;
};

export function createLane(start: LaneStart): Lane {
  const { recovery, config, random } = start;
  const { destinationNo } = recovery;
  const destination = config.destinationsByNo.get(destinationNo);
  return {
    destinationNo,
    destination,
    state: start.state ?? { destinationNo, status: "active", sinceMs: 0 },
    window: createWindow(recovery),
    backlog: createBacklog(recovery.cursor),
    retries: {
      nextDueAtMs: Number.POSITIVE_INFINITY,
      loaded: createRing(),
      loadedBytes: 0,
      reading: false,
    },
    order: createOrder(recovery.blockedKeys.filter((key) => !isBurstKey(key))),
    bursts: undefined,
    urgent: createRing(),
    urgentBytes: 0,
    retrying: 0,
    busy: new Map(),
    inFlight: 0,
    rowReads: 0,
    releasedDuringReads: new Set(),
    epoch: 0,
    concurrency: createConcurrency(destination?.maxConcurrency ?? 1),
    circuit: createCircuit(random),
    bucket: bucketOf(destination),
    shareClass: "fresh",
    badInARow: 0,
    probeCount: 0,
    holdUntilMs: Number.NEGATIVE_INFINITY,
    draining: false,
    choices: 0,
    limitReached: false,
    progressAtMs: Number.NEGATIVE_INFINITY,
    credit: 0,
    listed: false,
    waitsForSlot: false,
    wakeAtMs: Number.POSITIVE_INFINITY,
    purging: false,
  };
}

function createBacklog(cursor: number): Backlog {
  return {
    events: createRing(),
    bytes: 0,
    takenUpTo: cursor,
    missedUpTo: 0,
    reading: false,
    tail: undefined,
    tailBytes: 0,
    tailStartsAfter: 0,
    waiting: 0,
    countedUpTo: 0,
  };
}

function createOrder(blockedKeys: readonly string[]): Order {
  const order: Order = {
    keys: new Map(),
    followerCount: 0,
    followerBytes: 0,
    parkedCount: 0,
    unknown: new Set(blockedKeys),
    asking: 0,
  };
  for (const key of blockedKeys) {
    order.keys.set(key, { head: "unknown", followers: createRing(), parked: true });
  }
  return order;
}

/** A burst of a fifth of a second: even, but not held up by the grain of timers. */
export function bucketOf(destination: ActiveDestination | undefined): TokenBucket | undefined {
  const perSecond = destination?.ratePerSecond;
  if (perSecond === undefined) return undefined;
  return createTokenBucket({ perSecond, burst: Math.max(1, perSecond / 5) });
}

/** A delivery within its lane as one number: 40 bits of sequence, 8 of ordinal. */
export function keyNumber(sequence: number, ordinal: number): number {
  return sequence * 256 + ordinal;
}

/** What an event counts with against limits of memory: its body and roughly everything else. */
export function sizeOf(event: StoredRequest): number {
  return event.body.length + 1024;
}

export function isBehind(lane: Lane): boolean {
  return lane.backlog.missedUpTo > lane.backlog.takenUpTo;
}
