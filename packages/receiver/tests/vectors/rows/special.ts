/** Senders with a scheme of their own: public keys, tokens, certificates, batches, forms. */
import { createHash, type KeyObject, sign } from "node:crypto";
import { crc32 } from "node:zlib";
import { signDer, signFixed } from "../ecdsa.ts";
import {
  certificate,
  ecPublicKey,
  ed25519,
  rawPublicKey,
  rsaCurrent,
  rsaForeign,
  spkiBase64,
} from "../keys.ts";
import { HEX_SECRETS, mac, type Row, seconds, token, URL_OF_SOURCE } from "./row.ts";

/** Secrets of senders with key pairs are names of keys; the verifier gets the public half. */
const PAIRS: Row["secrets"] = ["1", "2", "3"];
const ed = (name: string): KeyObject => ed25519(Number(name));
const rsa = (name: string): KeyObject => (name === "1" ? rsaCurrent : rsaForeign);
const scalar = (name: string): bigint => BigInt(name) + 0xc0ffee_1234_5678_9abc_def0_1234n;

const sha256 = (body: Uint8Array, encoding: "hex" | "base64"): string =>
  createHash("sha256").update(body).digest(encoding);

const FORM = "application/x-www-form-urlencoded";
const BYTES_OF = (text: string): Buffer => Buffer.from(text);
const DATE = "2025-11-24T16:00:00.000Z";

const base64Url = (value: unknown): string =>
  Buffer.from(JSON.stringify(value)).toString("base64url");

function hs256(claims: unknown, secret: string): string {
  const signed = `${base64Url({ alg: "HS256", typ: "JWT" })}.${base64Url(claims)}`;
  return `${signed}.${mac(secret, { encoding: "base64url" }, signed)}`;
}

const twilio: Row = {
  provider: "twilio",
  about: "X-Twilio-Signature: <base64>, HMAC-SHA1 over the URL and the sorted fields of the form",
  secrets: HEX_SECRETS,
  proof: "X-Twilio-Signature",
  contentType: FORM,
  body: "To=%2B49301234567&CallSid=CA1&CallStatus=ringing",
  send: (_, secret) => ({
    headers: [
      [
        "X-Twilio-Signature",
        mac(
          secret,
          { algorithm: "sha1", encoding: "base64" },
          `${URL_OF_SOURCE}CallSidCA1CallStatusringingTo+49301234567`,
        ),
      ],
    ],
  }),
};

const discord: Row = {
  provider: "discord",
  about: "X-Signature-Ed25519: <hex>, Ed25519 over {timestamp}{body}",
  secrets: PAIRS,
  configured: (name) => rawPublicKey(ed(name)).toString("hex"),
  proof: "X-Signature-Ed25519",
  wrong: "wrong_secret_or_modified_body",
  toleranceS: "any",
  send: (m, name) => {
    const signed = Buffer.concat([BYTES_OF(seconds(m)), m.body]);
    return {
      headers: [
        ["X-Signature-Timestamp", seconds(m)],
        ["X-Signature-Ed25519", sign(null, signed, ed(name)).toString("hex")],
      ],
    };
  },
};

const telnyx: Row = {
  ...discord,
  provider: "telnyx",
  about: "telnyx-signature-ed25519: <base64>, Ed25519 over {timestamp}|{body}",
  configured: (name) => rawPublicKey(ed(name)).toString("base64"),
  proof: "Telnyx-Signature-Ed25519",
  toleranceS: 300,
  send: (m, name) => {
    const signed = Buffer.concat([BYTES_OF(`${seconds(m)}|`), m.body]);
    return {
      headers: [
        ["Telnyx-Timestamp", seconds(m)],
        ["Telnyx-Signature-Ed25519", sign(null, signed, ed(name)).toString("base64")],
      ],
    };
  },
};

const sendgrid: Row = {
  provider: "sendgrid",
  about: "ECDSA over {timestamp}{body}, P-256 and SHA-256, DER in base64",
  secrets: PAIRS,
  configured: (name) => spkiBase64(ecPublicKey(scalar(name))),
  proof: "X-Twilio-Email-Event-Webhook-Signature",
  toleranceS: "any",
  body: '[{"event":"delivered","sg_event_id":"e1"},{"event":"open","sg_event_id":"e2"}]\r\n',
  send: (m, name) => {
    const signed = Buffer.concat([BYTES_OF(seconds(m)), m.body]);
    return {
      headers: [
        ["X-Twilio-Email-Event-Webhook-Timestamp", seconds(m)],
        [
          "X-Twilio-Email-Event-Webhook-Signature",
          signDer(scalar(name), "sha256", signed).toString("base64"),
        ],
      ],
    };
  },
};

const wise: Row = {
  provider: "wise",
  about: "X-Signature-SHA256: <base64>, RSA with SHA-256 over the body",
  secrets: ["1", "3", "3"],
  configured: (name) => spkiBase64(rsa(name)),
  proof: "X-Signature-SHA256",
  send: ({ body }, name) => ({
    headers: [["X-Signature-SHA256", sign("sha256", body, rsa(name)).toString("base64")]],
  }),
};

function jwtRow(
  provider: string,
  proof: string,
  rule: { readonly prefix?: string; readonly claims: (body: Uint8Array) => unknown },
): Row {
  const { prefix = "", claims } = rule;
  return {
    ...token(provider, proof, prefix),
    about: `${proof}: ${prefix}<token signed with HS256>, a claim of which is the body's digest`,
    status: "verified",
    missing: "missing_header",
    malformed: prefix === "" ? "malformed_signature" : "missing_header",
    wrong: "wrong_secret_or_modified_body",
    send: ({ body }, secret) => ({ headers: [[proof, prefix + hs256(claims(body), secret)]] }),
  };
}

const tokens: readonly Row[] = [
  jwtRow("netlify", "X-Webhook-Signature", {
    claims: (body) => ({ iss: "netlify", sha256: sha256(body, "hex") }),
  }),
  jwtRow("livekit", "Authorization", { claims: (body) => ({ sha256: sha256(body, "base64") }) }),
  jwtRow("messagebird", "MessageBird-Signature-JWT", {
    claims: (body) => ({ payload_hash: sha256(body, "hex") }),
  }),
  jwtRow("vonage", "Authorization", {
    prefix: "Bearer ",
    claims: (body) => ({ payload_hash: sha256(body, "hex") }),
  }),
  {
    ...jwtRow("monday", "Authorization", { claims: () => ({ aud: URL_OF_SOURCE }) }),
    about: "Authorization: <token signed with HS256>; the body is not bound",
    status: "authenticated",
  },
  {
    provider: "fusionauth",
    about: "X-FusionAuth-Signature-JWT: <token signed with Ed25519>",
    secrets: PAIRS,
    configured: (name) => spkiBase64(ed(name)),
    proof: "X-FusionAuth-Signature-JWT",
    send: ({ body }, name) => {
      const claims = base64Url({ request_body_sha256: sha256(body, "base64") });
      const signed = `${base64Url({ alg: "EdDSA" })}.${claims}`;
      const signature = sign(null, BYTES_OF(signed), ed(name)).toString("base64url");
      return { headers: [["X-FusionAuth-Signature-JWT", `${signed}.${signature}`]] };
    },
  },
];

function plaid(provider: string): Row {
  const secret = "client_id:0123456789abcdef";
  const jwk = ecPublicKey(scalar("1")).export({ format: "jwk" });
  return {
    provider,
    about: "Plaid-Verification: <token signed with ES256>, the key at Plaid",
    // One sender with one published key; "previous" and "foreign" are keys of somebody else.
    secrets: [secret, secret, "somebody:else"],
    configured: () => secret,
    proof: "Plaid-Verification",
    toleranceS: 300,
    keys: { "plaid k1": JSON.stringify({ key: { ...jwk, kid: "k1", expired_at: null } }) },
    send: (m, name) => {
      const claims = {
        iat: Math.floor(m.timeMs / 1000),
        request_body_sha256: sha256(m.body, "hex"),
      };
      const signed = `${base64Url({ alg: "ES256", kid: "k1", typ: "JWT" })}.${base64Url(claims)}`;
      const key = scalar(name === secret ? "1" : "3");
      const signature = signFixed(key, BYTES_OF(signed)).toString("base64url");
      return { headers: [["Plaid-Verification", `${signed}.${signature}`]] };
    },
  };
}

const ISSUER = "https://example.kinde.com";

const kinde: Row = {
  provider: "kinde",
  about: "The body is a token signed with RS256, the keys at the issuer",
  secrets: [ISSUER, ISSUER, "3"],
  configured: () => ISSUER,
  contentType: "application/jwt",
  keys: {
    [`${ISSUER}/.well-known/jwks k1`]: JSON.stringify({
      keys: [{ ...rsaPublicJwk(), kid: "k1", use: "sig" }],
    }),
  },
  send: (_, name) => {
    const claims = base64Url({ iss: ISSUER, type: "user.created" });
    const signed = `${base64Url({ alg: "RS256", kid: "k1" })}.${claims}`;
    const signature = sign("sha256", BYTES_OF(signed), rsa(name === ISSUER ? "1" : "3"));
    return { headers: [], body: BYTES_OF(`${signed}.${signature.toString("base64url")}`) };
  },
  // One bit of the signature's text: still a token, or none, but never a signed one.
  modified: "wrong_secret_or_modified_body",
};

function rsaPublicJwk(): object {
  const { n, e, kty } = rsaCurrent.export({ format: "jwk" });
  return { n, e, kty };
}

const ebay: Row = {
  provider: "ebay",
  about: "X-EBAY-SIGNATURE: base64 of JSON with kid and signature, ECDSA with SHA-1",
  secrets: ["a verification token of 32 letters", "a verification token of 32 letters", "3"],
  configured: () => "a verification token of 32 letters",
  proof: "X-EBAY-SIGNATURE",
  keys: {
    "https://api.ebay.com/commerce/notification/v1/public_key/k1": JSON.stringify({
      algorithm: "ECDSA",
      digest: "SHA1",
      key: `-----BEGIN PUBLIC KEY-----${spkiBase64(ecPublicKey(scalar("1")))}-----END PUBLIC KEY-----`,
    }),
  },
  send: ({ body }, name) => {
    const key = scalar(name === "3" ? "3" : "1");
    const signature = signDer(key, "sha1", Buffer.from(body)).toString("base64");
    const value = { alg: "ecdsa", kid: "k1", signature, digest: "SHA1" };
    return {
      headers: [["X-EBAY-SIGNATURE", Buffer.from(JSON.stringify(value)).toString("base64")]],
    };
  },
};

const CERTIFICATE_AT_PAYPAL =
  "https://api.paypal.com/v1/notifications/certs/CERT-360caa42-fca2a594";

const paypal: Row = {
  provider: "paypal",
  about: "RSA with SHA-256 over {id}|{time}|{webhook id}|{CRC-32 of the body}",
  secrets: ["8PT597110X687430LKGECATA", "1JE4291016473214C1234567", "0XX0000000000000C0000000"],
  proof: "PAYPAL-TRANSMISSION-SIG",
  status: "authenticated",
  modified: "wrong_secret_or_modified_body",
  keys: { [CERTIFICATE_AT_PAYPAL]: certificate },
  send: ({ body, id }, webhookId) => {
    const signed = `${id}|${DATE}|${webhookId}|${crc32(body)}`;
    return {
      headers: [
        ["PAYPAL-TRANSMISSION-ID", id],
        ["PAYPAL-TRANSMISSION-TIME", DATE],
        ["PAYPAL-CERT-URL", CERTIFICATE_AT_PAYPAL],
        ["PAYPAL-AUTH-ALGO", "SHA256withRSA"],
        [
          "PAYPAL-TRANSMISSION-SIG",
          sign("sha256", BYTES_OF(signed), rsaCurrent).toString("base64"),
        ],
      ],
    };
  },
};

const CERTIFICATE_AT_SNS =
  "https://sns.eu-central-1.amazonaws.com/SimpleNotificationService-01.pem";

const sns: Row = {
  provider: "aws-sns",
  about: "RSA over named fields of the body, the certificate at AWS; secrets are topics",
  secrets: [
    "arn:aws:sns:eu-central-1:123456789012:orders",
    "arn:aws:sns:eu-central-1:123456789012:invoices",
    "arn:aws:sns:eu-central-1:999999999999:foreign",
  ],
  wrong: "wrong_claim",
  keys: { [CERTIFICATE_AT_SNS]: certificate },
  send: ({ id }, topic) => {
    const fields = { Message: '{"a":1}', MessageId: id, Timestamp: DATE, TopicArn: topic };
    const signed =
      `Message\n{"a":1}\nMessageId\n${id}\nTimestamp\n${DATE}\n` +
      `TopicArn\n${topic}\nType\nNotification\n`;
    const Signature = sign("sha256", BYTES_OF(signed), rsaCurrent).toString("base64");
    const body = {
      SignatureVersion: "2",
      Signature,
      SigningCertURL: CERTIFICATE_AT_SNS,
      Type: "Notification",
      ...fields,
    };
    return { headers: [["X-Amz-Sns-Message-Type", "Notification"]], body: json(body) };
  },
};

const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

const adyen: Row = {
  provider: "adyen",
  about: "additionalData.hmacSignature in each item, HMAC-SHA256 over eight of its fields",
  secrets: HEX_SECRETS,
  status: "authenticated",
  modified: "wrong_secret_or_modified_body",
  send: (_, secret) => {
    const items = ["8515131751004933", "8515131751004934"].map((pspReference) => {
      const signed = `${pspReference}::TestMerchant:order-1:1130:EUR:AUTHORISATION:true`;
      const hmacSignature = mac(Buffer.from(secret, "hex"), { encoding: "base64" }, signed);
      return {
        NotificationRequestItem: {
          additionalData: { hmacSignature },
          pspReference,
          merchantAccountCode: "TestMerchant",
          merchantReference: "order-1",
          amount: { value: 1130, currency: "EUR" },
          success: "true",
          eventCode: "AUTHORISATION",
        },
      };
    });
    // The merchant's name comes last: what the flipped bit hits is signed.
    for (const { NotificationRequestItem: item } of items) {
      const { merchantAccountCode } = item;
      delete (item as { merchantAccountCode?: string }).merchantAccountCode;
      Object.assign(item, { merchantAccountCode });
    }
    return { headers: [], body: json({ live: "false", notificationItems: items }) };
  },
};

const braintree: Row = {
  provider: "braintree",
  about: "bt_signature and bt_payload in a form, HMAC-SHA1 keyed with the SHA-1 of the private key",
  secrets: [
    "public1:private-key-1-of-this-merchant",
    "public1:private-key-2-of-this-merchant",
    "public1:private-key-of-somebody-else",
  ],
  contentType: FORM,
  send: (_, secret) => {
    const [publicKey, privateKey = ""] = secret.split(":");
    const payload = Buffer.from("<notification><kind>check</kind></notification>").toString(
      "base64",
    );
    const key = createHash("sha1").update(privateKey).digest();
    const signature = mac(key, { algorithm: "sha1" }, `${payload}\n`);
    const form = new URLSearchParams({
      bt_signature: `stranger|${"0".repeat(40)}&${publicKey}|${signature}`,
      bt_payload: `${payload}\n`,
    });
    return { headers: [], body: Buffer.from(form.toString().replace(/%0A$/, "%0A")) };
  },
};

const microsoftGraph: Row = {
  ...token("microsoft-graph", "none"),
  about: "clientState in each item of the body",
  send: (_, secret) => ({
    headers: [],
    body: json({
      value: [
        { id: "1", clientState: secret },
        { id: "2", clientState: secret },
      ],
    }),
  }),
};

export const specialRows: readonly Row[] = [
  twilio,
  discord,
  telnyx,
  sendgrid,
  wise,
  ...tokens,
  plaid("plaid"),
  plaid("plaid-sandbox"),
  kinde,
  ebay,
  paypal,
  sns,
  adyen,
  braintree,
  withoutProof(microsoftGraph),
];

function withoutProof({ proof: _proof, ...row }: Row): Row {
  return row;
}
