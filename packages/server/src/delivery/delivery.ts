/**
 * Hot path 2: brings every accepted event to its destinations, until each delivery has ended in a
 * way that can be seen (I2).
 *
 *   hand-off ─▶ lane ─▶ attempt ─▶ result ─▶ record            lane.ts, dispatch.ts, settle.ts, recorder.ts
 *                 ▲                   │ failed
 *   store ────────┴──── due time ◀────┘                        backlog.ts, retries.ts, order.ts
 *
 * Each destination has a lane of its own, with its own pace, and shares slots with the others by
 * what it has shown (I6). What is in memory is bounded and can be let go of at any time (I10): the
 * store alone says what is owed. After a crash exactly what was not recorded is attempted again (I5).
 *
 * Everything runs on one thread, in turns: hand-offs, answers and pages from the store only mark what
 * has changed; at the end of the turn lanes start what they can and results are recorded together.
 *
 * This file puts the parts together and owns the life cycle. Cost per delivered event: see
 * bench/parts/engine.ts.
 */
import assert from "node:assert/strict";
import type { DestinationState } from "../model/control.ts";
import type { StoredRequest } from "../model/request.ts";
import type { LaneRecovery, StorageRecovery } from "../storage/storage.ts";
import { createRing } from "../support/ring.ts";
import type { Timer } from "../support/clock.ts";
import { createSteadyTime } from "../support/steady-time.ts";
import { createWakeHeap } from "../support/wake-heap.ts";
import type { ActiveConfig } from "../model/active.ts";
import { offer } from "./backlog.ts";
import { createControl } from "./control.ts";
import { dispatch } from "./dispatch.ts";
import { type Engine, noteDue, type Result } from "./engine.ts";
import { findStalled, sweep, SWEEP_MS, takeCheckpoints, TICK_MS } from "./housekeeping.ts";
import { bucketOf, createLane, type Flight, isBehind, type Lane } from "./lane.ts";
import { letGo } from "./let-go.ts";
import { createRecorder } from "./recorder.ts";
import { abortFlight, onRecorded } from "./settle.ts";
import { createShares } from "./shares.ts";
import {
  DEFAULT_DELIVERY_OPTIONS,
  type Delivery,
  type DeliveryDeps,
  type DeliveryOptions,
  type DeliveryStats,
} from "./types.ts";

export function createDelivery(
  deps: DeliveryDeps,
  options: Partial<DeliveryOptions> & Pick<DeliveryOptions, "version">,
): Delivery {
  const turns = createTurns(deps);
  const engine = createEngine(deps, { ...DEFAULT_DELIVERY_OPTIONS, ...options }, turns);
  turns.attach(engine);
  let stopped: Promise<void> | undefined;

  return {
    async start(recovery, states) {
      if (engine.phase === "created") begin(engine, recovery, states);
    },
    stop({ graceMs }) {
      stopped ??= end(engine, turns, graceMs);
      return stopped;
    },
    handOff: (event) => turns.handOff(event),
    reconfigure: (active) => reconfigure(engine, active),
    control: createControl(engine),
    stats: () => statsOf(engine),
  };
}

/** What marks changes, and acts on them at the end of the turn. */
type Turns = {
  attach(engine: Engine): void;
  handOff(event: StoredRequest): void;
  schedule(): void;
  /** Resolves when nothing is in flight, or the time is over. */
  quiet(timeoutMs: number): Promise<void>;
  stop(): void;
};

function createTurns({ clock }: DeliveryDeps): Turns {
  const state = {
    engine: undefined as Engine | undefined,
    arrivals: [] as StoredRequest[],
    isScheduled: false,
    onQuiet: undefined as (() => void) | undefined,
    tickTimer: undefined as Timer | undefined,
    sweptAtMs: clock.monotonicMs(),
  };

  function schedule(): void {
    if (state.isScheduled) return;
    state.isScheduled = true;
    clock.afterTurn(turn);
  }

  function turn(): void {
    const { engine, arrivals } = state;
    state.isScheduled = false;
    state.arrivals = [];
    if (engine === undefined || engine.phase === "stopped") return;
    distribute(engine, arrivals);
    dispatch(engine);
    engine.recorder.flush();
    if (engine.shares.inFlight === 0) state.onQuiet?.();
    if (engine.flying.size > 0 || engine.moved.size > 0) {
      state.tickTimer ??= clock.startTimer(TICK_MS, tick);
    }
  }

  function tick(): void {
    const { engine } = state;
    state.tickTimer = undefined;
    if (engine === undefined) return;
    findStalled(engine);
    if (clock.monotonicMs() - state.sweptAtMs > SWEEP_MS) {
      state.sweptAtMs = clock.monotonicMs();
      sweep(engine);
    }
    schedule();
  }

  return {
    attach(engine) {
      state.engine = engine;
    },
    handOff(event) {
      state.arrivals.push(event);
      schedule();
    },
    schedule,
    quiet: (timeoutMs) =>
      new Promise((resolve) => {
        const timer = clock.startTimer(timeoutMs, resolve);
        state.onQuiet = () => {
          clock.cancelTimer(timer);
          resolve();
        };
        schedule();
      }),
    stop() {
      if (state.tickTimer !== undefined) clock.cancelTimer(state.tickTimer);
    },
  };
}

function createEngine(deps: DeliveryDeps, options: DeliveryOptions, turns: Turns): Engine {
  const { clock, storage } = deps;
  const crashPoint = deps.crashPoint ?? (() => undefined);
  const wakes = createWakeHeap<Lane>(clock, (lane) => engine.list(lane));
  const recorder = createRecorder<Result>(
    {
      storage,
      clock,
      crashPoint,
      takeCheckpoints: () => takeCheckpoints(engine),
      onRecorded: (results) => onRecorded(engine, results),
      onError: (error) => deps.onError?.(error),
    },
    options,
  );
  const engine: Engine = {
    deps,
    options,
    crashPoint,
    phase: "created",
    config: deps.config(),
    storeTag: 0,
    startSequence: 0,
    handedOffUpTo: 0,
    lanes: new Map(),
    states: new Map(),
    listed: createRing(),
    held: new Set(),
    readers: new Set(),
    reads: 0,
    flying: new Set(),
    moved: new Set(),
    shares: createShares(options.maxInFlight),
    recorder,
    queuedBytes: 0,
    inFlightBytes: 0,
    succeeded: 0,
    failed: 0,
    nowMs: createSteadyTime(clock),
    monotonicMs: () => clock.monotonicMs(),
    scheduleTurn: () => turns.schedule(),
    list(lane) {
      if (lane.listed) return;
      // What is debounced has its own time, which does not wait for a slot.
      if (lane.waitsForSlot && lane.destination?.debounced !== true) return;
      lane.listed = true;
      engine.listed.push(lane);
      turns.schedule();
    },
    wakeAt: (lane, monotonicMs) => wakes.set(lane, monotonicMs),
    stopWakes: () => wakes.stop(),
    laneOf: (destinationNo) => engine.lanes.get(destinationNo) ?? addLane(engine, destinationNo),
  };
  return engine;
}

/** A lane without a past: everything handed off so far that was meant for it is settled. */
function addLane(engine: Engine, destinationNo: number): Lane {
  const cursor = engine.handedOffUpTo;
  return recoverLane(engine, { destinationNo, cursor, settled: [], blockedKeys: [] });
}

function recoverLane(engine: Engine, recovery: LaneRecovery): Lane {
  const lane = createLane({
    recovery,
    config: engine.config,
    state: engine.states.get(recovery.destinationNo),
    random: engine.deps.random,
  });
  engine.lanes.set(lane.destinationNo, lane);
  return lane;
}

/** Goes on where the store says work was left. */
function begin(
  engine: Engine,
  recovery: StorageRecovery,
  states: readonly DestinationState[],
): void {
  engine.phase = "running";
  engine.config = engine.deps.config();
  engine.storeTag = recovery.tag;
  engine.startSequence = recovery.lastSequence;
  engine.handedOffUpTo = recovery.lastSequence;
  for (const state of states) engine.states.set(state.destinationNo, state);
  for (const each of recovery.lanes) {
    if (!owesAnything(each, recovery.lastSequence)) continue;
    const lane = recoverLane(engine, each);
    if (each.cursor < recovery.lastSequence) lane.backlog.missedUpTo = recovery.lastSequence;
    if (each.nextDueAtMs !== undefined) noteDue(engine, lane, each.nextDueAtMs);
    engine.list(lane);
  }
}

function owesAnything(lane: LaneRecovery, lastSequence: number): boolean {
  return (
    lane.cursor < lastSequence || lane.nextDueAtMs !== undefined || lane.blockedKeys.length > 0
  );
}

/** Gives hand-offs to their lanes, in ascending order: what a lane has passed it never looks at again. */
function distribute(engine: Engine, arrivals: StoredRequest[]): void {
  // A released request may be handed off a moment after a later one of the same commit.
  arrivals.sort((left, right) => left.sequence - right.sequence);
  for (const event of arrivals) {
    assert(event.sequence > engine.handedOffUpTo, "hand-offs ascend from turn to turn");
    for (const { destinationNo } of event.targets) {
      offer(engine, engine.laneOf(destinationNo), event);
    }
    engine.handedOffUpTo = event.sequence;
  }
}

function reconfigure(engine: Engine, active: ActiveConfig): void {
  engine.config = active;
  for (const lane of engine.lanes.values()) {
    const before = lane.destination;
    const destination = active.destinationsByNo.get(lane.destinationNo);
    lane.destination = destination;
    lane.concurrency.setMax(destination?.maxConcurrency ?? 1);
    if (before?.ratePerSecond !== destination?.ratePerSecond) lane.bucket = bucketOf(destination);
    if (destination?.circuit === false) lane.circuit.reset();
    if (destination?.enabled !== true) letGo(engine, lane);
    engine.list(lane);
  }
}

/** Drains, then records everything that is known. */
async function end(engine: Engine, turns: Turns, graceMs: number): Promise<void> {
  if (engine.phase === "running") {
    engine.phase = "stopping";
    await turns.quiet(graceMs);
    for (const flight of flightsOf(engine)) abortFlight(engine, flight);
    await engine.recorder.finish(engine.options.stopRecordMs);
  }
  engine.phase = "stopped";
  turns.stop();
  engine.stopWakes();
}

function flightsOf(engine: Engine): Flight[] {
  return [...engine.flying].flatMap((lane) =>
    [...lane.busy.values()].filter((busy): busy is Flight => busy.stage === "sending"),
  );
}

function statsOf(engine: Engine): DeliveryStats {
  let retainedEvents = engine.shares.inFlight;
  let behind = 0;
  for (const lane of engine.lanes.values()) {
    retainedEvents += lane.backlog.events.length + (lane.backlog.tail?.length ?? 0);
    retainedEvents += lane.retries.loaded.length + lane.urgent.length + lane.order.followerCount;
    if (isBehind(lane)) behind += 1;
  }
  return {
    lanes: engine.lanes.size,
    inFlight: engine.shares.inFlight,
    retainedEvents,
    retainedBytes: engine.queuedBytes + engine.inFlightBytes,
    unrecorded: engine.recorder.unrecorded(),
    behind,
    succeeded: engine.succeeded,
    failed: engine.failed,
    recording: engine.recorder.isFailing() ? "failing" : "ok",
  };
}
