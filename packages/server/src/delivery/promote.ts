/**
 * Gives a first attempt under way a row before its result is known.
 *
 * One event that does not come to an end, begun long ago, must not hold up thousands behind it: when
 * the window is full, the oldest gets a row and the cursor passes it. And an order head gets one when
 * something behind it does, for after a crash the rows of a key are taken to be older than the rest.
 *
 * Such a row is due at once, so that the attempt is made again should the process die; as long as it
 * lives, the key is busy and nobody picks the row up.
 */
import type { DeliveryRow } from "../model/delivery.ts";
import type { Engine } from "./engine.ts";
import type { Flight, Lane } from "./lane.ts";

/** Makes room in the window. Whether there is room now. */
export function makeRoom(engine: Engine, lane: Lane): boolean {
  const oldest = lane.window.oldestOpen();
  for (const flight of lane.busy.values()) {
    if (flight.stage !== "sending" || flight.position !== oldest) continue;
    writeDown(engine, flight);
    return lane.window.size < engine.options.windowEvents;
  }
  // Not under way: it waits for its order, and goes on as soon as its turn comes.
  return false;
}

/** Whether the attempt under way for this order key has a row now. */
export function promoteHead(engine: Engine, lane: Lane, orderKey: string): boolean {
  for (const flight of lane.busy.values()) {
    if (flight.stage !== "sending" || flight.orderKey !== orderKey) continue;
    if (flight.row === undefined) writeDown(engine, flight);
    return true;
  }
  return false;
}

function writeDown(engine: Engine, flight: Flight): void {
  const { lane, position } = flight;
  flight.row = rowOf(engine, flight);
  flight.position = -1;
  engine.recorder.addRow(flight.row);
  engine.moved.add(lane);
  lane.window.settle(position);
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
