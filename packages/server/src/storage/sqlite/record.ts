/**
 * Records what became of deliveries: attempts appended as one row per block of events, remarkable
 * deliveries inserted or replaced, lane cursors (`delivery-codec.ts`).
 */
import type { DatabaseSync } from "node:sqlite";
import { detailOf, type EncodedChanges } from "../delivery-codec.ts";

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
