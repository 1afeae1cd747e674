/** Reads rows of remarkable deliveries, each query served by its own index (schema.ts). */
import type { DeliveryKey, DeliveryRow } from "../../model/delivery.ts";
import type { DeliveryRowQuery, DueQuery } from "../storage.ts";
import type { Query } from "./reader.ts";
import { decodeDelivery, type DeliveryColumns } from "../delivery-codec.ts";

const ONE = {
  name: "deliveries-one",
  text: "SELECT * FROM deliveries WHERE sequence = $1 AND destination_no = $2 AND ordinal = $3",
};
const OF_EVENT = {
  name: "deliveries-of-event",
  text: "SELECT * FROM deliveries WHERE sequence = $1 ORDER BY destination_no, ordinal",
};
const DUE = {
  name: "deliveries-due",
  text: `SELECT * FROM deliveries
    WHERE state = 'pending' AND destination_no = $1 AND due_at_ms IS NOT NULL AND due_at_ms < $2
    ORDER BY due_at_ms, sequence, ordinal LIMIT $3`,
};
const ORDERED = {
  name: "deliveries-ordered",
  text: `SELECT * FROM deliveries
    WHERE state = 'pending' AND destination_no = $1 AND order_key = $2
    ORDER BY sequence, ordinal LIMIT $3`,
};

export async function readDelivery(
  query: Query,
  key: DeliveryKey,
): Promise<DeliveryRow | undefined> {
  const values = [key.sequence, key.destinationNo, key.ordinal];
  const [row] = await query<DeliveryColumns<Buffer>>(ONE, values);
  return row === undefined ? undefined : decodeDelivery(row);
}

export async function readDeliveriesOf(
  query: Query,
  sequence: number,
): Promise<readonly DeliveryRow[]> {
  return (await query<DeliveryColumns<Buffer>>(OF_EVENT, [sequence])).map(decodeDelivery);
}

export async function readDue(query: Query, due: DueQuery): Promise<readonly DeliveryRow[]> {
  const values = [due.destinationNo, due.dueBeforeMs, due.limit];
  return (await query<DeliveryColumns<Buffer>>(DUE, values)).map(decodeDelivery);
}

export type OrderKeyQuery = {
  readonly destinationNo: number;
  readonly orderKey: string;
  readonly limit: number;
};

export async function readOrderKey(
  query: Query,
  { destinationNo, orderKey, limit }: OrderKeyQuery,
): Promise<readonly DeliveryRow[]> {
  const values = [destinationNo, Buffer.from(orderKey), limit];
  return (await query<DeliveryColumns<Buffer>>(ORDERED, values)).map(decodeDelivery);
}

/** Absent filters are NULL; the statement is planned anew for each, so each finds its index. */
const LIST = {
  name: "",
  text: `SELECT * FROM deliveries
    WHERE ($1::int8 IS NULL OR destination_no = $1)
      AND ($2::text IS NULL OR replay_id = $2)
      AND ($3::text[] IS NULL OR state = ANY($3))
      AND ($4::int8 IS NULL OR (sequence, destination_no, ordinal) < ($4, $5::int8, $6::int4))
    ORDER BY sequence DESC, destination_no DESC, ordinal DESC LIMIT $7`,
};

export async function listDeliveryRows(
  sql: Query,
  query: DeliveryRowQuery,
): Promise<readonly DeliveryRow[]> {
  const { before } = query;
  const rows = await sql<DeliveryColumns<Buffer>>(LIST, [
    query.destinationNo ?? null,
    query.replayId ?? null,
    query.states ?? null,
    before?.sequence ?? null,
    before?.destinationNo ?? null,
    before?.ordinal ?? null,
    query.limit,
  ]);
  return rows.map(decodeDelivery);
}
