/**
 * `ringdown trigger <provider> --new-key`: what to sign with, and what to configure at the source. For
 * providers that sign with a private key that is a pair of one's own; for the others one made-up secret.
 */
import { getProvider } from "@ringdown/receiver";
import {
  newSampleSecret,
  signsAtProviderOnly,
  signsWithPrivateKey,
} from "@ringdown/receiver/samples";
import type { ExitName } from "../exit-codes.ts";
import { CliError } from "../failure.ts";
import type { Output } from "../output/output.ts";

export function showNewKey(output: Output, provider: string): ExitName {
  const { recipe, title } = getProvider(provider);
  if (signsAtProviderOnly(recipe) || recipe.scheme === "none") {
    throw new CliError(
      "usage",
      `There is no key to make: only ${title} itself has the one that receivers check.`,
      "Send to a source with `verify: none`, or add --unsigned.",
    );
  }
  const { secret, configured } = newSampleSecret(recipe);
  output.show({ type: "key", provider, secret, configure: configured }, () =>
    signsWithPrivateKey(recipe)
      ? `Configure at the source, as the public key of ${title}:\n${configured}\n\nSign with (--secret "$(cat key.pem)"):\n${secret.trimEnd()}`
      : `Configure at the source, and sign with (--secret):\n${configured}`,
  );
  return "done";
}
