/**
 * How attempts and deliveries look at rest in a database, whichever it is: attempts as one row per block
 * of events, what is only shown of a delivery as one JSON text.
 *
 * A block is 4,096 consecutive events. All attempts of one event lie in rows of its block, so they
 * are found by one index look-up although none has an index entry of its own.
 */
import type { DeliveryRow, LaneCheckpoint } from "../model/delivery.ts";
import { encodeAttempt } from "./codec.ts";
import type { DeliveryChanges } from "./storage.ts";

export const BLOCK_EVENTS = 4096;
/** Attempts a row may hold; a record number is `batch * this + position`. */
export const BATCH_ATTEMPTS = 4096;

export const blockOf = (sequence: number): number => Math.floor(sequence / BLOCK_EVENTS);

/** `DeliveryChanges` with the attempts already encoded: as text they cross to a thread or a server. */
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

export function detailOf(row: DeliveryRow): DeliveryDetail {
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

/** A `deliveries` row as a database gives it; `Key` is how it gives an order key. */
export type DeliveryColumns<Key> = {
  readonly sequence: number;
  readonly destination_no: number;
  readonly ordinal: number;
  readonly state: DeliveryRow["state"];
  readonly due_at_ms: number | null;
  readonly order_key: Key | null;
  readonly replay_id: string | null;
  readonly detail: string;
};

export function decodeDelivery<Key extends { toString(): string }>(
  columns: DeliveryColumns<Key>,
): DeliveryRow {
  return {
    sequence: columns.sequence,
    destinationNo: columns.destination_no,
    ordinal: columns.ordinal,
    state: columns.state,
    ...(columns.due_at_ms !== null && { dueAtMs: columns.due_at_ms }),
    ...(columns.order_key !== null && { orderKey: columns.order_key.toString() }),
    ...(columns.replay_id !== null && { replayId: columns.replay_id }),
    ...(JSON.parse(columns.detail) as DeliveryDetail),
  };
}
