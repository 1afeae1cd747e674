/** What is read out of bodies: types, idempotency keys, challenges; and what must not be. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type HeaderRecord, headersFromRecord } from "../headers.ts";
import { github } from "../providers/github.ts";
import type { Provider } from "../providers/provider.ts";
import { listProviders } from "../providers/registry.ts";
import { shopify } from "../providers/shopify.ts";
import { slack } from "../providers/slack.ts";
import { standardWebhooks } from "../providers/standard-webhooks.ts";
import { stripe } from "../providers/stripe.ts";
import type { VerifyResult } from "../scheme/result.ts";
import { lazyContent } from "./content.ts";
import { eventTypeOf, idempotencyKeyOf } from "./extract.ts";
import { answerHandshake, type HandshakeAnswer } from "./handshake.ts";
import { readValue, type ValueSource } from "./value.ts";

const FORM = "application/x-www-form-urlencoded";
const VERIFIED: VerifyResult = { status: "verified", secretIndex: 0 };
const UNVERIFIED: VerifyResult = { status: "unverified" };
const FAILED: VerifyResult = { status: "failed", reason: "missing_header", message: "", hint: "" };

function sourceOf(body: string | Uint8Array, record: HeaderRecord = {}): ValueSource {
  const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
  const headers = headersFromRecord(record);
  return { headers, content: lazyContent(bytes, headers.get("content-type")) };
}

type Found = string | undefined;

describe("event type and idempotency key", () => {
  const form = (fields: Record<string, string>): ValueSource =>
    sourceOf(new URLSearchParams(fields).toString(), { "content-type": FORM });
  const json = (value: unknown, headers?: HeaderRecord): ValueSource =>
    sourceOf(JSON.stringify(value), headers);

  const cases: readonly (readonly [string, Provider, ValueSource, Found, Found])[] = [
    ["Stripe", stripe, json({ id: "evt_1", type: "invoice.paid" }), "invoice.paid", "evt_1"],
    ["Stripe without either", stripe, json([]), undefined, undefined],
    [
      "GitHub with an action",
      github,
      json({ action: "opened" }, { "x-github-event": "pull_request", "x-github-delivery": "g-1" }),
      "pull_request.opened",
      "g-1",
    ],
    ["GitHub without an action", github, json({}, { "x-github-event": "push" }), "push", undefined],
    [
      "GitHub with a body that is no JSON",
      github,
      sourceOf("<", { "x-github-event": "push" }),
      "push",
      undefined,
    ],
    ["GitHub without its header", github, json({ action: "opened" }), undefined, undefined],
    [
      "Shopify",
      shopify,
      json(
        {},
        {
          "x-shopify-topic": "orders/paid",
          "x-shopify-webhook-id": "w-1",
          "x-shopify-event-id": "e",
        },
      ),
      "orders/paid",
      "w-1",
    ],
    [
      "Shopify's newer headers",
      shopify,
      json({}, { "shopify-topic": "products/update", "shopify-webhook-id": "w-2" }),
      "products/update",
      "w-2",
    ],
    [
      "a Slack event",
      slack,
      json({ type: "event_callback", event_id: "Ev1", event: { type: "app_mention" } }),
      "app_mention",
      "Ev1",
    ],
    ["a Slack command", slack, form({ command: "/deploy", trigger_id: "1.2" }), "/deploy", "1.2"],
    [
      "a Slack interaction",
      slack,
      form({ payload: '{"type":"block_actions","trigger_id":"3.4"}' }),
      "block_actions",
      "3.4",
    ],
    [
      "Standard Webhooks",
      standardWebhooks,
      json({ type: "a.b" }, { "webhook-id": "msg_1" }),
      "a.b",
      "msg_1",
    ],
  ];

  test.each(cases)("%s", (...[, provider, source, type, key]) => {
    expect(eventTypeOf(provider, source)).toBe(type);
    expect(idempotencyKeyOf(provider, source)).toBe(key);
  });

  test("[I12] whatever a body holds, looking into it never throws", () => {
    const body = fc.oneof(
      fc.json().map((text) => new TextEncoder().encode(text)),
      fc.uint8Array(),
    );
    const contentType = fc.constantFrom("application/json", FORM, "text/plain", "");
    fc.assert(
      fc.property(body, contentType, (bytes, type) => {
        const source = sourceOf(bytes, { "content-type": type });
        for (const provider of listProviders()) {
          const found = [eventTypeOf(provider, source), idempotencyKeyOf(provider, source)];
          for (const one of found) expect(["string", "undefined"]).toContain(typeof one);
        }
      }),
    );
  });
});

describe("[I12] values", () => {
  const at = (path: readonly string[], body: string): string | undefined =>
    readValue({ body: path }, sourceOf(body));

  test("text and whole numbers count, nothing else", () => {
    expect(at(["a"], '{"a":"x"}')).toBe("x");
    expect(at(["a"], '{"a":42}')).toBe("42");
    for (const value of [
      '""',
      "1.5",
      "1e400",
      "true",
      "null",
      "{}",
      "[]",
      "12345678901234567890",
    ]) {
      expect(at(["a"], `{"a":${value}}`)).toBeUndefined();
    }
  });

  test("a path goes through objects and arrays, and not into prototypes", () => {
    expect(at(["a", "0", "b"], '{"a":[{"b":"x"}]}')).toBe("x");
    expect(at(["constructor", "name"], "{}")).toBeUndefined();
    expect(at(["a", "length"], '{"a":"x"}')).toBeUndefined();
    expect(at(["__proto__", "a"], '{"__proto__":{"a":"x"}}')).toBe("x");
  });

  test("a value that is too long is absent, not cut", () => {
    expect(at(["a"], `{"a":"${"x".repeat(512)}"}`)).toHaveLength(512);
    expect(at(["a"], `{"a":"${"x".repeat(513)}"}`)).toBeUndefined();
  });

  test("a form may have a field of any name", () => {
    const source = sourceOf("__proto__=a&x=1&x=2&constructor=c", { "content-type": FORM });
    expect(readValue({ body: ["__proto__"] }, source)).toBe("a");
    expect(readValue({ body: ["constructor"] }, source)).toBe("c");
    expect(readValue({ body: ["x"] }, source)).toBe("1");
    expect(readValue({ body: ["toString"] }, source)).toBeUndefined();
  });

  test("bytes that are not UTF-8 are not JSON", () => {
    expect(
      readValue({ body: ["a"] }, sourceOf(Buffer.from('{"a":"\xff"}', "latin1"))),
    ).toBeUndefined();
  });

  test("a body is parsed when asked for, and once", () => {
    const content = lazyContent(new TextEncoder().encode('{"a":1}'), undefined);
    expect(content.json()).toBe(content.json());
  });
});

describe("handshakes", () => {
  type Asked = {
    readonly method?: string;
    readonly headers?: HeaderRecord;
    readonly body?: unknown;
  };
  const ask = (
    provider: Provider,
    result: VerifyResult,
    asked: Asked,
  ): HandshakeAnswer | undefined => {
    const { method = "POST", headers, body = {} } = asked;
    return answerHandshake(
      provider,
      { method, ...sourceOf(JSON.stringify(body), headers) },
      result,
    );
  };
  const textOf = (answer: HandshakeAnswer | undefined): string | undefined =>
    answer && Buffer.from(answer.body).toString();
  const challenge = {
    type: "url_verification",
    challenge: "3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P",
  };

  test("Slack's challenge is echoed as plain text once the signature verified", () => {
    const answer = ask(slack, VERIFIED, { body: challenge });
    expect(answer).toMatchObject({
      handshake: "url_verification",
      status: 200,
      headers: ["content-type", "text/plain; charset=utf-8", "x-content-type-options", "nosniff"],
    });
    expect(textOf(answer)).toBe(challenge.challenge);
  });

  test.each([FAILED, UNVERIFIED, { status: "authenticated", secretIndex: 0 } as VerifyResult])(
    "Slack's challenge is not answered to a request that is $status",
    (result) => {
      expect(ask(slack, result, { body: challenge })).toBeUndefined();
    },
  );

  test.each([
    "",
    "<script>alert(1)</script>",
    '{"a":1}',
    "a b",
    "a\nb",
    "ä",
    "x".repeat(257),
    1.5,
    null,
    ["x"],
  ])("[I12] the challenge %j is not echoed", (value) => {
    expect(ask(slack, VERIFIED, { body: { ...challenge, challenge: value } })).toBeUndefined();
  });

  test("an event of Slack is not a handshake", () => {
    expect(
      ask(slack, VERIFIED, { body: { type: "event_callback", challenge: "x" } }),
    ).toBeUndefined();
    expect(ask(slack, VERIFIED, { body: challenge, method: "GET" })).toBeUndefined();
  });

  test("GitHub's ping is answered unless it failed to verify", () => {
    const headers = { "x-github-event": "ping" };
    for (const result of [VERIFIED, UNVERIFIED]) {
      const answer = ask(github, result, { headers, body: { zen: "Design for failure." } });
      expect(answer).toMatchObject({ handshake: "ping", status: 200 });
      expect(textOf(answer)).toBe("pong");
    }
    expect(ask(github, FAILED, { headers })).toBeUndefined();
    expect(ask(github, VERIFIED, { headers: { "x-github-event": "push" } })).toBeUndefined();
  });

  test("providers without handshakes answer none", () => {
    expect(ask(stripe, VERIFIED, { body: challenge })).toBeUndefined();
  });
});
