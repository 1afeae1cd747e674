/** Shopify. Source: shopify-app-js `webhooks.validate`, which also tries the newer headers first. */
import type { EitherRecipe, HmacRecipe } from "../scheme/recipe.ts";
import type { Provider } from "./provider.ts";

const overBody = {
  scheme: "hmac",
  algorithm: "sha256",
  encoding: "base64",
  key: { from: "utf8", minBytes: 8 },
  signed: "{body}",
} as const;

/** Events, the newer product. */
const events: HmacRecipe = {
  ...overBody,
  signature: { format: "plain", header: "shopify-hmac-sha256" },
};

const webhooks: HmacRecipe = {
  ...overBody,
  signature: { format: "plain", header: "x-shopify-hmac-sha256" },
};

export const shopify: Provider<EitherRecipe> = {
  name: "shopify",
  title: "Shopify",
  recipe: { scheme: "either", recipes: [webhooks, events] },
  secretHint:
    "The app's client secret; for webhooks made in the admin, the key shown under Notifications.",
  eventType: [{ header: "x-shopify-topic" }, { header: "shopify-topic" }],
  idempotencyKey: [{ header: "x-shopify-webhook-id" }, { header: "shopify-webhook-id" }],
  handshakes: [],
  delivery: { timeoutMs: 5_000, retries: "Eight times within four hours." },
  docsUrl: "https://shopify.dev/docs/apps/build/webhooks/verify-deliveries",
  checkedOn: "2026-11-23",
  confidence: "confirmed",
};
