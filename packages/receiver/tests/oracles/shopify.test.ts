/**
 * Oracle: `webhooks.validate` of `@shopify/shopify-api`. It signs nothing; its sibling that makes
 * HMACs is private, so a signature by `node:crypto` stands in where a foreign signer is needed.
 */
import "@shopify/shopify-api/adapters/node";
import { LogSeverity, shopifyApi } from "@shopify/shopify-api";
import fc from "fast-check";
import { createHmac } from "node:crypto";
import { expect, test } from "vitest";
import { shopify, signRequest } from "../../src/index.ts";
import { listSamples, makeSampleRequest } from "../../src/samples/index.ts";
import { bitPosition, bytesOf, flipBit, NOW_MS, textBody, verify } from "../verify.ts";

const SECRET = "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";

const { webhooks } = shopifyApi({
  apiKey: "key",
  apiSecretKey: SECRET,
  // Any version will do: it is not part of what is validated.
  apiVersion: "2026-01" as never,
  isEmbeddedApp: false,
  hostName: "app.example.com",
  logger: { log: () => undefined, level: LogSeverity.Error },
});

type Headers = { readonly [name: string]: string };

async function shopifyAccepts(headers: Headers, rawBody: string): Promise<boolean> {
  const rawRequest = { method: "POST", url: "/", headers };
  const result = await webhooks.validate({ rawBody, rawRequest, rawResponse: {} });
  return result.valid;
}

const webhookHeaders = {
  "x-shopify-topic": "orders/create",
  "x-shopify-shop-domain": "ringdown-shop.myshopify.com",
  "x-shopify-api-version": "2026-10",
  "x-shopify-webhook-id": "1",
};

const eventHeaders = {
  "shopify-topic": "orders/create",
  "shopify-shop-domain": "ringdown-shop.myshopify.com",
  "shopify-api-version": "2026-10",
  "shopify-webhook-id": "1",
};

test("what we sign is validated by Shopify and by us, for any text", async () => {
  await fc.assert(
    fc.asyncProperty(textBody, async (text) => {
      const body = bytesOf(text);
      const signature = signRequest(shopify, { secret: SECRET, body, nowMs: NOW_MS });
      const headers = { ...webhookHeaders, ...signature };
      expect(await shopifyAccepts(headers, text)).toBe(true);
      expect(verify(shopify.recipe, [SECRET], { headers, body }).status).toBe("verified");
    }),
  );
});

test("both families of headers are accepted by Shopify and by us", async () => {
  const body = '{"id":1}';
  const hmac = createHmac("sha256", SECRET).update(body).digest("base64");
  for (const headers of [
    { ...webhookHeaders, "x-shopify-hmac-sha256": hmac },
    { ...eventHeaders, "shopify-hmac-sha256": hmac },
  ]) {
    expect(await shopifyAccepts(headers, body)).toBe(true);
    expect(verify(shopify.recipe, [SECRET], { headers, body }).status).toBe("verified");
  }
});

test("[I4] Shopify and we refuse the same flipped bits in the body", async () => {
  await fc.assert(
    fc.asyncProperty(textBody, bitPosition, async (text, position) => {
      const signature = signRequest(shopify, {
        secret: SECRET,
        body: bytesOf(text),
        nowMs: NOW_MS,
      });
      const headers = { ...webhookHeaders, ...signature };
      const body = flipBit(bytesOf(text), position);
      expect(await shopifyAccepts(headers, Buffer.from(body).toString())).toBe(false);
      expect(verify(shopify.recipe, [SECRET], { headers, body }).status).toBe("failed");
    }),
  );
});

const samples = listSamples().filter(({ provider }) => provider === "shopify");
test.each(samples)("Shopify validates the sample $type", async ({ type }) => {
  const options = { provider: "shopify", type, secret: SECRET, nowMs: NOW_MS, id: "1" };
  const { headers, body } = makeSampleRequest(options);
  expect(await shopifyAccepts(headers, Buffer.from(body).toString())).toBe(true);
});
