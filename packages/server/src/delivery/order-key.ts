/**
 * The order key of an event at a destination: deliveries with the same key are made one after the
 * other. Evaluated when the event's turn comes, and only where the destination asks for order.
 */
import type { ActiveConfig, ActiveDestination } from "../model/active.ts";
import type { StoredRequest } from "../model/request.ts";
import { contextOf } from "./transform-event.ts";

/** `undefined`: this delivery waits for no other. */
export function orderKeyOf(
  config: ActiveConfig,
  destination: ActiveDestination | undefined,
  event: StoredRequest,
): string | undefined {
  if (destination?.orderKeyOf === undefined) return undefined;
  const key = destination.orderKeyOf(contextOf(config, event));
  return key === "" ? undefined : key;
}
