/** Event type and idempotency key of a request, by what is known about its provider. */
import { findValue, type ValueRule, type ValueSource } from "./value.ts";

/** The vendor's name of the event's kind; `undefined` if the request names none. */
export function eventTypeOf(
  provider: { readonly eventType: readonly ValueRule[] },
  source: ValueSource,
): string | undefined {
  return findValue(provider.eventType, source);
}

/** What makes two requests the same event; `undefined` if the request carries nothing such. */
export function idempotencyKeyOf(
  provider: { readonly idempotencyKey: readonly ValueRule[] },
  source: ValueSource,
): string | undefined {
  return findValue(provider.idempotencyKey, source);
}
