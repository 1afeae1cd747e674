/**
 * Keys of deliveries at a destination: the order key (deliveries with the same one are made one after
 * the other) and the key of a burst (of deliveries with the same one only the newest is made). Both
 * are found through the same index of the store; a mark that no order key begins with tells them
 * apart, so that a change of the configuration cannot make one of the other.
 *
 * Evaluated when the event's turn comes, and only where the destination asks for it.
 */
import { createHash } from "node:crypto";
import type { ActiveConfig, ActiveDestination } from "../model/active.ts";
import type { DeliveryRow } from "../model/delivery.ts";
import type { StoredRequest } from "../model/request.ts";
import { contextOf } from "./transform-event.ts";

const BURST_MARK = "\u0001";
/** Longer keys of bursts are replaced by their hash (I10). */
const BURST_KEY_LIMIT = 256;

/** `undefined`: this delivery waits for no other. */
export function orderKeyOf(
  config: ActiveConfig,
  destination: ActiveDestination | undefined,
  event: StoredRequest,
): string | undefined {
  if (destination?.orderKeyOf === undefined) return undefined;
  const key = destination.orderKeyOf(contextOf(config, event));
  if (key === undefined || key === "") return undefined;
  // Two orders that become one are still kept.
  return isBurstKey(key) ? `?${key.slice(BURST_MARK.length)}` : key;
}

export function burstKey(routeNo: number, key: string): string {
  const short =
    key.length <= BURST_KEY_LIMIT ? key : createHash("sha256").update(key).digest("hex");
  return `${BURST_MARK}${routeNo}:${short}`;
}

export function isBurstKey(orderKey: string): boolean {
  return orderKey.startsWith(BURST_MARK);
}

/** The route whose burst it is. */
export function routeNoOf(key: string): number {
  return Number(key.slice(BURST_MARK.length, key.indexOf(":")));
}

/** The row of a delivery that stands for itself from now on. */
export function withoutBurst(row: DeliveryRow): DeliveryRow {
  if (row.burstSinceMs === undefined) return row;
  const { burstSinceMs: _, orderKey: __, cause: ___, ...rest } = row;
  return rest;
}
