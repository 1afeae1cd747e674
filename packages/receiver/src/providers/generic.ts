/** A sender of your own: the recipe is a starting point, see `genericRecipe` for what can change. */
import { genericRecipe } from "../scheme/recipes.ts";
import type { HmacRecipe } from "../scheme/recipe.ts";
import type { Provider } from "./provider.ts";

export const generic: Provider<HmacRecipe> = {
  name: "generic",
  title: "Generic HMAC",
  recipe: genericRecipe({ header: "x-signature" }),
  secretHint: "The key that the sender signs with.",
  eventType: [{ header: "x-event-type" }, { body: ["type"] }],
  idempotencyKey: [{ header: "idempotency-key" }, { header: "x-event-id" }, { body: ["id"] }],
  handshakes: [],
  delivery: { retries: "Depends on the sender." },
  docsUrl: "https://www.rfc-editor.org/rfc/rfc2104",
  checkedOn: "2026-11-23",
  confidence: "confirmed",
};
