/** Compiles the recipes of what few senders do, or a single one: each by a file of its own. */
import { compileAdyen } from "./adyen.ts";
import { compileBodyToken } from "./body-token.ts";
import { compileBraintree } from "./braintree.ts";
import type { CompiledScheme, VerifierOptions } from "./compiled-scheme.ts";
import { compileEbay } from "./ebay.ts";
import { compileJwt } from "./jwt.ts";
import { compilePayPal } from "./paypal.ts";
import { compilePublicKey } from "./public-key.ts";
import type { SpecialRecipe } from "./recipe.ts";
import { recipeInvalid } from "./recipe-error.ts";
import { compileSns } from "./sns.ts";
import { compileTwilio } from "./twilio.ts";

/** @throws {WebhookConfigError} */
export function compileSpecial(
  recipe: SpecialRecipe,
  secrets: readonly string[],
  options: VerifierOptions,
): CompiledScheme {
  switch (recipe.scheme) {
    case "public-key":
      return compilePublicKey(recipe, secrets, options);
    case "jwt":
      return compileJwt(recipe, secrets, options);
    case "twilio":
      return compileTwilio(recipe, secrets);
    case "adyen":
      return compileAdyen(secrets);
    case "braintree":
      return compileBraintree(secrets);
    case "sns":
      return compileSns(secrets);
    case "paypal":
      return compilePayPal(secrets);
    case "ebay":
      return compileEbay(secrets);
    case "body-token":
      return compileBodyToken(recipe, secrets);
    default:
      recipe satisfies never;
      throw recipeInvalid("its scheme is unknown");
  }
}
