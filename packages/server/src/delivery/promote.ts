/**
 * Makes room in a full window: one event that does not come to an end, begun long ago, must not hold
 * up thousands behind it. It is given a row, and the cursor passes it.
 *
 * A row of an attempt under way is due at once, so that it is made again should the process die; as
 * long as it lives, the key is busy and nobody picks the row up.
 */
import type { DeliveryRow } from "../model/delivery.ts";
import type { Engine } from "./engine.ts";
import type { Flight, Lane } from "./lane.ts";

/** Whether there is room now. */
export function makeRoom(engine: Engine, lane: Lane): boolean {
  const oldest = lane.window.oldestOpen();
  for (const flight of lane.busy.values()) {
    if (flight.stage !== "sending" || flight.position !== oldest) continue;
    flight.row = rowOf(engine, flight);
    flight.position = -1;
    engine.recorder.addRow(flight.row);
    engine.moved.add(lane);
    lane.window.settle(oldest);
    return lane.window.size < engine.options.windowEvents;
  }
  // Not under way: it waits for its order, and goes on as soon as its turn comes.
  return false;
}

function rowOf(engine: Engine, flight: Flight): DeliveryRow {
  const nowMs = engine.nowMs();
  return {
    ...flight.key,
    state: "pending",
    attemptCount: 0,
    lastAttemptNumber: 0,
    dueAtMs: nowMs,
    ...(flight.orderKey !== undefined && { orderKey: flight.orderKey }),
    createdAtMs: flight.event.receivedAtMs,
    updatedAtMs: nowMs,
  };
}
