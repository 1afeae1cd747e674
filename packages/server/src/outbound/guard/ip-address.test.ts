import { describe, expect, test } from "vitest";

import { parseIpv4, parseIpv6, sameIpv4Prefix, sameIpv6Prefix } from "./ip-address.ts";

describe("parseIpv4", () => {
  test("reads a dotted quad as one unsigned number", () => {
    expect(parseIpv4("0.0.0.0")).toBe(0);
    expect(parseIpv4("127.0.0.1")).toBe(0x7f000001);
    expect(parseIpv4("255.255.255.255")).toBe(0xffffffff);
  });

  test.each(["", "1.2.3", "1.2.3.4.5", "256.0.0.1", "0x7f.0.0.1", "127.0.0.1 ", "::1", "name"])(
    "takes no other spelling: %j",
    (text) => {
      expect(parseIpv4(text)).toBeUndefined();
    },
  );
});

describe("parseIpv6", () => {
  test.each([
    ["::", [0, 0, 0, 0, 0, 0, 0, 0]],
    ["::1", [0, 0, 0, 0, 0, 0, 0, 1]],
    ["2001:db8::", [0x2001, 0xdb8, 0, 0, 0, 0, 0, 0]],
    ["2001:DB8::8:800:200C:417A", [0x2001, 0xdb8, 0, 0, 8, 0x800, 0x200c, 0x417a]],
    ["1:2:3:4:5:6:7:8", [1, 2, 3, 4, 5, 6, 7, 8]],
    ["::ffff:192.168.0.1", [0, 0, 0, 0, 0, 0xffff, 0xc0a8, 1]],
    ["64:ff9b::10.0.0.1", [0x64, 0xff9b, 0, 0, 0, 0, 0x0a00, 1]],
    ["1:2:3:4:5:6:1.2.3.4", [1, 2, 3, 4, 5, 6, 0x0102, 0x0304]],
  ])("reads %s as eight groups", (text, groups) => {
    expect(parseIpv6(text)).toEqual(groups);
  });

  test.each(["", ":::", "1::2::3", "fe80::1%eth0", "[::1]", "127.0.0.1", "g::1"])(
    "takes nothing else: %j",
    (text) => {
      expect(parseIpv6(text)).toBeUndefined();
    },
  );
});

describe("prefixes", () => {
  test("an IPv4 prefix ends at its last bit", () => {
    const base = parseIpv4("172.16.0.0")!;
    expect(sameIpv4Prefix(parseIpv4("172.31.255.255")!, base, 12)).toBe(true);
    expect(sameIpv4Prefix(parseIpv4("172.32.0.0")!, base, 12)).toBe(false);
    expect(sameIpv4Prefix(parseIpv4("172.15.255.255")!, base, 12)).toBe(false);
  });

  test("all 32 bits can be compared, the highest one too", () => {
    const address = parseIpv4("255.255.255.255")!;
    expect(sameIpv4Prefix(address, address, 32)).toBe(true);
    expect(sameIpv4Prefix(address, parseIpv4("255.255.255.254")!, 32)).toBe(false);
    expect(sameIpv4Prefix(address, parseIpv4("127.255.255.255")!, 1)).toBe(false);
  });

  test("an IPv6 prefix ends at its last bit, inside a group too", () => {
    const base = parseIpv6("2000::")!;
    expect(sameIpv6Prefix(parseIpv6("3fff:ffff::1")!, base, 3)).toBe(true);
    expect(sameIpv6Prefix(parseIpv6("4000::")!, base, 3)).toBe(false);
    expect(sameIpv6Prefix(parseIpv6("2000::1")!, base, 128)).toBe(false);
    expect(sameIpv6Prefix(parseIpv6("2000:0:0:0:0:0:0:0")!, base, 128)).toBe(true);
  });
});
