/**
 * Ends what a deleted destination still owes: every waiting delivery is cancelled, in pages, so that
 * a backlog of any size takes the memory of one page. Attempts under way end by themselves first.
 *
 * A crash in between repeats the last page: a cancelled delivery is cancelled again.
 */
import type { DeliveryRow } from "../model/delivery.ts";
import type { Engine } from "./engine.ts";
import { isBehind, type Lane } from "./lane.ts";
import { letGo } from "./let-go.ts";

const PAGE_LIMIT = 256;
const PAGE_BYTES = 1024 * 1024;
const RETRY_MS = 1_000;

/** Goes on in the background; does nothing while it is under way or there is nothing to end. */
export function purge(engine: Engine, lane: Lane): void {
  if (engine.phase !== "running" || lane.purging || lane.busy.size > 0 || !owesAnything(lane))
    return;
  lane.purging = true;
  letGo(engine, lane);
  cancelAll(engine, lane).then(
    () => {
      lane.purging = false;
      engine.list(lane);
    },
    (error: unknown) => {
      lane.purging = false;
      engine.wakeAt(lane, engine.monotonicMs() + RETRY_MS);
      engine.deps.onError?.(error);
    },
  );
}

function owesAnything(lane: Lane): boolean {
  return (
    isBehind(lane) ||
    lane.backlog.events.length > 0 ||
    lane.urgent.length > 0 ||
    lane.window.oldestOpen() !== -1 ||
    lane.order.keys.size > 0 ||
    lane.retries.nextDueAtMs !== Number.POSITIVE_INFINITY ||
    lane.retries.loaded.length > 0
  );
}

async function cancelAll(engine: Engine, lane: Lane): Promise<void> {
  await cancelRows(engine, lane);
  while (isBehind(lane)) await cancelPage(engine, lane);
  lane.backlog.waiting = 0;
  lane.retrying = 0;
}

async function cancelRows(engine: Engine, lane: Lane): Promise<void> {
  const { storage } = engine.deps;
  // What is noted from here on came after the rows were read.
  lane.retries.nextDueAtMs = Number.POSITIVE_INFINITY;
  lane.order.keys.clear();
  lane.order.unknown.clear();
  lane.bursts?.newest.clear();
  for (;;) {
    const rows = await storage.listDeliveryRows({
      destinationNo: lane.destinationNo,
      states: ["pending"],
      limit: PAGE_LIMIT,
    });
    if (rows.length === 0) return;
    await storage.record({ attempts: [], deliveries: rows.map((row) => cancelled(engine, row)) });
  }
}

async function cancelPage(engine: Engine, lane: Lane): Promise<void> {
  const { storage } = engine.deps;
  const { backlog, window } = lane;
  const page = await storage.readLane({
    destinationNo: lane.destinationNo,
    afterSequence: backlog.takenUpTo,
    limit: PAGE_LIMIT,
    maxBytes: PAGE_BYTES,
  });
  const rows = page.requests
    .filter(({ sequence }) => !window.isSettledEarly(sequence))
    .map(({ sequence, receivedAtMs }) =>
      cancelled(engine, {
        sequence,
        destinationNo: lane.destinationNo,
        ordinal: 0,
        state: "pending",
        attemptCount: 0,
        lastAttemptNumber: 0,
        createdAtMs: receivedAtMs,
        updatedAtMs: receivedAtMs,
      }),
    );
  if (rows.length > 0) await storage.record({ attempts: [], deliveries: rows });
  for (const { sequence } of page.requests) window.takeEarly(sequence);
  backlog.takenUpTo = Math.max(backlog.takenUpTo, page.upToSequence);
  window.skipTo(backlog.takenUpTo);
  engine.moved.add(lane);
}

function cancelled(engine: Engine, row: DeliveryRow): DeliveryRow {
  const { dueAtMs: _, manual: __, ...rest } = row;
  const updatedAtMs = engine.nowMs();
  return { ...rest, state: "cancelled", cause: "destination_deleted", updatedAtMs };
}
