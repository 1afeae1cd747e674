/** Every provider, once. Adding one is a file beside this one and a line here. */
import { WebhookConfigError } from "../errors.ts";
import { generic } from "./generic.ts";
import { github } from "./github.ts";
import type { Provider } from "./provider.ts";
import { shopify } from "./shopify.ts";
import { slack } from "./slack.ts";
import { standardWebhooks } from "./standard-webhooks.ts";
import { stripe } from "./stripe.ts";
import { svix } from "./svix.ts";

const providers: readonly Provider[] = [
  generic,
  github,
  shopify,
  slack,
  standardWebhooks,
  stripe,
  svix,
];

const byName = new Map(providers.map((provider) => [provider.name, provider]));

/** In alphabetical order of their names. */
export function listProviders(): readonly Provider[] {
  return providers;
}

/** `undefined` for a name nobody has. */
export function findProvider(name: string): Provider | undefined {
  return byName.get(name);
}

/** @throws {provider_unknown} */
export function getProvider(name: string): Provider {
  const provider = byName.get(name);
  if (provider !== undefined) return provider;
  throw new WebhookConfigError(
    "provider_unknown",
    `There is no provider "${name}".`,
    `Use one of: ${[...byName.keys()].join(", ")}.`,
  );
}
