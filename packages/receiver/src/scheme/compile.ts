/**
 * Turns a recipe and its secrets into a verifier: everything that can be wrong with a configuration
 * is found here, once, so that verifying a request never throws.
 */
import { compileAddress, createAddressFilter } from "./address.ts";
import type { CompiledScheme, VerifierOptions } from "./compiled-scheme.ts";
import { compileSpecial } from "./compile-special.ts";
import { compileBasic, compileToken } from "./credentials.ts";
import { compileEither } from "./either.ts";
import { addressNotAllowed } from "./failure.ts";
import { compileHmac } from "./hmac.ts";
import { checkNoSecrets } from "./keys.ts";
import type { Recipe } from "./recipe.ts";
import type { Verifier } from "./result.ts";

/**
 * Compile once, keep the verifier, and call `verify` for every request. Several secrets are tried
 * in the order given, so that a secret can be rotated without refusing anything in between.
 *
 * @throws {WebhookConfigError} if the recipe, a secret or an option cannot work
 * @example
 * const verifier = compileVerifier(stripe.recipe, [currentSecret, previousSecret]);
 * const result = verifier.verify({ method, url, headers, body, nowMs: Date.now() });
 */
export function compileVerifier(
  recipe: Recipe,
  secrets: readonly string[],
  options: VerifierOptions = {},
): Verifier {
  const verifier = compileScheme(recipe, secrets, options);
  return options.allowAddresses === undefined
    ? verifier
    : restricted(verifier, options.allowAddresses);
}

function compileScheme(
  recipe: Recipe,
  secrets: readonly string[],
  options: VerifierOptions,
): CompiledScheme {
  switch (recipe.scheme) {
    case "hmac":
      return compileHmac(recipe, secrets, options);
    case "either":
      return compileEither(recipe, secrets, options);
    case "token":
      return compileToken(recipe, secrets);
    case "basic":
      return compileBasic(secrets);
    case "address":
      checkNoSecrets(recipe.scheme, secrets);
      return compileAddress(recipe.ranges);
    case "none":
      checkNoSecrets(recipe.scheme, secrets);
      return { verify: () => ({ status: "unverified" }) };
    default:
      return compileSpecial(recipe, secrets, options);
  }
}

function restricted(verifier: Verifier, ranges: readonly string[]): Verifier {
  const filter = createAddressFilter(ranges);
  return {
    verify: (input) =>
      filter.allows(input.remoteAddress ?? "") ? verifier.verify(input) : addressNotAllowed(),
  };
}
