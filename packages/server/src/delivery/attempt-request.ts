/**
 * Builds the request of one attempt: what a destination receives (docs: "What a destination
 * receives").
 *
 *   body      exactly the bytes that were received (I3)
 *   headers   where the route forwards raw, the sender's own; then the destination's configured
 *             ones; then ours: who, when, which delivery, which attempt
 *   signature over our event id and the time of this attempt, where the destination signs
 *
 * One exception: a request that came with the three Standard Webhooks headers, goes on raw and is
 * not signed anew keeps them, so that the sender's own SDK still verifies it. Our event id is in
 * `ringdown-event` in every case.
 *
 * Every attempt of a delivery has the same `webhook-id`; a destination drops repetitions by it (I5).
 *
 * Pure. Cost: about 3 us with ten forwarded headers, besides signing (bench/parts/engine.ts).
 */
import type { ActiveDestination, ActiveRoute } from "../model/active.ts";
import type { DeliveryKey } from "../model/delivery.ts";
import { formatDeliveryId, formatRecordId } from "../model/ids.ts";
import type { StoredRequest } from "../model/request.ts";
import {
  forwardContentType,
  forwardHeaders,
  isStandardWebhook,
  STANDARD_HEADER_NAMES,
} from "./forward-headers.ts";
import { joinTargetUrl } from "./target-url.ts";

export type AttemptFacts = {
  readonly event: StoredRequest;
  readonly key: DeliveryKey;
  /** Counted from 1. */
  readonly number: number;
  readonly replayId: string | undefined;
  readonly destination: ActiveDestination;
  readonly forward: ActiveRoute["forward"];
  /** Part of the event's id. */
  readonly storeTag: number;
  /** Wall time. */
  readonly nowMs: number;
  readonly version: string;
};

export type AttemptRequest =
  | {
      readonly kind: "request";
      readonly url: URL;
      readonly method: string;
      readonly headers: readonly string[];
      readonly body: Uint8Array | undefined;
    }
  | { readonly kind: "invalid"; readonly message: string };

export function buildAttempt(facts: AttemptFacts): AttemptRequest {
  const { event, destination } = facts;
  const url = joinTargetUrl(destination, event);
  if (url === undefined) {
    return { kind: "invalid", message: "The received path has dot segments; it is not appended." };
  }
  return {
    kind: "request",
    url,
    method: destination.method ?? methodOf(event.method),
    headers: headersOf(facts),
    body: event.body.length === 0 ? undefined : event.body,
  };
}

/** A delivery brings a body; requests that had none by nature become the usual kind. */
function methodOf(received: string): string {
  return received === "GET" || received === "HEAD" ? "POST" : received;
}

function headersOf(facts: AttemptFacts): string[] {
  const { event, destination, forward } = facts;
  const prepared = prepare(destination);
  const isKept =
    forward === "raw" && destination.sign === undefined && isStandardWebhook(event.headers);
  const replaced = isKept ? prepared.replacedButStandard : prepared.replaced;

  const headers =
    forward === "raw"
      ? forwardHeaders(event.headers, replaced)
      : forwardContentType(event.headers, replaced);
  for (const text of prepared.headers) headers.push(text);
  if (!hasName(headers, "user-agent")) headers.push("user-agent", `Ringdown/${facts.version}`);
  addOurs(headers, facts, isKept ? "kept" : "ours");
  return headers;
}

function addOurs(headers: string[], facts: AttemptFacts, standard: "kept" | "ours"): void {
  const { event, key, destination } = facts;
  const timeMs = event.receivedAtMs;
  const id = formatRecordId("evt", { timeMs, sequence: event.sequence, tag: facts.storeTag });
  if (standard === "ours") {
    const timestampS = Math.floor(facts.nowMs / 1000);
    headers.push("webhook-id", id, "webhook-timestamp", String(timestampS));
    const signature = destination.sign?.({ id, timestampS, body: event.body });
    if (signature !== undefined) headers.push("webhook-signature", signature);
  }
  headers.push("ringdown-event", id);
  headers.push("ringdown-delivery", formatDeliveryId("dlv", { ...key, timeMs, attemptNumber: 0 }));
  headers.push("ringdown-attempt", String(facts.number));
  if (event.eventType !== "") headers.push("ringdown-event-type", sendable(event.eventType));
  if (facts.replayId !== undefined) headers.push("ringdown-replay", facts.replayId);
}

const VISIBLE_ASCII = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/;

/** Event types come out of bodies: what a header cannot hold is percent-encoded. */
function sendable(text: string): string {
  return VISIBLE_ASCII.test(text) ? text : encodeURIComponent(text.toWellFormed());
}

function hasName(headers: readonly string[], lowerName: string): boolean {
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index] ?? "";
    if (name.length === lowerName.length && name.toLowerCase() === lowerName) return true;
  }
  return false;
}

/** What depends on the destination alone, worked out once per configuration. */
type Prepared = {
  /** Configured headers, without those that are always ours. */
  readonly headers: readonly string[];
  /** Lower-case names that are not forwarded, because they are set here. */
  readonly replaced: ReadonlySet<string>;
  readonly replacedButStandard: ReadonlySet<string>;
};

const preparedOf = new WeakMap<ActiveDestination, Prepared>();

function prepare(destination: ActiveDestination): Prepared {
  const known = preparedOf.get(destination);
  if (known !== undefined) return known;

  const headers: string[] = [];
  const names = new Set<string>();
  for (let index = 0; index + 1 < destination.headers.length; index += 2) {
    const name = destination.headers[index] ?? "";
    const lowerName = name.toLowerCase();
    if (STANDARD_HEADER_NAMES.has(lowerName) || lowerName.startsWith("ringdown-")) continue;
    names.add(lowerName);
    headers.push(name, destination.headers[index + 1] ?? "");
  }
  const replaced = new Set([...names, ...STANDARD_HEADER_NAMES]);
  const prepared = { headers, replaced, replacedButStandard: names };
  preparedOf.set(destination, prepared);
  return prepared;
}
