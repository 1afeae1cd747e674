/** The registry is complete, dated and plain data. That every recipe works: `tests/providers`. */
import { expect, test } from "vitest";
import { findProvider, listProviders } from "./registry.ts";

const providers = listProviders().map((provider) => ({ ...provider }));

/** What the table of providers requires; the rest are extras. */
const REQUIRED = [
  "adyen",
  "asana",
  "auth0",
  "aws-sns",
  "bitbucket",
  "clerk",
  "coinbase-commerce",
  "contentful",
  "datadog",
  "discord",
  "docusign",
  "dropbox",
  "github",
  "gitlab",
  "hubspot",
  "intercom",
  "jira",
  "lemon-squeezy",
  "line",
  "linear",
  "mailgun",
  "meta",
  "netlify",
  "okta",
  "paddle",
  "pagerduty",
  "paypal",
  "plaid",
  "postmark",
  "razorpay",
  "resend",
  "sanity",
  "sendgrid",
  "sentry",
  "shopify",
  "slack",
  "square",
  "standard-webhooks",
  "stripe",
  "svix",
  "telegram",
  "twilio",
  "twitch",
  "typeform",
  "vercel",
  "woocommerce",
  "xero",
  "zapier",
  "zoom",
];

/** Senders that name no kind of event, or hide it where nothing looks. */
const WITHOUT_TYPE = ["airtable", "braintree", "deepgram", "dropbox", "framer", "kinde"];

test("providers are listed by name in alphabetical order, each once", () => {
  const names = providers.map(({ name }) => name);
  expect(names).toEqual([...new Set(names)].toSorted());
  expect(new Set(providers.map(({ title }) => title)).size).toBe(names.length);
});

test("the required ones are there", () => {
  const names = new Set(providers.map(({ name }) => name));
  expect(REQUIRED.filter((name) => !names.has(name))).toEqual([]);
});

test("a provider is found by its exact name only", () => {
  expect(findProvider("stripe")?.title).toBe("Stripe");
  for (const name of ["Stripe", "", "__proto__", "constructor"])
    expect(findProvider(name)).toBeUndefined();
});

test.each(providers)("$name: its facts are complete and dated", (provider) => {
  expect(provider.name).toMatch(/^[a-z][a-z0-9-]*$/);
  expect(provider.title).not.toBe("");
  expect(provider.docsUrl).toMatch(/^https:\/\/[^\s]+$/);
  expect(provider.checkedOn).toMatch(/^\d{4}-\d{2}-\d{2}$/);
  expect(new Date(provider.checkedOn).toISOString().slice(0, 10)).toBe(provider.checkedOn);
  expect(["confirmed", "corroborated", "experimental"]).toContain(provider.confidence);
  expect(provider.secretHint).toMatch(/\.$/);
  expect(provider.delivery.retries).toMatch(/\.$/);
  expect(provider.delivery.timeoutMs ?? 1).toBeGreaterThan(0);
  expect(provider.eventType.length > 0).toBe(!WITHOUT_TYPE.includes(provider.name));
});

test.each(providers)("$name: its handshakes are guarded", ({ handshakes }) => {
  for (const { method, when, after, token, answer } of handshakes) {
    expect(["GET", "POST", "OPTIONS"]).toContain(method);
    expect(when.length).toBeGreaterThan(0);
    expect(token !== undefined).toBe(after === "token");
    // Text that the sender chose goes out only as an echo, which has an alphabet of its own.
    if (after === "anybody") expect("text" in answer).toBe(false);
  }
});

test.each(providers)(
  "$name: it is plain data, so that tools in any language can read it",
  (provider) => {
    expect(JSON.parse(JSON.stringify(provider))).toEqual(provider);
  },
);
