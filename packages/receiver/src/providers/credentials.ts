/**
 * Senders that only present a secret: a token in a header of theirs or yours, or a user and password.
 * Whoever reads one request knows it, and nothing ties it to the body: `authenticated` at most.
 */
import type { BasicRecipe, NoneRecipe, TokenRecipe } from "../scheme/recipe.ts";
import type { Provider } from "./provider.ts";
import { tokenIn, UNDOCUMENTED } from "./shapes.ts";

const BASIC: BasicRecipe = { scheme: "basic" };

/** "Webhooks by Zapier", POST: type and id are what its owner puts there. */
export const zapier: Provider<TokenRecipe> = {
  ...UNDOCUMENTED,
  name: "zapier",
  title: "Webhooks by Zapier",
  recipe: tokenIn("authorization", "Bearer "),
  secretHint: "You choose it: your Zap, Webhooks by Zapier, Headers, Authorization: Bearer.",
  eventType: [{ header: "x-event-type" }, { body: ["type"] }],
  idempotencyKey: [{ header: "idempotency-key" }],
  docsUrl: "https://zapier.com/apps/webhook/integrations",
  confidence: "experimental",
};

/** CloudEvents over HTTP, as Azure Event Grid and others send them. */
export const cloudevents: Provider<TokenRecipe> = {
  ...UNDOCUMENTED,
  name: "cloudevents",
  title: "CloudEvents",
  recipe: tokenIn("authorization", "Bearer "),
  secretHint: "The token you gave the sender.",
  eventType: [{ header: "ce-type" }, { body: ["type"] }],
  idempotencyKey: [
    { header: "ce-source", with: [{ header: "ce-id" }] },
    { body: ["source"], with: [{ body: ["id"] }] },
  ],
  handshakes: [
    {
      name: "abuse protection",
      method: "OPTIONS",
      when: [{ at: { header: "webhook-request-origin" }, is: "present" }],
      after: "anybody",
      answer: {
        status: 200,
        echo: { header: "webhook-request-origin" },
        header: "webhook-allowed-origin",
      },
    },
  ],
  docsUrl: "https://github.com/cloudevents/spec/blob/main/cloudevents/http-webhook.md",
  confidence: "experimental",
};

/** Asks with a challenge. How Adobe signs is not known well enough, so nothing is checked. */
export const adobe: Provider<NoneRecipe> = {
  ...UNDOCUMENTED,
  name: "adobe",
  title: "Adobe I/O Events",
  recipe: { scheme: "none" },
  secretHint: "None: this source checks nothing; restrict it by address.",
  eventType: [{ body: ["type"] }, { body: ["event", "@type"] }],
  idempotencyKey: [{ header: "x-adobe-event-id" }, { body: ["event_id"] }],
  handshakes: [
    {
      name: "challenge",
      method: "GET",
      when: [{ at: { query: "challenge" }, is: "present" }],
      after: "anybody",
      answer: { status: 200, echo: { query: "challenge" } },
    },
  ],
  docsUrl: "https://developer.adobe.com/events/docs/guides/",
  confidence: "experimental",
};

export const huggingFace: Provider<TokenRecipe> = {
  ...UNDOCUMENTED,
  name: "hugging-face",
  title: "Hugging Face",
  recipe: tokenIn("x-webhook-secret"),
  secretHint: "You choose it: Settings, Webhooks, Secret.",
  eventType: [{ body: ["event", "scope"], suffix: [{ body: ["event", "action"] }] }],
  idempotencyKey: [],
  docsUrl: "https://huggingface.co/docs/hub/webhooks",
  confidence: "experimental",
};

export const cloudflare: Provider<TokenRecipe> = {
  ...UNDOCUMENTED,
  name: "cloudflare",
  title: "Cloudflare notifications",
  recipe: tokenIn("cf-webhook-auth"),
  secretHint: "You choose it: Notifications, Destinations, Webhooks, Secret.",
  eventType: [{ body: ["alert_type"] }],
  idempotencyKey: [{ body: ["alert_correlation_id"], with: [{ body: ["ts"] }] }],
  docsUrl: "https://developers.cloudflare.com/notifications/get-started/configure-webhooks/",
  confidence: "experimental",
};

export const deepgram: Provider<TokenRecipe> = {
  ...UNDOCUMENTED,
  name: "deepgram",
  title: "Deepgram",
  recipe: tokenIn("dg-token"),
  secretHint: "Not a secret: the id of the API key that the request was made with.",
  eventType: [],
  idempotencyKey: [{ body: ["metadata", "request_id"] }],
  docsUrl: "https://developers.deepgram.com/docs/callback",
  confidence: "experimental",
};

/** Drive and Calendar: push notifications of a watched channel, without a body. */
export const googleChannel: Provider<TokenRecipe> = {
  ...UNDOCUMENTED,
  name: "google-channel",
  title: "Google Drive and Calendar",
  recipe: tokenIn("x-goog-channel-token"),
  secretHint: "You choose it: the token of the channel when you start to watch.",
  eventType: [{ header: "x-goog-resource-state" }],
  idempotencyKey: [{ header: "x-goog-channel-id", with: [{ header: "x-goog-message-number" }] }],
  docsUrl: "https://developers.google.com/workspace/drive/api/guides/push",
  confidence: "experimental",
};

/** Asks with a token that must come back in the answer. */
export const ringcentral: Provider<TokenRecipe> = {
  ...UNDOCUMENTED,
  name: "ringcentral",
  title: "RingCentral",
  recipe: tokenIn("verification-token"),
  secretHint: "You choose it: the verificationToken of the subscription.",
  eventType: [{ body: ["event"] }],
  idempotencyKey: [{ body: ["uuid"] }],
  handshakes: [
    {
      name: "validation-token",
      method: "POST",
      when: [{ at: { header: "validation-token" }, is: "present" }],
      after: "anybody",
      answer: { status: 200, echo: { header: "validation-token" }, header: "validation-token" },
    },
  ],
  docsUrl: "https://developers.ringcentral.com/guide/notifications/webhooks/creating-webhooks",
  confidence: "experimental",
};

export const chargebee: Provider<BasicRecipe> = {
  ...UNDOCUMENTED,
  name: "chargebee",
  title: "Chargebee",
  recipe: BASIC,
  secretHint:
    "You choose it: Settings, Webhooks, basic authentication, written user:password here.",
  eventType: [{ body: ["event_type"] }],
  idempotencyKey: [{ body: ["id"] }],
  docsUrl: "https://www.chargebee.com/docs/2.0/webhook_settings.html",
  confidence: "experimental",
};

export const pipedrive: Provider<BasicRecipe> = {
  ...UNDOCUMENTED,
  name: "pipedrive",
  title: "Pipedrive",
  recipe: BASIC,
  secretHint: "You choose it: Tools, Webhooks, HTTP Auth, written user:password here.",
  eventType: [
    { body: ["meta", "entity"], suffix: [{ body: ["meta", "action"] }] },
    { body: ["event"] },
  ],
  idempotencyKey: [],
  docsUrl: "https://pipedrive.readme.io/docs/guide-for-webhooks",
  confidence: "experimental",
};

export const sparkpost: Provider<BasicRecipe> = {
  ...UNDOCUMENTED,
  name: "sparkpost",
  title: "SparkPost",
  recipe: BASIC,
  secretHint: "You choose it: Webhooks, Authentication, Basic, written user:password here.",
  eventType: [{ body: ["0", "msys", "message_event", "type"] }],
  idempotencyKey: [{ header: "x-messagesystems-batch-id" }],
  docsUrl: "https://developers.sparkpost.com/api/webhooks/",
  confidence: "experimental",
};

export const mixpanel: Provider<BasicRecipe> = {
  ...UNDOCUMENTED,
  name: "mixpanel",
  title: "Mixpanel cohort sync",
  recipe: BASIC,
  secretHint: "You choose it when the integration is made, written user:password here.",
  eventType: [{ body: ["action"] }],
  idempotencyKey: [],
  docsUrl: "https://docs.mixpanel.com/docs/cohort-sync/webhooks",
  confidence: "experimental",
};

export const newRelic: Provider<BasicRecipe> = {
  ...UNDOCUMENTED,
  name: "new-relic",
  title: "New Relic alerts",
  recipe: BASIC,
  secretHint:
    "You choose it: Alerts, Destinations, Webhook, basic auth, written user:password here.",
  eventType: [{ body: ["state"] }],
  idempotencyKey: [],
  docsUrl: "https://docs.newrelic.com/docs/alerts/get-notified/notification-integrations/",
  confidence: "experimental",
};

export const brevo: Provider<TokenRecipe> = {
  ...UNDOCUMENTED,
  name: "brevo",
  title: "Brevo",
  recipe: tokenIn("authorization", "Bearer "),
  secretHint: "You choose it: the token of the webhook's authentication.",
  eventType: [{ body: ["event"] }],
  idempotencyKey: [],
  docsUrl: "https://developers.brevo.com/docs/how-to-use-webhooks",
  confidence: "experimental",
};
