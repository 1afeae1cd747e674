/** Clouds, identity, media and machines. */
import type { BodyTokenRecipe, HmacRecipe, TokenRecipe } from "../scheme/recipe.ts";
import type { EbayRecipe, JwtRecipe, SnsRecipe } from "../scheme/recipe-special.ts";
import type { Provider } from "./provider.ts";
import { inHeader, inList, tokenIn, UNDOCUMENTED } from "./shapes.ts";

/** Source: the SNS guide, aws-js-sns-message-validator; see `scheme/sns.ts`. */
export const awsSns: Provider<SnsRecipe> = {
  ...UNDOCUMENTED,
  name: "aws-sns",
  title: "Amazon SNS",
  recipe: { scheme: "sns" },
  secretHint: "Not a secret: the ARN of each topic that may send.",
  eventType: [
    { body: ["Message"], json: ["eventType"] },
    { body: ["Message"], json: ["notificationType"] },
    { body: ["Message"], json: ["detail-type"] },
    { body: ["Type"] },
  ],
  idempotencyKey: [{ body: ["MessageId"] }],
  handshakes: [
    {
      name: "SubscriptionConfirmation",
      method: "POST",
      when: [{ at: { body: ["Type"] }, equals: "SubscriptionConfirmation" }],
      after: "verified",
      answer: { status: 200, text: "" },
      confirms: { at: { body: ["SubscribeURL"] }, host: "sns" },
    },
  ],
  delivery: { retries: "By the delivery policy of the topic." },
  docsUrl: "https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html",
  confidence: "confirmed",
};

/** Every notification of the batch bears the client state; all of them must fit. */
export const microsoftGraph: Provider<BodyTokenRecipe> = {
  ...UNDOCUMENTED,
  name: "microsoft-graph",
  title: "Microsoft Graph",
  recipe: { scheme: "body-token", items: ["value"], at: ["clientState"] },
  secretHint: "You choose it: the clientState of the subscription.",
  eventType: [{ body: ["value", "0", "changeType"] }],
  idempotencyKey: [{ body: ["value", "0", "id"] }],
  handshakes: [
    {
      name: "validationToken",
      method: "POST",
      when: [{ at: { query: "validationToken" }, is: "present" }],
      after: "anybody",
      answer: { status: 200, echo: { query: "validationToken" }, form: "phrase" },
    },
  ],
  split: {
    items: [["value", "*"]],
    eventType: [{ body: ["changeType"] }],
    idempotencyKey: [{ body: ["id"] }],
  },
  docsUrl: "https://learn.microsoft.com/en-us/graph/change-notifications-delivery-webhooks",
  confidence: "corroborated",
};

/** Source: Okta's "Event hooks" page. */
export const okta: Provider<TokenRecipe> = {
  ...UNDOCUMENTED,
  name: "okta",
  title: "Okta event hooks",
  recipe: tokenIn("authorization"),
  secretHint: "You choose it: the authentication secret of the event hook, sent as it is.",
  eventType: [{ body: ["data", "events", "0", "eventType"] }],
  idempotencyKey: [{ body: ["eventId"] }],
  handshakes: [
    {
      name: "one-time verification",
      method: "GET",
      when: [{ at: { header: "x-okta-verification-challenge" }, is: "present" }],
      after: "not_failed",
      answer: {
        status: 200,
        echo: { header: "x-okta-verification-challenge" },
        jsonKey: "verification",
      },
    },
  ],
  split: {
    items: [["data", "events", "*"]],
    eventType: [{ body: ["eventType"] }],
    idempotencyKey: [{ body: ["uuid"] }],
  },
  delivery: { timeoutMs: 3_000, retries: "Once at most; never after a 4xx." },
  docsUrl: "https://developer.okta.com/docs/concepts/event-hooks/",
  confidence: "confirmed",
};

/** A batch of log entries; that `log_id` tells them apart is not confirmed. */
export const auth0: Provider<TokenRecipe> = {
  ...UNDOCUMENTED,
  name: "auth0",
  title: "Auth0 log streams",
  recipe: tokenIn("authorization"),
  secretHint: "You choose it: Monitoring, Streams, your stream, Authorization token.",
  eventType: [{ body: ["0", "data", "type"] }],
  idempotencyKey: [],
  split: {
    items: [["*"], ["logs", "*"]],
    eventType: [{ body: ["data", "type"] }],
    idempotencyKey: [{ body: ["log_id"] }],
  },
  docsUrl: "https://auth0.com/docs/customize/log-streams/custom-log-streams",
  confidence: "experimental",
};

/** Source: workos-node `signature-provider.ts`. */
export const workos: Provider<HmacRecipe> = {
  ...UNDOCUMENTED,
  name: "workos",
  title: "WorkOS",
  recipe: inList("workos-signature", { time: "t", key: "v1", unit: "ms", toleranceMs: 180_000 }),
  secretHint: "Dashboard, Webhooks, your endpoint, Signing secret.",
  eventType: [{ body: ["event"] }],
  idempotencyKey: [{ body: ["id"] }],
  docsUrl: "https://workos.com/docs/events/data-syncing/webhooks",
  confidence: "confirmed",
};

export const fusionauth: Provider<JwtRecipe> = {
  ...UNDOCUMENTED,
  name: "fusionauth",
  title: "FusionAuth",
  recipe: {
    scheme: "jwt",
    from: { header: "x-fusionauth-signature-jwt" },
    algorithms: ["RS256", "ES256", "EdDSA"],
    key: { from: "public-key" },
    bodyDigest: { claim: "request_body_sha256", encoding: "base64", required: true },
  },
  secretHint: "Not a secret: the public key of the webhook's signing key, in PEM.",
  eventType: [{ body: ["event", "type"] }],
  idempotencyKey: [{ body: ["event", "id"] }],
  docsUrl: "https://fusionauth.io/docs/extend/events-and-webhooks/signing",
  confidence: "experimental",
};

/** The body is a token and nothing else. */
export const kinde: Provider<JwtRecipe> = {
  ...UNDOCUMENTED,
  name: "kinde",
  title: "Kinde",
  recipe: {
    scheme: "jwt",
    from: "body",
    algorithms: ["RS256"],
    key: { from: "issuer-key-set", path: "/.well-known/jwks", hostSuffix: ".kinde.com" },
  },
  secretHint: "Not a secret: your domain, as https://your-name.kinde.com.",
  // Inside the token, which is not looked into.
  eventType: [],
  idempotencyKey: [],
  docsUrl: "https://docs.kinde.com/integrate/webhooks/about-webhooks/",
  confidence: "experimental",
};

/** The key is at eBay's notification API; see `scheme/ebay.ts`. */
export const ebay: Provider<EbayRecipe> = {
  ...UNDOCUMENTED,
  name: "ebay",
  title: "eBay",
  recipe: { scheme: "ebay" },
  secretHint: "You choose it: Alerts & Notifications, Verification token, 32 to 80 characters.",
  eventType: [{ body: ["metadata", "topic"] }],
  idempotencyKey: [{ body: ["notification", "notificationId"] }],
  handshakes: [
    {
      name: "challenge_code",
      method: "GET",
      when: [{ at: { query: "challenge_code" }, is: "present" }],
      after: "anybody",
      answer: { status: 200, compute: "ebay-challenge", of: { query: "challenge_code" } },
    },
  ],
  docsUrl: "https://developer.ebay.com/marketplace-account-deletion",
  confidence: "experimental",
};

export const mux: Provider<HmacRecipe> = {
  ...UNDOCUMENTED,
  name: "mux",
  title: "Mux",
  recipe: inList("mux-signature", { time: "t", key: "v1" }),
  secretHint: "Settings, Webhooks, your endpoint, Signing secret.",
  eventType: [{ body: ["type"] }],
  idempotencyKey: [{ body: ["id"] }],
  docsUrl: "https://www.mux.com/docs/core/verify-webhook-signatures",
  confidence: "experimental",
};

export const elevenlabs: Provider<HmacRecipe> = {
  ...UNDOCUMENTED,
  name: "elevenlabs",
  title: "ElevenLabs",
  recipe: inList("elevenlabs-signature", { time: "t", key: "v0" }),
  secretHint: "Shown once when the webhook is made, Settings, Webhooks.",
  eventType: [{ body: ["type"] }],
  idempotencyKey: [{ body: ["data", "conversation_id"], with: [{ body: ["type"] }] }],
  docsUrl: "https://elevenlabs.io/docs/overview/administration/webhooks",
  confidence: "corroborated",
};

export const knock: Provider<HmacRecipe> = {
  ...UNDOCUMENTED,
  name: "knock",
  title: "Knock",
  recipe: inList("x-knock-signature", {
    time: "t",
    key: "s",
    unit: "ms",
    recipe: { encoding: "base64" },
  }),
  secretHint: "Developers, Webhooks, your endpoint, Signing key.",
  eventType: [{ body: ["type"] }],
  idempotencyKey: [{ body: ["id"] }],
  docsUrl: "https://docs.knock.app/developer-tools/outbound-webhooks/overview",
  confidence: "experimental",
};

export const nylas: Provider<HmacRecipe> = {
  ...UNDOCUMENTED,
  name: "nylas",
  title: "Nylas",
  recipe: inHeader("x-nylas-signature"),
  secretHint: "The webhook_secret of the answer when the webhook is made.",
  eventType: [{ body: ["type"] }],
  idempotencyKey: [{ body: ["id"] }],
  handshakes: [],
  docsUrl: "https://developer.nylas.com/docs/v3/notifications/",
  confidence: "experimental",
};

export const segment: Provider<HmacRecipe> = {
  ...UNDOCUMENTED,
  name: "segment",
  title: "Segment",
  recipe: inHeader("x-signature", { algorithm: "sha1" }),
  secretHint: "You choose it: your destination, Settings, Shared secret.",
  eventType: [{ body: ["type"], suffix: [{ body: ["event"] }] }],
  idempotencyKey: [{ body: ["messageId"] }],
  docsUrl: "https://segment.com/docs/connections/destinations/catalog/webhooks/",
  confidence: "experimental",
};
