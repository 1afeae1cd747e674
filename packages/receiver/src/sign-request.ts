/** Signs a single request as a provider does; what a simulator and tests need. */
import type { Recipe } from "./scheme/recipe.ts";
import { createSigner, type SignatureHeaders, type SignInput } from "./scheme/sign.ts";

export type SignRequestInput = SignInput & { readonly secret: string };

/**
 * The headers to add. To sign often with the same secret, keep a `createSigner`.
 *
 * @throws {WebhookConfigError}
 * @example
 * signRequest(github, { secret, body, nowMs: Date.now() }); // { "x-hub-signature-256": "sha256=…" }
 */
export function signRequest(
  provider: { readonly recipe: Recipe },
  input: SignRequestInput,
): SignatureHeaders {
  const { secret, ...request } = input;
  return createSigner(provider.recipe, [secret]).sign(request);
}
