/** Payments: senders with a scheme, a key or a batch of their own. */
import type { HmacRecipe, PublicKeyRecipe } from "../scheme/recipe.ts";
import type {
  AdyenRecipe,
  BraintreeRecipe,
  JwtRecipe,
  PayPalRecipe,
} from "../scheme/recipe-special.ts";
import type { Provider } from "./provider.ts";
import { inHeader, PLAIN, UNDOCUMENTED } from "./shapes.ts";

/** The body is bound by a CRC only, so a request is `authenticated`; see `scheme/paypal.ts`. */
export const paypal: Provider<PayPalRecipe> = {
  ...UNDOCUMENTED,
  name: "paypal",
  title: "PayPal",
  recipe: { scheme: "paypal" },
  secretHint: "Not a secret: the webhook's ID, Apps & Credentials, your app, Webhooks.",
  eventType: [{ body: ["event_type"] }],
  idempotencyKey: [{ body: ["id"] }],
  docsUrl: "https://developer.paypal.com/api/rest/webhooks/rest/",
  confidence: "corroborated",
};

const ADYEN_ITEM = ["NotificationRequestItem"] as const;
const ADYEN_FIRST = ["notificationItems", "0", ...ADYEN_ITEM] as const;

/** Only eight fields of an item are signed, so a request is `authenticated`; see `scheme/adyen.ts`. */
export const adyen: Provider<AdyenRecipe> = {
  ...UNDOCUMENTED,
  name: "adyen",
  title: "Adyen payments",
  recipe: { scheme: "adyen" },
  secretHint: "Developers, Webhooks, your webhook, HMAC key (hexadecimal).",
  eventType: [{ body: [...ADYEN_FIRST, "eventCode"] }],
  idempotencyKey: [
    { body: [...ADYEN_FIRST, "pspReference"], with: [{ body: [...ADYEN_FIRST, "eventCode"] }] },
  ],
  split: {
    items: [["notificationItems", "*", ...ADYEN_ITEM]],
    eventType: [{ body: ["eventCode"] }],
    idempotencyKey: [{ body: ["pspReference"], with: [{ body: ["eventCode"] }] }],
  },
  docsUrl: "https://docs.adyen.com/development-resources/webhooks/verify-hmac-signatures/",
  confidence: "confirmed",
};

/** Adyen's banking and management webhooks. */
export const adyenPlatform: Provider<HmacRecipe> = {
  ...UNDOCUMENTED,
  name: "adyen-platform",
  title: "Adyen banking and management",
  recipe: inHeader("hmacsignature", {
    encoding: "base64",
    key: { from: "hex", minBytes: 16 },
  }),
  secretHint: "Developers, Webhooks, your webhook, HMAC key (hexadecimal).",
  eventType: [{ body: ["type"] }],
  idempotencyKey: [],
  docsUrl: "https://docs.adyen.com/development-resources/webhooks/verify-hmac-signatures/",
  confidence: "confirmed",
};

export const braintree: Provider<BraintreeRecipe> = {
  ...UNDOCUMENTED,
  name: "braintree",
  title: "Braintree",
  recipe: { scheme: "braintree" },
  secretHint: "The API key pair as public_key:private_key, Settings, API.",
  // The payload is XML inside base64, which is not looked into.
  eventType: [],
  idempotencyKey: [],
  handshakes: [
    {
      name: "bt_challenge",
      method: "GET",
      when: [{ at: { query: "bt_challenge" }, is: "present" }],
      after: "anybody",
      answer: { status: 200, compute: "braintree-challenge", of: { query: "bt_challenge" } },
    },
  ],
  docsUrl: "https://developer.paypal.com/braintree/docs/guides/webhooks/parse",
  confidence: "corroborated",
};

export const wise: Provider<PublicKeyRecipe> = {
  ...UNDOCUMENTED,
  name: "wise",
  title: "Wise",
  recipe: {
    scheme: "public-key",
    algorithm: "rsa-sha256",
    key: "pem",
    encoding: "base64",
    signature: { format: "plain", header: "x-signature-sha256" },
    signed: "{body}",
  },
  secretHint: "Not a secret: the public key that Wise publishes for sandbox or production.",
  eventType: [{ body: ["event_type"] }],
  idempotencyKey: [{ header: "x-delivery-id" }],
  docsUrl: "https://docs.wise.com/api-docs/features/webhooks-notifications",
  confidence: "corroborated",
};

const plaidRecipe: JwtRecipe = {
  scheme: "jwt",
  from: { header: "plaid-verification" },
  algorithms: ["ES256"],
  key: {
    from: "jwk-by-id",
    url: "https://production.plaid.com/webhook_verification_key/get",
    credentials: "plaid",
  },
  bodyDigest: { claim: "request_body_sha256", encoding: "hex", required: true },
  issuedWithinMs: 300_000,
};

export const plaid: Provider<JwtRecipe> = {
  ...UNDOCUMENTED,
  name: "plaid",
  title: "Plaid",
  recipe: plaidRecipe,
  secretHint: "Your client id and production secret as client_id:secret; they fetch Plaid's key.",
  eventType: [{ body: ["webhook_type"], suffix: [{ body: ["webhook_code"] }] }],
  idempotencyKey: [],
  docsUrl: "https://plaid.com/docs/api/webhooks/webhook-verification/",
  confidence: "confirmed",
};

export const plaidSandbox: Provider<JwtRecipe> = {
  ...plaid,
  name: "plaid-sandbox",
  title: "Plaid sandbox",
  recipe: {
    ...plaidRecipe,
    key: {
      from: "jwk-by-id",
      url: "https://sandbox.plaid.com/webhook_verification_key/get",
      credentials: "plaid",
    },
  },
  secretHint: "Your client id and sandbox secret as client_id:secret; they fetch Plaid's key.",
};

export const authorizeNet: Provider<HmacRecipe> = {
  ...UNDOCUMENTED,
  name: "authorize-net",
  title: "Authorize.Net",
  recipe: inHeader("x-anet-signature", {
    algorithm: "sha512",
    prefix: "sha512=",
    key: { from: "hex", minBytes: 16 },
  }),
  secretHint: "Account, Settings, API Credentials & Keys, Signature Key (hexadecimal).",
  eventType: [{ body: ["eventType"] }],
  idempotencyKey: [{ body: ["notificationId"] }],
  docsUrl: "https://developer.authorize.net/api/reference/features/webhooks.html",
  confidence: "experimental",
};

/** Signs an id of the query and two headers, not the body: `authenticated` at most. */
export const mercadoPago: Provider<HmacRecipe> = {
  ...UNDOCUMENTED,
  name: "mercado-pago",
  title: "Mercado Pago",
  recipe: {
    ...PLAIN,
    signature: { format: "list", header: "x-signature", separator: ",", assign: "=", key: "v1" },
    timestamp: { from: { field: "ts" }, unit: "ms", toleranceMs: "off" },
    signed: "id:{lower-query:data.id};request-id:{header:x-request-id};ts:{timestamp};",
  },
  secretHint: "Your integrations, your application, Webhooks, Secret signature.",
  eventType: [{ body: ["action"] }, { body: ["type"] }],
  idempotencyKey: [{ body: ["id"] }],
  docsUrl:
    "https://www.mercadopago.com.ar/developers/en/docs/your-integrations/notifications/webhooks",
  confidence: "experimental",
};
