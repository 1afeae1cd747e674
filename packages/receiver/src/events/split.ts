/**
 * Takes a request that carries several events apart: one item per event, with its own type and its
 * own idempotency key.
 *
 * Only after the request as a whole has passed: a signature is over the batch, and where each item
 * bears its own (Adyen), the verifier has checked all of them. Items are views on the bytes as
 * received, never written again (I4).
 */
import { findRanges } from "../encoding/json-ranges.ts";
import type { HeaderLookup } from "../headers.ts";
import { lazyContent } from "./content.ts";
import { findValue, type ValueRule } from "./value.ts";

export type SplitRule = {
  /** Path to the items; `*` stands for every element of an array. */
  readonly items: readonly string[];
  /** As of a provider, inside an item. */
  readonly eventType: readonly ValueRule[];
  readonly idempotencyKey: readonly ValueRule[];
};

export type EventItem = {
  /** JSON: the bytes of this item within the body. */
  readonly body: Uint8Array;
  readonly eventType?: string;
  /** Absent where the sender gives an item nothing to tell it by. */
  readonly idempotencyKey?: string;
};

/** More than any provider sends; a longer batch stays one event. */
export const MAX_ITEMS = 10_000;

/**
 * The events in a request, in order; `undefined` if the provider sends no batches, if the body is
 * not one, or if it holds more than `MAX_ITEMS`. An empty list is a batch without events.
 */
export function splitEvents(
  provider: { readonly split?: SplitRule },
  request: { readonly headers: HeaderLookup; readonly body: Uint8Array },
): readonly EventItem[] | undefined {
  const { split } = provider;
  if (split === undefined) return undefined;
  const { headers, body } = request;
  if (lazyContent(body, undefined).json() === undefined) return undefined;
  if (findRanges(body, split.items.slice(0, split.items.indexOf("*"))).length === 0) {
    return undefined;
  }
  const ranges = findRanges(body, split.items);
  if (ranges.length > MAX_ITEMS) return undefined;
  return ranges.map(({ start, end }) => itemOf(split, headers, body.subarray(start, end)));
}

function itemOf(split: SplitRule, headers: HeaderLookup, body: Uint8Array): EventItem {
  const source = { headers, content: lazyContent(body, undefined) };
  const eventType = findValue(split.eventType, source);
  const idempotencyKey = findValue(split.idempotencyKey, source);
  return {
    body,
    ...(eventType !== undefined && { eventType }),
    ...(idempotencyKey !== undefined && { idempotencyKey }),
  };
}
