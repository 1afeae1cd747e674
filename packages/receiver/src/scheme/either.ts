/**
 * Verifies recipes that a sender uses one of: the first whose header is present decides.
 *
 * There is no falling back to the next one when it fails: otherwise a request would have to be
 * refused twice, and the reason shown would be that of a form nobody used.
 */
import type { CompiledScheme, VerifierOptions } from "./compiled-scheme.ts";
import { missingHeader } from "./failure.ts";
import { compileHmac } from "./hmac.ts";
import type { EitherRecipe, HmacRecipe } from "./recipe.ts";
import { recipeInvalid } from "./recipe-error.ts";
import type { VerifyInput } from "./result.ts";

export function compileEither(
  recipe: EitherRecipe,
  secrets: readonly string[],
  options: VerifierOptions,
): CompiledScheme {
  const forms = recipe.recipes.map((form) => compileHmac(form, secrets, options));
  const headers = forms.map((form) => form.header ?? "");
  const [first] = headers;
  if (first === undefined) throw recipeInvalid("it offers no form to choose from");

  return {
    header: first,
    verify: (input) => {
      const present = headers.findIndex((header, index) => {
        const form = recipe.recipes[index];
        return form !== undefined && isUsed(form, header, input);
      });
      return forms[present]?.verify(input) ?? missingHeader(headers.join(" or "));
    },
  };
}

/** Whether the request is of this form, for those who look for it themselves. */
export function isUsed(
  { when }: HmacRecipe,
  header: string,
  { headers }: Pick<VerifyInput, "headers">,
): boolean {
  if (headers.get(header) === undefined) return false;
  return when === undefined || headers.get(when.header) === when.equals;
}
