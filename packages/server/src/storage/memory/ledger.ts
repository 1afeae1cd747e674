/**
 * Counts I2: what was accepted, and what became of every delivery that is owed.
 *
 * A first delivery is owed to every target of an accepted event; it is delivered when an attempt
 * succeeded, else what its row says, else pending. Replays are owed because they have a row.
 */
import type { DeliveryState } from "../../model/delivery.ts";
import type { RequestOutcome } from "../../model/request.ts";
import type { Ledger } from "../storage.ts";
import type { DiskContents } from "./disk.ts";
import { hasSucceeded } from "./read-attempts.ts";
import { allRows, readDelivery } from "./read-deliveries.ts";
import { hasTarget, isUnmatched } from "./read-requests.ts";

export function countLedger(contents: DiskContents): Ledger {
  const requests: Record<RequestOutcome, number> = {
    accepted: 0,
    duplicate: 0,
    rejected: 0,
    quarantined: 0,
  };
  const byState: Record<DeliveryState, number> = {
    pending: 0,
    delivered: 0,
    dead: 0,
    cancelled: 0,
  };
  const pendingByDestination = new Map<number, number>();

  function tally(destinationNo: number, state: DeliveryState): void {
    byState[state] += 1;
    if (state !== "pending") return;
    pendingByDestination.set(destinationNo, (pendingByDestination.get(destinationNo) ?? 0) + 1);
  }

  for (const { sequence, outcome, targets } of contents.requests) {
    requests[outcome] += 1;
    if (outcome !== "accepted") continue;
    for (const { destinationNo } of targets) {
      tally(destinationNo, firstDeliveryState(contents, sequence, destinationNo));
    }
  }
  for (const row of allRows(contents)) if (row.ordinal > 0) tally(row.destinationNo, row.state);

  return {
    requests,
    unmatched: contents.requests.filter(isUnmatched).length,
    owed: byState.pending + byState.delivered + byState.dead + byState.cancelled,
    ...byState,
    pendingByDestination,
    problems: findProblems(contents),
  };
}

function firstDeliveryState(
  contents: DiskContents,
  sequence: number,
  destinationNo: number,
): DeliveryState {
  const first = { sequence, destinationNo, ordinal: 0 };
  if (hasSucceeded(contents, first)) return "delivered";
  return readDelivery(contents, first)?.state ?? "pending";
}

/** Rows of deliveries that nobody owes: the books would be short by them. */
function findProblems(contents: DiskContents): readonly string[] {
  const problems: string[] = [];
  for (const { sequence, destinationNo, ordinal } of allRows(contents)) {
    const event = contents.requests[sequence - 1];
    const owed = event?.outcome === "accepted" && (ordinal > 0 || hasTarget(event, destinationNo));
    if (!owed)
      problems.push(`a row of delivery ${sequence}/${destinationNo}/${ordinal}, which is not owed`);
  }
  return problems;
}
