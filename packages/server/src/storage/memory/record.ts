/** Records what became of deliveries: attempts appended, rows inserted or replaced, lane cursors. */
import type { AttemptRecord, DeliveryRow } from "../../model/delivery.ts";
import type { DeliveryChanges } from "../storage.ts";
import type { DiskContents } from "./disk.ts";

/** A copy that shares nothing which the caller could still write to. */
export function copyChanges(changes: DeliveryChanges): DeliveryChanges {
  return {
    attempts: changes.attempts.map(copyAttempt),
    deliveries: changes.deliveries.map((row) => ({ ...row })),
    lanes: (changes.lanes ?? []).map((lane) => ({ ...lane, settled: [...lane.settled] })),
  };
}

function copyAttempt(attempt: AttemptRecord): AttemptRecord {
  if (attempt.responseBody === undefined) return { ...attempt };
  return { ...attempt, responseBody: new Uint8Array(attempt.responseBody) };
}

/** `changes` belong to the store from here on. */
export function recordChanges(contents: DiskContents, changes: DeliveryChanges): void {
  for (const attempt of changes.attempts) appendAttempt(contents, attempt);
  for (const row of changes.deliveries) putRow(contents, row);
  for (const lane of changes.lanes ?? []) contents.lanes.set(lane.destinationNo, lane);
}

function appendAttempt(contents: DiskContents, attempt: AttemptRecord): void {
  contents.attempts.push(attempt);
  const ofEvent = contents.attemptsByEvent.get(attempt.sequence);
  if (ofEvent === undefined) contents.attemptsByEvent.set(attempt.sequence, [attempt]);
  else ofEvent.push(attempt);
}

function putRow(contents: DiskContents, row: DeliveryRow): void {
  const others = (contents.rowsByEvent.get(row.sequence) ?? []).filter(
    (each) => each.destinationNo !== row.destinationNo || each.ordinal !== row.ordinal,
  );
  contents.rowsByEvent.set(row.sequence, [...others, row]);
}
