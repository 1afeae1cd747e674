/** Chat, meetings and social networks: most of them ask something before they send. */
import type { HmacRecipe, PublicKeyRecipe, TokenRecipe } from "../scheme/recipe.ts";
import type { JwtRecipe } from "../scheme/recipe-special.ts";
import type { Provider } from "./provider.ts";
import { inHeader, inList, timeIn, tokenIn, tokenOverBody, UNDOCUMENTED } from "./shapes.ts";

/** Source: discord-interactions-js, discord-api-docs "Webhook Events". */
export const discord: Provider<PublicKeyRecipe> = {
  ...UNDOCUMENTED,
  name: "discord",
  title: "Discord",
  recipe: {
    scheme: "public-key",
    algorithm: "ed25519",
    key: "raw-hex",
    encoding: "hex",
    signature: { format: "plain", header: "x-signature-ed25519" },
    timestamp: timeIn("x-signature-timestamp", "off"),
    signed: "{timestamp}{body}",
  },
  secretHint: "Not a secret: Developer Portal, your application, General Information, Public Key.",
  eventType: [{ body: ["event", "type"] }, { body: ["data", "name"] }],
  // Webhook events carry no id; interactions do.
  idempotencyKey: [{ body: ["id"] }],
  handshakes: [
    {
      name: "webhook event ping",
      method: "POST",
      when: [{ at: { body: ["type"] }, equals: "0" }],
      after: "verified",
      answer: { status: 204, text: "" },
    },
    {
      name: "interaction ping",
      method: "POST",
      when: [
        { at: { body: ["type"] }, equals: "1" },
        { at: { body: ["event", "type"] }, is: "absent" },
      ],
      after: "verified",
      answer: { status: 200, json: '{"type":1}' },
    },
  ],
  refusedStatus: 401,
  delivery: { timeoutMs: 3_000, retries: "With growing distance for up to ten minutes." },
  docsUrl: "https://discord.com/developers/docs/events/webhook-events",
  confidence: "confirmed",
};

/** Source: zoom/webhook-sample. Zoom validates the URL when it is set, and every 72 hours. */
export const zoom: Provider<HmacRecipe> = {
  ...UNDOCUMENTED,
  name: "zoom",
  title: "Zoom",
  recipe: inHeader("x-zm-signature", {
    prefix: "v0=",
    timestamp: timeIn("x-zm-request-timestamp"),
    signed: "v0:{timestamp}:{body}",
  }),
  secretHint: "App Marketplace, your app, Features, Secret token.",
  eventType: [{ body: ["event"] }],
  idempotencyKey: [],
  handshakes: [
    {
      name: "endpoint.url_validation",
      method: "POST",
      when: [{ at: { body: ["event"] }, equals: "endpoint.url_validation" }],
      after: "verified",
      answer: { status: 200, compute: "zoom-validation", of: { body: ["payload", "plainToken"] } },
    },
  ],
  delivery: { timeoutMs: 3_000, retries: "After 5, 20 and 60 minutes." },
  docsUrl: "https://developers.zoom.us/docs/api/webhooks/",
  confidence: "confirmed",
};

/** Facebook, Instagram, Messenger and WhatsApp. The body is signed as sent, \u escapes included. */
export const meta: Provider<HmacRecipe> = {
  ...UNDOCUMENTED,
  name: "meta",
  title: "Meta (Facebook, Instagram, WhatsApp)",
  recipe: inHeader("x-hub-signature-256", { prefix: "sha256=" }),
  secretHint: "App Dashboard, App settings, Basic, App secret.",
  eventType: [{ body: ["object"], suffix: [{ body: ["entry", "0", "changes", "0", "field"] }] }],
  idempotencyKey: [
    { body: ["entry", "0", "changes", "0", "value", "messages", "0", "id"] },
    {
      body: ["entry", "0", "changes", "0", "value", "statuses", "0", "id"],
      with: [{ body: ["entry", "0", "changes", "0", "value", "statuses", "0", "status"] }],
    },
  ],
  handshakes: [
    {
      name: "hub.challenge",
      method: "GET",
      when: [{ at: { query: "hub.mode" }, equals: "subscribe" }],
      after: "token",
      token: { query: "hub.verify_token" },
      answer: { status: 200, echo: { query: "hub.challenge" } },
    },
  ],
  split: {
    items: [
      ["entry", "*", "changes", "*"],
      ["entry", "*", "messaging", "*"],
    ],
    eventType: [
      { body: ["field"] },
      { body: [], keyAmong: ["message", "postback", "reaction", "read", "delivery", "optin"] },
    ],
    idempotencyKey: [
      { body: ["value", "messages", "0", "id"] },
      {
        body: ["value", "statuses", "0", "id"],
        with: [{ body: ["value", "statuses", "0", "status"] }],
      },
      { body: ["message", "mid"] },
    ],
  },
  docsUrl: "https://developers.facebook.com/docs/graph-api/webhooks/getting-started",
  confidence: "confirmed",
};

/** Signs the answer to its challenge with the key of its events; see `events/challenge.ts`. */
export const xTwitter: Provider<HmacRecipe> = {
  ...UNDOCUMENTED,
  name: "x",
  title: "X (Twitter)",
  recipe: inHeader("x-twitter-webhooks-signature", {
    prefix: "sha256=",
    encoding: "base64",
    bodyBegins: "{",
  }),
  secretHint: "Developer Portal, your app, Keys and tokens, API key secret (consumer secret).",
  eventType: [
    {
      body: [],
      keyAmong: [
        "tweet_create_events",
        "direct_message_events",
        "favorite_events",
        "follow_events",
        "tweet_delete_events",
        "user_event",
      ],
    },
  ],
  idempotencyKey: [
    { body: ["tweet_create_events", "0", "id_str"] },
    { body: ["direct_message_events", "0", "id"] },
    { body: ["favorite_events", "0", "id"] },
  ],
  handshakes: [
    {
      name: "crc",
      method: "GET",
      when: [{ at: { query: "crc_token" }, is: "present" }],
      after: "anybody",
      answer: { status: 200, compute: "x-crc", of: { query: "crc_token" } },
    },
  ],
  docsUrl: "https://docs.x.com/x-api/webhooks/introduction",
  confidence: "corroborated",
};

/** Source: twurple `EventSubHttpBase`. */
export const twitch: Provider<HmacRecipe> = {
  ...UNDOCUMENTED,
  name: "twitch",
  title: "Twitch EventSub",
  recipe: inHeader("twitch-eventsub-message-signature", {
    prefix: "sha256=",
    id: { header: "twitch-eventsub-message-id" },
    timestamp: timeIn("twitch-eventsub-message-timestamp", 600_000, "rfc3339"),
    signed: "{id}{timestamp}{body}",
  }),
  secretHint: "You choose it when you make the subscription: 10 to 100 characters.",
  eventType: [{ header: "twitch-eventsub-subscription-type" }, { body: ["subscription", "type"] }],
  idempotencyKey: [{ header: "twitch-eventsub-message-id" }],
  handshakes: [
    {
      name: "webhook_callback_verification",
      method: "POST",
      when: [
        {
          at: { header: "twitch-eventsub-message-type" },
          equals: "webhook_callback_verification",
        },
      ],
      after: "verified",
      answer: { status: 200, echo: { body: ["challenge"] } },
    },
  ],
  docsUrl: "https://dev.twitch.tv/docs/eventsub/handling-webhook-events/",
  confidence: "corroborated",
};

export const telegram: Provider<TokenRecipe> = {
  ...UNDOCUMENTED,
  name: "telegram",
  title: "Telegram",
  recipe: tokenIn("x-telegram-bot-api-secret-token"),
  secretHint: "You choose it: the secret_token of setWebhook.",
  eventType: [
    {
      body: [],
      keyAmong: [
        "message",
        "edited_message",
        "channel_post",
        "edited_channel_post",
        "callback_query",
        "inline_query",
        "chosen_inline_result",
        "message_reaction",
        "poll",
        "poll_answer",
        "my_chat_member",
        "chat_member",
        "chat_join_request",
        "pre_checkout_query",
        "shipping_query",
      ],
    },
  ],
  idempotencyKey: [{ body: ["update_id"] }],
  docsUrl: "https://core.telegram.org/bots/api#setwebhook",
  confidence: "corroborated",
};

/** Source: line-bot-sdk-nodejs. Verifying the URL in the console sends a batch without events. */
export const line: Provider<HmacRecipe> = {
  ...UNDOCUMENTED,
  name: "line",
  title: "LINE",
  recipe: inHeader("x-line-signature", { encoding: "base64" }),
  secretHint: "LINE Developers Console, your channel, Basic settings, Channel secret.",
  eventType: [{ body: ["events", "0", "type"] }],
  idempotencyKey: [{ body: ["events", "0", "webhookEventId"] }],
  split: {
    items: [["events", "*"]],
    eventType: [{ body: ["type"] }],
    idempotencyKey: [{ body: ["webhookEventId"] }],
  },
  docsUrl: "https://developers.line.biz/en/docs/messaging-api/receiving-messages/",
  confidence: "confirmed",
};

export const tiktok: Provider<HmacRecipe> = {
  ...UNDOCUMENTED,
  name: "tiktok",
  title: "TikTok",
  recipe: inList("tiktok-signature", { time: "t", key: "s" }),
  secretHint: "The client secret of your app.",
  eventType: [{ body: ["event"] }],
  idempotencyKey: [],
  docsUrl: "https://developers.tiktok.com/doc/webhooks-verification",
  confidence: "experimental",
};

export const linkedin: Provider<HmacRecipe> = {
  ...UNDOCUMENTED,
  name: "linkedin",
  title: "LinkedIn",
  recipe: inHeader("x-li-signature", { signed: "hmacsha256={body}" }),
  secretHint: "The client secret of your app.",
  eventType: [{ body: ["type"] }],
  idempotencyKey: [],
  docsUrl: "https://learn.microsoft.com/en-us/linkedin/shared/api-guide/webhook-validation",
  confidence: "experimental",
};

/** The only sender here that shows its security token as base64 and signs with what is in it. */
export const microsoftTeams: Provider<HmacRecipe> = {
  ...UNDOCUMENTED,
  name: "microsoft-teams",
  title: "Microsoft Teams outgoing webhooks",
  recipe: inHeader("authorization", {
    prefix: "HMAC ",
    encoding: "base64",
    key: { from: "base64", minBytes: 16 },
  }),
  secretHint: "Shown once when the outgoing webhook is made: the security token.",
  eventType: [{ body: ["type"] }],
  idempotencyKey: [{ body: ["id"] }],
  docsUrl:
    "https://learn.microsoft.com/en-us/microsoftteams/platform/webhooks-and-connectors/how-to/add-outgoing-webhook",
  confidence: "corroborated",
};

export const webex: Provider<HmacRecipe> = {
  ...UNDOCUMENTED,
  name: "webex",
  title: "Webex",
  recipe: inHeader("x-spark-signature", { algorithm: "sha1" }),
  secretHint: "You choose it: the secret of the webhook.",
  eventType: [{ body: ["resource"], suffix: [{ body: ["event"] }] }],
  idempotencyKey: [],
  docsUrl: "https://developer.webex.com/docs/webhooks",
  confidence: "experimental",
};

export const pusher: Provider<HmacRecipe> = {
  ...UNDOCUMENTED,
  name: "pusher",
  title: "Pusher Channels",
  recipe: inHeader("x-pusher-signature"),
  secretHint: "The secret of the key that X-Pusher-Key names.",
  eventType: [{ body: ["events", "0", "name"] }],
  idempotencyKey: [],
  docsUrl: "https://pusher.com/docs/channels/server_api/webhooks/",
  confidence: "experimental",
};

export const sendbird: Provider<HmacRecipe> = {
  ...UNDOCUMENTED,
  name: "sendbird",
  title: "Sendbird",
  recipe: inHeader("x-sendbird-signature"),
  secretHint: "The API token of your application.",
  eventType: [{ body: ["category"] }],
  idempotencyKey: [],
  docsUrl: "https://sendbird.com/docs/chat/platform-api/v3/webhook/webhook-overview",
  confidence: "experimental",
};

export const livekit: Provider<JwtRecipe> = {
  ...UNDOCUMENTED,
  name: "livekit",
  title: "LiveKit",
  recipe: tokenOverBody(
    { header: "authorization" },
    { claim: "sha256", encoding: "base64", required: true },
  ),
  secretHint: "The API secret of the key that the webhook signs with.",
  eventType: [{ body: ["event"] }],
  idempotencyKey: [{ body: ["id"] }],
  docsUrl: "https://docs.livekit.io/home/server/webhooks/",
  confidence: "experimental",
};
