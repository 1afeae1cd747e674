/** Turns a delivery, with or without a row, into what callers see. */
import { type DeliveryRow, END_CAUSES, FAILURE_CAUSES, WAIT_CAUSES } from "../../model/delivery.ts";
import {
  type ApiContext,
  deliveryIdOf,
  eventIdOf,
  type Reference,
  referenceTo,
} from "../context.ts";
import { textOrNull } from "../requests/view.ts";
import { formatTime, formatTimeOrNull } from "../../support/time.ts";
import type { Derived } from "./derive.ts";
import type { DeliveryItem } from "./schema.ts";

/** A replay may lead where no route does. */
const NOWHERE: Reference = { name: null, id: null };

const CAUSE_TEXTS: ReadonlyMap<string, string> = new Map(
  Object.entries({ ...FAILURE_CAUSES, ...END_CAUSES, ...WAIT_CAUSES }),
);

export function deliveryItem(context: ApiContext, delivery: Derived): DeliveryItem {
  const { event, key, routeNo } = delivery;
  const source = referenceTo(context, "sources", event.sourceNo);
  const destination = referenceTo(context, "destinations", key.destinationNo);
  const route = routeNo === undefined ? NOWHERE : referenceTo(context, "routes", routeNo);
  return {
    id: deliveryIdOf(event, key),
    eventId: eventIdOf(context, event),
    eventType: textOrNull(event.eventType),
    source: source.name,
    sourceId: source.id,
    destination: destination.name,
    destinationId: destination.id,
    route: route.name,
    routeId: route.id,
    state: delivery.state,
    ...(delivery.row === undefined ? impliedFields(delivery) : rowFields(delivery.row)),
  };
}

type Progress = Pick<
  DeliveryItem,
  | "attemptCount"
  | "nextAttemptAt"
  | "cause"
  | "causeText"
  | "orderKey"
  | "replayId"
  | "createdAt"
  | "updatedAt"
>;

function rowFields(row: DeliveryRow): Progress {
  return {
    attemptCount: row.attemptCount,
    nextAttemptAt: formatTimeOrNull(row.dueAtMs),
    cause: row.cause ?? null,
    causeText: causeText(row.cause),
    // The key of a burst is of no use to anybody outside.
    orderKey: row.burstSinceMs === undefined ? (row.orderKey ?? null) : null,
    replayId: row.replayId ?? null,
    createdAt: formatTime(row.createdAtMs),
    updatedAt: formatTime(row.updatedAtMs),
  };
}

/** Nothing remarkable has happened: it waits, or it went well at once. */
function impliedFields({ event, attempts }: Derived): Progress {
  const last = attempts.at(-1);
  const updatedAtMs = last === undefined ? event.receivedAtMs : last.startedAtMs + last.durationMs;
  return {
    attemptCount: attempts.length,
    nextAttemptAt: null,
    cause: null,
    causeText: null,
    orderKey: null,
    replayId: null,
    createdAt: formatTime(event.receivedAtMs),
    updatedAt: formatTime(updatedAtMs),
  };
}

/** The sentence for a cause; null when there is no cause. */
export function causeText(cause: string | undefined): string | null {
  return cause === undefined ? null : (CAUSE_TEXTS.get(cause) ?? null);
}
