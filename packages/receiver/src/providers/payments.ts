/** Payments: senders whose signature is an HMAC and fits a recipe of a few lines. */
import type { HmacRecipe } from "../scheme/recipe.ts";
import type { Provider } from "./provider.ts";
import { inHeader, inList, PLAIN, timeIn, UNDOCUMENTED } from "./shapes.ts";

/** Source: square-nodejs-sdk `WebhooksHelper`, "Validate notifications". */
export const square: Provider<HmacRecipe> = {
  ...UNDOCUMENTED,
  name: "square",
  title: "Square",
  recipe: inHeader("x-square-hmacsha256-signature", { encoding: "base64", signed: "{url}{body}" }),
  secretHint: "Developer Console, your application, Webhooks, Subscriptions, Signature key.",
  eventType: [{ body: ["type"] }],
  idempotencyKey: [{ body: ["event_id"] }],
  delivery: {
    timeoutMs: 10_000,
    retries: "With growing distance for up to three days, by an older page of Square's.",
  },
  docsUrl: "https://developer.squareup.com/docs/webhooks/step3validate",
  confidence: "confirmed",
};

/**
 * Source: paddle-node-sdk `webhooks-validator.ts`. The SDK tolerates five seconds, which a queue on
 * the way exceeds; the window here is half a minute.
 */
export const paddle: Provider<HmacRecipe> = {
  ...UNDOCUMENTED,
  name: "paddle",
  title: "Paddle Billing",
  recipe: inList("paddle-signature", {
    time: "ts",
    key: "h1",
    separator: ";",
    toleranceMs: 30_000,
    recipe: { signed: "{timestamp}:{body}" },
  }),
  secretHint: "Developer tools, Notifications, your destination, Secret key (pdl_ntfset_…).",
  eventType: [{ body: ["event_type"] }],
  idempotencyKey: [{ body: ["event_id"] }],
  docsUrl: "https://developer.paddle.com/webhooks/signature-verification",
  confidence: "confirmed",
};

/** Source: razorpay-node `razorpay-utils.js`. */
export const razorpay: Provider<HmacRecipe> = {
  ...UNDOCUMENTED,
  name: "razorpay",
  title: "Razorpay",
  recipe: inHeader("x-razorpay-signature"),
  secretHint: "You choose it: Dashboard, Account & Settings, Webhooks, Secret.",
  eventType: [{ body: ["event"] }],
  idempotencyKey: [{ header: "x-razorpay-event-id" }],
  docsUrl: "https://razorpay.com/docs/webhooks/validate-test/",
  confidence: "confirmed",
};

/** One object may see the same event again (a subscription renewed twice), so there is no key. */
export const lemonSqueezy: Provider<HmacRecipe> = {
  ...UNDOCUMENTED,
  name: "lemon-squeezy",
  title: "Lemon Squeezy",
  recipe: inHeader("x-signature"),
  secretHint: "You choose it: Settings, Webhooks, Signing secret.",
  eventType: [{ body: ["meta", "event_name"] }],
  idempotencyKey: [],
  docsUrl: "https://docs.lemonsqueezy.com/help/webhooks/signing-requests",
  confidence: "corroborated",
};

/** Source: coinbase-commerce-node `lib/Webhook.js`. */
export const coinbaseCommerce: Provider<HmacRecipe> = {
  ...UNDOCUMENTED,
  name: "coinbase-commerce",
  title: "Coinbase Commerce",
  recipe: inHeader("x-cc-webhook-signature"),
  secretHint: "Settings, Notifications, Show shared secret.",
  eventType: [{ body: ["event", "type"] }],
  idempotencyKey: [{ body: ["event", "id"] }],
  docsUrl: "https://docs.cdp.coinbase.com/commerce/docs/webhooks",
  confidence: "confirmed",
};

export const gocardless: Provider<HmacRecipe> = {
  ...UNDOCUMENTED,
  name: "gocardless",
  title: "GoCardless",
  recipe: inHeader("webhook-signature"),
  secretHint: "You choose it: Developers, Webhook endpoints, Secret.",
  eventType: [
    {
      body: ["events", "0", "resource_type"],
      suffix: [{ body: ["events", "0", "action"] }],
    },
  ],
  idempotencyKey: [{ body: ["meta", "webhook_id"] }],
  split: {
    items: [["events", "*"]],
    eventType: [{ body: ["resource_type"], suffix: [{ body: ["action"] }] }],
    idempotencyKey: [{ body: ["id"] }],
  },
  docsUrl: "https://developer.gocardless.com/getting-started/api/staying-up-to-date-with-webhooks/",
  confidence: "experimental",
};

export const checkoutCom: Provider<HmacRecipe> = {
  ...UNDOCUMENTED,
  name: "checkout-com",
  title: "Checkout.com",
  recipe: inHeader("cko-signature"),
  secretHint: "The webhook's signature key in the dashboard.",
  eventType: [{ body: ["type"] }],
  idempotencyKey: [{ body: ["id"] }],
  docsUrl: "https://www.checkout.com/docs/developer-resources/webhooks",
  confidence: "experimental",
};

export const dwolla: Provider<HmacRecipe> = {
  ...UNDOCUMENTED,
  name: "dwolla",
  title: "Dwolla",
  recipe: inHeader("x-request-signature-sha-256"),
  secretHint: "The secret you chose when you made the webhook subscription.",
  eventType: [{ body: ["topic"] }],
  idempotencyKey: [{ body: ["id"] }],
  docsUrl: "https://developers.dwolla.com/docs/webhooks",
  confidence: "experimental",
};

export const modernTreasury: Provider<HmacRecipe> = {
  ...UNDOCUMENTED,
  name: "modern-treasury",
  title: "Modern Treasury",
  recipe: inHeader("x-signature"),
  secretHint: "Developers, Webhooks, your endpoint, Webhook key.",
  eventType: [{ body: ["event"] }],
  idempotencyKey: [],
  docsUrl: "https://docs.moderntreasury.com/platform/docs/webhooks",
  confidence: "experimental",
};

export const quickbooks: Provider<HmacRecipe> = {
  ...UNDOCUMENTED,
  name: "quickbooks",
  title: "QuickBooks",
  recipe: inHeader("intuit-signature", { encoding: "base64" }),
  secretHint: "Your app, Webhooks, Verifier token.",
  eventType: [
    { body: ["eventNotifications", "0", "dataChangeEvent", "entities", "0", "name"] },
    { body: ["type"] },
  ],
  idempotencyKey: [],
  docsUrl: "https://developer.intuit.com/app/developer/qbo/docs/develop/webhooks",
  confidence: "experimental",
};

/** `<time>,<signature>,<signature>`, one for each key in use. */
export const recurly: Provider<HmacRecipe> = {
  ...UNDOCUMENTED,
  name: "recurly",
  title: "Recurly",
  recipe: {
    ...PLAIN,
    signature: {
      format: "values",
      header: "recurly-signature",
      separator: ",",
      first: "timestamp",
    },
    timestamp: { from: { field: "first" }, unit: "s", toleranceMs: 300_000 },
    signed: "{timestamp}.{body}",
  },
  secretHint: "Integrations, Webhooks, your endpoint, Secret key.",
  eventType: [{ body: ["event_type"] }],
  idempotencyKey: [],
  docsUrl: "https://docs.recurly.com/docs/webhooks",
  confidence: "experimental",
};

export const airwallex: Provider<HmacRecipe> = {
  ...UNDOCUMENTED,
  name: "airwallex",
  title: "Airwallex",
  recipe: inHeader("x-signature", {
    timestamp: timeIn("x-timestamp", 300_000, "ms"),
    signed: "{timestamp}{body}",
  }),
  secretHint: "Developer, Webhooks, your webhook, Secret key.",
  eventType: [{ body: ["name"] }],
  idempotencyKey: [{ body: ["id"] }],
  docsUrl: "https://www.airwallex.com/docs/developer-tools__listen-for-webhook-events",
  confidence: "experimental",
};

export const affirm: Provider<HmacRecipe> = {
  ...UNDOCUMENTED,
  name: "affirm",
  title: "Affirm",
  recipe: inList("x-affirm-signature", { time: "t", key: "v0", recipe: { algorithm: "sha512" } }),
  secretHint: "The private key of your Affirm account.",
  eventType: [{ body: ["event_type"] }, { body: ["event"] }],
  idempotencyKey: [],
  docsUrl: "https://docs.affirm.com/",
  confidence: "experimental",
};

export const paystack: Provider<HmacRecipe> = {
  ...UNDOCUMENTED,
  name: "paystack",
  title: "Paystack",
  recipe: inHeader("x-paystack-signature", { algorithm: "sha512" }),
  secretHint: "The secret key of your account (sk_live_… or sk_test_…).",
  eventType: [{ body: ["event"] }],
  idempotencyKey: [{ body: ["data", "id"], with: [{ body: ["event"] }] }],
  docsUrl: "https://paystack.com/docs/payments/webhooks/",
  confidence: "experimental",
};

export const chargify: Provider<HmacRecipe> = {
  ...UNDOCUMENTED,
  name: "chargify",
  title: "Maxio (Chargify)",
  recipe: inHeader("x-chargify-webhook-signature-hmac-sha-256"),
  secretHint: "The site's shared key.",
  eventType: [{ body: ["event"] }],
  idempotencyKey: [{ header: "x-chargify-webhook-id" }, { body: ["id"] }],
  docsUrl: "https://docs.maxio.com/",
  confidence: "experimental",
};
