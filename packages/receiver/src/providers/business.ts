/** Customers, shops, accounting and people. */
import type { EitherRecipe, HmacRecipe } from "../scheme/recipe.ts";
import type { Provider } from "./provider.ts";
import { inHeader, inList, timeIn, UNDOCUMENTED } from "./shapes.ts";

const hubspotBatch = {
  eventType: [{ body: ["0", "subscriptionType"] }],
  idempotencyKey: [
    {
      body: ["0", "eventId"],
      with: [{ body: ["0", "subscriptionType"] }, { body: ["0", "occurredAt"] }],
    },
    { body: ["0", "eventId"] },
  ],
  split: {
    items: [["*"]],
    eventType: [{ body: ["subscriptionType"] }],
    // HubSpot does not promise that its ids are unique.
    idempotencyKey: [
      { body: ["eventId"], with: [{ body: ["subscriptionType"] }, { body: ["occurredAt"] }] },
      { body: ["eventId"] },
    ],
  },
} as const;

/** Version 3. Source: hubspot-api-nodejs `signature.ts`. */
export const hubspot: Provider<HmacRecipe> = {
  ...UNDOCUMENTED,
  ...hubspotBatch,
  name: "hubspot",
  title: "HubSpot",
  recipe: inHeader("x-hubspot-signature-v3", {
    encoding: "base64",
    timestamp: timeIn("x-hubspot-request-timestamp", 300_000, "ms"),
    signed: "{method}{url}{body}{timestamp}",
  }),
  secretHint: "Your app, Auth, Client secret.",
  docsUrl:
    "https://developers.hubspot.com/docs/apps/legacy-apps/authentication/validating-requests",
  confidence: "confirmed",
};

const hubspotHash = inHeader("x-hubspot-signature", { keyed: "prefix" });

/**
 * Versions 1 and 2: plain hashes, which can be extended by whoever has seen one, and no time. For
 * what cannot send version 3 only.
 */
export const hubspotLegacy: Provider<EitherRecipe> = {
  ...hubspot,
  name: "hubspot-legacy",
  title: "HubSpot (signature versions 1 and 2)",
  recipe: {
    scheme: "either",
    recipes: [
      {
        ...hubspotHash,
        when: { header: "x-hubspot-signature-version", equals: "v2" },
        signed: "{method}{url}{body}",
      },
      hubspotHash,
    ],
  },
};

export const intercom: Provider<HmacRecipe> = {
  ...UNDOCUMENTED,
  name: "intercom",
  title: "Intercom",
  recipe: inHeader("x-hub-signature", { algorithm: "sha1", prefix: "sha1=" }),
  secretHint: "Developer Hub, your app, Basic information, Client secret.",
  eventType: [{ body: ["topic"] }],
  idempotencyKey: [{ body: ["id"] }],
  docsUrl: "https://developers.intercom.com/docs/webhooks",
  confidence: "corroborated",
};

export const zendesk: Provider<HmacRecipe> = {
  ...UNDOCUMENTED,
  name: "zendesk",
  title: "Zendesk",
  recipe: inHeader("x-zendesk-webhook-signature", {
    encoding: "base64",
    timestamp: timeIn("x-zendesk-webhook-signature-timestamp", 300_000, "rfc3339"),
    signed: "{timestamp}{body}",
  }),
  secretHint: "Admin Center, Webhooks, your webhook, Reveal secret.",
  eventType: [{ body: ["type"] }],
  idempotencyKey: [{ header: "x-zendesk-webhook-invocation-id" }, { body: ["id"] }],
  docsUrl: "https://developer.zendesk.com/documentation/webhooks/verifying/",
  confidence: "corroborated",
};

export const front: Provider<HmacRecipe> = {
  ...UNDOCUMENTED,
  name: "front",
  title: "Front",
  recipe: inHeader("x-front-signature", {
    encoding: "base64",
    timestamp: timeIn("x-front-request-timestamp", 300_000, "ms"),
    signed: "{timestamp}:{body}",
  }),
  secretHint: "Developers, your app, Application secret.",
  eventType: [{ body: ["type"] }],
  idempotencyKey: [],
  docsUrl: "https://dev.frontapp.com/docs/webhooks-1",
  confidence: "corroborated",
};

export const helpscout: Provider<HmacRecipe> = {
  ...UNDOCUMENTED,
  name: "helpscout",
  title: "Help Scout",
  recipe: inHeader("x-helpscout-signature", { algorithm: "sha1", encoding: "base64" }),
  secretHint: "You choose it when the webhook is made.",
  eventType: [{ header: "x-helpscout-event" }],
  idempotencyKey: [],
  docsUrl: "https://developer.helpscout.com/webhooks/",
  confidence: "experimental",
};

/**
 * "Intent to receive" sends good and bad signatures: good ones must be answered 200, bad ones 401,
 * within five seconds and without a body.
 */
export const xero: Provider<HmacRecipe> = {
  ...UNDOCUMENTED,
  name: "xero",
  title: "Xero",
  recipe: inHeader("x-xero-signature", { encoding: "base64" }),
  secretHint: "Developer portal, your app, Webhooks, Webhooks key.",
  eventType: [
    {
      body: ["events", "0", "eventCategory"],
      suffix: [{ body: ["events", "0", "eventType"] }],
    },
  ],
  idempotencyKey: [{ body: ["firstEventSequence"], with: [{ body: ["lastEventSequence"] }] }],
  split: {
    items: [["events", "*"]],
    eventType: [{ body: ["eventCategory"], suffix: [{ body: ["eventType"] }] }],
    idempotencyKey: [
      { body: ["resourceId"], with: [{ body: ["eventType"] }, { body: ["eventDateUtc"] }] },
    ],
  },
  refusedStatus: 401,
  delivery: { timeoutMs: 5_000, retries: "Not documented." },
  docsUrl: "https://developer.xero.com/documentation/guides/webhooks/overview/",
  confidence: "corroborated",
};

export const woocommerce: Provider<HmacRecipe> = {
  ...UNDOCUMENTED,
  name: "woocommerce",
  title: "WooCommerce",
  recipe: inHeader("x-wc-webhook-signature", { encoding: "base64" }),
  secretHint: "You choose it: WooCommerce, Settings, Advanced, Webhooks, Secret.",
  eventType: [{ header: "x-wc-webhook-topic" }],
  idempotencyKey: [{ header: "x-wc-webhook-delivery-id" }],
  delivery: { retries: "None; five failures in a row switch the webhook off." },
  docsUrl: "https://woocommerce.github.io/woocommerce-rest-api-docs/#webhooks",
  confidence: "confirmed",
};

/** With a rotation there are two whole lists, separated by a space. */
export const persona: Provider<HmacRecipe> = {
  ...UNDOCUMENTED,
  name: "persona",
  title: "Persona",
  recipe: inList("persona-signature", { time: "t", key: "v1", groupSeparator: " " }),
  secretHint: "Dashboard, Webhooks, your webhook, Webhook secret.",
  eventType: [{ body: ["data", "attributes", "name"] }],
  idempotencyKey: [{ body: ["data", "id"] }],
  docsUrl: "https://docs.withpersona.com/docs/webhooks-best-practices",
  confidence: "experimental",
};

export const shippo: Provider<HmacRecipe> = {
  ...UNDOCUMENTED,
  name: "shippo",
  title: "Shippo",
  recipe: inList("shippo-auth-signature", { time: "t", key: "v1" }),
  secretHint: "The HMAC secret that Shippo set up for your account.",
  eventType: [{ body: ["event"] }],
  idempotencyKey: [],
  docsUrl: "https://docs.goshippo.com/docs/tracking/webhooksecurity/",
  confidence: "experimental",
};

export const checkr: Provider<HmacRecipe> = {
  ...UNDOCUMENTED,
  name: "checkr",
  title: "Checkr",
  recipe: inHeader("x-checkr-signature"),
  secretHint: "The API key of your account.",
  eventType: [{ body: ["type"] }],
  idempotencyKey: [{ body: ["id"] }],
  docsUrl: "https://docs.checkr.com/#section/Webhooks",
  confidence: "experimental",
};

export const attio: Provider<HmacRecipe> = {
  ...UNDOCUMENTED,
  name: "attio",
  title: "Attio",
  recipe: inHeader("attio-signature"),
  secretHint: "Shown once when the webhook is made.",
  eventType: [{ body: ["events", "0", "event_type"] }],
  idempotencyKey: [{ header: "idempotency-key" }],
  docsUrl: "https://docs.attio.com/rest-api/guides/webhooks",
  confidence: "experimental",
};

export const deel: Provider<HmacRecipe> = {
  ...UNDOCUMENTED,
  name: "deel",
  title: "Deel",
  recipe: inHeader("x-deel-signature", { signed: "POST{body}" }),
  secretHint: "Developer, Webhooks, your webhook, Signing key.",
  eventType: [{ body: ["data", "meta", "event_type"] }],
  idempotencyKey: [],
  docsUrl: "https://developer.deel.com/docs/webhooks",
  confidence: "experimental",
};

export const lob: Provider<HmacRecipe> = {
  ...UNDOCUMENTED,
  name: "lob",
  title: "Lob",
  recipe: inHeader("lob-signature", {
    timestamp: timeIn("lob-signature-timestamp"),
    signed: "{timestamp}.{body}",
  }),
  secretHint: "Webhooks, your webhook, Secret.",
  eventType: [{ body: ["event_type", "id"] }],
  idempotencyKey: [{ body: ["id"] }],
  docsUrl: "https://docs.lob.com/#tag/Webhooks",
  confidence: "experimental",
};

export const onfleet: Provider<HmacRecipe> = {
  ...UNDOCUMENTED,
  name: "onfleet",
  title: "Onfleet",
  recipe: inHeader("x-onfleet-signature", {
    algorithm: "sha512",
    key: { from: "hex", minBytes: 16 },
  }),
  secretHint: "Settings, Webhooks, Webhook secret (hexadecimal).",
  eventType: [{ body: ["triggerName"] }],
  idempotencyKey: [{ body: ["taskId"], with: [{ body: ["triggerId"] }, { body: ["time"] }] }],
  docsUrl: "https://docs.onfleet.com/reference/webhooks",
  confidence: "experimental",
};

export const autodesk: Provider<HmacRecipe> = {
  ...UNDOCUMENTED,
  name: "autodesk",
  title: "Autodesk Platform Services",
  recipe: inHeader("x-adsk-signature", { algorithm: "sha1", prefix: "sha1hash=" }),
  secretHint: "You choose it: the secret token of your app.",
  eventType: [{ body: ["hook", "event"] }],
  idempotencyKey: [{ header: "x-adsk-delivery-id" }],
  docsUrl: "https://aps.autodesk.com/en/docs/webhooks/v1/developers_guide/overview/",
  confidence: "experimental",
};
