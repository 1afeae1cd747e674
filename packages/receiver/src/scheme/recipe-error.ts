/** The error for a recipe that contradicts itself. */
import { WebhookConfigError } from "../errors.ts";

export function recipeInvalid(problem: string): WebhookConfigError {
  return new WebhookConfigError(
    "recipe_invalid",
    `Invalid recipe: ${problem}.`,
    "Compare the recipe with the provider's page on webhook signatures.",
  );
}
