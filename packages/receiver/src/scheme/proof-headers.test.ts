import { expect, test } from "vitest";
import { getProvider, listProviders } from "../index.ts";
import { proofHeadersOf } from "./proof-headers.ts";

test.each([
  ["stripe", ["stripe-signature"]],
  ["shopify", ["x-shopify-hmac-sha256", "shopify-hmac-sha256"]],
  ["netlify", ["x-webhook-signature"]],
  ["telegram", ["x-telegram-bot-api-secret-token"]],
  ["box", ["box-signature-primary", "box-signature-secondary"]],
  ["mailgun", []],
  ["aws-sns", []],
])("%s proves itself in %j", (name, headers) => {
  expect(proofHeadersOf(getProvider(name).recipe).toSorted()).toEqual(headers.toSorted());
});

test("names are in lower case, whoever it is", () => {
  for (const { recipe } of listProviders()) {
    for (const name of proofHeadersOf(recipe)) expect(name).toMatch(/^[a-z0-9-]+$/);
  }
});
