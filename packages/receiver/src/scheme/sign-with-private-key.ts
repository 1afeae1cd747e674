/**
 * Signs with a private key that belongs to a simulator, by the recipes of senders whose receivers are
 * configured with a public key. The counterpart of `public-key.ts`, and of `jwt.ts` for tokens.
 *
 * The secret is the private key: PKCS#8 in PEM, or the base64 in it.
 */
import { privateKey, type PrivateKey, signBytes } from "../crypto/private-key.ts";
import { hashOf } from "../crypto/primitives.ts";
import { encodeBase64 } from "../encoding/base64.ts";
import { bytesOfByteString } from "../encoding/binary-string.ts";
import { encodeHex } from "../encoding/hex.ts";
import { WebhookConfigError } from "../errors.ts";
import type { PublicKeyRecipe, SignatureEncoding } from "./recipe.ts";
import type { JwtAlgorithm, JwtRecipe } from "./recipe-special.ts";
import type { Signer } from "./sign.ts";
import { signingUnsupported } from "./signing-unsupported.ts";
import { parseTemplate, type SignedPart } from "./template.ts";
import { formatTimestamp } from "./timestamp.ts";

const KEY_TYPES = { ed25519: "ed25519", "ecdsa-sha256": "ec", "rsa-sha256": "rsa" } as const;

const JWT_ALGORITHMS: Readonly<Record<string, JwtAlgorithm>> = {
  ed25519: "EdDSA",
  ec: "ES256",
  rsa: "RS256",
};

const NO_BYTES = new Uint8Array(0);
const encoder = new TextEncoder();

/** @throws {secret_undecodable, signing_unsupported} */
export function publicKeySigner(recipe: PublicKeyRecipe, secret: string): Signer {
  const { signature, timestamp, encoding } = recipe;
  const template = parseTemplate(recipe.signed);
  if (signature.format !== "plain" || (timestamp && !("header" in timestamp.from))) {
    throw signingUnsupported();
  }
  const key = readKey(secret);
  if (key.asymmetricKeyType !== KEY_TYPES[recipe.algorithm]) throw keyUndecodable();
  return {
    sign: ({ body, nowMs }) => {
      const time = timestamp && formatTimestamp(nowMs, timestamp.unit);
      const before = textOf(template.before, time);
      const after = textOf(template.after, time);
      const text = encode(
        signBytes(key, join(before, template.signsBody ? body : NO_BYTES, after), "der"),
        encoding,
      );
      return {
        ...(timestamp && "header" in timestamp.from && { [timestamp.from.header]: time ?? "" }),
        [signature.header]: `${signature.prefix ?? ""}${text}`,
      };
    },
  };
}

/** FusionAuth's tokens: of the algorithm that the key is for, with a claim that binds the body. */
export function fusionSigner(recipe: JwtRecipe, secret: string): Signer {
  const { from, bodyDigest } = recipe;
  const key = readKey(secret);
  const alg = JWT_ALGORITHMS[key.asymmetricKeyType ?? ""];
  if (from === "body") throw signingUnsupported();
  if (alg === undefined || !recipe.algorithms.includes(alg)) throw keyUndecodable();
  return {
    sign: ({ body }) => {
      const claims = {
        ...recipe.claims,
        ...(bodyDigest && {
          [bodyDigest.claim]: encode(hashOf("sha256", body), bodyDigest.encoding),
        }),
      };
      const signed = `${segment({ alg, typ: "JWT" })}.${segment(claims)}`;
      const signature = encode(signBytes(key, encoder.encode(signed), "fixed"), "base64url");
      return { [from.header]: `${from.prefix ?? ""}${signed}.${signature}` };
    },
  };
}

function readKey(secret: string): PrivateKey {
  const key = privateKey(secret);
  if (key === undefined) throw keyUndecodable();
  return key;
}

function keyUndecodable(): WebhookConfigError {
  return new WebhookConfigError(
    "secret_undecodable",
    "The secret is not a private key of the kind that this provider signs with.",
    "Give a private key as PKCS#8 in PEM, and configure its public key at the receiver.",
  );
}

/** Senders with private keys sign a time and the body, and nothing else so far. */
function textOf(parts: readonly SignedPart[], timestamp: string | undefined): Uint8Array {
  const texts = parts.map((part) => {
    if (part.kind === "literal") return part.text;
    if (part.kind === "timestamp") return timestamp ?? "";
    throw signingUnsupported();
  });
  return bytesOfByteString(texts.join(""));
}

function join(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let start = 0;
  for (const part of parts) {
    whole.set(part, start);
    start += part.length;
  }
  return whole;
}

function segment(value: unknown): string {
  return encode(encoder.encode(JSON.stringify(value)), "base64url");
}

function encode(bytes: Uint8Array, encoding: SignatureEncoding): string {
  if (encoding === "hex") return encodeHex(bytes);
  const base64 = encodeBase64(bytes);
  return encoding === "base64"
    ? base64
    : base64.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
