/**
 * What people and the API may command and ask (model/control.ts): single deliveries are in
 * commands.ts, states of destinations in states.ts; here they are put together.
 */
import { RingdownError } from "../errors/ringdown-error.ts";
import type { DeliveryControl, DestinationState, DestinationStatus } from "../model/control.ts";
import { cancelDelivery, retryDelivery } from "./commands.ts";
import { type Engine, noteDue } from "./engine.ts";
import { keyNumber, type Lane } from "./lane.ts";
import { headChanged } from "./order.ts";
import { startSlowly } from "./settle.ts";
import { enforce, saveState, stateOf } from "./states.ts";

export function createControl(engine: Engine): DeliveryControl {
  return {
    retry: (key) => retryDelivery(engine, key),
    cancel: (key) => cancelDelivery(engine, key),
    async pause(destinationNo, reason) {
      const current = existingState(engine, destinationNo);
      if (current.status === "paused") return current;
      const sinceMs = engine.deps.clock.nowMs();
      return changeState(engine, { destinationNo, status: "paused", reason, sinceMs });
    },
    async resume(destinationNo) {
      const current = existingState(engine, destinationNo);
      if (current.status === "active") return current;
      beginAnew(engine, destinationNo);
      const sinceMs = engine.deps.clock.nowMs();
      return changeState(engine, { destinationNo, status: "active", sinceMs });
    },
    status: (destinationNo) => statusOf(engine, destinationNo),
    statuses: () => [...engine.config.destinationsByNo.keys()].map((no) => statusOf(engine, no)),
    isDelivering({ sequence, destinationNo, ordinal }) {
      const lane = engine.lanes.get(destinationNo);
      return lane?.busy.get(keyNumber(sequence, ordinal))?.stage === "sending";
    },
    adopt(rows) {
      for (const row of rows) {
        const lane = engine.laneOf(row.destinationNo);
        if (row.dueAtMs !== undefined) noteDue(engine, lane, row.dueAtMs);
        else if (row.orderKey !== undefined) headChanged(engine, lane, row.orderKey);
        engine.list(lane);
      }
    },
  };
}

function existingState(engine: Engine, destinationNo: number): DestinationState {
  if (engine.config.destinationsByNo.has(destinationNo)) return stateOf(engine, destinationNo);
  throw new RingdownError("not_found", "There is no such destination.");
}

/** In force at once; taken back if it cannot be made durable. */
async function changeState(engine: Engine, state: DestinationState): Promise<DestinationState> {
  const before = stateOf(engine, state.destinationNo);
  enforce(engine, state);
  try {
    await saveState(engine, state);
  } catch (error) {
    if (stateOf(engine, state.destinationNo) === state) enforce(engine, before);
    throw error;
  }
  return state;
}

/** Somebody says that all is well: what the lane has learned to the contrary is forgotten. */
function beginAnew(engine: Engine, destinationNo: number): void {
  const lane = engine.lanes.get(destinationNo);
  if (lane === undefined) return;
  lane.circuit.reset();
  lane.holdUntilMs = Number.NEGATIVE_INFINITY;
  startSlowly(lane);
}

function statusOf(engine: Engine, destinationNo: number): DestinationStatus {
  const state = stateOf(engine, destinationNo);
  const lane = engine.lanes.get(destinationNo);
  const maxConcurrency = engine.config.destinationsByNo.get(destinationNo)?.maxConcurrency ?? 1;
  if (lane === undefined) {
    const idle = { inFlight: 0, waiting: 0, retrying: 0, circuit: "closed" } as const;
    return { ...state, ...idle, concurrency: maxConcurrency };
  }
  const status = lane.circuit.status();
  const probeInMs = lane.circuit.nextProbeAtMs() - engine.monotonicMs();
  return {
    ...state,
    circuit: status,
    ...(status === "open" && { nextProbeAtMs: Math.round(engine.nowMs() + probeInMs) }),
    inFlight: lane.inFlight,
    concurrency: lane.concurrency.limit(),
    waiting: waitingOf(engine, lane),
    retrying: lane.retrying,
  };
}

/** What came since the start is counted; of older backlogs, what has been read by now. */
function waitingOf(engine: Engine, lane: Lane): number {
  let count = lane.backlog.waiting + lane.order.followerCount + lane.urgent.length;
  for (const event of lane.backlog.events) if (event.sequence <= engine.startSequence) count += 1;
  return count;
}
