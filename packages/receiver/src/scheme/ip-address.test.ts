/** Oracle: node's own `net.BlockList`, which knows the same ranges by another implementation. */
import fc from "fast-check";
import { BlockList, isIP } from "node:net";
import { describe, expect, test } from "vitest";
import { createAddressFilter } from "./address.ts";
import { parseIpAddress } from "./ip-address.ts";

const v4 = fc.ipV4();
const v6 = fc.ipV6();

function networkOf(address: string, prefix: number): string {
  const groups = parseIpAddress(address) ?? [];
  const masked = groups.map((word, index) => {
    const bits = Math.min(Math.max(prefix - index * 32, 0), 32);
    return bits === 0 ? 0 : (word & (~0 << (32 - bits))) >>> 0;
  });
  const hex = masked.map((word) => word.toString(16).padStart(8, "0"));
  return masked.length === 1
    ? (hex[0]?.match(/../g) ?? []).map((byte) => Number.parseInt(byte, 16)).join(".")
    : (hex.join("").match(/.{4}/g) ?? []).join(":");
}

test("an IPv4 address is in a range exactly if node says so", () => {
  fc.assert(
    fc.property(v4, v4, fc.nat(32), (address, base, prefix) => {
      const network = networkOf(base, prefix);
      const list = new BlockList();
      list.addSubnet(network, prefix, "ipv4");
      const filter = createAddressFilter([`${network}/${prefix}`]);
      expect(filter.allows(address)).toBe(list.check(address, "ipv4"));
      expect(filter.allows(network)).toBe(true);
    }),
  );
});

test("an IPv6 address is in a range exactly if node says so", () => {
  // Mapped addresses count as IPv4 with us; node keeps them apart.
  const unmapped = v6.filter((address) => parseIpAddress(address)?.length === 4);
  fc.assert(
    fc.property(unmapped, unmapped, fc.nat(128), (address, base, prefix) => {
      const network = networkOf(base, prefix);
      fc.pre(parseIpAddress(network)?.length === 4);
      const list = new BlockList();
      list.addSubnet(network, prefix, "ipv6");
      const filter = createAddressFilter([`${network}/${prefix}`]);
      expect(filter.allows(address)).toBe(list.check(address, "ipv6"));
      expect(filter.allows(network)).toBe(true);
    }),
  );
});

test("text is an address exactly if node says so", () => {
  const almost = fc
    .tuple(fc.oneof(v4, v6), fc.nat(40), fc.constantFrom("", ":", ".", "0", "f", "g", "::", " "))
    .map(([address, at, extra]) => address.slice(0, at) + extra + address.slice(at));
  fc.assert(
    fc.property(fc.oneof(v4, v6, almost, fc.string()), (text) => {
      fc.pre(!text.includes("%"));
      expect(parseIpAddress(text) !== undefined).toBe(isIP(text) !== 0);
    }),
    { numRuns: 2000 },
  );
});

describe("ranges", () => {
  test.each([
    ["::ffff:10.1.2.3", "10.0.0.0/8"],
    ["::FFFF:0a01:0203", "10.0.0.0/8"],
    ["10.1.2.3", "::ffff:10.0.0.0/104"],
    ["10.1.2.3", "10.1.2.3"],
    ["203.0.113.9", "0.0.0.0/0"],
    ["2001:db8::1", "::/0"],
    ["2001:db8:0:0:1::1", "2001:db8::/32"],
    ["fe80::1%eth0", "fe80::/10"],
    ["::1", "0:0:0:0:0:0:0:1"],
    ["::ffff:1.2.3.4", "::ffff:0:0/96"],
  ])("%s is in %s", (address, range) => {
    expect(createAddressFilter([range]).allows(address)).toBe(true);
  });

  test.each([
    ["11.0.0.0", "10.0.0.0/8"],
    ["10.1.2.4", "10.1.2.3"],
    ["10.1.2.3", "::/0"],
    ["::a01:203", "10.0.0.0/8"],
    ["2001:db9::", "2001:db8::/32"],
    ["", "0.0.0.0/0"],
    ["unknown", "0.0.0.0/0"],
    ["10.1.2.3:443", "0.0.0.0/0"],
    ["010.1.2.3", "0.0.0.0/0"],
    ["10.1.2.3 ", "0.0.0.0/0"],
  ])("%j is not in %s", (address, range) => {
    expect(createAddressFilter([range]).allows(address)).toBe(false);
  });

  test.each([
    "10.0.0.0/33",
    "10.0.0.0/08",
    "10.0.0.0/-1",
    "10.0.0.0/",
    "10.0.0.0/8/8",
    "2001:db8::/129",
    "10.0.0/8",
    "example.com",
    "",
    "*",
    "fe80::1%eth0/64",
    "::ffff:10.0.0.0/8",
  ])("%j is no range", (range) => {
    expect(() => createAddressFilter([range])).toThrow(
      expect.objectContaining({ code: "address_range_invalid" }),
    );
  });

  test("a range with bits beyond its prefix is refused, because it may mean one address", () => {
    expect(() => createAddressFilter(["10.1.2.3/8"])).toThrow("not an IP address or a CIDR range");
  });

  test("an empty list is refused, because it would allow nobody", () => {
    expect(() => createAddressFilter([])).toThrow("empty");
  });

  test("the position of the range that matched is known", () => {
    const filter = createAddressFilter(["10.0.0.0/8", "192.168.0.0/16"]);
    expect(filter.rangeOf("192.168.1.1")).toBe(1);
    expect(filter.rangeOf("8.8.8.8")).toBe(-1);
  });
});
