/**
 * Takes a request that carries several events apart: one item per event, with its own type and its
 * own idempotency key.
 *
 * Only after the request as a whole has passed: a signature is over the batch, and where each item
 * bears its own (Adyen), the verifier has checked all of them. Items are views on the bytes as
 * received, never written again (I4).
 */
import { EVERY, findRanges } from "../encoding/json-ranges.ts";
import type { HeaderLookup } from "../headers.ts";
import { lazyContent } from "./content.ts";
import { findValue, type ValueRule } from "./value.ts";

export type SplitRule = {
  /**
   * Paths to the items, the first that fits the body counts; `*` stands for every element of an
   * array.
   */
  readonly items: readonly (readonly string[])[];
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

const OPEN_ARRAY = 0x5b;

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
  for (const path of split.items) {
    const items = collect(body, path);
    if (items === undefined || items.length > MAX_ITEMS) continue;
    return items.map((item) => itemOf(split, headers, item));
  }
  return undefined;
}

/**
 * `undefined` unless every element along the path leads to an item: one that does not would be an
 * event that nobody sees.
 */
function collect(json: Uint8Array, path: readonly string[]): readonly Uint8Array[] | undefined {
  const star = path.indexOf(EVERY);
  const [list] = findRanges(json, star === -1 ? path : path.slice(0, star));
  if (list === undefined) return undefined;
  if (star === -1) return [json.subarray(list.start, list.end)];
  if (json[list.start] !== OPEN_ARRAY) return undefined;

  const elements = findRanges(json.subarray(list.start, list.end), [EVERY]);
  if (elements.length > MAX_ITEMS) return undefined;
  const items: Uint8Array[] = [];
  for (const { start, end } of elements) {
    const inside = collect(
      json.subarray(list.start + start, list.start + end),
      path.slice(star + 1),
    );
    if (inside === undefined || inside.length === 0) return undefined;
    items.push(...inside);
  }
  return items;
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
