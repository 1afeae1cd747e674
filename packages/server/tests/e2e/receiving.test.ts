/** What a sender is answered, and what is kept of it: duplicates, policies, handshakes, refusals. */
import { createHmac } from "node:crypto";
import { sign as octokitSign } from "@octokit/webhooks-methods";
import Stripe from "stripe";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  type Answer,
  type Destination,
  type Item,
  type RunningGateway,
  startDestination,
  startGateway,
} from "../support/running-gateway.ts";

const SECRET = "whsec_4fd1c2a90b7e43d6a85c1f20b9e7d634";
const OTHER_SECRET = "whsec_00000000000000000000000000000000";
const { webhooks } = new Stripe("sk_test_unused");
const KEYED = { verify: "none", dedupe: { key: "body.id" } };

let destination: Destination;
let gateway: RunningGateway;

beforeAll(async () => {
  destination = await startDestination();
  gateway = await startGateway({
    sources: {
      keyed: KEYED,
      rejecting: { provider: "stripe", verify: { secret: SECRET } },
      quarantining: {
        provider: "stripe",
        verify: { secret: OTHER_SECRET },
        onFailed: "quarantine",
      },
      flagging: { provider: "stripe", verify: { secret: OTHER_SECRET }, onFailed: "flag" },
      slack: { provider: "slack", verify: { secret: SECRET } },
      github: { provider: "github", verify: { secret: SECRET } },
      answering: {
        verify: "none",
        respond: { status: 202, headers: { "X-Answer": "yes" }, body: "<Response/>" },
      },
      empty: { verify: "none", respond: 204 },
      lonely: { verify: "none" },
      "post-only": { verify: "none", methods: ["POST"] },
      small: { verify: "none", limits: { body: "1KB" } },
      slow: { verify: "none", limits: { rate: "2/h" } },
      closed: { verify: "none", enabled: false },
      elsewhere: { verify: { scheme: "address", allow: ["203.0.113.0/24"] } },
    },
    destinations: { target: { url: destination.url, allowPrivate: true } },
    routes: {
      all: {
        from: ["keyed", "rejecting", "quarantining", "flagging", "slack", "github"],
        to: "target",
      },
      never: { from: "lonely", to: "target", when: "body.kind == 'other'" },
    },
  });
});

afterAll(async () => {
  await gateway.dispose();
  await destination.close();
});

function bodiesWith(text: string): readonly string[] {
  return destination.arrivals.map(({ body }) => body.toString()).filter((it) => it.includes(text));
}

async function requestOf(answer: Answer): Promise<Item> {
  return gateway.api("GET", `/requests/${String(answer.headers["ringdown-request"])}`);
}

function stripeSigned(body: string): { body: string; headers: Record<string, string> } {
  const signature = webhooks.generateTestHeaderString({ payload: body, secret: SECRET });
  return { body, headers: { "stripe-signature": signature } };
}

test("[I5] a duplicate is told its event's id and delivered once, also after a restart", async () => {
  const body = '{"id":"order-1"}';
  const first = await gateway.post("keyed", { body });
  expect(first.headers).not.toHaveProperty("ringdown-duplicate");
  const second = await gateway.post("keyed", { body });
  await gateway.deliveryIn("delivered", first.json.id);
  await gateway.restart();
  const third = await gateway.post("keyed", { body });
  for (const repeated of [second, third]) {
    expect(repeated.status).toBe(200);
    expect(repeated.json).toEqual({ id: first.json.id, duplicate: true });
    expect(repeated.headers["ringdown-duplicate"]).toBe("true");
    expect(await requestOf(repeated)).toMatchObject({
      outcome: "duplicate",
      duplicateOf: first.json.id,
      conflict: false,
    });
  }
  const marker = await gateway.post("keyed", { body: '{"id":"order-1-after"}' });
  await gateway.deliveryIn("delivered", marker.json.id);
  expect(bodiesWith('"order-1"')).toEqual([body]);
});

test("the same key with another body is kept and flagged, and can be released", async () => {
  const first = await gateway.post("keyed", { body: '{"id":"order-2","total":1}' });
  const other = await gateway.post("keyed", { body: '{"id":"order-2","total":2}' });
  expect(other.json).toEqual({ id: first.json.id, duplicate: true });
  const kept = await requestOf(other);
  expect(kept).toMatchObject({ outcome: "duplicate", conflict: true, targets: [] });
  const released = await gateway.api("POST", `/requests/${kept.id}/release`);
  await gateway.deliveryIn("delivered", released.id);
  expect(bodiesWith('"order-2"').toSorted()).toEqual([
    '{"id":"order-2","total":1}',
    '{"id":"order-2","total":2}',
  ]);
});

test("[I7] a request that does not verify is rejected, and kept with its cause", async () => {
  const { headers } = stripeSigned('{"id":"evt_rejected"}');
  const answer = await gateway.post("rejecting", { body: '{"id":"evt_Rejected"}', headers });
  expect(answer.status).toBe(401);
  expect(answer.json).toMatchObject({ code: "verification_failed" });
  expect(await requestOf(answer)).toMatchObject({
    outcome: "rejected",
    cause: "verification_failed",
    verification: { status: "failed", reason: "wrong_secret_or_modified_body" },
  });
});

test("[I7] a signature that is too old has a cause of its own", async () => {
  const timestamp = Math.floor(Date.now() / 1000) - 301;
  const signature = webhooks.generateTestHeaderString({
    payload: "{}",
    secret: SECRET,
    timestamp,
  });
  const headers = { "stripe-signature": signature };
  const answer = await gateway.post("rejecting", { body: "{}", headers });
  expect(answer.status).toBe(401);
  expect(await requestOf(answer)).toMatchObject({ cause: "timestamp_out_of_tolerance" });
});

test("a quarantined request is delivered once its secret is right and it is released", async () => {
  const sending = stripeSigned('{"id":"evt_quarantined","type":"invoice.paid"}');
  const answer = await gateway.post("quarantining", sending);
  const kept = await requestOf(answer);
  expect(kept).toMatchObject({ outcome: "quarantined", eventId: null, targets: [] });

  const tooEarly = await gateway.call("POST", `/requests/${kept.id}/release`);
  expect(tooEarly.status).toBe(409);
  expect(tooEarly.json.code).toBe("state_conflict");
  expect(bodiesWith("evt_quarantined")).toEqual([]);

  await gateway.api("PUT", "/sources/quarantining", {
    provider: "stripe",
    verify: { secret: SECRET },
    onFailed: "quarantine",
  });
  const event = await gateway.api("POST", `/requests/${kept.id}/release`);
  await gateway.deliveryIn("delivered", event.id);
  const again = await gateway.api("POST", `/requests/${kept.id}/release`);
  expect(again.id).toBe(event.id);
  expect(bodiesWith("evt_quarantined")).toEqual([sending.body]);
});

test("a flagged request is delivered, marked, and claims no key", async () => {
  const sending = stripeSigned('{"id":"evt_flagged","type":"invoice.paid"}');
  for (let count = 0; count < 2; count += 1) {
    const answer = await gateway.post("flagging", sending);
    expect(answer.status).toBe(200);
    expect(await requestOf(answer)).toMatchObject({
      outcome: "accepted",
      verification: { status: "failed" },
    });
    await gateway.deliveryIn("delivered", answer.json.id);
  }
  expect(bodiesWith("evt_flagged")).toHaveLength(2);
});

test("Slack's url_verification is answered with its challenge, and goes nowhere", async () => {
  const body = '{"type":"url_verification","challenge":"3eZbrw1aBm2rZgRNFdxV2595E9CY"}';
  const timestamp = String(Math.floor(Date.now() / 1000));
  const mac = createHmac("sha256", SECRET).update(`v0:${timestamp}:${body}`).digest("hex");
  const headers = {
    "content-type": "application/json",
    "x-slack-request-timestamp": timestamp,
    "x-slack-signature": `v0=${mac}`,
  };
  const answer = await gateway.post("slack", { body, headers });
  expect(answer.status).toBe(200);
  expect(answer.text).toContain("3eZbrw1aBm2rZgRNFdxV2595E9CY");
  expect(await requestOf(answer)).toMatchObject({ outcome: "accepted", targets: [] });
  const forged = { ...headers, "x-slack-signature": `v0=${"0".repeat(64)}` };
  expect((await gateway.post("slack", { body, headers: forged })).status).toBe(401);
});

test("GitHub's ping is answered, and goes nowhere", async () => {
  const body = '{"zen":"Keep it logically awesome.","hook_id":1}';
  const answer = await gateway.post("github", {
    body,
    headers: {
      "content-type": "application/json",
      "x-github-event": "ping",
      "x-github-delivery": "ping-1",
      "x-hub-signature-256": await octokitSign(SECRET, body),
    },
  });
  expect(answer.status).toBe(200);
  expect(await requestOf(answer)).toMatchObject({ outcome: "accepted", targets: [] });
});

test("a source answers with the status, headers and body it is given", async () => {
  const answer = await gateway.post("answering", { body: "x" });
  expect(answer).toMatchObject({ status: 202, text: "<Response/>" });
  expect(answer.headers["x-answer"]).toBe("yes");
  expect(answer.headers["ringdown-request"]).toMatch(/^req_/);
  expect(await gateway.post("empty", { body: "x" })).toMatchObject({ status: 204, text: "" });
});

test("[I7] an event that matches no route is kept, and the trace says why", async () => {
  const answer = await gateway.post("lonely", {
    body: '{"kind":"this"}',
    headers: { "content-type": "application/json" },
  });
  const { data } = await gateway.api("GET", "/events?source=lonely&unmatched=true");
  expect(data.map(({ id }) => id)).toEqual([answer.json.id]);
  const { id } = await requestOf(answer);
  const { routes } = await gateway.api("GET", `/requests/${id}/trace`);
  expect(routes).toMatchObject([{ route: "never", decision: "filtered" }]);
  expect(routes[0]!.reason).toMatch(/./);
});

test("an unknown source is 404", async () => {
  const answer = await gateway.post("nobody", { body: "x" });
  expect(answer.status).toBe(404);
  expect(answer.json.code).toBe("source_not_found");
});

test.each([
  { source: "post-only", sending: { method: "PUT" }, status: 405, cause: "method_not_allowed" },
  { source: "small", sending: { body: "x".repeat(1025) }, status: 413, cause: "body_too_large" },
  { source: "closed", sending: {}, status: 403, cause: "source_disabled" },
  { source: "elsewhere", sending: {}, status: 403, cause: "address_not_allowed" },
])("[I7] $cause is answered with $status and kept", async ({ source, sending, status, cause }) => {
  const answer = await gateway.post(source, sending);
  expect(answer.status).toBe(status);
  expect(answer.json.code).toBe(cause);
  expect(await requestOf(answer)).toMatchObject({ outcome: "rejected", cause });
});

test("[I7] [I10] beyond its rate a source answers 429 with Retry-After, and keeps the refusal", async () => {
  const statuses: number[] = [];
  for (let count = 0; count < 4; count += 1) {
    const answer = await gateway.post("slow", { body: "x" });
    statuses.push(answer.status);
    if (answer.status !== 429) continue;
    expect(Number(answer.headers["retry-after"])).toBeGreaterThan(0);
    expect(await requestOf(answer)).toMatchObject({ outcome: "rejected", cause: "rate_limited" });
  }
  expect(statuses.at(-1)).toBe(429);
  expect(statuses[0]).toBe(200);
});
