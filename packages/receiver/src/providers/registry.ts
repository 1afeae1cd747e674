/**
 * Every provider, once. Adding one is a file beside this one and a line here, or an entry in the file
 * of its family: whatever such a file exports is a provider.
 */
import { WebhookConfigError } from "../errors.ts";
import * as business from "./business.ts";
import * as chatAndSocial from "./chat-and-social.ts";
import * as credentials from "./credentials.ts";
import * as development from "./development.ts";
import * as documents from "./documents.ts";
import { generic } from "./generic.ts";
import { github } from "./github.ts";
import * as mailAndPhone from "./mail-and-phone.ts";
import * as payments from "./payments.ts";
import * as paymentsSpecial from "./payments-special.ts";
import * as platforms from "./platforms.ts";
import type { Provider } from "./provider.ts";
import { shopify } from "./shopify.ts";
import { slack } from "./slack.ts";
import { standardWebhooks } from "./standard-webhooks.ts";
import * as standardWebhooksFamily from "./standard-webhooks-family.ts";
import { stripe } from "./stripe.ts";
import { svix } from "./svix.ts";
import * as svixFamily from "./svix-family.ts";

const families: readonly Readonly<Record<string, Provider>>[] = [
  business,
  chatAndSocial,
  credentials,
  development,
  documents,
  mailAndPhone,
  payments,
  paymentsSpecial,
  platforms,
  standardWebhooksFamily,
  svixFamily,
];

const singles: readonly Provider[] = [
  generic,
  github,
  shopify,
  slack,
  standardWebhooks,
  stripe,
  svix,
];

const byName: ReadonlyMap<string, Provider> = new Map(
  [...singles, ...families.flatMap((family) => Object.values(family))]
    .sort((left, right) => (left.name < right.name ? -1 : 1))
    .map((provider) => [provider.name, provider]),
);

const providers: readonly Provider[] = [...byName.values()];

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
