/**
 * What people may do to one delivery: have it attempted now, or end it.
 *
 * While a command acts on a delivery its key is busy, so that no attempt begins in between; while an
 * attempt is under way, a command is refused. A command is written to the store on its own, not with
 * the results of attempts: it succeeds or fails by itself.
 *
 * A delivery that waits for its first attempt has no row. The command gives it one, and its sequence
 * counts as settled before its turn (`Window.settleEarly`): whoever comes to it in the backlog,
 * in memory or after a restart, passes over it.
 */
import { RingdownError } from "../errors/ringdown-error.ts";
import type { DeliveryKey, DeliveryRow } from "../model/delivery.ts";
import { LIMITS } from "../model/ids.ts";
import type { StoredRequest } from "../model/request.ts";
import type { Ring } from "../support/ring.ts";
import { forgetBurst } from "./burst.ts";
import { type Engine, noteDue, releaseKey } from "./engine.ts";
import { type Command, keyNumber, type Lane, sizeOf, type Work } from "./lane.ts";
import { headChanged, headGivenBack, parkFollower } from "./order.ts";
import { orderKeyOf, withoutBurst } from "./order-key.ts";

/** Makes a pending or dead delivery due now. @throws not_found, state_conflict, rate_limited */
export function retryDelivery(engine: Engine, key: DeliveryKey): Promise<DeliveryRow> {
  return withKey(engine, key, async (lane) => {
    const row = await readRow(engine, lane, key);
    if (lane.destination === undefined) throw conflict("Its destination was deleted.");
    if (row !== undefined) return retryRow(engine, lane, row);
    const event = await waitingEvent(engine, lane, key);
    if (orderKeyOf(engine.config, lane.destination, event) !== undefined) {
      throw conflict("It waits for its turn behind others with the same order key.");
    }
    const due = { dueAtMs: engine.nowMs(), manual: true } as const;
    return settleEarly(engine, lane, { ...firstRow(engine, key, event), ...due });
  });
}

/** Ends a pending or dead delivery. @throws not_found, state_conflict, rate_limited */
export function cancelDelivery(engine: Engine, key: DeliveryKey): Promise<DeliveryRow> {
  return withKey(engine, key, async (lane) => {
    const row = await readRow(engine, lane, key);
    const ended = { state: "cancelled", cause: "cancelled_by_request" } as const;
    if (row === undefined) {
      const event = await waitingEvent(engine, lane, key);
      return settleEarly(engine, lane, { ...firstRow(engine, key, event), ...ended });
    }
    if (row.state !== "pending" && row.state !== "dead") throw conflict(`It is ${row.state}.`);
    const { dueAtMs: _, manual: __, ...rest } = withoutBurst(row);
    const changed = await change(engine, lane, { ...rest, ...ended, updatedAtMs: engine.nowMs() });
    if (row.state === "pending" && row.lastAttemptNumber > 0) {
      lane.retrying = Math.max(0, lane.retrying - 1);
    }
    return changed;
  });
}

async function retryRow(engine: Engine, lane: Lane, row: DeliveryRow): Promise<DeliveryRow> {
  if (row.state !== "pending" && row.state !== "dead") {
    throw conflict(`It is ${row.state}; make a replay to have the event delivered again.`);
  }
  if (row.lastAttemptNumber >= LIMITS.attemptNumber) {
    throw conflict(`It has had ${LIMITS.attemptNumber} attempts; make a replay instead.`);
  }
  const isBehindOthers = row.state === "pending" && row.dueAtMs === undefined;
  if (row.orderKey !== undefined && isBehindOthers) {
    throw conflict("It waits for its turn behind others with the same order key.");
  }
  const nowMs = engine.nowMs();
  // What somebody asks for is made, whatever comes after it.
  const { cause: _, dueAtMs: __, ...rest } = withoutBurst(row);
  const pending = { ...rest, state: "pending", manual: true, updatedAtMs: nowMs } as const;
  // A dead one of an ordered key comes back as the oldest, when its turn comes.
  const waitsForTurn = rest.orderKey !== undefined && row.state === "dead";
  const changed = waitsForTurn ? pending : { ...pending, dueAtMs: nowMs };
  if (row.state === "dead") lane.retrying += 1;
  return change(engine, lane, changed);
}

/** Writes a changed row, and lets the lane know. */
async function change(engine: Engine, lane: Lane, row: DeliveryRow): Promise<DeliveryRow> {
  await engine.deps.storage.record({ attempts: [], deliveries: [row] });
  if (row.orderKey !== undefined) headChanged(engine, lane, row.orderKey);
  return row;
}

/** The delivery's row; one that waits in memory behind its order key is given one first. */
async function readRow(
  engine: Engine,
  lane: Lane,
  key: DeliveryKey,
): Promise<DeliveryRow | undefined> {
  const { storage } = engine.deps;
  const row = await storage.readDelivery(key);
  if (row !== undefined || !parkFollower(engine, lane, key)) return row;
  await recorded(engine);
  return storage.readDelivery(key);
}

/**
 * Runs a command while nobody else acts on the delivery.
 * @throws not_found, state_conflict, shutting_down
 */
async function withKey(
  engine: Engine,
  key: DeliveryKey,
  act: (lane: Lane) => Promise<DeliveryRow>,
): Promise<DeliveryRow> {
  if (engine.phase !== "running") {
    throw new RingdownError("shutting_down", "Deliveries are not being made at the moment.");
  }
  const { destinationNo } = key;
  if (!engine.config.destinationsByNo.has(destinationNo) && !engine.lanes.has(destinationNo)) {
    throw new RingdownError("not_found", "The destination does not exist.");
  }
  const lane = engine.laneOf(destinationNo);
  const number = keyNumber(key.sequence, key.ordinal);
  if (lane.busy.get(number)?.stage === "recording") await recorded(engine);
  if (lane.busy.has(number)) throw conflict("It is being attempted or changed right now.");

  const command: Command = { stage: "command" };
  lane.busy.set(number, command);
  const withdrawn = withdraw(engine, lane, key);
  forgetBurst(lane, key);
  try {
    return await act(lane);
  } finally {
    if (lane.busy.get(number) === command) releaseKey(lane, number);
    if (withdrawn?.orderKey !== undefined) headGivenBack(engine, lane, withdrawn.orderKey);
    // Whatever came of it: a row may be due that was passed over meanwhile.
    noteDue(engine, lane, engine.nowMs());
    engine.list(lane);
  }
}

/** Takes a row that is about to be attempted out of memory, before it changes. */
function withdraw(engine: Engine, lane: Lane, key: DeliveryKey): Work | undefined {
  const isIt = (work: Work): boolean =>
    work.row !== undefined && work.event.sequence === key.sequence && work.ordinal === key.ordinal;
  const loaded = takeOut(lane.retries.loaded, isIt);
  if (loaded !== undefined) lane.retries.loadedBytes -= freed(engine, loaded);
  const urgent = takeOut(lane.urgent, isIt);
  if (urgent !== undefined) lane.urgentBytes -= freed(engine, urgent);
  return urgent;
}

function takeOut(ring: Ring<Work>, isIt: (work: Work) => boolean): Work | undefined {
  let found: Work | undefined;
  for (let left = ring.length; left > 0; left--) {
    const work = ring.shift();
    if (work === undefined) break;
    if (isIt(work)) found = work;
    else ring.push(work);
  }
  return found;
}

function freed(engine: Engine, work: Work): number {
  const bytes = sizeOf(work.event);
  engine.queuedBytes -= bytes;
  return bytes;
}

/** Resolves when everything that is known by now is durable. @throws storage_full, storage_failed */
function recorded(engine: Engine): Promise<void> {
  engine.scheduleTurn();
  return engine.recorder.recorded();
}

/** The event of a delivery that has no row because nothing has happened to it yet. */
async function waitingEvent(engine: Engine, lane: Lane, key: DeliveryKey): Promise<StoredRequest> {
  const event = await engine.deps.storage.readRequest(key.sequence);
  const isOwed =
    key.ordinal === 0 &&
    event?.outcome === "accepted" &&
    event.targets.some((target) => target.destinationNo === key.destinationNo);
  if (event === undefined || !isOwed) {
    throw new RingdownError("not_found", "There is no such delivery.");
  }
  if (isDelivered(lane, key.sequence)) {
    throw conflict("It is delivered; make a replay to have the event delivered again.");
  }
  if (isBegun(lane, key.sequence)) throw conflict("It is about to be attempted.");
  return event;
}

/** Whether it was settled without a row. */
function isDelivered(lane: Lane, sequence: number): boolean {
  const { window } = lane;
  if (sequence <= window.cursor || window.isSettledEarly(sequence)) return true;
  const position = window.find(sequence);
  return position >= 0 && window.at(position).settled;
}

/** Whether it waits in memory for its order key or a connection: its turn has come already. */
function isBegun(lane: Lane, sequence: number): boolean {
  return lane.window.find(sequence) >= 0;
}

async function settleEarly(engine: Engine, lane: Lane, row: DeliveryRow): Promise<DeliveryRow> {
  const limit = engine.options.maxEarlySettled;
  if (lane.window.earlyCount >= limit) {
    const message = `More than ${limit} waiting deliveries of one destination were acted on.`;
    throw new RingdownError("rate_limited", `${message} Try again when it has caught up.`);
  }
  await engine.deps.storage.record({ attempts: [], deliveries: [row] });
  lane.window.settleEarly(row.sequence);
  engine.moved.add(lane);
  return row;
}

function firstRow(engine: Engine, key: DeliveryKey, event: StoredRequest): DeliveryRow {
  const { sequence, destinationNo, ordinal } = key;
  return {
    sequence,
    destinationNo,
    ordinal,
    state: "pending",
    attemptCount: 0,
    lastAttemptNumber: 0,
    createdAtMs: event.receivedAtMs,
    updatedAtMs: engine.nowMs(),
  };
}

function conflict(message: string): RingdownError {
  return new RingdownError("state_conflict", message);
}
