/** Reads rows of remarkable deliveries, each query served by its own index (schema.ts). */
import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import type { DeliveryKey, DeliveryRow } from "../../model/delivery.ts";
import type { DeliveryRowQuery, DueQuery } from "../storage.ts";
import { decodeDelivery, type DeliveryColumns } from "../delivery-codec.ts";

export type DeliveryReader = {
  readDelivery(key: DeliveryKey): DeliveryRow | undefined;
  readDeliveriesOf(sequence: number): DeliveryRow[];
  readDue(query: DueQuery): DeliveryRow[];
  readOrderKey(destinationNo: number, orderKey: string, limit: number): DeliveryRow[];
  listDeliveryRows(query: DeliveryRowQuery): DeliveryRow[];
};

export function createDeliveryReader(db: DatabaseSync): DeliveryReader {
  const one = db.prepare(
    "SELECT * FROM deliveries WHERE sequence = ? AND destination_no = ? AND ordinal = ?",
  );
  const ofEvent = db.prepare(
    "SELECT * FROM deliveries WHERE sequence = ? ORDER BY destination_no, ordinal",
  );
  const due = db.prepare(`
    SELECT * FROM deliveries
    WHERE state = 'pending' AND destination_no = ? AND due_at_ms IS NOT NULL AND due_at_ms < ?
    ORDER BY due_at_ms, sequence LIMIT ?`);
  const ordered = db.prepare(`
    SELECT * FROM deliveries
    WHERE state = 'pending' AND destination_no = ? AND order_key = ?
    ORDER BY sequence, ordinal LIMIT ?`);

  return {
    readDelivery(key) {
      const row = one.get(key.sequence, key.destinationNo, key.ordinal);
      return row === undefined ? undefined : decodeDelivery(row as DeliveryColumns<string>);
    },
    readDeliveriesOf: (sequence) => decodeAll(ofEvent.all(sequence)),
    readDue: (query) => decodeAll(due.all(query.destinationNo, query.dueBeforeMs, query.limit)),
    readOrderKey: (destinationNo, orderKey, limit) =>
      decodeAll(ordered.all(destinationNo, orderKey, limit)),
    listDeliveryRows(query) {
      const { where, values } = conditionsOf(query);
      const sql = `SELECT * FROM deliveries ${where}
        ORDER BY sequence DESC, destination_no DESC, ordinal DESC LIMIT ?`;
      return decodeAll(db.prepare(sql).all(...values, query.limit));
    },
  };
}

function decodeAll(rows: readonly unknown[]): DeliveryRow[] {
  return rows.map((row) => decodeDelivery(row as DeliveryColumns<string>));
}

function conditionsOf(query: DeliveryRowQuery): { where: string; values: SQLInputValue[] } {
  const conditions: string[] = [];
  const values: SQLInputValue[] = [];
  function add(condition: string, ...more: SQLInputValue[]): void {
    conditions.push(condition);
    values.push(...more);
  }
  if (query.destinationNo !== undefined) add("destination_no = ?", query.destinationNo);
  if (query.replayId !== undefined) add("replay_id = ?", query.replayId);
  if (query.states !== undefined)
    add(`state IN (${query.states.map(() => "?").join()})`, ...query.states);
  if (query.before !== undefined) {
    const { sequence, destinationNo, ordinal } = query.before;
    add("(sequence, destination_no, ordinal) < (?, ?, ?)", sequence, destinationNo, ordinal);
  }
  return { where: conditions.length === 0 ? "" : `WHERE ${conditions.join(" AND ")}`, values };
}
