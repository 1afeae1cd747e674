/**
 * Whether a destination's deliveries are made, held by a person (paused) or held by its own word
 * (suspended): changed here, kept in the store, in force before it is durable and gone if it cannot
 * be made so.
 *
 * Pausing keeps everything (I11). A 410 suspends at once; were the process to die before that is
 * durable, the delivery that met the 410 is still pending and meets it again.
 */
import type { DestinationState } from "../model/control.ts";
import type { Engine } from "./engine.ts";
import type { Lane } from "./lane.ts";
import { letGo } from "./let-go.ts";

export const STATE_DOCUMENT_KIND = "destination-state";

export function stateOf(engine: Engine, destinationNo: number): DestinationState {
  return engine.states.get(destinationNo) ?? { destinationNo, status: "active", sinceMs: 0 };
}

/** Puts a state in force in memory. */
export function enforce(engine: Engine, state: DestinationState): void {
  const { destinationNo } = state;
  engine.states.set(destinationNo, state);
  const lane = engine.lanes.get(destinationNo);
  if (lane !== undefined) {
    lane.state = state;
    if (state.status !== "active") letGo(engine, lane);
    engine.list(lane);
  }
  engine.deps.onStateChange?.(state);
}

/** Makes a state durable. */
export function saveState(engine: Engine, state: DestinationState): Promise<void> {
  const id = String(state.destinationNo);
  const put = { kind: STATE_DOCUMENT_KIND, id, document: state };
  return engine.deps.storage.putDocuments([{ put }]);
}

/** The destination does not want to be called any more. */
export function suspend(engine: Engine, lane: Lane, reason: string): void {
  if (lane.state.status !== "active") return;
  const { destinationNo } = lane;
  const state: DestinationState = {
    destinationNo,
    status: "suspended",
    reason,
    sinceMs: engine.deps.clock.nowMs(),
  };
  enforce(engine, state);
  saveState(engine, state).catch((error: unknown) => engine.deps.onError?.(error));
}
