import { expect, test } from "vitest";
import { forwardContentType, forwardHeaders, isStandardWebhook } from "./forward-headers.ts";

const NONE = new Set<string>();

test("[I3] order, case and repetition of end-to-end headers stay", () => {
  const received = [
    "X-B",
    "1",
    "x-a",
    "2",
    "X-B",
    "3",
    "Stripe-Signature",
    "t=1,v1=x",
    "Accept",
    "",
  ];
  expect(forwardHeaders(received, NONE)).toEqual(received);
});

test("what belongs to one hop, frames the message or is ours does not pass", () => {
  const names = [
    "Host",
    "Content-Length",
    "Transfer-Encoding",
    "Connection",
    "Keep-Alive",
    "Expect",
    "TE",
    "Trailer",
    "Upgrade",
    "Proxy-Authorization",
    "Proxy-Anything",
    "Ringdown-Attempt",
    "ringdown-event",
  ];
  expect(
    forwardHeaders(
      names.flatMap((name) => [name, "x"]),
      NONE,
    ),
  ).toEqual([]);
});

test("what Connection names is of this hop too", () => {
  const received = [
    "Connection",
    "keep-alive, X-Secret ,x-two",
    "X-Secret",
    "1",
    "x-Two",
    "2",
    "X",
    "3",
  ];
  expect(forwardHeaders(received, NONE)).toEqual(["X", "3"]);
});

test("replaced names are left out in any case", () => {
  expect(forwardHeaders(["AuthoriZation", "a", "X", "1"], new Set(["authorization"]))).toEqual([
    "X",
    "1",
  ]);
});

test("a list that breaks off loses the name without a value", () => {
  expect(forwardHeaders(["X", "1", "Y"], NONE)).toEqual(["X", "1"]);
});

test("only the type of the body, unless somebody sets it", () => {
  const received = ["X", "1", "CONTENT-TYPE", "text/plain", "content-type", "second"];
  expect(forwardContentType(received, NONE)).toEqual(["CONTENT-TYPE", "text/plain"]);
  expect(forwardContentType(received, new Set(["content-type"]))).toEqual([]);
  expect(forwardContentType(["X", "1"], NONE)).toEqual([]);
});

test("a Standard Webhooks sender is one that sends all three headers", () => {
  const all = ["Webhook-Id", "1", "webhook-timestamp", "2", "WEBHOOK-SIGNATURE", "v1,x"];
  expect(isStandardWebhook(all)).toBe(true);
  expect(isStandardWebhook(all.slice(2))).toBe(false);
  expect(isStandardWebhook([])).toBe(false);
});
