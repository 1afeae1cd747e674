/** Reads rows of remarkable deliveries. */
import type { DeliveryKey, DeliveryRow } from "../../model/delivery.ts";
import type { DeliveryRowQuery, DueQuery } from "../storage.ts";
import type { DiskContents } from "./disk.ts";

export function readDelivery(contents: DiskContents, key: DeliveryKey): DeliveryRow | undefined {
  return contents.rowsByEvent
    .get(key.sequence)
    ?.find((row) => row.destinationNo === key.destinationNo && row.ordinal === key.ordinal);
}

export function readDeliveriesOf(contents: DiskContents, sequence: number): readonly DeliveryRow[] {
  return (contents.rowsByEvent.get(sequence) ?? []).toSorted(compareKeys);
}

export function readDue(contents: DiskContents, query: DueQuery): readonly DeliveryRow[] {
  const due: (DeliveryRow & { readonly dueAtMs: number })[] = [];
  for (const row of pendingRows(contents, query.destinationNo)) {
    const { dueAtMs } = row;
    if (dueAtMs !== undefined && dueAtMs < query.dueBeforeMs) due.push({ ...row, dueAtMs });
  }
  return due
    .toSorted((left, right) => left.dueAtMs - right.dueAtMs || compareKeys(left, right))
    .slice(0, query.limit);
}

export type OrderKeyQuery = {
  readonly destinationNo: number;
  readonly orderKey: string;
  readonly limit: number;
};

export function readOrderKey(contents: DiskContents, query: OrderKeyQuery): readonly DeliveryRow[] {
  return [...pendingRows(contents, query.destinationNo)]
    .filter((row) => row.orderKey === query.orderKey)
    .toSorted(compareKeys)
    .slice(0, query.limit);
}

export function listDeliveryRows(
  contents: DiskContents,
  query: DeliveryRowQuery,
): readonly DeliveryRow[] {
  return [...allRows(contents)]
    .filter((row) => fits(row, query))
    .toSorted((left, right) => compareKeys(right, left))
    .slice(0, query.limit);
}

export function* allRows(contents: DiskContents): Generator<DeliveryRow> {
  for (const rows of contents.rowsByEvent.values()) yield* rows;
}

export function* pendingRows(
  contents: DiskContents,
  destinationNo: number,
): Generator<DeliveryRow> {
  for (const row of allRows(contents)) {
    if (row.destinationNo === destinationNo && row.state === "pending") yield row;
  }
}

function fits(row: DeliveryRow, query: DeliveryRowQuery): boolean {
  return (
    (query.destinationNo === undefined || row.destinationNo === query.destinationNo) &&
    (query.states === undefined || query.states.includes(row.state)) &&
    (query.replayId === undefined || row.replayId === query.replayId) &&
    (query.before === undefined || compareKeys(row, query.before) < 0)
  );
}

function compareKeys(left: DeliveryKey, right: DeliveryKey): number {
  return (
    left.sequence - right.sequence ||
    left.destinationNo - right.destinationNo ||
    left.ordinal - right.ordinal
  );
}
