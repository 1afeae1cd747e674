/**
 * What the parts of the engine share: its ports, its limits, its lanes and the few moves that all of
 * them make. `delivery.ts` builds it; nothing outside this folder sees it.
 *
 * One *turn* is what happens at the end of a turn of the event loop in which something changed:
 * hand-offs are given to their lanes, lanes start what they can, results are recorded.
 */
import type { ActiveConfig } from "../model/active.ts";
import type { DestinationState } from "../model/control.ts";
import type { Ring } from "../support/ring.ts";
import type { CrashPoint } from "../support/crash-point.ts";
import type { Flight, Lane } from "./lane.ts";
import type { Recorder } from "./recorder.ts";
import { longestWaitMs } from "./schedule.ts";
import type { Shares } from "./shares.ts";
import type { DeliveryDeps, DeliveryOptions, SettledAttempt } from "./types.ts";

/** A result on its way into the store. */
export type Result = { readonly flight: Flight; readonly settled: SettledAttempt };

export type Engine = {
  readonly deps: DeliveryDeps;
  readonly options: DeliveryOptions;
  readonly crashPoint: CrashPoint;
  phase: "created" | "running" | "stopping" | "stopped";
  config: ActiveConfig;
  /** Random part of every event id of this store. */
  storeTag: number;
  /** The newest sequence that was durable at the start. */
  startSequence: number;
  /** The newest sequence handed off and given to its lanes. */
  handedOffUpTo: number;

  readonly lanes: Map<number, Lane>;
  /** Of destinations that are or were not active, whether they have a lane or not. */
  readonly states: Map<number, DestinationState>;
  /** Lanes that may have something to do in the next turn. */
  readonly listed: Ring<Lane>;
  /** Lanes that wait until results may be recorded again, or bytes in flight are fewer. */
  readonly held: Set<Lane>;
  /** Lanes that wait to read. */
  readonly readers: Set<Lane>;
  reads: number;
  /** Lanes with attempts in flight: those that can stall. */
  readonly flying: Set<Lane>;
  /** Lanes whose cursor or settled list changed since it was last saved. */
  readonly moved: Set<Lane>;

  readonly shares: Shares<Lane>;
  readonly recorder: Recorder<Result>;
  queuedBytes: number;
  inFlightBytes: number;
  succeeded: number;
  failed: number;

  /** Wall time that does not go back: for due times. */
  nowMs(): number;
  monotonicMs(): number;
  /** A turn is to be made soon. */
  scheduleTurn(): void;
  /** The lane is looked at in the next turn. */
  list(lane: Lane): void;
  wakeAt(lane: Lane, monotonicMs: number): void;
  stopWakes(): void;
  laneOf(destinationNo: number): Lane;
};

/** Whether the lane may start ordinary attempts, slots aside. */
export function isRunnable(engine: Engine, lane: Lane): boolean {
  return (
    isOpen(engine, lane) &&
    lane.circuit.status() === "closed" &&
    lane.holdUntilMs <= engine.monotonicMs()
  );
}

/** Whether anybody wants attempts to be made for the destination. */
export function isOpen(engine: Engine, lane: Lane): boolean {
  return (
    engine.phase === "running" &&
    lane.destination?.enabled === true &&
    lane.state.status === "active"
  );
}

/** When what is due cannot be told yet, because others act on it. */
export const LOOK_AGAIN_MS = 100;

/** A pending row of the lane is due then; it is read again when the time has come. */
export function noteDue(engine: Engine, lane: Lane, dueAtMs: number): void {
  const { retries } = lane;
  const nowMs = engine.nowMs();
  const atMs = isDue(lane, dueAtMs, nowMs) ? nowMs : dueAtMs;
  if (atMs >= retries.nextDueAtMs) return;
  retries.nextDueAtMs = atMs;
  engine.wakeAt(lane, engine.monotonicMs() + atMs - nowMs);
}

/** Whether the time has come, or lies so far ahead that the wall clock must have been set back. */
export function isDue(lane: Lane, dueAtMs: number, nowMs: number): boolean {
  const waitMs = dueAtMs - nowMs;
  return waitMs <= 0 || waitMs > longestWaitMs(lane.destination?.schedule ?? []);
}

/** The delivery is no longer acted on; answers to reads that began before may be stale about it. */
export function releaseKey(lane: Lane, key: number): void {
  lane.busy.delete(key);
  if (lane.rowReads > 0) lane.releasedDuringReads.add(key);
}

/** Whether a row that was just read may be relied on: nobody acted on it meanwhile. */
export function isUntouched(lane: Lane, key: number): boolean {
  return !lane.busy.has(key) && !lane.releasedDuringReads.has(key);
}
