/** Bodies of senders that have no fixed ones: after the example in Standard Webhooks 1.0.0. */
import { generic } from "../providers/generic.ts";
import { standardWebhooks } from "../providers/standard-webhooks.ts";
import { svix } from "../providers/svix.ts";
import { type JsonObject, prefixed, type ProviderSamples, type SampleSeed } from "./sample.ts";

const TYPE = "contact.created";

function contactCreated(seed: SampleSeed): JsonObject {
  return {
    type: TYPE,
    timestamp: new Date(seed.nowMs).toISOString(),
    data: {
      id: `contact_${seed.id}`,
      fullName: "Zoë Müller",
      email: "zoe@example.com",
      occupation: "Engineer",
    },
  };
}

function signedByStandard(provider: ProviderSamples["provider"], agent: string): ProviderSamples {
  return {
    provider,
    bodies: { [TYPE]: contactCreated },
    headers: () => ({ "content-type": "application/json", "user-agent": agent }),
    signedId: (seed) => prefixed("msg_", seed.id),
  };
}

export const standardWebhooksSamples: ProviderSamples = signedByStandard(
  standardWebhooks,
  "Standard-Webhooks/1.0",
);

export const svixSamples: ProviderSamples = signedByStandard(svix, "Svix-Webhooks/1.90");

export const genericSamples: ProviderSamples = {
  provider: generic,
  bodies: { [TYPE]: (seed) => ({ id: seed.id, ...contactCreated(seed) }) },
  headers: (seed, type) => ({
    "content-type": "application/json",
    "user-agent": "Ringdown-Sample/1.0",
    "x-event-type": type,
    "idempotency-key": seed.id,
  }),
};
