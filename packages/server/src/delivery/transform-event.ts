/**
 * Applies the transformation of the route by which an event goes to a destination.
 *
 * The route is the one that brought the event there, as it is configured today; so is its template,
 * for retries and replays alike. A replay to where no route led, or whose route was deleted, takes
 * today's first matching route from the event's source to that destination; without one the event
 * goes on as it was received.
 *
 * Cost: a look-up by number per attempt; the rest only where a route has a transformation.
 */
import type {
  ActiveConfig,
  ActiveRoute,
  EventContext,
  Transform,
  TransformResult,
} from "../model/active.ts";
import { formatRecordId } from "../model/ids.ts";
import type { StoredRequest } from "../model/request.ts";
import { createEventContext } from "../routing/event-context.ts";
import { formatTime } from "../support/time.ts";

/** What expressions see of a stored event. */
export function contextOf(config: ActiveConfig, event: StoredRequest): EventContext {
  const source = config.sourcesByNo.get(event.sourceNo)?.name ?? "";
  const { method, path, query, headers, body, eventType } = event;
  return createEventContext({ method, path, query, headers, body, eventType, source });
}

/** By which route of today the event goes to the destination. */
export function routeOf(
  config: ActiveConfig,
  event: StoredRequest,
  destinationNo: number,
): ActiveRoute | undefined {
  for (const target of event.targets) {
    if (target.destinationNo !== destinationNo) continue;
    const route = config.routesByNo.get(target.routeNo);
    // A route may lead elsewhere by now.
    if (route?.destinationNo === destinationNo) return route;
  }
  return routeOfToday(config, event, destinationNo);
}

function routeOfToday(
  config: ActiveConfig,
  event: StoredRequest,
  destinationNo: number,
): ActiveRoute | undefined {
  const routes = config.sourcesByNo.get(event.sourceNo)?.routes ?? [];
  const leading = routes.filter((route) => route.destinationNo === destinationNo && route.enabled);
  if (leading.length === 0) return undefined;
  const context = contextOf(config, event);
  return leading.find((route) => route.matches(context).matched);
}

export type TransformFacts = {
  readonly config: ActiveConfig;
  readonly event: StoredRequest;
  readonly storeTag: number;
};

/** Never throws. */
export function transformEvent(transform: Transform, facts: TransformFacts): TransformResult {
  const { config, event, storeTag } = facts;
  const { receivedAtMs: timeMs, sequence } = event;
  return transform(contextOf(config, event), {
    eventId: formatRecordId("evt", { timeMs, sequence, tag: storeTag }),
    eventTime: formatTime(timeMs),
  });
}
