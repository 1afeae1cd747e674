import { describe, expect, test } from "vitest";

import { classifyAddress, isPrivateNetwork } from "./address-policy.ts";

/** First and last address of each blocked range, where the last is not the next one's neighbour. */
const BLOCKED = [
  ["0.0.0.0", "unspecified"],
  ["0.255.255.255", "unspecified"],
  ["10.0.0.0", "private"],
  ["10.255.255.255", "private"],
  ["100.64.0.0", "shared"],
  ["100.127.255.255", "shared"],
  ["100.100.100.200", "metadata"],
  ["127.0.0.1", "loopback"],
  ["127.255.255.255", "loopback"],
  ["168.63.129.16", "metadata"],
  ["169.254.169.254", "link_local"],
  ["169.254.170.2", "link_local"],
  ["172.16.0.0", "private"],
  ["172.31.255.255", "private"],
  ["192.0.0.8", "reserved"],
  ["192.0.0.192", "metadata"],
  ["192.0.2.1", "reserved"],
  ["192.31.196.1", "reserved"],
  ["192.52.193.1", "reserved"],
  ["192.88.99.1", "reserved"],
  ["192.168.0.0", "private"],
  ["192.168.255.255", "private"],
  ["192.175.48.1", "reserved"],
  ["198.18.0.0", "reserved"],
  ["198.19.255.255", "reserved"],
  ["198.51.100.7", "reserved"],
  ["203.0.113.7", "reserved"],
  ["224.0.0.1", "multicast"],
  ["239.255.255.255", "multicast"],
  ["240.0.0.1", "reserved"],
  ["255.255.255.255", "reserved"],
  ["::", "unspecified"],
  ["::1", "loopback"],
  ["::7f00:1", "embedded_ipv4"],
  ["::a9fe:a9fe", "embedded_ipv4"],
  ["::ffff:127.0.0.1", "embedded_ipv4"],
  ["::ffff:8.8.8.8", "embedded_ipv4"],
  ["::ffff:0:127.0.0.1", "embedded_ipv4"],
  ["64:ff9b::7f00:1", "embedded_ipv4"],
  ["64:ff9b:1::a00:1", "embedded_ipv4"],
  ["100::1", "reserved"],
  ["100:0:0:1::1", "reserved"],
  ["1fff:ffff::1", "reserved"],
  ["2001::1", "embedded_ipv4"],
  ["2001:2::1", "reserved"],
  ["2001:20::1", "reserved"],
  ["2001:1ff:ffff::1", "reserved"],
  ["2001:db8::1", "reserved"],
  ["2002:7f00:1::", "embedded_ipv4"],
  ["2600:1900::5efe:10.0.0.1", "embedded_ipv4"],
  ["2600:1900::200:5efe:10.0.0.1", "embedded_ipv4"],
  ["2620:4f:8000::1", "reserved"],
  ["3fff::1", "reserved"],
  ["4000::1", "reserved"],
  ["5f00::1", "reserved"],
  ["fc00::1", "private"],
  ["fd00:ec2::254", "metadata"],
  ["fd00:42::42", "metadata"],
  ["fd20:ce::254", "metadata"],
  ["fdff::1", "private"],
  ["fe80::1", "link_local"],
  ["fec0::1", "reserved"],
  ["ff02::1", "multicast"],
  ["fe80::1%eth0", "zone_id"],
  ["2606:4700::1%1", "zone_id"],
  ["", "not_an_address"],
  ["example.com", "not_an_address"],
  ["0x7f.1", "not_an_address"],
  ["2130706433", "not_an_address"],
] as const;

/** Neighbours of the blocked ranges, and some that everybody knows. */
const PUBLIC = [
  "1.1.1.1",
  "8.8.8.8",
  "9.255.255.255",
  "11.0.0.0",
  "100.63.255.255",
  "100.128.0.0",
  "126.255.255.255",
  "128.0.0.1",
  "168.63.129.15",
  "168.63.129.17",
  "169.253.255.255",
  "169.255.0.0",
  "172.15.255.255",
  "172.32.0.0",
  "192.0.1.1",
  "192.167.255.255",
  "192.169.0.0",
  "198.17.255.255",
  "198.20.0.0",
  "223.255.255.255",
  "2001:200::1",
  "2001:4860:4860::8888",
  "2001:db7:ffff::1",
  "2001:db9::1",
  "2003::1",
  "2606:4700:4700::1111",
  "2620:4f:8001::1",
  "3ffe:ffff::1",
];

describe("classifyAddress", () => {
  test.each(BLOCKED)("[I9] %s is blocked as %s", (address, reason) => {
    expect(classifyAddress(address)).toEqual({ blocked: reason });
  });

  test.each(PUBLIC)("[I9] %s is public", (address) => {
    expect(classifyAddress(address)).toBe("public");
  });
});

describe("isPrivateNetwork", () => {
  test("[I9] the opt-out opens private networks and nothing else", () => {
    const opened = BLOCKED.map(([, reason]) => reason).filter(isPrivateNetwork);
    expect(new Set(opened)).toEqual(new Set(["loopback", "private", "shared"]));
  });
});
