/** Mail, calls and text messages. */
import type { BasicRecipe, HmacRecipe, PublicKeyRecipe } from "../scheme/recipe.ts";
import type { JwtRecipe, TwilioRecipe } from "../scheme/recipe-special.ts";
import type { Provider } from "./provider.ts";
import { inHeader, PLAIN, timeIn, tokenOverBody, UNDOCUMENTED } from "./shapes.ts";

/** Source: twilio-node `webhooks.ts`. Needs the public URL as configured at Twilio. */
export const twilio: Provider<TwilioRecipe> = {
  ...UNDOCUMENTED,
  name: "twilio",
  title: "Twilio",
  recipe: { scheme: "twilio", header: "x-twilio-signature" },
  secretHint: "Console, Account info, Auth token.",
  eventType: [
    { body: ["CallStatus"] },
    { body: ["MessageStatus"] },
    { body: ["SmsStatus"] },
    { body: ["type"] },
  ],
  idempotencyKey: [
    { body: ["MessageSid"], with: [{ body: ["MessageStatus"] }] },
    { body: ["MessageSid"], with: [{ body: ["SmsStatus"] }] },
    // Without a number it is a step of a call, and steps repeat their status.
    { body: ["CallSid"], with: [{ body: ["CallStatus"] }, { body: ["SequenceNumber"] }] },
  ],
  delivery: {
    timeoutMs: 15_000,
    retries: "Once after a connection that failed; up to five times by the fragment of the URL.",
  },
  docsUrl: "https://www.twilio.com/docs/usage/webhooks/webhooks-security",
  confidence: "confirmed",
};

const SENDGRID = "x-twilio-email-event-webhook";

/** Source: sendgrid-nodejs `eventwebhook.js`. Every request is a batch. */
export const sendgrid: Provider<PublicKeyRecipe> = {
  ...UNDOCUMENTED,
  name: "sendgrid",
  title: "SendGrid",
  recipe: {
    scheme: "public-key",
    algorithm: "ecdsa-sha256",
    key: "pem",
    encoding: "base64",
    signature: { format: "plain", header: `${SENDGRID}-signature` },
    // The vendor's library checks no time, and retries bear the time of the first attempt.
    timestamp: timeIn(`${SENDGRID}-timestamp`, "off"),
    signed: "{timestamp}{body}",
  },
  secretHint: "Not a secret: Settings, Mail Settings, Event Webhooks, Verification key.",
  eventType: [{ body: ["0", "event"] }],
  idempotencyKey: [{ body: ["0", "sg_event_id"] }],
  split: {
    items: [["*"]],
    eventType: [{ body: ["event"] }],
    idempotencyKey: [{ body: ["sg_event_id"] }],
  },
  docsUrl:
    "https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/getting-started-event-webhook-security-features",
  confidence: "confirmed",
};

/** Signs time and token, not what it reports: `authenticated` at most. */
export const mailgun: Provider<HmacRecipe> = {
  ...UNDOCUMENTED,
  name: "mailgun",
  title: "Mailgun",
  recipe: {
    ...PLAIN,
    signature: { format: "value", at: { body: ["signature", "signature"] } },
    timestamp: {
      from: { body: ["signature", "timestamp"] },
      unit: "s",
      toleranceMs: 300_000,
    },
    signed: "{json:signature.timestamp}{json:signature.token}",
  },
  secretHint: "Sending, Webhooks, HTTP webhook signing key.",
  eventType: [{ body: ["event-data", "event"] }],
  idempotencyKey: [{ body: ["event-data", "id"] }, { body: ["signature", "token"] }],
  docsUrl: "https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/securing-webhooks",
  confidence: "corroborated",
};

/** Signs nothing; the user and password of the URL, and Postmark's addresses, are all there is. */
export const postmark: Provider<BasicRecipe> = {
  ...UNDOCUMENTED,
  name: "postmark",
  title: "Postmark",
  recipe: { scheme: "basic" },
  secretHint: "You choose it: user and password in the webhook's URL, written user:password here.",
  eventType: [{ body: ["RecordType"] }],
  idempotencyKey: [
    { body: ["ID"], with: [{ body: ["RecordType"] }] },
    // A message can be opened twice.
    { body: ["MessageID"], with: [{ body: ["RecordType"] }, { body: ["ReceivedAt"] }] },
    { body: ["MessageID"], with: [{ body: ["RecordType"] }] },
    { body: ["MessageID"] },
  ],
  docsUrl: "https://postmarkapp.com/developer/webhooks/webhooks-overview",
  confidence: "corroborated",
};

/** The URL and the sorted fields of the form; Mandrill asks with HEAD whether the URL exists. */
export const mandrill: Provider<HmacRecipe> = {
  ...UNDOCUMENTED,
  name: "mandrill",
  title: "Mailchimp Transactional (Mandrill)",
  recipe: inHeader("x-mandrill-signature", {
    algorithm: "sha1",
    encoding: "base64",
    signed: "{url}{form}",
  }),
  secretHint: "Settings, Webhooks, Key.",
  eventType: [{ body: ["mandrill_events"], json: ["0", "event"] }],
  idempotencyKey: [
    {
      body: ["mandrill_events"],
      json: ["0", "_id"],
      with: [
        { body: ["mandrill_events"], json: ["0", "event"] },
        { body: ["mandrill_events"], json: ["0", "ts"] },
      ],
    },
  ],
  docsUrl: "https://mailchimp.com/developer/transactional/guides/track-respond-activity-webhooks/",
  confidence: "corroborated",
};

export const customerIo: Provider<HmacRecipe> = {
  ...UNDOCUMENTED,
  name: "customer-io",
  title: "Customer.io",
  recipe: inHeader("x-cio-signature", {
    timestamp: timeIn("x-cio-timestamp"),
    signed: "v0:{timestamp}:{body}",
  }),
  secretHint: "Data & Integrations, Reporting webhooks, Webhook signing key.",
  eventType: [{ body: ["object_type"], suffix: [{ body: ["metric"] }] }],
  idempotencyKey: [{ body: ["event_id"] }],
  docsUrl: "https://docs.customer.io/journeys/webhooks/",
  confidence: "corroborated",
};

export const klaviyo: Provider<HmacRecipe> = {
  ...UNDOCUMENTED,
  name: "klaviyo",
  title: "Klaviyo",
  recipe: inHeader("klaviyo-signature", {
    timestamp: timeIn("klaviyo-timestamp"),
    signed: "{body}{timestamp}",
  }),
  secretHint: "The secret you chose when you made the webhook.",
  eventType: [{ body: ["data", "0", "topic"] }],
  idempotencyKey: [],
  docsUrl: "https://developers.klaviyo.com/en/docs/working_with_system_webhooks",
  confidence: "experimental",
};

export const telnyx: Provider<PublicKeyRecipe> = {
  ...UNDOCUMENTED,
  name: "telnyx",
  title: "Telnyx",
  recipe: {
    scheme: "public-key",
    algorithm: "ed25519",
    key: "raw-base64",
    encoding: "base64",
    signature: { format: "plain", header: "telnyx-signature-ed25519" },
    timestamp: timeIn("telnyx-timestamp"),
    signed: "{timestamp}|{body}",
  },
  secretHint: "Not a secret: Account settings, Keys & credentials, Public key.",
  eventType: [{ body: ["data", "event_type"] }],
  idempotencyKey: [{ body: ["data", "id"] }],
  docsUrl: "https://developers.telnyx.com/docs/messaging/messages/receiving-webhooks",
  confidence: "corroborated",
};

export const vonage: Provider<JwtRecipe> = {
  ...UNDOCUMENTED,
  name: "vonage",
  title: "Vonage",
  recipe: tokenOverBody(
    { header: "authorization", prefix: "Bearer " },
    { claim: "payload_hash", encoding: "hex", required: false },
  ),
  secretHint: "API settings, Signature secret.",
  eventType: [{ body: ["message_type"] }, { body: ["status"] }],
  idempotencyKey: [
    { body: ["message_uuid"], with: [{ body: ["status"] }] },
    { body: ["message_uuid"] },
  ],
  docsUrl: "https://developer.vonage.com/en/getting-started/concepts/webhooks",
  confidence: "experimental",
};

export const messagebird: Provider<JwtRecipe> = {
  ...UNDOCUMENTED,
  name: "messagebird",
  title: "MessageBird",
  recipe: tokenOverBody(
    { header: "messagebird-signature-jwt" },
    { claim: "payload_hash", encoding: "hex", required: false },
  ),
  secretHint: "Developers, API access, Signing key.",
  eventType: [{ body: ["type"] }, { body: ["status"] }],
  idempotencyKey: [{ body: ["id"], with: [{ body: ["status"] }] }],
  docsUrl: "https://developers.messagebird.com/api/#verifying-http-requests",
  confidence: "experimental",
};

export const sinch: Provider<HmacRecipe> = {
  ...UNDOCUMENTED,
  name: "sinch",
  title: "Sinch Conversation",
  recipe: inHeader("x-sinch-webhook-signature", {
    encoding: "base64",
    timestamp: timeIn("x-sinch-webhook-signature-timestamp"),
    signed: "{body}.{header:x-sinch-webhook-signature-nonce}.{timestamp}",
  }),
  secretHint: "You choose it when the webhook is made.",
  eventType: [{ body: ["trigger"] }],
  idempotencyKey: [],
  docsUrl: "https://developers.sinch.com/docs/conversation/callbacks/",
  confidence: "experimental",
};
