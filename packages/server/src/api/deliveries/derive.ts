/**
 * What is owed for an event, and how far it has got.
 *
 * Most deliveries have no row: an event's targets imply them. A target without a row has been
 * delivered if one of its attempts succeeded, and otherwise still waits for its first attempt
 * (a failed attempt leaves a row). Rows say it themselves, and are all that replays have.
 *
 * `delivering` and `held` are seen now, not stored: an attempt in flight, a paused destination.
 */
import type {
  AttemptRecord,
  DeliveryKey,
  DeliveryRow,
  ShownDeliveryState,
} from "../../model/delivery.ts";
import type { RequestSummary } from "../../storage/storage.ts";
import type { ApiContext } from "../context.ts";

export type Derived = {
  readonly event: RequestSummary;
  readonly key: DeliveryKey;
  readonly state: ShownDeliveryState;
  /** Absent for a replay that led where no route did. */
  readonly routeNo?: number;
  readonly row?: DeliveryRow;
  /** Oldest first. Only of deliveries without a row, whose attempts say everything about them. */
  readonly attempts: readonly AttemptRecord[];
};

/** Everything owed for the event: by destination, then first deliveries before replays. */
export async function deriveDeliveries(
  context: ApiContext,
  event: RequestSummary,
): Promise<readonly Derived[]> {
  const { storage } = context.deps;
  const rows = await storage.readDeliveriesOf(event.sequence);
  const implied = event.targets
    .map(({ destinationNo }) => ({ sequence: event.sequence, destinationNo, ordinal: 0 }))
    .filter((key) => !rows.some((row) => sameDelivery(row, key)));
  const attempts = implied.length === 0 ? [] : await storage.readAttempts(event.sequence);
  return [
    ...rows.map((row) => fromRow(context, event, row)),
    ...implied.map((key) => {
      const own = attempts.filter((attempt) => sameDelivery(attempt, key));
      return fromAttempts(context, event, { key, attempts: own });
    }),
  ].toSorted((a, b) => compareKeys(a.key, b.key));
}

export function fromRow(context: ApiContext, event: RequestSummary, row: DeliveryRow): Derived {
  const key = {
    sequence: row.sequence,
    destinationNo: row.destinationNo,
    ordinal: row.ordinal,
  };
  const state = row.state === "pending" ? waitingState(context, key) : row.state;
  return { event, key, state, row, attempts: [], ...routeOf(event, key) };
}

function fromAttempts(
  context: ApiContext,
  event: RequestSummary,
  found: { readonly key: DeliveryKey; readonly attempts: readonly AttemptRecord[] },
): Derived {
  const isDelivered = found.attempts.some(({ outcome }) => outcome === "success");
  const state = isDelivered ? "delivered" : waitingState(context, found.key);
  return { event, ...found, state, ...routeOf(event, found.key) };
}

function waitingState({ deps }: ApiContext, key: DeliveryKey): ShownDeliveryState {
  if (deps.control.isDelivering(key)) return "delivering";
  return deps.control.status(key.destinationNo).status === "active" ? "pending" : "held";
}

function routeOf(event: RequestSummary, key: DeliveryKey): { readonly routeNo?: number } {
  const target = event.targets.find(({ destinationNo }) => destinationNo === key.destinationNo);
  return target === undefined ? {} : { routeNo: target.routeNo };
}

export function sameDelivery(a: DeliveryKey, b: DeliveryKey): boolean {
  return compareKeys(a, b) === 0;
}

export function compareKeys(a: DeliveryKey, b: DeliveryKey): number {
  return a.sequence - b.sequence || a.destinationNo - b.destinationNo || a.ordinal - b.ordinal;
}
