/**
 * Senders written from the vendors' documentation with `node:crypto` alone. They share no line with
 * the package under test, so that a misreading in one shows as a disagreement between the two.
 */
import { createHmac } from "node:crypto";
import type { Header } from "./vector.ts";

export type Message = {
  readonly body: Uint8Array;
  /** As it is sent and signed, which need not be a number. */
  readonly timestamp: string;
  readonly id: string;
};

export type Sender = {
  readonly provider: string;
  readonly about: string;
  readonly secrets: readonly [current: string, previous: string, foreign: string];
  /** The signature's text alone. */
  readonly signature: (message: Message, secret: string) => string;
  /** The value of the signature header. */
  readonly value: (signatures: readonly string[], timestamp: string) => string;
  readonly signatureHeader: string;
  /** Headers beside it that the verification reads. */
  readonly others: (message: Message) => readonly Header[];
  readonly encoding: "hex" | "base64";
  /** What stands directly before the signature. */
  readonly tag: string;
  /** A tag of the same shape that the recipe does not know. */
  readonly otherTag?: string;
  /** Header of the timestamp, if one is signed; "field" for a field of the signature header. */
  readonly timestamp?: string;
  /** Header of the signed id. */
  readonly idHeader?: string;
  readonly isList: boolean;
};

type Key = string | Buffer;

/** Text that goes through headers is one byte per character. */
function hmac(key: Key, encoding: "hex" | "base64", ...parts: (string | Uint8Array)[]): string {
  const mac = createHmac("sha256", key);
  for (const part of parts)
    mac.update(typeof part === "string" ? Buffer.from(part, "latin1") : part);
  return mac.digest(encoding);
}

const afterPrefix = (secret: string): Buffer =>
  Buffer.from(secret.replace(/^whsec_/, ""), "base64");

const stripe: Sender = {
  provider: "stripe",
  about:
    "Stripe-Signature: t=<seconds>,v1=<hex>; HMAC-SHA256 over {t}.{body}; key: the secret's text",
  secrets: [
    "whsec_4fd1c2a90b7e43d6a85c1f20b9e7d634",
    "whsec_11aa22bb33cc44dd55ee66ff77889900",
    "whsec_0000000000000000000000000000abcd",
  ],
  signature: ({ timestamp, body }, secret) => hmac(secret, "hex", `${timestamp}.`, body),
  value: (signatures, timestamp) =>
    [`t=${timestamp}`, ...signatures.map((one) => `v1=${one}`)].join(","),
  signatureHeader: "Stripe-Signature",
  others: () => [],
  encoding: "hex",
  tag: "v1=",
  otherTag: "v0=",
  timestamp: "field",
  isList: true,
};

const github: Sender = {
  provider: "github",
  about: "X-Hub-Signature-256: sha256=<hex>; HMAC-SHA256 over {body}; key: the secret's text",
  secrets: ["It's a Secret to Everybody", "the secret of last month", "somebody else's secret"],
  signature: ({ body }, secret) => hmac(secret, "hex", body),
  value: ([first]) => `sha256=${first}`,
  signatureHeader: "X-Hub-Signature-256",
  others: () => [["X-GitHub-Event", "push"]],
  encoding: "hex",
  tag: "sha256=",
  otherTag: "sha1=",
  isList: false,
};

const shopify: Sender = {
  provider: "shopify",
  about: "X-Shopify-Hmac-Sha256: <base64>; HMAC-SHA256 over {body}; key: the client secret's text",
  secrets: [
    "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",
    "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",
    "shpss_0000000000000000000000000000abcd",
  ],
  signature: ({ body }, secret) => hmac(secret, "base64", body),
  value: ([first]) => `${first}`,
  signatureHeader: "X-Shopify-Hmac-Sha256",
  others: () => [["X-Shopify-Topic", "orders/create"]],
  encoding: "base64",
  tag: "",
  isList: false,
};

const shopifyEvents: Sender = {
  ...shopify,
  about: "shopify-hmac-sha256, the newer family of headers",
  signatureHeader: "Shopify-Hmac-Sha256",
  others: () => [["Shopify-Topic", "orders/create"]],
};

const slack: Sender = {
  provider: "slack",
  about:
    "X-Slack-Signature: v0=<hex> and X-Slack-Request-Timestamp; HMAC-SHA256 over v0:{timestamp}:{body}; key: the signing secret's text",
  secrets: [
    "8f742231b10e8888abcd99yyyzzz85a5",
    "11aa22bb33cc44dd55ee66ff77889900",
    "0000000000000000000000000000abcd",
  ],
  signature: ({ timestamp, body }, secret) => hmac(secret, "hex", `v0:${timestamp}:`, body),
  value: ([first]) => `v0=${first}`,
  signatureHeader: "X-Slack-Signature",
  others: ({ timestamp }) => [["X-Slack-Request-Timestamp", timestamp]],
  encoding: "hex",
  tag: "v0=",
  otherTag: "v1=",
  timestamp: "X-Slack-Request-Timestamp",
  isList: false,
};

function standard(provider: string, prefix: string): Sender {
  return {
    provider,
    about: `${prefix}-id, ${prefix}-timestamp, ${prefix}-signature: v1,<base64> …; HMAC-SHA256 over {id}.{timestamp}.{body}; key: base64 after whsec_`,
    secrets: [
      "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
      "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD",
      "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB",
    ],
    signature: ({ id, timestamp, body }, secret) =>
      hmac(afterPrefix(secret), "base64", `${id}.${timestamp}.`, body),
    value: (signatures) => signatures.map((one) => `v1,${one}`).join(" "),
    signatureHeader: `${prefix}-signature`,
    others: ({ id, timestamp }) => [
      [`${prefix}-id`, id],
      [`${prefix}-timestamp`, timestamp],
    ],
    encoding: "base64",
    tag: "v1,",
    otherTag: "v1a,",
    timestamp: `${prefix}-timestamp`,
    idHeader: `${prefix}-id`,
    isList: true,
  };
}

const generic: Sender = {
  provider: "generic",
  about: "The default recipe: X-Signature: <hex>; HMAC-SHA256 over {body}; key: the secret's text",
  secrets: ["a key shared by two systems", "the key of last month", "somebody else's key"],
  signature: ({ body }, secret) => hmac(secret, "hex", body),
  value: ([first]) => `${first}`,
  signatureHeader: "X-Signature",
  others: () => [],
  encoding: "hex",
  tag: "",
  isList: false,
};

/** By file; the first sender of a file makes its whole table, the others the main cases. */
export const sendersByProvider: readonly (readonly [Sender, ...Sender[]])[] = [
  [generic],
  [github],
  [shopify, shopifyEvents],
  [slack],
  [standard("standard-webhooks", "webhook")],
  [stripe],
  [standard("svix", "svix"), standard("svix", "webhook")],
];
