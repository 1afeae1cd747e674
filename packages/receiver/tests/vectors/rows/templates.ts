/** Senders of the recipes that are pure data, from the table of providers. */
import { createHash } from "node:crypto";
import {
  BASE64_SECRETS,
  basic,
  date,
  HEX_SECRETS,
  inHeader,
  inList,
  mac,
  milliseconds,
  type Row,
  seconds,
  standard,
  token,
  URL_OF_SOURCE,
} from "./row.ts";

const fromHex = (secret: string): Buffer => Buffer.from(secret, "hex");
const fromBase64 = (secret: string): Buffer => Buffer.from(secret, "base64");

const standardFamily = [
  "anthropic",
  "brex",
  "etsy",
  "gemini",
  "gitlab-signed",
  "incident-io",
  "increase",
  "loops",
  "openai",
  "recall-ai",
  "render",
  "replicate",
].map((provider) => standard(provider, "webhook"));

const svixFamily = ["clerk", "resend", "stytch", "vanta"].map((one) => standard(one, "svix"));

const standardCousins: readonly Row[] = [
  standard("supabase-auth", "webhook", {
    secrets: BASE64_SECRETS.map((one) => `v1,whsec_${one}`) as unknown as Row["secrets"],
  }),
  standard("polar", "webhook", { key: (secret) => secret }),
  standard("finch", "finch", { id: "finch-event-id", secrets: BASE64_SECRETS, key: fromBase64 }),
];

/** Hex HMAC-SHA256 over the body and nothing else. */
const plainHex: readonly Row[] = [
  ["asana", "X-Hook-Signature"],
  ["attio", "Attio-Signature"],
  ["cal-com", "X-Cal-Signature-256"],
  ["chargify", "X-Chargify-Webhook-Signature-Hmac-Sha-256"],
  ["checkout-com", "Cko-Signature"],
  ["checkr", "X-Checkr-Signature"],
  ["coinbase-commerce", "X-CC-Webhook-Signature"],
  ["dropbox", "X-Dropbox-Signature"],
  ["dwolla", "X-Request-Signature-SHA-256"],
  ["gocardless", "Webhook-Signature"],
  ["launchdarkly", "X-LD-Signature"],
  ["lemon-squeezy", "X-Signature"],
  ["modern-treasury", "X-Signature"],
  ["nylas", "X-Nylas-Signature"],
  ["pusher", "X-Pusher-Signature"],
  ["razorpay", "X-Razorpay-Signature"],
  ["sendbird", "X-Sendbird-Signature"],
  ["sentry", "Sentry-Hook-Signature"],
].map(([provider = "", header = ""]) => inHeader(provider, header));

const plainBase64: readonly Row[] = [
  ["heroku", "Heroku-Webhook-Hmac-SHA256"],
  ["line", "X-Line-Signature"],
  ["quickbooks", "Intuit-Signature"],
  ["tally", "Tally-Signature"],
  ["woocommerce", "X-WC-Webhook-Signature"],
  ["xero", "X-Xero-Signature"],
].map(([provider = "", header = ""]) => inHeader(provider, header, { encoding: "base64" }));

const prefixed: readonly Row[] = [
  ["bitbucket", "X-Hub-Signature"],
  ["doppler", "X-Doppler-Signature"],
  ["jira", "X-Hub-Signature"],
  ["meta", "X-Hub-Signature-256"],
  ["notion", "X-Notion-Signature"],
  ["npm", "X-Npm-Signature"],
].map(([provider = "", header = ""]) => inHeader(provider, header, { prefix: "sha256=" }));

const otherDigests: readonly Row[] = [
  inHeader("vercel", "X-Vercel-Signature", { algorithm: "sha1" }),
  inHeader("webex", "X-Spark-Signature", { algorithm: "sha1" }),
  inHeader("segment", "X-Signature", { algorithm: "sha1" }),
  inHeader("intercom", "X-Hub-Signature", { algorithm: "sha1", prefix: "sha1=" }),
  inHeader("autodesk", "X-Adsk-Signature", { algorithm: "sha1", prefix: "sha1hash=" }),
  inHeader("helpscout", "X-HelpScout-Signature", { algorithm: "sha1", encoding: "base64" }),
  inHeader("mongodb-atlas", "X-MMS-Signature", { algorithm: "sha1", encoding: "base64" }),
  inHeader("paystack", "X-Paystack-Signature", { algorithm: "sha512" }),
  inHeader("authorize-net", "X-ANET-Signature", {
    algorithm: "sha512",
    prefix: "sha512=",
    key: fromHex,
    secrets: HEX_SECRETS,
  }),
  inHeader("onfleet", "X-Onfleet-Signature", {
    algorithm: "sha512",
    key: fromHex,
    secrets: HEX_SECRETS,
  }),
  inHeader("adyen-platform", "HmacSignature", {
    encoding: "base64",
    key: fromHex,
    secrets: HEX_SECRETS,
  }),
  inHeader("airtable", "X-Airtable-Content-MAC", {
    prefix: "hmac-sha256=",
    key: fromBase64,
    secrets: BASE64_SECRETS,
  }),
  inHeader("microsoft-teams", "Authorization", {
    encoding: "base64",
    prefix: "HMAC ",
    key: fromBase64,
    secrets: BASE64_SECRETS,
  }),
  inHeader("typeform", "Typeform-Signature", { prefix: "sha256=", encoding: "base64" }),
  inHeader("x", "X-Twitter-Webhooks-Signature", { prefix: "sha256=", encoding: "base64" }),
  inHeader("linkedin", "X-LI-Signature", { signed: ({ body }) => ["hmacsha256=", body] }),
  inHeader("deel", "X-Deel-Signature", { signed: ({ body }) => ["POST", body] }),
  inHeader("square", "X-Square-HmacSha256-Signature", {
    encoding: "base64",
    signed: ({ body }) => [URL_OF_SOURCE, body],
  }),
  inHeader("trello", "X-Trello-Webhook", {
    algorithm: "sha1",
    encoding: "base64",
    signed: ({ body }) => [body, URL_OF_SOURCE],
  }),
  inHeader("framer", "Framer-Signature", {
    prefix: "sha256=",
    signed: ({ body, id }) => [body, id],
    others: ({ id }) => [["Framer-Webhook-Submission-Id", id]],
  }),
];

const timed: readonly Row[] = [
  inHeader("zoom", "X-Zm-Signature", {
    prefix: "v0=",
    toleranceS: 300,
    signed: (m) => [`v0:${seconds(m)}:`, m.body],
    others: (m) => [["X-Zm-Request-Timestamp", seconds(m)]],
  }),
  inHeader("customer-io", "X-CIO-Signature", {
    toleranceS: 300,
    signed: (m) => [`v0:${seconds(m)}:`, m.body],
    others: (m) => [["X-CIO-Timestamp", seconds(m)]],
  }),
  inHeader("zendesk", "X-Zendesk-Webhook-Signature", {
    encoding: "base64",
    toleranceS: 300,
    signed: (m) => [date(m), m.body],
    others: (m) => [["X-Zendesk-Webhook-Signature-Timestamp", date(m)]],
  }),
  inHeader("webflow", "X-Webflow-Signature", {
    toleranceS: 300,
    signed: (m) => [`${milliseconds(m)}:`, m.body],
    others: (m) => [["X-Webflow-Timestamp", milliseconds(m)]],
  }),
  inHeader("klaviyo", "Klaviyo-Signature", {
    toleranceS: 300,
    signed: (m) => [m.body, seconds(m)],
    others: (m) => [["Klaviyo-Timestamp", seconds(m)]],
  }),
  inHeader("front", "X-Front-Signature", {
    encoding: "base64",
    toleranceS: 300,
    signed: (m) => [`${milliseconds(m)}:`, m.body],
    others: (m) => [["X-Front-Request-Timestamp", milliseconds(m)]],
  }),
  inHeader("lob", "Lob-Signature", {
    toleranceS: 300,
    signed: (m) => [`${seconds(m)}.`, m.body],
    others: (m) => [["Lob-Signature-Timestamp", seconds(m)]],
  }),
  inHeader("airwallex", "X-Signature", {
    toleranceS: 300,
    signed: (m) => [milliseconds(m), m.body],
    others: (m) => [["X-Timestamp", milliseconds(m)]],
  }),
  inHeader("sinch", "X-Sinch-Webhook-Signature", {
    encoding: "base64",
    toleranceS: 300,
    signed: (m) => [m.body, `.${m.id}.${seconds(m)}`],
    others: (m) => [
      ["X-Sinch-Webhook-Signature-Nonce", m.id],
      ["X-Sinch-Webhook-Signature-Timestamp", seconds(m)],
    ],
  }),
  inHeader("twitch", "Twitch-Eventsub-Message-Signature", {
    prefix: "sha256=",
    toleranceS: 600,
    signed: (m) => [m.id, date(m), m.body],
    others: (m) => [
      ["Twitch-Eventsub-Message-Id", m.id],
      ["Twitch-Eventsub-Message-Timestamp", date(m)],
    ],
  }),
  inHeader("configcat", "X-ConfigCat-Webhook-Signature-V1", {
    encoding: "base64",
    toleranceS: 300,
    signed: (m) => [m.id, seconds(m), m.body],
    others: (m) => [
      ["X-ConfigCat-Webhook-ID", m.id],
      ["X-ConfigCat-Webhook-Timestamp", seconds(m)],
    ],
  }),
  inHeader("hubspot", "X-HubSpot-Signature-v3", {
    encoding: "base64",
    toleranceS: 300,
    signed: (m) => ["POST", URL_OF_SOURCE, m.body, milliseconds(m)],
    others: (m) => [["X-HubSpot-Request-Timestamp", milliseconds(m)]],
  }),
  inHeader("box", "BOX-SIGNATURE-PRIMARY", {
    encoding: "base64",
    toleranceS: 600,
    signed: (m) => [m.body, date(m)],
    others: (m) => [["BOX-DELIVERY-TIMESTAMP", date(m)]],
  }),
  inHeader("contentful", "X-Contentful-Signature", {
    toleranceS: 30,
    signed: (m) => [
      "POST\n/in/source?a%253D1\n",
      "x-contentful-signed-headers:x-contentful-timestamp,x-contentful-signed-headers;",
      `x-contentful-timestamp:${milliseconds(m)}\n`,
      m.body,
    ],
    others: (m) => [
      ["X-Contentful-Signed-Headers", "x-contentful-timestamp,x-contentful-signed-headers"],
      ["X-Contentful-Timestamp", milliseconds(m)],
    ],
  }),
];

const stripeShaped = (
  provider: string,
  header: string,
  [time, key]: readonly [string, string],
): Row => inList(provider, header, { form: (t, s) => `${time}=${t},${key}=${s}` });

const lists: readonly Row[] = [
  stripeShaped("buildkite", "X-Buildkite-Signature", ["timestamp", "signature"]),
  stripeShaped("calendly", "Calendly-Webhook-Signature", ["t", "v1"]),
  stripeShaped("elevenlabs", "ElevenLabs-Signature", ["t", "v0"]),
  stripeShaped("mux", "Mux-Signature", ["t", "v1"]),
  stripeShaped("persona", "Persona-Signature", ["t", "v1"]),
  stripeShaped("shippo", "Shippo-Auth-Signature", ["t", "v1"]),
  stripeShaped("tiktok", "TikTok-Signature", ["t", "s"]),
  inList("affirm", "X-Affirm-Signature", {
    form: (t, s) => `t=${t},v0=${s}`,
    algorithm: "sha512",
  }),
  inList("paddle", "Paddle-Signature", {
    form: (t, s) => `ts=${t};h1=${s}`,
    between: ":",
    toleranceS: 30,
  }),
  inList("workos", "WorkOS-Signature", {
    form: (t, s) => `t=${t}, v1=${s}`,
    time: milliseconds,
    toleranceS: 180,
  }),
  inList("sanity", "Sanity-Webhook-Signature", {
    form: (t, s) => `t=${t},v1=${s}`,
    time: milliseconds,
    encoding: "base64url",
  }),
  inList("knock", "X-Knock-Signature", {
    form: (t, s) => `t=${t},s=${s}`,
    time: milliseconds,
    encoding: "base64",
  }),
  inList("recurly", "Recurly-Signature", { form: (t, s) => `${t},${s}` }),
  ...(["circleci:Circleci-Signature", "pagerduty:X-PagerDuty-Signature"] as const).map((one) => {
    const [provider = "", header = ""] = one.split(":");
    return inHeader(provider, header, { prefix: "v1=" });
  }),
];

const credentials: readonly Row[] = [
  token("auth0", "Authorization"),
  token("brevo", "Authorization", "Bearer "),
  token("cloudevents", "Authorization", "Bearer "),
  token("cloudflare", "CF-Webhook-Auth"),
  token("datadog", "Authorization", "Bearer "),
  token("deepgram", "DG-Token"),
  token("gitlab", "X-Gitlab-Token"),
  token("google-channel", "X-Goog-Channel-Token"),
  token("hugging-face", "X-Webhook-Secret"),
  token("okta", "Authorization"),
  token("ringcentral", "Verification-Token"),
  token("telegram", "X-Telegram-Bot-Api-Secret-Token"),
  token("zapier", "Authorization", "Bearer "),
  ...["chargebee", "mixpanel", "new-relic", "pipedrive", "postmark", "sparkpost"].map(basic),
];

const elsewhere: readonly Row[] = [
  {
    ...inHeader("docusign", "X-DocuSign-Signature-2", { encoding: "base64" }),
    about: "X-DocuSign-Signature-1, -2, …: one for each key in use; the first is a stranger's here",
    send: ({ body }, secret) => ({
      headers: [
        ["X-DocuSign-Signature-1", mac("a stranger", { encoding: "base64" }, body)],
        ["X-DocuSign-Signature-2", mac(secret, { encoding: "base64" }, body)],
      ],
    }),
    missing: "wrong_secret_or_modified_body",
    malformed: "wrong_secret_or_modified_body",
  },
  {
    ...inHeader("linear", "Linear-Signature"),
    toleranceS: 60,
    about: "Linear-Signature: <hex>; the time is webhookTimestamp in the body, in milliseconds",
    send: (m, secret) => {
      const body = Buffer.from(`{"webhookTimestamp":${m.timeMs},"type":"Issue","action":"update"}`);
      return { headers: [["Linear-Signature", mac(secret, {}, body)]], body };
    },
  },
  {
    ...without(inHeader("pandadoc", "none")),
    about: "The signature is a parameter of the URL",
    send: ({ body }, secret) => ({
      headers: [],
      url: `https://hooks.example.com/in/source?signature=${mac(secret, {}, body)}`,
    }),
  },
  {
    ...without(inHeader("mailgun", "none")),
    about: "signature: {timestamp, token, signature} in the body; the rest of it is not signed",
    status: "authenticated",
    toleranceS: 300,
    send: (m, secret) => {
      const [timestamp, nonce] = [seconds(m), "a".repeat(50)];
      const signature = mac(secret, {}, timestamp, nonce);
      const body = { signature: { timestamp, token: nonce, signature }, "event-data": { id: "1" } };
      return { headers: [], body: Buffer.from(JSON.stringify(body)) };
    },
  },
  {
    ...inHeader("mercado-pago", "X-Signature"),
    about: "x-signature: ts=,v1= over an id of the query and two headers; the body is not signed",
    status: "authenticated",
    toleranceS: "any",
    send: (m, secret) => {
      const signed = `id:abc1;request-id:${m.id};ts:${milliseconds(m)};`;
      return {
        url: "https://hooks.example.com/in/source?data.id=ABC1&type=payment",
        headers: [
          ["X-Request-Id", m.id],
          ["X-Signature", `ts=${milliseconds(m)},v1=${mac(secret, {}, signed)}`],
        ],
      };
    },
  },
  {
    ...inHeader("hubspot-legacy", "X-HubSpot-Signature"),
    about: "Version 1: the plain SHA-256 of secret and body",
    send: ({ body }, secret) => ({
      headers: [
        ["X-HubSpot-Signature-Version", "v1"],
        ["X-HubSpot-Signature", createHash("sha256").update(secret).update(body).digest("hex")],
      ],
    }),
  },
  {
    ...inHeader("mandrill", "X-Mandrill-Signature"),
    about: "HMAC-SHA1 over the URL and the sorted fields of the form",
    contentType: "application/x-www-form-urlencoded",
    body: "mandrill_events=%5B%5D&a=b+c",
    send: (_, secret) => ({
      headers: [
        [
          "X-Mandrill-Signature",
          mac(
            secret,
            { algorithm: "sha1", encoding: "base64" },
            `${URL_OF_SOURCE}ab cmandrill_events[]`,
          ),
        ],
      ],
    }),
  },
];

/** For senders whose proof is in no header. */
function without({ proof: _proof, ...row }: Row): Row {
  return row;
}

export const templateRows: readonly Row[] = [
  ...standardFamily,
  ...svixFamily,
  ...standardCousins,
  ...plainHex,
  ...plainBase64,
  ...prefixed,
  ...otherDigests,
  ...timed,
  ...lists,
  ...credentials,
  ...elsewhere,
];
