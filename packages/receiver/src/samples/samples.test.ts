/** Samples are judged by the vendors' packages too: see `tests/oracles`. */
import { describe, expect, test } from "vitest";
import { verify } from "../../tests/verify.ts";
import { lazyContent } from "../events/content.ts";
import { answerHandshake } from "../events/handshake.ts";
import { headersFromRecord } from "../headers.ts";
import { getProvider } from "../providers/registry.ts";
import { genericRecipe } from "../scheme/recipes.ts";
import { listSamples, makeSampleRequest, type SampleOptions, type SampleRequest } from "./index.ts";

const NOW_MS = 1_764_000_000_000;
const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

function make(changes: Partial<SampleOptions> = {}): SampleRequest {
  return makeSampleRequest({
    provider: "stripe",
    type: "invoice.paid",
    secret: SECRET,
    nowMs: NOW_MS,
    id: "1",
    ...changes,
  });
}

function jsonOf({ body }: SampleRequest): unknown {
  return JSON.parse(Buffer.from(body).toString());
}

test("the promised types are there", () => {
  const names = listSamples().map(({ provider, type }) => `${provider} ${type}`);
  expect(names).toEqual(
    expect.arrayContaining([
      "github push",
      "github pull_request.opened",
      "shopify orders/create",
      "slack app_mention",
      "stripe checkout.session.completed",
      "twilio delivered",
      "paypal PAYMENT.CAPTURE.COMPLETED",
    ]),
  );
  const providers = listSamples().map(({ provider }) => provider);
  expect(providers).toEqual(providers.toSorted((one, other) => (one < other ? -1 : 1)));
});

test.each([
  { provider: "github", type: "ping" },
  { provider: "slack", type: "url_verification" },
])("$provider $type is a handshake", (sample) => {
  const request = make(sample);
  const answer = answerHandshake(
    getProvider(sample.provider),
    {
      method: request.method,
      headers: headersFromRecord(request.headers),
      content: lazyContent(request.body, request.headers["content-type"]),
    },
    { status: "verified", secretIndex: 0 },
  );
  expect(answer?.status).toBe(200);
});

describe("overrides", () => {
  test("are merged into objects and replace everything else", () => {
    const overrides = {
      data: { object: { amount_paid: 1, lines: [], metadata: { order: "7" } } },
      livemode: true,
    };
    const request = make({ overrides });
    expect(jsonOf(request)).toMatchObject({
      id: "evt_1",
      livemode: true,
      data: { object: { amount_paid: 1, amount_due: 4900, lines: [], metadata: { order: "7" } } },
    });
    expect(verify(getProvider("stripe").recipe, [SECRET], request).status).toBe("verified");
  });

  test("[I12] with the name of a prototype stay data", () => {
    const overrides = JSON.parse('{"__proto__":{"polluted":true}}') as never;
    const text = Buffer.from(make({ overrides }).body).toString();
    expect(text).toContain('"__proto__"');
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });
});

test("an id that has the vendor's prefix keeps it once", () => {
  expect(jsonOf(make({ id: "evt_abc" }))).toMatchObject({ id: "evt_abc" });
});

test("a recipe of one's own signs the provider's body", () => {
  const recipe = genericRecipe({
    header: "x-acme",
    signed: "{url}{timestamp}{body}",
    timestamp: { header: "x-acme-time", unit: "ms" },
  });
  const url = "https://hooks.example.com/in/source";
  const request = make({ provider: "generic", type: "contact.created", recipe, url });
  expect(request.headers).not.toHaveProperty("x-signature");
  expect(verify(recipe, [SECRET], request).status).toBe("verified");
});

test.each([
  { provider: "kinde", type: "x" },
  { provider: "stripe", type: "invoice.unknown" },
  { provider: "stripe", type: "toString" },
])("there is no sample $type of $provider", (options) => {
  expect(() => make(options)).toThrow(expect.objectContaining({ code: "sample_unknown" }));
});
