/** Over all samples: each is what its provider would send, by what the registry says of it. */
import { describe, expect, test } from "vitest";
import { lazyContent } from "../events/content.ts";
import { eventTypeOf, idempotencyKeyOf } from "../events/extract.ts";
import { splitEvents } from "../events/split.ts";
import { headersFromRecord } from "../headers.ts";
import type { Provider } from "../providers/provider.ts";
import { getProvider, listProviders } from "../providers/registry.ts";
import { compileVerifier } from "../scheme/compile.ts";
import { noneRecipe } from "../scheme/recipes.ts";
import type { VerifyResult } from "../scheme/result.ts";
import {
  listSamples,
  makeSampleRequest,
  newSampleSecret,
  type SampleOptions,
  type SampleRequest,
  signsAtProviderOnly,
} from "./index.ts";

const NOW_MS = 1_764_000_000_000;
const URL_OF_SOURCE = "https://hooks.example.com/in/source";

/** One for each provider, made once. */
const secrets = new Map(
  listProviders().map(({ name, recipe }) => [name, newSampleSecret(recipe)] as const),
);

const secretOf = (name: string) => secrets.get(name) ?? { secret: "", configured: "" };

function make(
  { provider, type }: { readonly provider: string; readonly type: string },
  changes: Partial<SampleOptions> = {},
): SampleRequest {
  const { recipe } = getProvider(provider);
  return makeSampleRequest({
    provider,
    type,
    secret: secretOf(provider).secret,
    nowMs: NOW_MS,
    id: "1",
    url: URL_OF_SOURCE,
    ...(signsAtProviderOnly(recipe) && { recipe: noneRecipe }),
    ...changes,
  });
}

function verify(provider: Provider, request: SampleRequest): VerifyResult {
  const secret = secretOf(provider.name).configured;
  const verifier = compileVerifier(provider.recipe, secret === "" ? [] : [secret]);
  return verifier.verify({
    ...request,
    headers: headersFromRecord(request.headers),
    nowMs: NOW_MS,
  });
}

function sourceOf({ headers, body }: SampleRequest) {
  return {
    headers: headersFromRecord(headers),
    content: lazyContent(body, headers["content-type"]),
  };
}

/** A bit in the middle of the body, where the data is. */
function withOtherBody(request: SampleRequest): SampleRequest {
  const body = Uint8Array.from(request.body);
  const middle = Math.floor(body.length / 2);
  body[middle] = (body[middle] ?? 0) ^ 1;
  return { ...request, body };
}

const samples = listSamples();
const signed = samples.filter(({ provider }) => {
  const { recipe } = getProvider(provider);
  return recipe.scheme !== "none" && !signsAtProviderOnly(recipe);
});

test("all providers have samples but Kinde, whose body is a token that only Kinde can sign", () => {
  const without = listProviders().filter(
    ({ name }) => !samples.some(({ provider }) => provider === name),
  );
  expect(without.map(({ name }) => name)).toEqual(["kinde"]);
  expect(samples.length).toBeGreaterThan(220);
});

describe.each(signed)("$provider $type", (sample) => {
  const provider = getProvider(sample.provider);
  const request = make(sample);
  const { status } = verify(provider, request);

  test("[I4] verifies, and with another secret or a flipped bit it does not", () => {
    expect(status).toMatch(/^(verified|authenticated)$/);
    const foreign = newSampleSecret(provider.recipe).secret;
    expect(verify(provider, make(sample, { secret: foreign })).status).toBe("failed");
    // Where the body is not bound, the secret is all that can be wrong.
    const changed = verify(provider, withOtherBody(request)).status;
    if (status === "verified") expect(changed).toBe("failed");
  });
});

describe.each(samples)("$provider $type", (sample) => {
  const provider = getProvider(sample.provider);
  const request = make(sample);

  test("is of its type, where the registry knows how to tell", () => {
    const type = eventTypeOf(provider, sourceOf(request));
    expect(type).toBe(provider.eventType.length === 0 ? undefined : sample.type);
  });

  test("another id makes it another event, where the registry knows how to tell", () => {
    const key = idempotencyKeyOf(provider, sourceOf(request));
    const other = idempotencyKeyOf(provider, sourceOf(make(sample, { id: "2" })));
    if (provider.idempotencyKey.length === 0 || WITHOUT_KEY.has(sample.type)) {
      expect(key).toBeUndefined();
    } else {
      expect(key).toBeDefined();
      expect(other).not.toBe(key);
    }
  });

  test("has a body in the form that its content type says", () => {
    expect(sourceOf(request).content.json()).toBeDefined();
    expect(Buffer.from(request.body).toString()).not.toMatch(/\{#?(data|text|id|iso|s|ms)\}/);
  });

  test("the same options give the same bytes", () => {
    const again = make(sample);
    expect(again.body).toEqual(request.body);
    // A signature by ECDSA has a random number in it.
    if (provider.name !== "sendgrid") expect(again).toEqual(request);
  });
});

/** Types of providers whose other types have an id. */
const WITHOUT_KEY: ReadonlySet<string> = new Set([
  "url_verification",
  "APPLICATION_AUTHORIZED",
  "ENTITLEMENT_CREATE",
  "instagram.comments",
  "page.feed",
]);

const splitting = samples.filter(({ provider }) => getProvider(provider).split !== undefined);

test.each(splitting)(
  "a batch of $provider $type has as many events as were asked for",
  (sample) => {
    const provider = getProvider(sample.provider);
    const request = make(sample, { batch: 3 });
    const { headers } = sourceOf(request);

    if (!signsAtProviderOnly(provider.recipe)) {
      expect(verify(provider, request).status).not.toBe("failed");
    }
    const items = splitEvents(provider, { headers, body: request.body });
    expect(items).toHaveLength(3);
    const keys = new Set(items?.map(({ idempotencyKey }) => idempotencyKey));
    expect(keys.size).toBe(items?.[0]?.idempotencyKey === undefined ? 1 : 3);
  },
);

test.each([
  { sample: { provider: "stripe", type: "invoice.paid" }, batch: 2, says: "sends no batches" },
  { sample: { provider: "sendgrid", type: "open" }, batch: 1001, says: "1 to 1000" },
  { sample: { provider: "sendgrid", type: "open" }, batch: 0, says: "1 to 1000" },
])("[I10] a batch of $batch of $sample.provider is refused", ({ sample, batch, says }) => {
  expect(() => make(sample, { batch })).toThrow(
    expect.objectContaining({
      code: "sample_unknown",
      message: expect.stringContaining(says) as string,
    }),
  );
});

test.each(["aws-sns", "paypal", "ebay", "plaid"])("only %s itself can sign", (name) => {
  const sample = samples.find(({ provider }) => provider === name);
  const recipe = getProvider(name).recipe;
  expect(() => make(sample ?? { provider: name, type: "" }, { recipe })).toThrow(
    expect.objectContaining({ code: "signing_unsupported" }),
  );
});

test.each(["discord", "sendgrid", "fusionauth"])("%s: a secret that is no private key", (name) => {
  const sample = samples.find(({ provider }) => provider === name);
  for (const secret of ["not a key at all", secretOf(name).configured, secretOf("wise").secret]) {
    if (name === "fusionauth" && secret === secretOf("wise").secret) continue;
    expect(() => make(sample ?? { provider: name, type: "" }, { secret })).toThrow(
      expect.objectContaining({ code: "secret_undecodable" }),
    );
  }
});

test("a retry is signed anew, and otherwise the same", () => {
  const sample = { provider: "zoom", type: "meeting.ended" };
  const first = make(sample);
  const retry = make(sample, { signedAtMs: NOW_MS + 5000 });
  expect(retry.body).toEqual(first.body);
  expect(retry.headers).not.toEqual(first.headers);
});

test("overrides reach into lists by position", () => {
  const overrides = { 0: { email: "other@example.com" } };
  const request = make({ provider: "sendgrid", type: "open" }, { overrides });
  expect(sourceOf(request).content.json()).toMatchObject([
    { email: "other@example.com", event: "open" },
  ]);
});
