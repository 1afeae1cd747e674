import type { IncomingMessage } from "node:http";
import { expect, test } from "vitest";
import { createRemoteAddress, isLoopback, plainAddress } from "./remote-address.ts";

function request(socketAddress: string, forwardedFor?: string): IncomingMessage {
  return {
    socket: { remoteAddress: socketAddress },
    headers: forwardedFor === undefined ? {} : { "x-forwarded-for": forwardedFor },
  } as unknown as IncomingMessage;
}

const behindProxies = createRemoteAddress(["10.0.0.0/8", "2001:db8::1"]);

test("without trusted proxies the header is not believed", () => {
  const remoteAddress = createRemoteAddress([]);
  expect(remoteAddress(request("203.0.113.9", "198.51.100.1"))).toBe("203.0.113.9");
});

test.each([
  ["one proxy", "10.0.0.1", "198.51.100.1", "198.51.100.1"],
  ["a chain of proxies", "10.0.0.1", "198.51.100.1, 10.2.2.2, 10.3.3.3", "198.51.100.1"],
  ["a forged beginning", "10.0.0.1", "6.6.6.6, 198.51.100.1", "198.51.100.1"],
  ["a sender that is no proxy", "203.0.113.9", "6.6.6.6", "203.0.113.9"],
  ["no header", "10.0.0.1", undefined, "10.0.0.1"],
  ["nonsense", "10.0.0.1", "unknown", "10.0.0.1"],
  ["nonsense behind a proxy", "10.0.0.1", "<script>, 10.1.1.1", "10.1.1.1"],
  ["ports", "10.0.0.1", "198.51.100.1:4711", "198.51.100.1"],
  ["IPv6 with a port", "2001:db8::1", "[2001:db8::2]:4711", "2001:db8::2"],
  ["an IPv4 proxy on an IPv6 socket", "::ffff:10.0.0.1", "198.51.100.1", "198.51.100.1"],
])("the sender behind %s is found", (_, socketAddress, forwardedFor, expected) => {
  expect(behindProxies(request(socketAddress, forwardedFor))).toBe(expected);
});

test("a header that lists a thousand proxies is read only a little way", () => {
  const hops = ["198.51.100.1", ...Array.from({ length: 1000 }, () => "10.0.0.1")].join(",");
  expect(behindProxies(request("10.0.0.1", hops))).toBe("10.0.0.1");
});

test.each(["10.0.0.0/33", "10.0.0.0/", "10.0.0.0/x", "proxy.example", "", "::1/129"])(
  "%j is not accepted as a trusted proxy",
  (range) => {
    expect(() => createRemoteAddress([range])).toThrow(/Not an address/);
  },
);

test("loopback is told apart", () => {
  expect(isLoopback(plainAddress("::ffff:127.0.0.1"))).toBe(true);
  expect(isLoopback("::1")).toBe(true);
  expect(isLoopback("10.0.0.1")).toBe(false);
});
