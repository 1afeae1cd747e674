/** Any sender that follows Standard Webhooks 1.0.0. Source: the specification. */
import type { HmacRecipe } from "../scheme/recipe.ts";
import type { Provider } from "./provider.ts";

/** The recipe under any prefix of its three headers, as Svix has its own. */
/* @__NO_SIDE_EFFECTS__ */
export function standardRecipe(prefix: string): HmacRecipe {
  return {
    scheme: "hmac",
    algorithm: "sha256",
    encoding: "base64",
    key: { from: "base64", prefix: "whsec_", minBytes: 24 },
    signature: {
      format: "list",
      header: `${prefix}-signature`,
      separator: " ",
      assign: ",",
      key: "v1",
    },
    id: { header: `${prefix}-id` },
    timestamp: { from: { header: `${prefix}-timestamp` }, unit: "s", toleranceMs: 300_000 },
    signed: "{id}.{timestamp}.{body}",
  };
}

export const standardWebhooks: Provider<HmacRecipe> = {
  name: "standard-webhooks",
  title: "Standard Webhooks",
  recipe: standardRecipe("webhook"),
  secretHint: "The sender shows it as whsec_ and base64.",
  eventType: [{ body: ["type"] }],
  idempotencyKey: [{ header: "webhook-id" }],
  handshakes: [],
  delivery: {
    timeoutMs: 15_000,
    retries: "Recommended: nine times over three days, from five seconds to 24 hours apart.",
  },
  docsUrl:
    "https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md",
  checkedOn: "2026-11-23",
  confidence: "confirmed",
};
