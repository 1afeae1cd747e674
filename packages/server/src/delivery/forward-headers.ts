/**
 * Which of the received headers go along to a destination: every end-to-end header, in order, case
 * and repetition (I3), except what belongs to one hop, what frames a message, and what we set.
 *
 * `ringdown-…` from outside never passes: a destination may believe what it says. Values need no
 * check here: they came over the wire, and the outbound side refuses what cannot go out again.
 *
 * Pure. Cost: a lower-casing and two look-ups per header, about 1 us for ten.
 * Source: RFC 9110 section 7.6.1.
 */
import { FORBIDDEN_HEADER_NAMES } from "../outbound/index.ts";

/** The headers of Standard Webhooks, lower case. */
export const STANDARD_HEADER_NAMES: ReadonlySet<string> = new Set([
  "webhook-id",
  "webhook-timestamp",
  "webhook-signature",
]);

const UPPER_W = 0x57;
const LOWER_W = 0x77;

const OUR_PREFIX = "ringdown-";
const PROXY_PREFIX = "proxy-";

/** Describes or signs the very bytes of the body that was received. */
const BOUND_TO_BODY =
  /^content-|digest|(?:^|[-_])(?:signature|sig|hmac)(?:[-_]|$)|^(?:etag|last-modified)$/;

/** Whether a header, by its lower-case name, is void for another body than the received one. */
export function isBoundToBody(lowerName: string): boolean {
  return BOUND_TO_BODY.test(lowerName);
}

/**
 * Name, value, … of what goes along. `replaced` are lower-case names that somebody else sets;
 * `isVoid` tells of others that must not go along, by their lower-case names.
 */
export function forwardHeaders(
  received: readonly string[],
  replaced: ReadonlySet<string>,
  isVoid?: (lowerName: string) => boolean,
): string[] {
  const forwarded: string[] = [];
  const named = namedByConnection(received);
  for (let index = 0; index + 1 < received.length; index += 2) {
    const name = received[index] ?? "";
    const lowerName = name.toLowerCase();
    if (isHopByHop(lowerName) || replaced.has(lowerName)) continue;
    if (named !== undefined && named.has(lowerName)) continue;
    if (isVoid?.(lowerName) === true) continue;
    forwarded.push(name, received[index + 1] ?? "");
  }
  return forwarded;
}

/** Only the type of the body, as received. */
export function forwardContentType(
  received: readonly string[],
  replaced: ReadonlySet<string>,
): string[] {
  for (let index = 0; index + 1 < received.length; index += 2) {
    const name = received[index] ?? "";
    if (name.length !== 12 || name.toLowerCase() !== "content-type") continue;
    return replaced.has("content-type") ? [] : [name, received[index + 1] ?? ""];
  }
  return [];
}

/** Whether all three headers of a Standard Webhooks sender are there. */
export function isStandardWebhook(received: readonly string[]): boolean {
  let found = 0;
  for (let index = 0; index < received.length; index += 2) {
    const name = received[index] ?? "";
    // Most names are told apart by their first letter.
    const first = name.charCodeAt(0);
    if (first !== UPPER_W && first !== LOWER_W) continue;
    if (STANDARD_HEADER_NAMES.has(name.toLowerCase())) found += 1;
  }
  return found === STANDARD_HEADER_NAMES.size;
}

function isHopByHop(lowerName: string): boolean {
  return (
    FORBIDDEN_HEADER_NAMES.has(lowerName) ||
    lowerName.startsWith(PROXY_PREFIX) ||
    lowerName.startsWith(OUR_PREFIX)
  );
}

/** Headers that `Connection` declares to be of this hop alone; usually none. */
function namedByConnection(received: readonly string[]): ReadonlySet<string> | undefined {
  let named: Set<string> | undefined;
  for (let index = 0; index + 1 < received.length; index += 2) {
    const name = received[index] ?? "";
    if (name.length !== 10 || name.toLowerCase() !== "connection") continue;
    const value = (received[index + 1] ?? "").toLowerCase();
    if (value === "keep-alive" || value === "close") continue;
    named ??= new Set();
    for (const option of value.split(",")) named.add(option.trim());
  }
  return named;
}
