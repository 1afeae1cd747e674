/**
 * Records what became of deliveries: attempts appended as one row per block of events, remarkable
 * deliveries inserted or replaced, lane cursors.
 *
 * A block is 4,096 consecutive events. All attempts of one event lie in rows of its block, so they
 * are found by one index look-up although none has an index entry of its own.
 */
import type { DatabaseSync } from "node:sqlite";
import type { DeliveryRow, LaneCheckpoint } from "../../model/delivery.ts";
import { encodeAttempt } from "../codec.ts";
import type { DeliveryChanges } from "../storage.ts";

export const BLOCK_EVENTS = 4096;
/** Attempts a row may hold; a record number is `batch * this + position`. */
export const BATCH_ATTEMPTS = 4096;

export const blockOf = (sequence: number): number => Math.floor(sequence / BLOCK_EVENTS);

/** `DeliveryChanges` with the attempts already encoded, so that they cross to the thread as text. */
export type EncodedChanges = {
  readonly attempts: readonly { readonly block: number; readonly data: string }[];
  readonly deliveries: readonly DeliveryRow[];
  readonly lanes: readonly LaneCheckpoint[];
};

export function encodeChanges(changes: DeliveryChanges): EncodedChanges {
  const blocks = new Map<number, string[]>();
  const full: { block: number; data: string }[] = [];
  for (const attempt of changes.attempts) {
    const block = blockOf(attempt.sequence);
    const texts = blocks.get(block) ?? [];
    texts.push(encodeAttempt(attempt));
    blocks.set(block, texts);
    if (texts.length === BATCH_ATTEMPTS) {
      full.push({ block, data: `[${texts.join()}]` });
      blocks.delete(block);
    }
  }
  const rest = [...blocks].map(([block, texts]) => ({ block, data: `[${texts.join()}]` }));
  return {
    attempts: [...full, ...rest],
    deliveries: changes.deliveries,
    lanes: changes.lanes ?? [],
  };
}

/** Inside the writer's open transaction. */
export function createRecorder(db: DatabaseSync): (changes: EncodedChanges) => void {
  const insertAttempts = db.prepare("INSERT INTO attempts (block, data) VALUES (?, ?)");
  const putDelivery = db.prepare(`
    INSERT INTO deliveries (sequence, destination_no, ordinal, state, due_at_ms, order_key, replay_id, detail)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET state = excluded.state, due_at_ms = excluded.due_at_ms,
      order_key = excluded.order_key, replay_id = excluded.replay_id, detail = excluded.detail`);
  const putLane = db.prepare(`
    INSERT INTO lanes (destination_no, cursor, settled) VALUES (?, ?, ?)
    ON CONFLICT DO UPDATE SET cursor = excluded.cursor, settled = excluded.settled`);
  const markLanes = db.prepare(`
    INSERT INTO meta (key, value) VALUES ('lanes_saved_at_batch', (SELECT coalesce(max(batch), 0) FROM attempts))
    ON CONFLICT DO UPDATE SET value = excluded.value`);

  return (changes) => {
    for (const { block, data } of changes.attempts) insertAttempts.run(block, data);
    for (const row of changes.deliveries) {
      putDelivery.run(
        row.sequence,
        row.destinationNo,
        row.ordinal,
        row.state,
        row.dueAtMs ?? null,
        row.orderKey ?? null,
        row.replayId ?? null,
        JSON.stringify(detailOf(row)),
      );
    }
    for (const lane of changes.lanes)
      putLane.run(lane.destinationNo, lane.cursor, JSON.stringify(lane.settled));
    if (changes.lanes.length > 0) markLanes.run();
  };
}

/** What is only shown, never searched. */
type DeliveryDetail = Pick<
  DeliveryRow,
  | "attemptCount"
  | "lastAttemptNumber"
  | "cause"
  | "burstSinceMs"
  | "manual"
  | "createdAtMs"
  | "updatedAtMs"
>;

function detailOf(row: DeliveryRow): DeliveryDetail {
  return {
    attemptCount: row.attemptCount,
    lastAttemptNumber: row.lastAttemptNumber,
    createdAtMs: row.createdAtMs,
    updatedAtMs: row.updatedAtMs,
    ...(row.cause !== undefined && { cause: row.cause }),
    ...(row.burstSinceMs !== undefined && { burstSinceMs: row.burstSinceMs }),
    ...(row.manual !== undefined && { manual: row.manual }),
  };
}

/** A `deliveries` row as the database gives it. */
export type DeliveryColumns = {
  readonly sequence: number;
  readonly destination_no: number;
  readonly ordinal: number;
  readonly state: DeliveryRow["state"];
  readonly due_at_ms: number | null;
  readonly order_key: string | null;
  readonly replay_id: string | null;
  readonly detail: string;
};

export function decodeDelivery(columns: DeliveryColumns): DeliveryRow {
  return {
    sequence: columns.sequence,
    destinationNo: columns.destination_no,
    ordinal: columns.ordinal,
    state: columns.state,
    ...(columns.due_at_ms !== null && { dueAtMs: columns.due_at_ms }),
    ...(columns.order_key !== null && { orderKey: columns.order_key }),
    ...(columns.replay_id !== null && { replayId: columns.replay_id }),
    ...(JSON.parse(columns.detail) as DeliveryDetail),
  };
}
