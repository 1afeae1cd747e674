/** Stripe. Source: stripe-node `Webhooks`, which checks only the past; here both sides are. */
import type { HmacRecipe } from "../scheme/recipe.ts";
import type { Provider } from "./provider.ts";

export const stripe: Provider<HmacRecipe> = {
  name: "stripe",
  title: "Stripe",
  recipe: {
    scheme: "hmac",
    algorithm: "sha256",
    encoding: "hex",
    // The secret as shown, `whsec_` included, is the key: it is not decoded.
    key: { from: "utf8", minBytes: 8 },
    signature: {
      format: "list",
      header: "stripe-signature",
      separator: ",",
      assign: "=",
      key: "v1",
    },
    timestamp: { from: { field: "t" }, unit: "s", toleranceMs: 300_000 },
    signed: "{timestamp}.{body}",
  },
  secretHint:
    "Workbench, Webhooks, your destination, Signing secret; `stripe listen` prints another one.",
  eventType: [{ body: ["type"] }],
  idempotencyKey: [{ body: ["id"] }],
  handshakes: [],
  delivery: { retries: "Up to three days with exponential backoff; in a sandbox three times." },
  docsUrl: "https://docs.stripe.com/webhooks/signature",
  checkedOn: "2026-11-23",
  confidence: "confirmed",
};
