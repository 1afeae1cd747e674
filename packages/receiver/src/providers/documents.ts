/** Documents, forms, content and work in teams. */
import type { HmacRecipe } from "../scheme/recipe.ts";
import type { JwtRecipe } from "../scheme/recipe-special.ts";
import type { Provider } from "./provider.ts";
import { inHeader, inList, PLAIN, timeIn, UNDOCUMENTED } from "./shapes.ts";

export const typeform: Provider<HmacRecipe> = {
  ...UNDOCUMENTED,
  name: "typeform",
  title: "Typeform",
  recipe: inHeader("typeform-signature", { prefix: "sha256=", encoding: "base64" }),
  secretHint: "You choose it: Connect, Webhooks, Edit, Secret.",
  eventType: [{ body: ["event_type"] }],
  idempotencyKey: [{ body: ["event_id"] }],
  docsUrl: "https://www.typeform.com/developers/webhooks/secure-your-webhooks/",
  confidence: "corroborated",
};

/** One numbered header for each key in use. Source: DocuSign's code examples. */
export const docusign: Provider<HmacRecipe> = {
  ...UNDOCUMENTED,
  name: "docusign",
  title: "DocuSign Connect",
  recipe: {
    ...PLAIN,
    encoding: "base64",
    signature: { format: "numbered", header: "x-docusign-signature-" },
  },
  secretHint: "Settings, Connect, Connect keys.",
  eventType: [{ body: ["event"] }],
  idempotencyKey: [
    {
      body: ["data", "envelopeId"],
      with: [{ body: ["event"] }, { body: ["generatedDateTime"] }],
    },
  ],
  docsUrl: "https://developers.docusign.com/platform/webhooks/connect/validate/",
  confidence: "confirmed",
};

/** Names accounts in which something changed, not what: there is neither type nor id. */
export const dropbox: Provider<HmacRecipe> = {
  ...UNDOCUMENTED,
  name: "dropbox",
  title: "Dropbox",
  recipe: inHeader("x-dropbox-signature"),
  secretHint: "App Console, your app, App secret.",
  eventType: [],
  idempotencyKey: [],
  handshakes: [
    {
      name: "challenge",
      method: "GET",
      when: [{ at: { query: "challenge" }, is: "present" }],
      after: "anybody",
      answer: { status: 200, echo: { query: "challenge" } },
    },
  ],
  docsUrl: "https://www.dropbox.com/developers/reference/webhooks",
  confidence: "corroborated",
};

/** Two keys, so that either can be replaced. */
export const box: Provider<HmacRecipe> = {
  ...UNDOCUMENTED,
  name: "box",
  title: "Box",
  recipe: {
    ...PLAIN,
    encoding: "base64",
    signature: {
      format: "headers",
      headers: ["box-signature-primary", "box-signature-secondary"],
    },
    timestamp: timeIn("box-delivery-timestamp", 600_000, "rfc3339"),
    signed: "{body}{timestamp}",
  },
  secretHint: "Developer Console, your app, Webhooks, Manage signature keys.",
  eventType: [{ body: ["trigger"] }],
  idempotencyKey: [{ body: ["id"] }],
  docsUrl: "https://developer.box.com/guides/webhooks/v2/signatures-v2/",
  confidence: "corroborated",
};

/** The first request hands the secret over; see the handshake. Source: Asana's devrel examples. */
export const asana: Provider<HmacRecipe> = {
  ...UNDOCUMENTED,
  name: "asana",
  title: "Asana",
  recipe: inHeader("x-hook-signature"),
  secretHint: "Sent once by Asana, as X-Hook-Secret, when the webhook is made.",
  eventType: [
    {
      body: ["events", "0", "resource", "resource_type"],
      suffix: [{ body: ["events", "0", "action"] }],
    },
  ],
  idempotencyKey: [],
  handshakes: [
    {
      name: "x-hook-secret",
      method: "POST",
      when: [{ at: { header: "x-hook-secret" }, is: "present" }],
      after: "no_secret",
      answer: { status: 200, echo: { header: "x-hook-secret" }, header: "x-hook-secret" },
      captures: { header: "x-hook-secret" },
    },
  ],
  split: {
    items: [["events", "*"]],
    eventType: [{ body: ["resource", "resource_type"], suffix: [{ body: ["action"] }] }],
    idempotencyKey: [],
  },
  docsUrl: "https://developers.asana.com/docs/webhooks-guide",
  confidence: "confirmed",
};

/**
 * The list of signed headers is sent along and must include the time. Source: Contentful's
 * node-apps-toolkit; its time to live is 30 seconds, and so is the window here.
 */
export const contentful: Provider<HmacRecipe> = {
  ...UNDOCUMENTED,
  name: "contentful",
  title: "Contentful",
  recipe: inHeader("x-contentful-signature", {
    timestamp: timeIn("x-contentful-timestamp", 30_000, "ms"),
    signed: "{method}\n{path}\n{listed-headers:x-contentful-signed-headers}\n{body}",
  }),
  secretHint: "Settings, Webhooks, Settings, Enable request verification: 64 characters.",
  eventType: [{ header: "x-contentful-topic" }, { body: ["sys", "type"] }],
  idempotencyKey: [{ header: "x-contentful-idempotency-key" }],
  docsUrl:
    "https://www.contentful.com/developers/docs/extensibility/app-framework/request-verification/",
  confidence: "confirmed",
};

/** Source: sanity-io/webhook-toolkit, which checks no time. What the body holds, its owner decides. */
export const sanity: Provider<HmacRecipe> = {
  ...UNDOCUMENTED,
  name: "sanity",
  title: "Sanity",
  recipe: inList("sanity-webhook-signature", {
    time: "t",
    key: "v1",
    unit: "ms",
    recipe: { encoding: "base64url" },
  }),
  secretHint: "You choose it: sanity.io/manage, your project, API, Webhooks, Secret.",
  eventType: [{ body: ["_type"] }],
  idempotencyKey: [{ body: ["_id"], with: [{ body: ["_rev"] }] }],
  delivery: { retries: "Twice, 30 seconds apart, after 429 and 5xx." },
  docsUrl: "https://www.sanity.io/docs/webhooks",
  confidence: "confirmed",
};

/** Says that something changed; what, has to be asked for. */
export const airtable: Provider<HmacRecipe> = {
  ...UNDOCUMENTED,
  name: "airtable",
  title: "Airtable",
  recipe: inHeader("x-airtable-content-mac", {
    prefix: "hmac-sha256=",
    key: { from: "base64", minBytes: 16 },
  }),
  secretHint: "The macSecretBase64 of the answer when the webhook is made.",
  eventType: [],
  idempotencyKey: [],
  docsUrl: "https://airtable.com/developers/web/api/webhooks-overview",
  confidence: "corroborated",
};

/** The first request hands the secret over; see the handshake. */
export const notion: Provider<HmacRecipe> = {
  ...UNDOCUMENTED,
  name: "notion",
  title: "Notion",
  recipe: inHeader("x-notion-signature", { prefix: "sha256=" }),
  secretHint: "Sent once by Notion, as verification_token, when the subscription is made.",
  eventType: [{ body: ["type"] }],
  idempotencyKey: [{ body: ["id"] }],
  handshakes: [
    {
      name: "verification_token",
      method: "POST",
      when: [{ at: { body: ["verification_token"] }, is: "present" }],
      after: "no_secret",
      answer: { status: 200, text: "" },
      captures: { body: ["verification_token"] },
    },
  ],
  docsUrl: "https://developers.notion.com/reference/webhooks",
  confidence: "corroborated",
};

/** The signature is a parameter of the URL. */
export const pandadoc: Provider<HmacRecipe> = {
  ...UNDOCUMENTED,
  name: "pandadoc",
  title: "PandaDoc",
  recipe: {
    ...PLAIN,
    signature: { format: "value", at: { query: "signature" } },
  },
  secretHint: "Settings, API & Integrations, Webhooks, your webhook, Shared key.",
  eventType: [{ body: ["0", "event"] }],
  idempotencyKey: [],
  docsUrl: "https://developers.pandadoc.com/reference/webhooks",
  confidence: "experimental",
};

export const tally: Provider<HmacRecipe> = {
  ...UNDOCUMENTED,
  name: "tally",
  title: "Tally",
  recipe: inHeader("tally-signature", { encoding: "base64" }),
  secretHint: "Your form, Integrations, Webhooks, Signing secret.",
  eventType: [{ body: ["eventType"] }],
  idempotencyKey: [{ body: ["eventId"] }],
  docsUrl: "https://tally.so/help/webhooks",
  confidence: "experimental",
};

export const framer: Provider<HmacRecipe> = {
  ...UNDOCUMENTED,
  name: "framer",
  title: "Framer forms",
  recipe: inHeader("framer-signature", {
    prefix: "sha256=",
    signed: "{body}{header:framer-webhook-submission-id}",
  }),
  secretHint: "You choose it: your form, Send to, Webhook, Secret.",
  eventType: [],
  idempotencyKey: [{ header: "framer-webhook-submission-id" }],
  docsUrl: "https://www.framer.com/developers/",
  confidence: "experimental",
};

export const calCom: Provider<HmacRecipe> = {
  ...UNDOCUMENTED,
  name: "cal-com",
  title: "Cal.com",
  recipe: inHeader("x-cal-signature-256"),
  secretHint: "You choose it: Settings, Developer, Webhooks, Secret.",
  eventType: [{ body: ["triggerEvent"] }],
  idempotencyKey: [],
  docsUrl: "https://cal.com/docs/developing/guides/automation/webhooks",
  confidence: "experimental",
};

export const calendly: Provider<HmacRecipe> = {
  ...UNDOCUMENTED,
  name: "calendly",
  title: "Calendly",
  recipe: inList("calendly-webhook-signature", { time: "t", key: "v1" }),
  secretHint: "The signing_key you chose when you made the subscription.",
  eventType: [{ body: ["event"] }],
  idempotencyKey: [{ body: ["payload", "uri"], with: [{ body: ["event"] }] }],
  docsUrl: "https://developer.calendly.com/api-docs/ZG9jOjM2MzE2MDM4-webhook-signatures",
  confidence: "experimental",
};

/** Says who sends, not what: `authenticated` at most. */
export const monday: Provider<JwtRecipe> = {
  ...UNDOCUMENTED,
  name: "monday",
  title: "monday.com",
  recipe: {
    scheme: "jwt",
    from: { header: "authorization" },
    algorithms: ["HS256"],
    key: { from: "secret" },
  },
  secretHint: "Developer Center, your app, Basic information, Signing secret.",
  eventType: [{ body: ["event", "type"] }],
  idempotencyKey: [],
  handshakes: [
    {
      name: "challenge",
      method: "POST",
      when: [
        { at: { body: ["challenge"] }, is: "present" },
        { at: { body: ["event", "type"] }, is: "absent" },
      ],
      after: "anybody",
      answer: { status: 200, echo: { body: ["challenge"] }, jsonKey: "challenge" },
    },
  ],
  docsUrl: "https://developer.monday.com/api-reference/docs/webhooks",
  confidence: "experimental",
};

/** Body first, then the URL. The HEAD request before the first event is not confirmed. */
export const trello: Provider<HmacRecipe> = {
  ...UNDOCUMENTED,
  name: "trello",
  title: "Trello",
  recipe: inHeader("x-trello-webhook", {
    algorithm: "sha1",
    encoding: "base64",
    signed: "{body}{url}",
  }),
  secretHint: "The secret of your Power-Up, trello.com/power-ups/admin, API key.",
  eventType: [{ body: ["action", "type"] }],
  idempotencyKey: [{ body: ["action", "id"] }],
  docsUrl: "https://developer.atlassian.com/cloud/trello/guides/rest-api/webhooks/",
  confidence: "corroborated",
};
