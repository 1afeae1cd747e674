/**
 * What a provider's own package signs arrives, and what the destination gets still verifies with
 * that package: the bytes, headers and paths of a request survive the whole way through a gateway.
 */
import "@shopify/shopify-api/adapters/node";
import { createHash, createHmac } from "node:crypto";
import examplesModule from "@octokit/webhooks-examples" with { type: "json" };
import { sign as octokitSign, verify as octokitVerify } from "@octokit/webhooks-methods";
import { LogSeverity, shopifyApi } from "@shopify/shopify-api";
import { verifySlackRequest } from "@slack/bolt";
import { Webhook as StandardWebhook } from "standardwebhooks";
import { generateStandardKeyPair, verifyStandardWebhook } from "@ringdown/receiver";
import Stripe from "stripe";
import { Webhook as SvixWebhook } from "svix";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import {
  type Arrival,
  type Destination,
  type RunningGateway,
  startDestination,
  startGateway,
} from "../support/running-gateway.ts";

const STRIPE_SECRET = "whsec_4fd1c2a90b7e43d6a85c1f20b9e7d634";
const GITHUB_SECRET = "It's a Secret to Everybody";
const SHOPIFY_SECRET = "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";
const SLACK_SECRET = "8f742231b10e8888abcd99yyyzzz85a5";
const STANDARD_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const NEXT_SECRET = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
const KEY_PAIR = generateStandardKeyPair();
const JSON_TYPE = { "content-type": "application/json" };

let destination: Destination;
let gateway: RunningGateway;
/** What had arrived before the test that runs. */
let seen = 0;

beforeAll(async () => {
  destination = await startDestination();
  const own = { allowPrivate: true, url: `${destination.url}/base` };
  gateway = await startGateway({
    sources: {
      stripe: { provider: "stripe", verify: { secret: STRIPE_SECRET } },
      github: { provider: "github", verify: { secret: GITHUB_SECRET } },
      shopify: { provider: "shopify", verify: { secret: SHOPIFY_SECRET } },
      slack: { provider: "slack", verify: { secret: SLACK_SECRET } },
      standard: { provider: "standard-webhooks", verify: { secret: STANDARD_SECRET } },
      svix: { provider: "svix", verify: { secret: STANDARD_SECRET } },
      open: { verify: "none" },
      signed: { verify: "none" },
      "signed-anew": { provider: "standard-webhooks", verify: { secret: STANDARD_SECRET } },
      fixed: { verify: "none" },
    },
    destinations: {
      plain: own,
      signing: {
        ...own,
        sign: {
          scheme: "standard-webhooks",
          secrets: [NEXT_SECRET, STANDARD_SECRET, KEY_PAIR.privateKey],
        },
      },
      fixed: { ...own, path: "fixed" },
    },
    routes: {
      plain: {
        from: ["stripe", "github", "shopify", "slack", "standard", "svix", "open"],
        to: "plain",
      },
      signing: { from: ["signed", "signed-anew"], to: "signing" },
      fixed: { from: "fixed", to: "fixed" },
    },
  });
});

beforeEach(() => {
  seen = destination.arrivals.length;
});

afterAll(async () => {
  await gateway.dispose();
  await destination.close();
});

type Headers = Readonly<Record<string, string>>;

/** Posts, and returns what the destination got. */
async function forward(
  source: string,
  body: string | Uint8Array,
  headers: Headers,
): Promise<Arrival> {
  const answer = await gateway.post(source, { body, headers });
  expect(answer.text).toContain('"id":"evt_');
  expect(answer.status).toBe(200);
  const arrivals = await destination.got(seen + 1);
  return arrivals[seen]!;
}

/** The same request with one bit of its body flipped is refused, and nothing more arrives. */
async function expectFlippedIsRefused(
  source: string,
  body: string,
  headers: Headers,
): Promise<void> {
  const bytes = Buffer.from(body);
  const middle = bytes.length >> 1;
  bytes[middle] = bytes[middle]! ^ 1;
  const before = destination.arrivals.length;
  const answer = await gateway.post(source, { body: bytes, headers });
  expect(answer.status).toBe(401);
  const kept = await gateway.api(
    "GET",
    `/requests/${String(answer.headers["ringdown-request"])}/trace`,
  );
  expect(kept).toMatchObject({ outcome: "rejected", deliveries: [] });
  // What is sent after it has overtaken nothing: it is the next to arrive.
  await gateway.post("open", { body: "after" });
  const arrivals = await destination.got(before + 1);
  expect(arrivals[before]!.body.toString()).toBe("after");
}

test("[I3] [I4] what stripe signs is forwarded so that constructEvent verifies it", async () => {
  const { webhooks } = new Stripe("sk_test_unused");
  const body = JSON.stringify(
    { id: "evt_1", object: "event", type: "invoice.paid", data: { name: "Zoë 🎉" } },
    undefined,
    2,
  );
  const signature = webhooks.generateTestHeaderString({ payload: body, secret: STRIPE_SECRET });
  const headers = { ...JSON_TYPE, "stripe-signature": signature };
  const arrival = await forward("stripe", body, headers);
  const event = webhooks.constructEvent(
    arrival.body,
    arrival.headers["stripe-signature"]!,
    STRIPE_SECRET,
  );
  expect(event.type).toBe("invoice.paid");
  expect(arrival.headers["ringdown-event-type"]).toBe("invoice.paid");
  await expectFlippedIsRefused("stripe", body, headers);
});

type Example = { readonly name: string; readonly examples: readonly object[] };
const examples = examplesModule as unknown as readonly Example[];

test.each(["push", "pull_request", "issues"])(
  "[I3] [I4] a real %s of GitHub is forwarded so that octokit verifies it",
  async (name) => {
    const body = JSON.stringify(examples.find((example) => example.name === name)!.examples[0]);
    const headers = {
      ...JSON_TYPE,
      "x-github-event": name,
      "x-github-delivery": `delivery-${name}`,
      "x-hub-signature-256": await octokitSign(GITHUB_SECRET, body),
    };
    const arrival = await forward("github", body, headers);
    const signature = arrival.headers["x-hub-signature-256"]!;
    expect(await octokitVerify(GITHUB_SECRET, arrival.body.toString(), signature)).toBe(true);
    await expectFlippedIsRefused("github", body, headers);
  },
);

test("[I3] [I4] what Shopify signs is forwarded so that its package validates it", async () => {
  const { webhooks } = shopifyApi({
    apiKey: "key",
    apiSecretKey: SHOPIFY_SECRET,
    // Any version will do: it is not part of what is validated.
    apiVersion: "2026-01" as never,
    isEmbeddedApp: false,
    hostName: "app.example.com",
    logger: { log: () => undefined, level: LogSeverity.Error },
  });
  const body = '{"id":820982911946154508,"email":"jon@example.com"}';
  const headers = {
    ...JSON_TYPE,
    "x-shopify-topic": "orders/create",
    "x-shopify-shop-domain": "ringdown-shop.myshopify.com",
    "x-shopify-api-version": "2026-10",
    "x-shopify-webhook-id": "shopify-1",
    "x-shopify-hmac-sha256": createHmac("sha256", SHOPIFY_SECRET).update(body).digest("base64"),
  };
  const arrival = await forward("shopify", body, headers);
  const result = await webhooks.validate({
    rawBody: arrival.body.toString(),
    rawRequest: { method: "POST", url: "/", headers: arrival.headers },
    rawResponse: {},
  });
  expect(result.valid).toBe(true);
  await expectFlippedIsRefused("shopify", body, headers);
});

test("[I3] [I4] what Slack signs is forwarded so that bolt verifies it", async () => {
  const body = JSON.stringify({ type: "event_callback", event_id: "Ev1", event: { type: "ping" } });
  const timestamp = Math.floor(Date.now() / 1000);
  const mac = createHmac("sha256", SLACK_SECRET).update(`v0:${timestamp}:${body}`).digest("hex");
  const headers = {
    ...JSON_TYPE,
    "x-slack-request-timestamp": String(timestamp),
    "x-slack-signature": `v0=${mac}`,
  };
  const arrival = await forward("slack", body, headers);
  const check = (): void =>
    verifySlackRequest({
      signingSecret: SLACK_SECRET,
      body: arrival.body.toString(),
      headers: {
        "x-slack-signature": arrival.headers["x-slack-signature"]!,
        "x-slack-request-timestamp": Number(arrival.headers["x-slack-request-timestamp"]),
      },
    });
  expect(check).not.toThrow();
  await expectFlippedIsRefused("slack", body, headers);
});

test.each([
  { source: "standard", prefix: "webhook", Oracle: StandardWebhook },
  { source: "svix", prefix: "svix", Oracle: SvixWebhook },
])("[I3] [I4] the headers of $source survive, so that its package verifies", async (family) => {
  const { source, prefix, Oracle } = family;
  const oracle = new Oracle(STANDARD_SECRET);
  const body = '{"type":"contact.created","data":{"id":1.0}}';
  const now = new Date();
  const headers = {
    ...JSON_TYPE,
    [`${prefix}-id`]: `msg_${source}`,
    [`${prefix}-timestamp`]: String(Math.floor(now.getTime() / 1000)),
    [`${prefix}-signature`]: oracle.sign(`msg_${source}`, now, body),
  };
  const arrival = await forward(source, body, headers);
  expect(() => oracle.verify(arrival.body.toString(), arrival.headers)).not.toThrow();
  expect(arrival.headers["ringdown-event"]).toMatch(/^evt_/);
  await expectFlippedIsRefused(source, body, headers);
});

test("a destination that signs is verified by standardwebhooks with either secret, and by public key", async () => {
  const body = '{"type":"contact.created"}';
  const arrival = await forward("signed", body, JSON_TYPE);
  for (const secret of [STANDARD_SECRET, NEXT_SECRET]) {
    expect(new StandardWebhook(secret).verify(body, arrival.headers)).toEqual(JSON.parse(body));
  }
  expect(arrival.headers["webhook-id"]).toBe(arrival.headers["ringdown-event"]);
  expect(arrival.headers["webhook-signature"]!.split(" ")).toHaveLength(3);
  expect(arrival.headers["webhook-signature"]).toMatch(/(?:^| )v1a,/);
  const asked = { headers: arrival.headers, body: arrival.body, nowMs: Date.now() };
  const secrets = [KEY_PAIR.publicKey];
  expect(verifyStandardWebhook({ ...asked, secrets })).toMatchObject({ status: "verified" });
  const stranger = new StandardWebhook(Buffer.alloc(24, 7).toString("base64"));
  expect(() => stranger.verify(body, arrival.headers)).toThrow("No matching signature");
});

test("a destination that signs replaces the sender's Standard Webhooks headers", async () => {
  const oracle = new StandardWebhook(STANDARD_SECRET);
  const now = new Date();
  const arrival = await forward("signed-anew", "{}", {
    "webhook-id": "msg_theirs",
    "webhook-timestamp": String(Math.floor(now.getTime() / 1000)),
    "webhook-signature": oracle.sign("msg_theirs", now, "{}"),
  });
  expect(arrival.headers["webhook-id"]).toMatch(/^evt_/);
  expect(new StandardWebhook(NEXT_SECRET).verify("{}", arrival.headers)).toEqual({});
});

/** Lines of a header block as name, value, name, value … */
function rawList(...lines: readonly string[]): string[] {
  return lines.flatMap((line) => line.split(": "));
}

test("[I3] order, case and repetition of headers survive; what belongs to one hop does not", async () => {
  const first = rawList("X-Second: 2", "x-first: 1", "X-SECOND: zwei", "Accept: a/b");
  const second = rawList("accept: c/d", "X-Latin: caf\xe9", "Cookie: a=1", "Cookie: b=2", "X-No: ");
  const ofThisHop = rawList("Connection: close, X-Hop", "X-Hop: 1", "TE: trailers");
  const notTheirs = rawList("Proxy-Authorization: Basic YTpi", "Ringdown-Event: evt_forged");
  const framing = rawList("Host: sender.example", "Content-Length: 1");
  const kept = [...first, ...second];
  const answer = await gateway.post("open", {
    body: "x",
    headers: [...framing, ...first, ...ofThisHop, ...notTheirs, ...second],
  });
  expect(answer.status).toBe(200);
  const { rawHeaders, headers } = (await destination.got(seen + 1))[seen]!;
  const start = rawHeaders.indexOf("X-Second");
  expect(rawHeaders.slice(start, start + kept.length)).toEqual(kept);
  expect(rawHeaders).not.toContain("X-Hop");
  expect(headers["ringdown-event"]).toBe(answer.json.id);
  for (const name of ["proxy-authorization", "te"]) expect(headers).not.toHaveProperty(name);
  expect(headers["host"]).toBe(new URL(destination.url).host);
});

test("[I3] method, path suffix and query survive, encoded as they came", async () => {
  const place = "open/a%2Fb/%C3%A9//c?x=1&x=2&y=%20+%26&empty";
  const answer = await gateway.post(place, { method: "PATCH", body: "{}" });
  expect(answer.status).toBe(200);
  const [arrival] = (await destination.got(seen + 1)).slice(seen);
  expect(arrival!.method).toBe("PATCH");
  expect(arrival!.url).toBe("/base/a%2Fb/%C3%A9//c?x=1&x=2&y=%20+%26&empty");
});

test("a destination with a fixed path gets neither suffix nor query", async () => {
  await gateway.post("fixed/more?x=1", { body: "{}" });
  const [arrival] = (await destination.got(seen + 1)).slice(seen);
  expect(arrival!.url).toBe("/base");
});

test("[I3] every byte from 0x00 to 0xff, in any number of chunks, arrives and stays as it was", async () => {
  const body = Buffer.alloc(
    256 * 1024,
    Uint8Array.from({ length: 256 }, (_, byte) => byte),
  );
  const hash = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
  const type = { "content-type": "application/octet-stream" };
  const arrival = await forward("open", body, { ...type, "transfer-encoding": "chunked" });
  expect(hash(arrival.body)).toBe(hash(body));
  expect(arrival.headers["content-type"]).toBe("application/octet-stream");
  const stored = await fetch(
    `${gateway.url}/api/v1/events/${arrival.headers["ringdown-event"]}/body`,
  );
  expect(hash(new Uint8Array(await stored.arrayBuffer()))).toBe(hash(body));
});
