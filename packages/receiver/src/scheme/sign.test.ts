/** What signers write, and what they refuse to sign. Whether it verifies: see `tests/oracles`. */
import { describe, expect, test } from "vitest";
import { standardWebhooks } from "../providers/standard-webhooks.ts";
import { stripe } from "../providers/stripe.ts";
import { svix } from "../providers/svix.ts";
import { signRequest } from "../sign-request.ts";
import { createStandardSigner, generateSecret, signStandard } from "../standard-webhook.ts";
import {
  genericRecipe,
  addressRecipe,
  apiKeyRecipe,
  basicRecipe,
  bearerRecipe,
  noneRecipe,
} from "./recipes.ts";
import { createSigner } from "./sign.ts";

const BODY = new TextEncoder().encode("{}");
const NOW_MS = 1_764_000_000_999;
const SECRETS = [
  "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
  "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD",
];
const SECRET = SECRETS[0]!;

describe("headers of a signed request", () => {
  test("Stripe: the time comes first, then one signature for each secret", () => {
    const { "stripe-signature": value } = createSigner(stripe.recipe, SECRETS).sign({
      body: BODY,
      nowMs: NOW_MS,
    });
    expect(value).toMatch(/^t=1764000000,v1=[0-9a-f]{64},v1=[0-9a-f]{64}$/);
  });

  test("Standard Webhooks: id, time in whole seconds, one signature for each secret", () => {
    const headers = createSigner(standardWebhooks.recipe, SECRETS).sign({
      body: BODY,
      nowMs: NOW_MS,
      id: "msg_1",
    });
    expect(headers).toEqual({
      "webhook-id": "msg_1",
      "webhook-timestamp": "1764000000",
      "webhook-signature": expect.stringMatching(/^v1,[\w+/]{43}= v1,[\w+/]{43}=$/) as string,
    });
  });

  test("a provider with two families signs with the first", () => {
    const headers = signRequest(svix, { secret: SECRET, body: BODY, nowMs: NOW_MS, id: "msg_1" });
    expect(Object.keys(headers).toSorted()).toEqual([
      "svix-id",
      "svix-signature",
      "svix-timestamp",
    ]);
  });

  test("credentials are sent as they are", () => {
    const sign = (recipe: Parameters<typeof createSigner>[0], secret: string): unknown =>
      createSigner(recipe, [secret]).sign({ body: BODY, nowMs: NOW_MS });
    expect(sign(bearerRecipe, "a-long-token")).toEqual({ authorization: "Bearer a-long-token" });
    expect(sign(apiKeyRecipe("X-Key"), "a-long-token")).toEqual({ "x-key": "a-long-token" });
    expect(sign(basicRecipe, "user:pässword")).toEqual({
      authorization: `Basic ${Buffer.from("user:pässword").toString("base64")}`,
    });
  });

  test("schemes without a secret add nothing", () => {
    for (const recipe of [noneRecipe, addressRecipe(["::/0"])]) {
      expect(createSigner(recipe, []).sign({ body: BODY, nowMs: NOW_MS })).toEqual({});
    }
  });
});

describe("what cannot be signed", () => {
  const invalid: unknown = expect.objectContaining({ code: "signing_input_invalid" });
  const signer = createSigner(standardWebhooks.recipe, SECRETS);
  const fast = createStandardSigner(SECRETS);

  test.each([undefined, "", "msg.1", "msg_\u0142"])("the id %j", (id) => {
    const input = { body: BODY, nowMs: NOW_MS, ...(id === undefined ? {} : { id }) };
    expect(() => signer.sign(input)).toThrow(invalid);
    if (id !== undefined) expect(() => fast.sign(id, 1, BODY)).toThrow(invalid);
  });

  test.each([1.5, -1, Number.NaN, Infinity])("the time %s", (timestampS) => {
    expect(() => fast.sign("msg_1", timestampS, BODY)).toThrow(invalid);
  });

  test.each(["{method}", "{url}", "{header:x-topic}"])("a missing %s", (placeholder) => {
    const recipe = genericRecipe({ header: "x-signature", signed: `${placeholder}{body}` });
    const sign = (): unknown =>
      createSigner(recipe, ["long enough"]).sign({ body: BODY, nowMs: 0 });
    expect(sign).toThrow(invalid);
  });

  test("a body that is not bytes", () => {
    const text = "{}" as never;
    const notBytes: unknown = expect.objectContaining({ code: "body_not_bytes" });
    expect(() => signer.sign({ body: text, nowMs: NOW_MS, id: "msg_1" })).toThrow(notBytes);
    expect(() => fast.sign("msg_1", 1, text)).toThrow(notBytes);
  });

  test("[I4] anything with an empty, undecodable or short secret", () => {
    for (const secret of ["", "whsec_", "whsec_!", "whsec_AAAA"]) {
      expect(() => signStandard({ id: "1", timestampS: 1, body: BODY, secrets: [secret] })).toThrow(
        expect.objectContaining({ code: expect.stringMatching(/^secret_/) as string }),
      );
    }
    expect(() => createStandardSigner([])).toThrow("No secret");
  });
});

test("a generated secret is usable at once, and never the same", () => {
  const secrets = Array.from({ length: 100 }, generateSecret);
  expect(new Set(secrets).size).toBe(100);
  for (const secret of secrets) expect(secret).toMatch(/^whsec_[\w+/]{43}=$/);
  expect(() => createStandardSigner(secrets.slice(0, 16))).not.toThrow();
});
