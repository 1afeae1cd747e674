import type { AttemptItem, RequestItem } from "@ringdown/client";
import { expect, test } from "vitest";
import { plainStyle } from "../output/style.ts";
import { formatClock } from "../output/units.ts";
import { formatAttemptLine } from "./attempt-line.ts";
import { formatRequestLine } from "./request-line.ts";

const AT = "2026-11-24T14:32:15.204Z";

function request(more: Partial<RequestItem>): RequestItem {
  return {
    id: "req_1",
    eventId: "evt_1",
    outcome: "accepted",
    cause: null,
    receivedAt: AT,
    source: "stripe",
    sourceId: "src_1",
    method: "POST",
    path: "",
    query: "",
    remoteAddress: "127.0.0.1",
    contentType: "application/json; charset=utf-8",
    bodyBytes: 2150,
    eventType: "invoice.paid",
    idempotencyKey: null,
    verification: { ...UNVERIFIED, status: "verified" },
    duplicateOf: null,
    conflict: false,
    releases: null,
    targets: [],
    ...more,
  };
}

const UNVERIFIED: RequestItem["verification"] = {
  status: "unverified",
  reason: null,
  message: null,
  hint: null,
  secretIndex: null,
  ageMs: null,
};

function target(destination: string): RequestItem["targets"][number] {
  return { route: "r", routeId: "rte_1", destination, destinationId: "dst_1", deliveryId: "dlv_1" };
}

function requestLine(more: Partial<RequestItem>): string {
  const line = formatRequestLine(request(more), plainStyle);
  expect(line.startsWith(`${formatClock(Date.parse(AT))}  `)).toBe(true);
  return line.slice("14:32:15.204  ".length);
}

test("an event that was routed names its destinations", () => {
  const targets = [target("inventory"), target("slack")];
  expect(requestLine({ targets })).toBe(
    "stripe  POST /  2.1 KB  invoice.paid  ✓sig  → inventory, slack",
  );
});

test("one that checks nothing and goes nowhere says so, by its media type", () => {
  const more = { eventType: null, verification: UNVERIFIED, path: "/below", source: "inbox" };
  expect(requestLine(more)).toBe("inbox  POST /below  2.1 KB  application/json  → kept (no route)");
});

test("a refusal tells its reason", () => {
  const verification = {
    ...UNVERIFIED,
    status: "failed",
    message: "The header is missing.",
  } as const;
  const refused = requestLine({ outcome: "rejected", cause: "verification_failed", verification });
  expect(refused).toMatch(/ ✗sig {2}✗ rejected: The header is missing\.$/);
  const held = requestLine({ outcome: "quarantined", verification });
  expect(held).toMatch(/ ✗sig {2}! held back: The header is missing\.$/);
  const limited = requestLine({
    outcome: "rejected",
    cause: "rate_limited",
    verification: UNVERIFIED,
  });
  expect(limited).toMatch(/ ✗ rejected: rate_limited$/);
});

test("a duplicate names what it repeats, and whether its body differs", () => {
  const more = { outcome: "duplicate", duplicateOf: "evt_0", eventId: null } as const;
  expect(requestLine(more)).toMatch(/= duplicate of evt_0$/);
  expect(requestLine({ ...more, conflict: true })).toMatch(
    /= duplicate of evt_0, with another body$/,
  );
});

test("[I12] names and paths that came from outside cannot break the line", () => {
  const line = requestLine({ path: "/a\n\u001b[2J", eventType: "x\ry" });
  for (const control of ["\n", "\r", "\u001b"]) expect(line).not.toContain(control);
});

const ATTEMPT: AttemptItem = {
  id: "att_1",
  deliveryId: "dlv_1",
  eventId: "evt_1",
  eventType: "invoice.paid",
  source: "stripe",
  sourceId: "src_1",
  destination: "inventory",
  destinationId: "dst_1",
  number: 1,
  trigger: "initial",
  startedAt: AT,
  durationMs: 23,
  outcome: "success",
  cause: null,
  causeText: null,
  detail: null,
  status: 200,
  remoteAddress: "127.0.0.1",
};

test("an attempt tells where, what came back, and how long it took", () => {
  expect(formatAttemptLine(ATTEMPT, plainStyle)).toBe(
    `${formatClock(Date.parse(AT) + 23)}    → inventory  200  23 ms  invoice.paid`,
  );
});

test("a failed retry tells its number and what went wrong, in the socket's own words if there are any", () => {
  const failed = { ...ATTEMPT, outcome: "failure", trigger: "retry", number: 3 } as const;
  const status = { ...failed, status: 500, cause: "status_5xx", causeText: "It failed." } as const;
  expect(formatAttemptLine(status, plainStyle)).toMatch(
    /✗ inventory {2}500 {2}23 ms {2}invoice\.paid {2}retry, attempt 3 {2}It failed\.$/,
  );
  const refused = { ...failed, status: null, cause: "connect", detail: "ECONNREFUSED" } as const;
  expect(formatAttemptLine(refused, plainStyle)).toMatch(/✗ inventory {2}connect .*ECONNREFUSED$/);
});
