/**
 * Who sent a request, where proxies stand in between.
 *
 * `X-Forwarded-For` is a list to which each proxy appends the address it was called from, so only as
 * many entries from its end as there are proxies of your own can be believed; everything before them
 * is whatever the sender wrote.
 */
import { ReceiverError } from "../errors.ts";
import type { HeaderLookup } from "../headers.ts";

export type ClientAddressInput = {
  readonly headers: HeaderLookup;
  /** What the framework says: the connection's other end, or what its own proxy setting makes of it. */
  readonly address: string | undefined;
};

export type ClientAddress = (input: ClientAddressInput) => string | undefined;

/**
 * For `clientAddress`: the address that the outermost of this many proxies of your own was called
 * from. A request with fewer entries did not come through them and has no address.
 *
 * @throws {option_invalid}
 * @example
 * receiver({ provider, secrets, onEvent, allow: ["192.0.2.0/24"], clientAddress: behindProxies(1) });
 */
export function behindProxies(count: number): ClientAddress {
  if (!Number.isSafeInteger(count) || count < 1) {
    throw new ReceiverError(
      "option_invalid",
      "The number of proxies must be a whole number of at least 1.",
      "Count the proxies of your own that append to X-Forwarded-For.",
    );
  }
  return ({ headers }) => {
    const entries = (headers.get("x-forwarded-for") ?? "").split(",");
    const entry = entries.at(-count)?.trim();
    return entry === "" ? undefined : entry;
  };
}
