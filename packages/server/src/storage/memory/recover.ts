/**
 * What the delivery engine needs after a restart, worked out anew from everything that is stored: a
 * first delivery is settled when it succeeded or has a row, whatever the last checkpoint says.
 */
import type { LaneRecovery, StorageRecovery } from "../storage.ts";
import type { DiskContents } from "./disk.ts";
import { hasSucceeded } from "./read-attempts.ts";
import { allRows, pendingRows, readDelivery } from "./read-deliveries.ts";
import { hasTarget } from "./read-requests.ts";

export function recover(contents: DiskContents): StorageRecovery {
  return {
    tag: contents.tag,
    lastSequence: contents.requests.length,
    lanes: [...destinationsOf(contents)].map((destinationNo) =>
      recoverLane(contents, destinationNo),
    ),
  };
}

function destinationsOf(contents: DiskContents): Set<number> {
  const destinations = new Set(contents.lanes.keys());
  for (const request of contents.requests) {
    if (request.outcome !== "accepted") continue;
    for (const target of request.targets) destinations.add(target.destinationNo);
  }
  for (const row of allRows(contents)) destinations.add(row.destinationNo);
  return destinations;
}

function recoverLane(contents: DiskContents, destinationNo: number): LaneRecovery {
  const cursor = contents.lanes.get(destinationNo)?.cursor ?? 0;
  const settled: number[] = [];
  for (let sequence = cursor + 1; sequence <= contents.requests.length; sequence++) {
    if (isSettled(contents, sequence, destinationNo)) settled.push(sequence);
  }

  const blockedKeys = new Set<string>();
  let nextDueAtMs = Infinity;
  for (const row of pendingRows(contents, destinationNo)) {
    if (row.orderKey !== undefined) blockedKeys.add(row.orderKey);
    nextDueAtMs = Math.min(nextDueAtMs, row.dueAtMs ?? Infinity);
  }
  return {
    destinationNo,
    cursor,
    settled,
    ...(nextDueAtMs !== Infinity && { nextDueAtMs }),
    blockedKeys: [...blockedKeys],
  };
}

function isSettled(contents: DiskContents, sequence: number, destinationNo: number): boolean {
  const request = contents.requests[sequence - 1];
  if (request?.outcome !== "accepted" || !hasTarget(request, destinationNo)) return false;
  const first = { sequence, destinationNo, ordinal: 0 };
  return hasSucceeded(contents, first) || readDelivery(contents, first) !== undefined;
}
