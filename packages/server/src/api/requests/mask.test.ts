import { expect, test } from "vitest";
import { credentialNamesOf, MASK, maskHeaders, maskQuery } from "./mask.ts";

test.each([
  "Authorization",
  "proxy-authorization",
  "Cookie",
  "X-Gitlab-Token",
  "x-api-key",
  "X-Auth",
  "x-telegram-bot-api-secret-token",
  "apikey",
  "x-webhook-secret",
  "x_access_key",
])("[I8] the header %s is masked", (name) => {
  expect(maskHeaders([name, "value"])).toEqual([[name, MASK]]);
});

test.each([
  "X-Signature",
  "Stripe-Signature",
  "webhook-id",
  "Idempotency-Key",
  "x-idempotency-key",
  "X-Author",
  "content-type",
  "x-token-count",
])("the header %s stays", (name) => {
  expect(maskHeaders([name, "value"])).toEqual([[name, "value"]]);
});

test("the scheme of a credential stays, for it tells why it did not match", () => {
  const pairs = maskHeaders(["authorization", "Basic dTpw", "Authorization", "Bearer x y"]);
  expect(pairs).toEqual([
    ["authorization", `Basic ${MASK}`],
    ["Authorization", `Bearer ${MASK}`],
  ]);
});

test("[I8] the header that a source expects its key in is masked, whatever its name", () => {
  const names = credentialNamesOf({ verify: { scheme: "api-key", header: "X-Odd-One" } });
  expect(maskHeaders(["x-odd-one", "value"], names)).toEqual([["x-odd-one", MASK]]);
  expect(credentialNamesOf({ verify: { scheme: "hmac", header: "x-sig" } }).size).toBe(0);
  expect(credentialNamesOf({ verify: "none" }).size).toBe(0);
  expect(credentialNamesOf(undefined).size).toBe(0);
});

test("[I8] credentials in a query are masked, everything else stays as it was sent", () => {
  expect(maskQuery("a=1&token=abc&b=%20&api_key=x=y&token")).toBe(
    `a=1&token=${MASK}&b=%20&api_key=${MASK}&token`,
  );
  expect(maskQuery("%74oken=abc")).toBe(`%74oken=${MASK}`);
  expect(maskQuery("%zz=1&")).toBe("%zz=1&");
  expect(maskQuery("")).toBe("");
});
