/** Svix, and the many services that send through it. Source: svix-webhooks `webhook.ts`. */
import type { EitherRecipe } from "../scheme/recipe.ts";
import type { Provider } from "./provider.ts";
import { standardRecipe } from "./standard-webhooks.ts";

export const svix: Provider<EitherRecipe> = {
  name: "svix",
  title: "Svix",
  recipe: { scheme: "either", recipes: [standardRecipe("svix"), standardRecipe("webhook")] },
  secretHint: "The endpoint's page, Signing Secret (whsec_…).",
  eventType: [{ body: ["type"] }],
  idempotencyKey: [{ header: "svix-id" }, { header: "webhook-id" }],
  handshakes: [],
  delivery: {
    timeoutMs: 15_000,
    retries:
      "After 5 s, 5 min, 30 min, 2 h, 5 h, 10 h and 10 h; disabled after five days of failures.",
  },
  docsUrl: "https://docs.svix.com/receiving/verifying-payloads/how-manual",
  checkedOn: "2026-11-23",
  confidence: "confirmed",
};
