/** The registry is complete, dated and plain data. */
import { expect, test } from "vitest";
import { compileVerifier } from "../scheme/compile.ts";
import { findProvider, listProviders } from "./registry.ts";

const providers = listProviders().map((provider) => ({ ...provider }));

test("providers are listed by name in alphabetical order, each once", () => {
  const names = providers.map(({ name }) => name);
  expect(names).toEqual([...new Set(names)].toSorted());
  expect(names).toEqual([
    "generic",
    "github",
    "shopify",
    "slack",
    "standard-webhooks",
    "stripe",
    "svix",
  ]);
});

test("a provider is found by its exact name only", () => {
  expect(findProvider("stripe")?.title).toBe("Stripe");
  for (const name of ["Stripe", "", "__proto__", "constructor"])
    expect(findProvider(name)).toBeUndefined();
});

test.each(providers)("$name: its recipe compiles", ({ recipe }) => {
  expect(() => compileVerifier(recipe, ["MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"])).not.toThrow();
});

test.each(providers)("$name: its facts are complete and dated", (provider) => {
  expect(provider.name).toMatch(/^[a-z][a-z0-9-]*$/);
  expect(provider.docsUrl).toMatch(/^https:\/\//);
  expect(provider.checkedOn).toMatch(/^\d{4}-\d{2}-\d{2}$/);
  expect(provider.secretHint).toMatch(/\.$/);
  expect(provider.delivery.retries).toMatch(/\.$/);
  expect(provider.eventType.length).toBeGreaterThan(0);
  expect(provider.idempotencyKey.length).toBeGreaterThan(0);
});

test.each(providers)(
  "$name: it is plain data, so that tools in any language can read it",
  (provider) => {
    expect(JSON.parse(JSON.stringify(provider))).toEqual(provider);
  },
);
