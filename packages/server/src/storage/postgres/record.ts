/**
 * Records what became of deliveries: attempts appended as one row per block of events, remarkable
 * deliveries inserted or replaced, lane cursors.
 * (`delivery-codec.ts`).
 */
import type { DeliveryRow, LaneCheckpoint } from "../../model/delivery.ts";
import { detailOf, encodeChanges, type EncodedChanges } from "../delivery-codec.ts";
import type { DeliveryChanges } from "../storage.ts";
import { NODE_NO } from "./schema.ts";
import type { Session } from "./session.ts";

/** Shares nothing with the caller, who may go on while it is on its way. */
export function copyChanges(changes: DeliveryChanges): EncodedChanges {
  const { attempts, deliveries, lanes } = encodeChanges(changes);
  return {
    attempts,
    deliveries: deliveries.map((row) => ({ ...row })),
    lanes: lanes.map((lane) => ({ ...lane, settled: [...lane.settled] })),
  };
}

const INSERT_ATTEMPTS = {
  name: "record-attempts",
  text: `INSERT INTO attempts (batch, block, node_no, data)
    SELECT batch, block, ${NODE_NO}, data
    FROM unnest($1::int8[], $2::int8[], $3::text[]) AS fresh (batch, block, data)`,
};
const PUT_DELIVERIES = {
  name: "record-deliveries",
  text: `INSERT INTO deliveries
      (sequence, destination_no, ordinal, state, due_at_ms, order_key, replay_id, detail)
    SELECT * FROM unnest($1::int8[], $2::int8[], $3::int4[], $4::text[], $5::float8[], $6::bytea[],
      $7::text[], $8::text[])
    ON CONFLICT (sequence, destination_no, ordinal) DO UPDATE SET
      state = excluded.state, due_at_ms = excluded.due_at_ms, order_key = excluded.order_key,
      replay_id = excluded.replay_id, detail = excluded.detail`,
};
const PUT_LANES = {
  name: "record-lanes",
  text: `INSERT INTO lanes (destination_no, node_no, cursor, settled)
    SELECT destination_no, ${NODE_NO}, cursor, settled
    FROM unnest($1::int8[], $2::int8[], $3::text[]) AS fresh (destination_no, cursor, settled)
    ON CONFLICT (destination_no) DO UPDATE SET cursor = excluded.cursor, settled = excluded.settled`,
};
const MARK_LANES = {
  name: "record-mark-lanes",
  text: `UPDATE nodes SET lanes_saved_at_batch = $1 WHERE node_no = ${NODE_NO}`,
};

export type SentRecords = {
  readonly sent: readonly Promise<unknown>[];
  readonly nextBatch: number;
};

/**
 * Several records in their order, as one: of a row or a lane that comes more than once only the last
 * form is written, which is all that can be seen after the commit.
 */
export function sendRecords(
  session: Session,
  records: readonly EncodedChanges[],
  firstBatch: number,
): SentRecords {
  const attempts = records.flatMap((record) => record.attempts);
  const rows = lastOf(
    records.flatMap((record) => record.deliveries),
    (row) => `${row.sequence} ${row.destinationNo} ${row.ordinal}`,
  );
  const lanes = lastOf(
    records.flatMap((record) => record.lanes),
    (lane) => `${lane.destinationNo}`,
  );
  const sent: Promise<unknown>[] = [];
  if (attempts.length > 0) {
    const batches = attempts.map((_, index) => firstBatch + index);
    const blocks = attempts.map((each) => each.block);
    const texts = attempts.map((each) => each.data);
    sent.push(session.run(INSERT_ATTEMPTS, [batches, blocks, texts]));
  }
  if (rows.length > 0) sent.push(session.run(PUT_DELIVERIES, deliveryColumns(rows)));
  if (lanes.length > 0) {
    sent.push(session.run(PUT_LANES, laneColumns(lanes)));
    // Complete up to the last record that saved any; later ones of this transaction count as later.
    sent.push(session.run(MARK_LANES, [markOf(records, firstBatch)]));
  }
  return { sent, nextBatch: firstBatch + attempts.length };
}

function markOf(records: readonly EncodedChanges[], firstBatch: number): number {
  let batch = firstBatch - 1;
  let mark = batch;
  for (const record of records) {
    batch += record.attempts.length;
    if (record.lanes.length > 0) mark = batch;
  }
  return mark;
}

function lastOf<Item>(items: readonly Item[], keyOf: (item: Item) => string): readonly Item[] {
  return [...new Map(items.map((item) => [keyOf(item), item])).values()];
}

function deliveryColumns(rows: readonly DeliveryRow[]): readonly unknown[] {
  return [
    rows.map((row) => row.sequence),
    rows.map((row) => row.destinationNo),
    rows.map((row) => row.ordinal),
    rows.map((row) => row.state),
    rows.map((row) => row.dueAtMs ?? null),
    rows.map((row) => (row.orderKey === undefined ? null : Buffer.from(row.orderKey))),
    rows.map((row) => row.replayId ?? null),
    rows.map((row) => JSON.stringify(detailOf(row))),
  ];
}

function laneColumns(lanes: readonly LaneCheckpoint[]): readonly unknown[] {
  return [
    lanes.map((lane) => lane.destinationNo),
    lanes.map((lane) => lane.cursor),
    lanes.map((lane) => JSON.stringify(lane.settled)),
  ];
}
