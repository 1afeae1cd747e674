/**
 * Which IP addresses an outbound connection may go to (I9): the policy against server-side request
 * forgery, as a table.
 *
 * IPv4: everything that is not listed. IPv6: only global unicast, 2000::/3, minus what is listed,
 * because a list of bad ranges misses those that nobody thought of (`::7f00:1`, ISATAP, site-local).
 * Text that is not a plain address is blocked, a zone id with it. Ranges that carry an IPv4 address
 * inside (mapped, NAT64, 6to4, Teredo) are blocked whole instead of being unwrapped.
 *
 * A caller that opts out of the guard opens private networks only: cloud metadata, link-local,
 * multicast and reserved ranges stay closed, since no webhook receiver lives there.
 *
 * Pure. Cost: a few comparisons per connection, none per request on a reused one.
 * Sources: IANA special-purpose address registries (RFC 6890 and successors), RFC 8215, RFC 9637,
 * and the metadata addresses documented by Azure, AWS, Alibaba, Google, Oracle and Scaleway.
 */
import { parseIpv4, parseIpv6, sameIpv4Prefix, sameIpv6Prefix } from "./ip-address.ts";

export type BlockReason =
  | "not_an_address"
  | "zone_id"
  | "unspecified"
  | "loopback"
  | "private"
  | "shared"
  | "link_local"
  | "metadata"
  | "embedded_ipv4"
  | "multicast"
  | "reserved"
  | "own_address"
  | "denied_network";

export type AddressClass = "public" | { readonly blocked: BlockReason };

/** The reasons that `allowPrivate` lifts. */
const PRIVATE_NETWORKS: ReadonlySet<BlockReason> = new Set(["loopback", "private", "shared"]);

/** The first match decides: single addresses stand before the ranges around them. */
const IPV4_BLOCKED = table(parseIpv4, [
  ["168.63.129.16/32", "metadata"], // Azure wire server; looks public
  ["100.100.100.200/32", "metadata"], // Alibaba
  ["192.0.0.192/32", "metadata"], // Oracle
  ["0.0.0.0/8", "unspecified"],
  ["10.0.0.0/8", "private"],
  ["100.64.0.0/10", "shared"], // carrier-grade NAT
  ["127.0.0.0/8", "loopback"],
  ["169.254.0.0/16", "link_local"], // with most metadata services
  ["172.16.0.0/12", "private"],
  ["192.0.0.0/24", "reserved"], // IETF protocol assignments
  ["192.0.2.0/24", "reserved"], // documentation
  ["192.31.196.0/24", "reserved"], // AS112
  ["192.52.193.0/24", "reserved"], // AMT
  ["192.88.99.0/24", "reserved"], // 6to4 relays
  ["192.168.0.0/16", "private"],
  ["192.175.48.0/24", "reserved"], // AS112
  ["198.18.0.0/15", "reserved"], // benchmarking
  ["198.51.100.0/24", "reserved"], // documentation
  ["203.0.113.0/24", "reserved"], // documentation
  ["224.0.0.0/4", "multicast"],
  ["240.0.0.0/4", "reserved"], // with the broadcast address
]);

const IPV6_BLOCKED = table(parseIpv6, [
  ["fd00:ec2::/32", "metadata"], // AWS
  ["fd20:ce::254/128", "metadata"], // Google
  ["fd00:42::42/128", "metadata"], // Scaleway
  ["::/128", "unspecified"],
  ["::1/128", "loopback"],
  ["::ffff:0:0/96", "embedded_ipv4"], // mapped
  ["::ffff:0:0:0/96", "embedded_ipv4"], // translated
  ["::/96", "embedded_ipv4"], // compatible
  ["64:ff9b::/96", "embedded_ipv4"], // NAT64
  ["64:ff9b:1::/48", "embedded_ipv4"], // local NAT64
  ["2001::/32", "embedded_ipv4"], // Teredo
  ["2002::/16", "embedded_ipv4"], // 6to4
  ["2001::/23", "reserved"], // ORCHID, benchmarking, …
  ["2001:db8::/32", "reserved"], // documentation
  ["2620:4f:8000::/48", "reserved"], // AS112
  ["3fff::/20", "reserved"], // documentation
  ["fc00::/7", "private"], // unique local
  ["fe80::/10", "link_local"],
  ["ff00::/8", "multicast"],
]);

const IPV6_GLOBAL_UNICAST = parseIpv6("2000::") ?? [];

export function classifyAddress(ip: string): AddressClass {
  if (ip.includes("%")) return { blocked: "zone_id" };

  const ipv4 = parseIpv4(ip);
  if (ipv4 !== undefined) {
    return verdict(IPV4_BLOCKED.find((range) => sameIpv4Prefix(ipv4, range.base, range.bits)));
  }

  const ipv6 = parseIpv6(ip);
  if (ipv6 === undefined) return { blocked: "not_an_address" };
  const listed = IPV6_BLOCKED.find((range) => sameIpv6Prefix(ipv6, range.base, range.bits));
  if (listed !== undefined) return verdict(listed);
  if (!sameIpv6Prefix(ipv6, IPV6_GLOBAL_UNICAST, 3)) return { blocked: "reserved" };
  return isIsatap(ipv6) ? { blocked: "embedded_ipv4" } : "public";
}

/** Whether the opt-out for private networks lifts this reason. */
export function isPrivateNetwork(reason: BlockReason): boolean {
  return PRIVATE_NETWORKS.has(reason);
}

/** An interface identifier `[02]00:5efe:a.b.c.d` makes a router wrap the packet into IPv4 (RFC 5214). */
function isIsatap(groups: readonly number[]): boolean {
  return ((groups[4] ?? 0) & 0xfdff) === 0 && groups[5] === 0x5efe;
}

type Range<Address> = {
  readonly base: Address;
  readonly bits: number;
  readonly reason: BlockReason;
};

function table<Address>(
  parse: (text: string) => Address | undefined,
  rows: readonly (readonly [cidr: string, reason: BlockReason])[],
): readonly Range<Address>[] {
  return rows.map(([cidr, reason]) => {
    const [text = "", bits = ""] = cidr.split("/");
    const base = parse(text);
    if (base === undefined) throw new TypeError(`Not an address range: ${cidr}`);
    return { base, bits: Number(bits), reason };
  });
}

function verdict(range: { readonly reason: BlockReason } | undefined): AddressClass {
  return range === undefined ? "public" : { blocked: range.reason };
}
