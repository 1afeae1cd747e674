/**
 * Requests that nobody would send in good faith: whatever they hold, they get an answer, and `onEvent`
 * is called for none of them.
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  type BodyRead,
  headersFromRaw,
  listProviders,
  type Provider,
  receiver,
  type ReceiverOptions,
} from "../../src/index.ts";
import { lambdaHandler } from "../../src/adapters/lambda.ts";

const ANSWERS = [400, 401, 403, 405, 408, 413, 503];

/** Long enough and decodable for every provider's rule. */
const KEY = Buffer.alloc(32, 7);
const SECRET = `whsec_${KEY.toString("base64")}`;

/** In the form that the provider gives its secrets. */
function secretFor({ recipe }: Provider): string {
  if (recipe.scheme !== "hmac" || recipe.key.from === "utf8") return SECRET;
  return recipe.key.prefix === "whsec_" ? SECRET : KEY.toString(recipe.key.from);
}

type Counted = { readonly webhooks: ReturnType<typeof receiver>; readonly calls: () => number };

function count(provider: Provider, options: Partial<ReceiverOptions> = {}): Counted {
  let callCount = 0;
  const webhooks = receiver({
    provider,
    secrets: secretFor(provider),
    publicUrl: "https://hooks.example.com/in",
    onEvent: () => (callCount += 1),
    onOutcome: () => undefined,
    ...options,
  });
  return { webhooks, calls: () => callCount };
}

/** Those with a secret as text; the others have a form of secret of their own. */
const providers = listProviders().filter((provider) => provider.recipe.scheme === "hmac");

const headerName = fc.oneof(
  fc.string(),
  fc.constantFrom(
    ...providers.flatMap(({ recipe }) =>
      recipe.scheme === "hmac" && "header" in recipe.signature
        ? [recipe.signature.header, recipe.id?.header ?? "x-id"]
        : [],
    ),
    "content-type",
    "content-length",
    "authorization",
    "x-forwarded-for",
    "x-github-event",
  ),
);

const headerValue = fc.oneof(
  fc.string(),
  fc.constantFrom("", "t=,v1=", "sha256=", "v0=", "v1,", "1e309", "-1", "ping", "Basic Og=="),
);

const bodyRead: fc.Arbitrary<BodyRead> = fc.oneof(
  fc.record({ kind: fc.constant("read" as const), bytes: fc.uint8Array() }),
  fc.json().map((text) => ({ kind: "read" as const, bytes: new TextEncoder().encode(text) })),
  fc.constantFrom<BodyRead>({ kind: "too_large" }, { kind: "timed_out" }, { kind: "aborted" }),
);

const request = fc.record({
  provider: fc.constantFrom(...providers),
  method: fc.oneof(fc.constant("POST"), fc.constantFrom("GET", "HEAD", "OPTIONS"), fc.string()),
  url: fc.oneof(fc.webUrl(), fc.string()),
  rawHeaders: fc
    .array(fc.tuple(headerName, headerValue), { maxLength: 8 })
    .map((pairs) => pairs.flat()),
  address: fc.oneof(fc.constant(undefined), fc.string(), fc.ipV4(), fc.ipV6()),
  read: bodyRead,
});

test("[I4] any request is answered, and unsigned ones reach nobody", async () => {
  await fc.assert(
    fc.asyncProperty(request, async ({ provider, rawHeaders, read, ...rest }) => {
      const { webhooks, calls } = count(provider);
      const answer = await webhooks.handle({
        ...rest,
        headers: headersFromRaw(rawHeaders),
        readBody: async () => read,
      });
      expect(ANSWERS).toContain(answer.status);
      expect(calls()).toBe(0);
    }),
  );
});

test("any address and any list of proxies is answered", async () => {
  await fc.assert(
    fc.asyncProperty(request, async ({ provider, rawHeaders, read, ...rest }) => {
      const { webhooks, calls } = count(provider, {
        allow: ["192.0.2.0/24"],
        basicAuth: "name:a long password",
        clientAddress: ({ headers }) => headers.get("x-forwarded-for"),
      });
      const headers = headersFromRaw(rawHeaders);
      const answer = await webhooks.handle({ ...rest, headers, readBody: async () => read });
      expect(ANSWERS).toContain(answer.status);
      expect(calls()).toBe(0);
    }),
  );
});

test("any text that claims to be base64 is answered", async () => {
  await fc.assert(
    fc.asyncProperty(fc.string(), fc.boolean(), async (body, isBase64Encoded) => {
      const { webhooks, calls } = count(providers[0] as Provider);
      const result = await lambdaHandler(webhooks)({
        httpMethod: "POST",
        path: "/",
        requestContext: {},
        body,
        isBase64Encoded,
      });
      expect(ANSWERS).toContain(result.statusCode);
      expect(calls()).toBe(0);
    }),
  );
});
