/**
 * The asymmetric half of Standard Webhooks, `v1a`: Ed25519 over the same bytes as `v1`. The sender keeps
 * `whsk_…`, receivers get `whpk_…`, which can verify and sign nothing.
 *
 * A `whsk_` holds the base64 of the 32 bytes of the seed, or of these and the public key after them, as
 * libsodium writes it; both are read, the long form is written.
 *
 * Source: Standard Webhooks 1.0.0, "Signature scheme"; RFC 8032 section 5.1.5, RFC 8410 section 7.
 */
import { generatePrivateKey, privateKey, publicText, signBytes } from "./crypto/private-key.ts";
import { decodeBase64, encodeBase64 } from "./encoding/base64.ts";
import { writeByteString } from "./encoding/binary-string.ts";
import { WebhookConfigError } from "./errors.ts";
import type { PublicKeyRecipe } from "./scheme/recipe.ts";

export const PRIVATE_PREFIX = "whsk_";
export const PUBLIC_PREFIX = "whpk_";

const SEED_BYTES = 32;
/** What stands before the seed in PKCS#8. */
const PKCS8_HEAD = Uint8Array.from([
  0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
]);

/** As of the symmetric form, but for the key and the mark of its signatures. */
export const asymmetricRecipe: PublicKeyRecipe = {
  scheme: "public-key",
  algorithm: "ed25519",
  key: "raw-base64",
  encoding: "base64",
  signature: {
    format: "list",
    header: "webhook-signature",
    separator: " ",
    assign: ",",
    key: "v1a",
  },
  id: { header: "webhook-id" },
  timestamp: { from: { header: "webhook-timestamp" }, unit: "s", toleranceMs: 300_000 },
  signed: "{id}.{timestamp}.{body}",
};

export type StandardKeyPair = {
  /** `whsk_…`: stays with the sender. */
  readonly privateKey: string;
  /** `whpk_…`: for receivers; no secret. */
  readonly publicKey: string;
};

/** A new pair for signatures that everybody can verify. */
export function generateStandardKeyPair(): StandardKeyPair {
  const key = generatePrivateKey("ed25519");
  const seed = key.export({ format: "der", type: "pkcs8" }).subarray(-SEED_BYTES);
  const publicHalf = publicText(key, "raw-base64");
  const both = new Uint8Array([...seed, ...(decodeBase64(publicHalf) ?? [])]);
  return {
    privateKey: `${PRIVATE_PREFIX}${encodeBase64(both)}`,
    publicKey: `${PUBLIC_PREFIX}${publicHalf}`,
  };
}

/** The signature of `before` and the body, with its mark. */
export type AsymmetricSigner = (before: string, body: Uint8Array) => string;

/** @throws {secret_undecodable} */
export function asymmetricSigner(secret: string): AsymmetricSigner {
  const bytes = decodeBase64(secret.slice(PRIVATE_PREFIX.length)) ?? new Uint8Array(0);
  const seed = bytes.subarray(0, SEED_BYTES);
  const key = privateKey(encodeBase64(new Uint8Array([...PKCS8_HEAD, ...seed])));
  const isWhole = bytes.length === SEED_BYTES || bytes.length === SEED_BYTES * 2;
  if (key === undefined || !isWhole || !isPair(bytes, publicText(key, "raw-base64"))) {
    throw new WebhookConfigError(
      "secret_undecodable",
      "The signing key is not whsk_ and the base64 of an Ed25519 key.",
      "Make one with generateStandardKeyPair().",
    );
  }
  return (before, body) => {
    const signed = new Uint8Array(before.length + body.length);
    signed.set(body, writeByteString(before, signed, 0));
    return `v1a,${encodeBase64(signBytes(key, signed, "der"))}`;
  };
}

/** A public half that does not belong to the seed would make signatures that nobody can verify. */
function isPair(bytes: Uint8Array, publicHalf: string): boolean {
  return bytes.length === SEED_BYTES || encodeBase64(bytes.subarray(SEED_BYTES)) === publicHalf;
}
