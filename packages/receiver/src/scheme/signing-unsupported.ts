/** The error for recipes by which only the provider itself can sign. */
import { WebhookConfigError } from "../errors.ts";

export function signingUnsupported(): WebhookConfigError {
  return new WebhookConfigError(
    "signing_unsupported",
    "Requests of this provider cannot be signed here: only it has the key, or the signature is inside the body.",
    "Use a request captured from the provider.",
  );
}
