/** Restricts requests to senders from certain addresses. */
import { WebhookConfigError } from "../errors.ts";
import type { CompiledScheme } from "./compiled-scheme.ts";
import { addressNotAllowed } from "./failure.ts";
import { isInRange, parseIpAddress, parseIpRange } from "./ip-address.ts";

export type AddressFilter = {
  /** Position of the first range that holds the address; -1 if none does or it is no address. */
  readonly rangeOf: (address: string) => number;
  readonly allows: (address: string) => boolean;
};

/**
 * Compiles a list of CIDR ranges and single addresses, IPv4 and IPv6.
 *
 * @throws {address_range_invalid}
 * @example
 * createAddressFilter(["10.0.0.0/8"]).allows("::ffff:10.1.2.3"); // true
 */
export function createAddressFilter(ranges: readonly string[]): AddressFilter {
  if (ranges.length === 0) throw rangeInvalid("The list of allowed addresses is empty.");
  const compiled = ranges.map((text) => {
    const range = parseIpRange(text);
    if (range === undefined) throw rangeInvalid(`"${text}" is not an IP address or a CIDR range.`);
    return range;
  });
  const rangeOf = (text: string): number => {
    const address = parseIpAddress(text);
    return address === undefined ? -1 : compiled.findIndex((range) => isInRange(address, range));
  };
  return { rangeOf, allows: (address) => rangeOf(address) !== -1 };
}

export function compileAddress(ranges: readonly string[]): CompiledScheme {
  const filter = createAddressFilter(ranges);
  return {
    verify: ({ remoteAddress = "" }) => {
      const secretIndex = filter.rangeOf(remoteAddress);
      return secretIndex === -1 ? addressNotAllowed() : { status: "authenticated", secretIndex };
    },
  };
}

function rangeInvalid(message: string): WebhookConfigError {
  return new WebhookConfigError(
    "address_range_invalid",
    message,
    "Write a network as 203.0.113.0/24 or 2001:db8::/32, without bits beyond the prefix, or one address.",
  );
}
