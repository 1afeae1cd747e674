/**
 * Who sent a request: the address of the socket, or, behind proxies that the operator trusts, the
 * nearest address in `X-Forwarded-For` that is not one of them.
 *
 * The header is read from its end: each proxy appends what it saw, so only what trusted proxies
 * wrote is believed, and a sender that writes the header itself gains nothing. Without trusted
 * proxies the header is not looked at.
 */
import type { IncomingMessage } from "node:http";
import { BlockList, isIP } from "node:net";
import { RingdownError } from "../errors/ringdown-error.ts";

export type RemoteAddress = (httpRequest: IncomingMessage) => string;

/** A header that lists more proxies than this is not read further. */
const HOP_LIMIT = 32;

/** `trustedProxies` are addresses or CIDR ranges. @throws config_invalid */
export function createRemoteAddress(trustedProxies: readonly string[]): RemoteAddress {
  if (trustedProxies.length === 0) {
    return (httpRequest) => plainAddress(httpRequest.socket.remoteAddress ?? "");
  }
  const trusted = new BlockList();
  for (const range of trustedProxies) addRange(trusted, range);

  function isTrusted(address: string): boolean {
    const family = isIP(address);
    return family !== 0 && trusted.check(address, family === 6 ? "ipv6" : "ipv4");
  }

  return (httpRequest) => {
    let nearest = plainAddress(httpRequest.socket.remoteAddress ?? "");
    if (!isTrusted(nearest)) return nearest;
    const forwarded = httpRequest.headers["x-forwarded-for"];
    const listed = (Array.isArray(forwarded) ? forwarded.join(",") : (forwarded ?? "")).split(",");
    for (const hop of listed.slice(-HOP_LIMIT).toReversed()) {
      const address = plainAddress(withoutPort(hop.trim()));
      if (isIP(address) === 0) return nearest;
      nearest = address;
      if (!isTrusted(nearest)) return nearest;
    }
    return nearest;
  };
}

/** An IPv4 address that arrived on an IPv6 socket, as IPv4; everything else unchanged. */
export function plainAddress(address: string): string {
  return address.startsWith("::ffff:") && address.includes(".") ? address.slice(7) : address;
}

export function isLoopback(address: string): boolean {
  return address === "::1" || address.startsWith("127.");
}

/** Some proxies write `203.0.113.7:4711` or `[2001:db8::1]:4711`. */
function withoutPort(hop: string): string {
  const bracketed = /^\[([^\]]+)\](?::\d+)?$/.exec(hop);
  if (bracketed?.[1] !== undefined) return bracketed[1];
  const v4 = /^([\d.]+):\d+$/.exec(hop);
  return v4?.[1] ?? hop;
}

function addRange(list: BlockList, range: string): void {
  const [address = "", prefix] = range.split("/");
  const family = isIP(address);
  const longest = family === 6 ? 128 : 32;
  const bits = prefix === undefined ? longest : Number(prefix);
  if (family === 0 || prefix === "" || !Number.isInteger(bits) || bits < 0 || bits > longest) {
    throw new RingdownError("config_invalid", `Not an address or CIDR range: ${range}`);
  }
  list.addSubnet(address, bits, family === 6 ? "ipv6" : "ipv4");
}
