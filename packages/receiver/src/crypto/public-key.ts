/**
 * Public keys and signatures made with their private halves: Ed25519, ECDSA, RSA (PKCS#1 v1.5).
 *
 * Keys come in as text or bytes and are `undefined` when they are not what they should be; a check
 * of a signature is true or false and never throws. The kind of the key must fit the algorithm, so
 * that a sender cannot talk a receiver into reading a key as something else.
 */
import { createPublicKey, type KeyObject, verify, X509Certificate } from "node:crypto";
import { encodeBase64 } from "../encoding/base64.ts";

export type SignatureAlgorithm =
  | "ed25519"
  /** Signature in DER. */
  | "ecdsa-sha256"
  | "ecdsa-sha1"
  /** Signature as two numbers of fixed length (RFC 7518 section 3.4). */
  | "ecdsa-sha256-fixed"
  | "rsa-sha256"
  | "rsa-sha1";

export type PublicKey = KeyObject;

const KEY_TYPES: Readonly<Record<SignatureAlgorithm, string>> = {
  ed25519: "ed25519",
  "ecdsa-sha256": "ec",
  "ecdsa-sha1": "ec",
  "ecdsa-sha256-fixed": "ec",
  "rsa-sha256": "rsa",
  "rsa-sha1": "rsa",
};

/** Shorter RSA keys have been factored; no sender uses one any more. */
const MIN_RSA_BITS = 2048;

const ED25519_BYTES = 32;

export function ed25519Key(bytes: Uint8Array): PublicKey | undefined {
  if (bytes.length !== ED25519_BYTES) return undefined;
  const x = encodeBase64(bytes).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  return jwkKey({ kty: "OKP", crv: "Ed25519", x });
}

/** A PEM block, with or without its line breaks, or the base64 in it alone. */
export function pemKey(text: string): PublicKey | undefined {
  const base64 = text.replaceAll(/-----(BEGIN|END) PUBLIC KEY-----|\s/g, "");
  return attempt(() =>
    createPublicKey({ key: Buffer.from(base64, "base64"), format: "der", type: "spki" }),
  );
}

export function jwkKey(jwk: unknown): PublicKey | undefined {
  if (typeof jwk !== "object" || jwk === null) return undefined;
  return attempt(() => createPublicKey({ key: { ...jwk }, format: "jwk" }));
}

/** The key of a certificate in PEM that is valid at this time. */
export function certificateKey(pem: string, nowMs: number): PublicKey | "expired" | undefined {
  return attempt(() => {
    const { validFrom, validTo, publicKey } = new X509Certificate(pem);
    return nowMs >= Date.parse(validFrom) && nowMs <= Date.parse(validTo) ? publicKey : "expired";
  });
}

export function fits(algorithm: SignatureAlgorithm, key: PublicKey): boolean {
  if (key.type !== "public" || key.asymmetricKeyType !== KEY_TYPES[algorithm]) return false;
  if (key.asymmetricKeyType !== "rsa") return true;
  return (key.asymmetricKeyDetails?.modulusLength ?? 0) >= MIN_RSA_BITS;
}

export function isSignedBy(
  key: PublicKey,
  { algorithm, signature }: { algorithm: SignatureAlgorithm; signature: Uint8Array },
  signed: Uint8Array,
): boolean {
  if (!fits(algorithm, key)) return false;
  return attempt(() => verifyWith(algorithm, key, { signed, signature })) ?? false;
}

function verifyWith(
  algorithm: SignatureAlgorithm,
  key: PublicKey,
  { signed, signature }: { readonly signed: Uint8Array; readonly signature: Uint8Array },
): boolean {
  switch (algorithm) {
    case "ed25519":
      return verify(null, signed, key, signature);
    case "ecdsa-sha256":
    case "rsa-sha256":
      return verify("sha256", signed, key, signature);
    case "ecdsa-sha1":
    case "rsa-sha1":
      return verify("sha1", signed, key, signature);
    case "ecdsa-sha256-fixed":
      return verify("sha256", signed, { key, dsaEncoding: "ieee-p1363" }, signature);
  }
}

/** Bytes that are no key or no signature make node throw. */
function attempt<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch {
    return undefined;
  }
}
