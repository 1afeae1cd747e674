/**
 * Builds the request of one attempt: what a destination receives (docs: "What a destination
 * receives").
 *
 *   body      exactly the bytes that were received (I3), unless the route transforms it
 *   headers   where the route forwards raw, the sender's own; then the transformation's; then the
 *             destination's configured ones; then ours: who, when, which delivery, which attempt
 *   signature over our event id, the time of this attempt and the bytes that are sent, where the
 *             destination signs
 *
 * Of a changed body, nothing goes along that describes or signs the received one.
 *
 * One exception: a request that came with the three Standard Webhooks headers, goes on raw and is
 * not signed anew keeps them, so that the sender's own SDK still verifies it. Our event id is in
 * `ringdown-event` in every case.
 *
 * Every attempt of a delivery has the same `webhook-id`; a destination drops repetitions by it (I5).
 *
 * Pure. Cost: about 3 us with ten forwarded headers, besides signing (bench/parts/engine.ts).
 */
import type { ActiveDestination, ActiveRoute, Transformed } from "../model/active.ts";
import type { DeliveryKey } from "../model/delivery.ts";
import { formatDeliveryId, formatRecordId } from "../model/ids.ts";
import type { StoredRequest } from "../model/request.ts";
import {
  forwardContentType,
  forwardHeaders,
  isBoundToBody,
  isStandardWebhook,
  STANDARD_HEADER_NAMES,
} from "./forward-headers.ts";
import { appendToUrl, joinTargetUrl } from "./target-url.ts";

export type AttemptFacts = {
  readonly event: StoredRequest;
  readonly key: DeliveryKey;
  /** Counted from 1. */
  readonly number: number;
  readonly replayId: string | undefined;
  readonly destination: ActiveDestination;
  readonly forward: ActiveRoute["forward"];
  /** Absent: nothing is changed. */
  readonly transformed?: Transformed | undefined;
  /** Of the event's source. */
  readonly proofHeaders?: readonly string[] | undefined;
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
  const { event, destination, transformed } = facts;
  const url = targetOf(facts);
  if (url === undefined) {
    return { kind: "invalid", message: "The received path has dot segments; it is not appended." };
  }
  const body = bodyOf(facts);
  return {
    kind: "request",
    url,
    method: transformed?.method ?? destination.method ?? methodOf(event.method),
    headers: headersOf(facts),
    body: body.length === 0 ? undefined : body,
  };
}

function bodyOf({ event, transformed }: AttemptFacts): Uint8Array {
  return transformed?.body ?? event.body;
}

/** What a transformation sets is appended whatever the destination does with what was received. */
function targetOf({ event, destination, transformed }: AttemptFacts): URL | undefined {
  if (transformed?.path === undefined && transformed?.query === undefined) {
    return joinTargetUrl(destination, event);
  }
  const received = destination.appendPath ? event : { path: "", query: "" };
  const { path = received.path, query = received.query } = transformed;
  return appendToUrl(destination.url, { path, query });
}

/** A delivery brings a body; requests that had none by nature become the usual kind. */
function methodOf(received: string): string {
  return received === "GET" || received === "HEAD" ? "POST" : received;
}

function headersOf(facts: AttemptFacts): string[] {
  const { event, destination, forward, transformed } = facts;
  const prepared = prepare(destination);
  const isKept =
    forward === "raw" &&
    destination.sign === undefined &&
    transformed?.body === undefined &&
    isStandardWebhook(event.headers);
  const replaced = isKept ? prepared.replacedButStandard : prepared.replaced;

  const headers =
    transformed === undefined
      ? forwarded(facts, replaced)
      : transformedHeaders(facts, transformed, replaced);
  for (const text of prepared.headers) headers.push(text);
  if (!hasName(headers, "user-agent")) headers.push("user-agent", `Ringdown/${facts.version}`);
  addOurs(headers, facts, isKept ? "kept" : "ours");
  return headers;
}

function forwarded(
  { event, forward }: AttemptFacts,
  replaced: ReadonlySet<string>,
  isVoid?: (lowerName: string) => boolean,
): string[] {
  return forward === "raw"
    ? forwardHeaders(event.headers, replaced, isVoid)
    : forwardContentType(event.headers, replaced);
}

/** The received ones that still hold, then those of the transformation. */
function transformedHeaders(
  facts: AttemptFacts,
  { headers, contentType, body }: Transformed,
  replaced: ReadonlySet<string>,
): string[] {
  const set = contentType === undefined ? headers : ["content-type", contentType, ...headers];
  const names = new Set(replaced);
  for (let index = 0; index < set.length; index += 2) names.add((set[index] ?? "").toLowerCase());
  const isVoid =
    body === undefined
      ? undefined
      : (name: string) => isBoundToBody(name) || facts.proofHeaders?.includes(name) === true;

  const result = forwarded(facts, names, isVoid);
  for (let index = 0; index + 1 < set.length; index += 2) {
    const name = set[index] ?? "";
    // The destination's own have the last word: they carry credentials.
    if (!replaced.has(name.toLowerCase())) result.push(name, set[index + 1] ?? "");
  }
  return result;
}

function addOurs(headers: string[], facts: AttemptFacts, standard: "kept" | "ours"): void {
  const { event, key, destination } = facts;
  const timeMs = event.receivedAtMs;
  const id = formatRecordId("evt", { timeMs, sequence: event.sequence, tag: facts.storeTag });
  if (standard === "ours") {
    const timestampS = Math.floor(facts.nowMs / 1000);
    headers.push("webhook-id", id, "webhook-timestamp", String(timestampS));
    const signature = destination.sign?.({ id, timestampS, body: bodyOf(facts) });
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
