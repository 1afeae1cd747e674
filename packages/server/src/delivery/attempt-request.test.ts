import { expect, test } from "vitest";
import {
  destination,
  RECEIVED_AT_MS,
  storedRequest,
} from "../../tests/support/delivery-fixtures.ts";
import { parseDeliveryId, parseRecordId } from "../model/ids.ts";
import { type AttemptFacts, buildAttempt } from "./attempt-request.ts";

const NOW_MS = RECEIVED_AT_MS + 12_345;

function build(overrides: Partial<AttemptFacts> = {}) {
  const event = overrides.event ?? storedRequest({ sequence: 77 });
  const request = buildAttempt({
    event,
    key: { sequence: event.sequence, destinationNo: 5, ordinal: 2 },
    number: 3,
    replayId: undefined,
    destination: destination({ no: 5 }),
    forward: "raw",
    storeTag: 99,
    nowMs: NOW_MS,
    version: "1.2.3",
    ...overrides,
  });
  if (request.kind === "invalid") throw new Error(request.message);
  const values = new Map<string, string>();
  for (let i = 0; i < request.headers.length; i += 2) {
    values.set(request.headers[i]!.toLowerCase(), request.headers[i + 1]!);
  }
  return { ...request, values };
}

test("[I3] the body goes on as the very bytes that were received", () => {
  const body = Buffer.from([0, 255, 13, 10, 128]);
  expect(build({ event: storedRequest({ body }) }).body).toBe(body);
});

test("every attempt says which event, delivery and attempt it is, and when", () => {
  const { values } = build({ event: storedRequest({ sequence: 77, eventType: "invoice.paid" }) });
  expect(parseRecordId("evt", values.get("webhook-id")!)).toEqual({
    timeMs: RECEIVED_AT_MS,
    sequence: 77,
    tag: 99,
  });
  expect(values.get("ringdown-event")).toBe(values.get("webhook-id"));
  expect(parseDeliveryId("dlv", values.get("ringdown-delivery")!)).toEqual({
    timeMs: RECEIVED_AT_MS,
    sequence: 77,
    destinationNo: 5,
    ordinal: 2,
    attemptNumber: 0,
  });
  expect(values.get("webhook-timestamp")).toBe(String(Math.floor(NOW_MS / 1000)));
  expect(values.get("ringdown-attempt")).toBe("3");
  expect(values.get("ringdown-event-type")).toBe("invoice.paid");
  expect(values.has("webhook-signature")).toBe(false);
  expect(values.has("ringdown-replay")).toBe(false);
});

test("[I5] every attempt of one event carries the same webhook-id", () => {
  const ids = [1, 2, 200].map((number) => build({ number }).values.get("webhook-id"));
  expect(new Set(ids).size).toBe(1);
});

test("a replay names its operation", () => {
  expect(build({ replayId: "op_1" }).values.get("ringdown-replay")).toBe("op_1");
});

test("a destination that signs gets a signature over id, time and body", () => {
  const signing = destination({
    sign: ({ id, timestampS, body }) => `v1,${id}.${timestampS}.${body.length}`,
  });
  const { values } = build({ destination: signing });
  const id = values.get("webhook-id");
  expect(values.get("webhook-signature")).toBe(`v1,${id}.${values.get("webhook-timestamp")}.2`);
});

const STANDARD = [
  "Webhook-Id",
  "msg_1",
  "Webhook-Timestamp",
  "1",
  "Webhook-Signature",
  "v1,theirs",
];

test("a Standard Webhooks sender's own headers pass when they are forwarded raw and not signed anew", () => {
  const { headers, values } = build({ event: storedRequest({ headers: STANDARD }) });
  expect(headers.slice(0, 6)).toEqual(STANDARD);
  expect(headers.filter((text) => text.toLowerCase() === "webhook-id")).toHaveLength(1);
  expect(values.get("ringdown-event")).toMatch(/^evt_/);
});

test.each([
  ["the destination signs", { destination: destination({ sign: () => "v1,ours" }) }],
  ["only the body is forwarded", { forward: "body" as const }],
  ["one of the three is missing", { event: storedRequest({ headers: STANDARD.slice(2) }) }],
])("they give way to ours when %s", (_, overrides) => {
  const { values } = build({ event: storedRequest({ headers: STANDARD }), ...overrides });
  expect(values.get("webhook-id")).toMatch(/^evt_/);
  expect(values.get("webhook-signature")).not.toBe("v1,theirs");
});

test("configured headers replace received ones, but never ours", () => {
  const configured = destination({
    headers: ["Authorization", "Bearer ours", "webhook-id", "forged", "Ringdown-Attempt", "9"],
  });
  const event = storedRequest({ headers: ["AUTHORIZATION", "theirs", "X", "1"] });
  const { headers, values } = build({ event, destination: configured });
  expect(headers.slice(0, 4)).toEqual(["X", "1", "Authorization", "Bearer ours"]);
  expect(values.get("webhook-id")).toMatch(/^evt_/);
  expect(values.get("ringdown-attempt")).toBe("3");
});

test("only the body: content type and ours", () => {
  const event = storedRequest({
    headers: ["X", "1", "Content-Type", "text/plain", "User-Agent", "S"],
  });
  const { headers, values } = build({ event, forward: "body" });
  expect(headers.slice(0, 2)).toEqual(["Content-Type", "text/plain"]);
  expect(values.has("x")).toBe(false);
  expect(values.get("user-agent")).toBe("Ringdown/1.2.3");
});

test("the sender's user-agent stays", () => {
  const event = storedRequest({ headers: ["User-Agent", "Stripe/1.0"] });
  expect(build({ event }).values.get("user-agent")).toBe("Stripe/1.0");
});

test.each([
  ["POST", "POST"],
  ["PUT", "PUT"],
  ["DELETE", "DELETE"],
  ["GET", "POST"],
  ["HEAD", "POST"],
])("a %s request goes on as %s", (received, sent) => {
  expect(build({ event: storedRequest({ method: received }) }).method).toBe(sent);
  const fixed = destination({ method: "PATCH" });
  expect(build({ event: storedRequest({ method: received }), destination: fixed }).method).toBe(
    "PATCH",
  );
});

test.each(["über.paid", "a\r\nX-Evil: 1", "\ud800", " padded ", "日本"])(
  "the event type %j cannot break the header block",
  (eventType) => {
    const sent = build({ event: storedRequest({ eventType }) }).values.get("ringdown-event-type");
    expect(sent).toMatch(/^[\x21-\x7e]+$/);
  },
);

test("a path that may not be appended makes the attempt invalid, not the engine fall over", () => {
  const request = buildAttempt({
    event: storedRequest({ path: "/../admin" }),
    key: { sequence: 1, destinationNo: 1, ordinal: 0 },
    number: 1,
    replayId: undefined,
    destination: destination({ appendPath: true }),
    forward: "raw",
    storeTag: 1,
    nowMs: NOW_MS,
    version: "1",
  });
  expect(request.kind).toBe("invalid");
});

const TRANSFORMED = {
  kind: "transformed" as const,
  headers: ["X-Amount", "12", "authorization", "from the template"],
  contentType: "application/json",
  body: Buffer.from('{"made":true}'),
};

test("of a changed body, nothing goes along that describes or signs the received one", () => {
  const headers = [
    "Content-Type",
    "text/xml",
    "Content-Encoding",
    "gzip",
    "Digest",
    "sha-256=x",
    "Stripe-Signature",
    "t=1",
    "X-Hub-Signature-256",
    "sha256=1",
    "X-Proof",
    "secret",
    "X-Amount",
    "theirs",
    "X-Trace",
    "1",
    ...STANDARD,
  ];
  const signing = destination({
    sign: ({ body }) => `v1,over ${body.length} bytes`,
    headers: ["Authorization", "Bearer ours"],
  });
  const {
    values,
    body,
    headers: sent,
  } = build({
    event: storedRequest({ headers }),
    destination: signing,
    transformed: TRANSFORMED,
    proofHeaders: ["x-proof"],
  });
  expect(body).toBe(TRANSFORMED.body);
  expect(sent.slice(0, 8)).toEqual([
    "X-Trace",
    "1",
    "content-type",
    "application/json",
    "X-Amount",
    "12",
    "Authorization",
    "Bearer ours",
  ]);
  expect(values.get("webhook-signature")).toBe("v1,over 13 bytes");
});

test("a Standard Webhooks sender's signature is not kept for a changed body", () => {
  const event = storedRequest({ headers: STANDARD });
  const { values } = build({ event, transformed: TRANSFORMED });
  expect(values.get("webhook-id")).toMatch(/^evt_/);
  expect(values.has("webhook-signature")).toBe(false);
});

test("[I3] without a body the transformation leaves bytes and signatures as they came", () => {
  const headers = ["Content-Type", "text/xml", "Stripe-Signature", "t=1"];
  const body = Buffer.from("<x/>");
  const built = build({
    event: storedRequest({ headers, body }),
    transformed: { kind: "transformed", headers: ["X-A", "1"], method: "PUT" },
  });
  expect(built.body).toBe(body);
  expect(built.method).toBe("PUT");
  expect(built.headers.slice(0, 6)).toEqual([...headers, "X-A", "1"]);
});

test("path and query of a transformation are appended, whatever the destination does", () => {
  const url = new URL("https://a.example/base?k=1");
  const event = storedRequest({ path: "/theirs", query: "q=2" });
  const urlOf = (appendPath: boolean, parts: { path?: string; query?: string }) => {
    const transformed = { kind: "transformed" as const, headers: [], ...parts };
    return String(build({ event, destination: destination({ url, appendPath }), transformed }).url);
  };
  expect(urlOf(false, { path: "/a%2Fb" })).toBe("https://a.example/base/a%2Fb?k=1");
  expect(urlOf(true, { path: "/mine" })).toBe("https://a.example/base/mine?k=1&q=2");
  expect(urlOf(true, { query: "z=3" })).toBe("https://a.example/base/theirs?k=1&z=3");
});
