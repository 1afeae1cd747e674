/**
 * The order key of an event at a destination: deliveries with the same key are made one after the
 * other. Evaluated when the event's turn comes, and only where the destination asks for order.
 */
import type { ActiveConfig, ActiveDestination } from "../model/active.ts";
import type { StoredRequest } from "../model/request.ts";
import { createEventContext } from "../routing/event-context.ts";

/** `undefined`: this delivery waits for no other. */
export function orderKeyOf(
  config: ActiveConfig,
  destination: ActiveDestination | undefined,
  event: StoredRequest,
): string | undefined {
  if (destination?.orderKeyOf === undefined) return undefined;
  const source = config.sourcesByNo.get(event.sourceNo)?.name ?? "";
  const { method, path, query, headers, body, eventType } = event;
  const context = createEventContext({ method, path, query, headers, body, eventType, source });
  const key = destination.orderKeyOf(context);
  return key === "" ? undefined : key;
}
