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
  { what: "one proxy", socket: "10.0.0.1", header: "198.51.100.1", sender: "198.51.100.1" },
  {
    what: "a chain of proxies",
    socket: "10.0.0.1",
    header: "198.51.100.1, 10.2.2.2, 10.3.3.3",
    sender: "198.51.100.1",
  },
  {
    what: "a forged beginning",
    socket: "10.0.0.1",
    header: "6.6.6.6, 198.51.100.1",
    sender: "198.51.100.1",
  },
  { what: "no proxy at all", socket: "203.0.113.9", header: "6.6.6.6", sender: "203.0.113.9" },
  { what: "no header", socket: "10.0.0.1", header: undefined, sender: "10.0.0.1" },
  { what: "nonsense", socket: "10.0.0.1", header: "unknown", sender: "10.0.0.1" },
  {
    what: "nonsense behind a proxy",
    socket: "10.0.0.1",
    header: "<script>, 10.1.1.1",
    sender: "10.1.1.1",
  },
  { what: "a port", socket: "10.0.0.1", header: "198.51.100.1:4711", sender: "198.51.100.1" },
  {
    what: "an IPv6 address with a port",
    socket: "2001:db8::1",
    header: "[2001:db8::2]:4711",
    sender: "2001:db8::2",
  },
  {
    what: "an IPv4 proxy on an IPv6 socket",
    socket: "::ffff:10.0.0.1",
    header: "198.51.100.1",
    sender: "198.51.100.1",
  },
])("the sender behind $what is found", ({ socket, header, sender }) => {
  expect(behindProxies(request(socket, header))).toBe(sender);
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
