/**
 * The storage port restated as definitions over plain lists: nothing is kept that could be looked
 * up, every answer is worked out from the whole history. Slow, and too simple to be wrong in the
 * same way as a backend.
 */
import type {
  AttemptRecord,
  DeliveryKey,
  DeliveryRow,
  DeliveryState,
  LaneCheckpoint,
} from "../../src/model/delivery.ts";
import type { NewRequest, StoredRequest } from "../../src/model/request.ts";
import type { AppendResult, DeliveryChanges, Ledger } from "../../src/storage/storage.ts";

export const DESTINATIONS = [1, 2, 3] as const;

export type Model = {
  /** As handed over; the request with sequence n stands at n - 1, here and in `stored`. */
  readonly received: NewRequest[];
  readonly stored: StoredRequest[];
  readonly attempts: AttemptRecord[];
  /** In any order, one for each key. */
  rows: DeliveryRow[];
  /** By "kind id". */
  readonly documents: Map<string, unknown>;
};

export function createModel(): Model {
  return { received: [], stored: [], attempts: [], rows: [], documents: new Map() };
}

export function sameDelivery(left: DeliveryKey, right: DeliveryKey): boolean {
  return (
    left.sequence === right.sequence &&
    left.destinationNo === right.destinationNo &&
    left.ordinal === right.ordinal
  );
}

/** By event, destination and ordinal. */
export function compareKeys(left: DeliveryKey, right: DeliveryKey): number {
  return (
    left.sequence - right.sequence ||
    left.destinationNo - right.destinationNo ||
    left.ordinal - right.ordinal
  );
}

export function appendToModel(model: Model, request: NewRequest): AppendResult {
  const sequence = model.stored.length + 1;
  const { dedupeWindowMs: _, ...received } = request;
  const original = originalOf(model, request);
  model.received.push(request);
  if (original === undefined) {
    model.stored.push({ ...received, sequence });
    return { kind: "stored", sequence };
  }
  const conflict = Buffer.compare(original.body, request.body) !== 0;
  model.stored.push({
    ...received,
    sequence,
    outcome: "duplicate",
    duplicateOf: original.sequence,
    ...(conflict && { conflict }),
  });
  return {
    kind: "duplicate",
    sequence,
    original: original.sequence,
    originalReceivedAtMs: original.receivedAtMs,
    conflict,
  };
}

function originalOf(model: Model, request: NewRequest): StoredRequest | undefined {
  if (!counts(request)) return undefined;
  const event = model.stored.findLast(
    (each) =>
      each.outcome === "accepted" &&
      each.sourceNo === request.sourceNo &&
      each.idempotencyKey === request.idempotencyKey &&
      counts(model.received[each.sequence - 1]!),
  );
  if (event === undefined) return undefined;
  const { dedupeWindowMs } = model.received[event.sequence - 1]!;
  return request.receivedAtMs < event.receivedAtMs + dedupeWindowMs ? event : undefined;
}

function counts(request: NewRequest): boolean {
  return (
    request.outcome === "accepted" && request.idempotencyKey !== "" && request.dedupeWindowMs > 0
  );
}

export function recordInModel(model: Model, changes: DeliveryChanges): void {
  model.attempts.push(...changes.attempts);
  for (const row of changes.deliveries) {
    model.rows = [...model.rows.filter((each) => !sameDelivery(each, row)), row];
  }
}

/** The lane of a destination: accepted events that name it, ascending. */
export function laneOf(model: Model, destinationNo: number): readonly StoredRequest[] {
  return model.stored.filter(
    (request) =>
      request.outcome === "accepted" &&
      request.targets.some((target) => target.destinationNo === destinationNo),
  );
}

/** What becomes of first deliveries: nothing yet, or what the attempts and the row say. */
export function firstStateOf(
  model: Model,
  sequence: number,
  destinationNo: number,
): DeliveryState | "untouched" {
  const key = { sequence, destinationNo, ordinal: 0 };
  const succeeded = model.attempts.some(
    (attempt) => attempt.outcome === "success" && sameDelivery(attempt, key),
  );
  if (succeeded) return "delivered";
  return model.rows.find((row) => sameDelivery(row, key))?.state ?? "untouched";
}

/** Events whose first delivery to the destination nothing is known of: what has to be sent. */
export function untouchedOf(model: Model, destinationNo: number): readonly number[] {
  return laneOf(model, destinationNo)
    .map((event) => event.sequence)
    .filter((sequence) => firstStateOf(model, sequence, destinationNo) === "untouched");
}

/** What an engine that knows everything recorded so far would save for all of its lanes. */
export function checkpointsOf(model: Model): readonly LaneCheckpoint[] {
  return DESTINATIONS.filter((no) => laneOf(model, no).length > 0).map((destinationNo) => {
    const [next = model.stored.length + 1] = untouchedOf(model, destinationNo);
    const settled = laneOf(model, destinationNo)
      .map((event) => event.sequence)
      .filter((sequence) => sequence > next)
      .filter((sequence) => firstStateOf(model, sequence, destinationNo) !== "untouched");
    return { destinationNo, cursor: next - 1, settled };
  });
}

export function pendingRowsOf(model: Model, destinationNo: number): readonly DeliveryRow[] {
  return model.rows
    .filter((row) => row.destinationNo === destinationNo && row.state === "pending")
    .toSorted(compareKeys);
}

/** I2, by definition. */
export function ledgerOf(model: Model): Ledger {
  const first = DESTINATIONS.flatMap((destinationNo) =>
    laneOf(model, destinationNo).map((event) => {
      const state = firstStateOf(model, event.sequence, destinationNo);
      return { destinationNo, state: state === "untouched" ? "pending" : state };
    }),
  );
  const owed = [...first, ...model.rows.filter((row) => row.ordinal > 0)];
  const count = (state: string) => owed.filter((each) => each.state === state).length;
  const outcomes = (outcome: string) => model.stored.filter((r) => r.outcome === outcome).length;
  const pendingAt = DESTINATIONS.map((no): [number, number] => [
    no,
    owed.filter((each) => each.destinationNo === no && each.state === "pending").length,
  ]);
  return {
    requests: {
      accepted: outcomes("accepted"),
      duplicate: outcomes("duplicate"),
      rejected: outcomes("rejected"),
      quarantined: outcomes("quarantined"),
    },
    unmatched: model.stored.filter((r) => r.outcome === "accepted" && r.targets.length === 0)
      .length,
    owed: owed.length,
    delivered: count("delivered"),
    dead: count("dead"),
    cancelled: count("cancelled"),
    pending: count("pending"),
    pendingByDestination: new Map(pendingAt.filter(([, pending]) => pending > 0)),
    problems: [],
  };
}
