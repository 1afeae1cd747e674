/**
 * Private keys, for simulators only: a receiver never has one. The counterpart of `public-key.ts`.
 */
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
} from "node:crypto";
import { encodeBase64 } from "../encoding/base64.ts";
import { encodeHex } from "../encoding/hex.ts";

export type PrivateKey = KeyObject;
export type KeyKind = "ed25519" | "ec" | "rsa";

const RSA_BITS = 2048;

/** PKCS#8 in PEM, with or without its line breaks, or the base64 in it alone. */
export function privateKey(text: string): PrivateKey | undefined {
  const base64 = text.replaceAll(/-----(BEGIN|END) PRIVATE KEY-----|\s/g, "");
  try {
    return createPrivateKey({ key: Buffer.from(base64, "base64"), format: "der", type: "pkcs8" });
  } catch {
    return undefined;
  }
}

export function generatePrivateKey(kind: KeyKind): PrivateKey {
  switch (kind) {
    case "ed25519":
      return generateKeyPairSync("ed25519").privateKey;
    case "ec":
      return generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
    case "rsa":
      return generateKeyPairSync("rsa", { modulusLength: RSA_BITS }).privateKey;
  }
}

export function pemOf(key: PrivateKey): string {
  return String(key.export({ format: "pem", type: "pkcs8" }));
}

/** As providers show their public keys: the 32 bytes of Ed25519, or the base64 of a PEM block. */
export function publicText(key: PrivateKey, form: "raw-hex" | "raw-base64" | "pem"): string {
  const spki = createPublicKey(key).export({ format: "der", type: "spki" });
  const raw = spki.subarray(-32);
  switch (form) {
    case "raw-hex":
      return encodeHex(raw);
    case "raw-base64":
      return encodeBase64(raw);
    case "pem":
      return encodeBase64(spki);
  }
}

/** `fixed`: an ECDSA signature as two numbers of fixed length instead of DER. */
export function signBytes(key: PrivateKey, bytes: Uint8Array, ecdsa: "der" | "fixed"): Uint8Array {
  const digest = key.asymmetricKeyType === "ed25519" ? null : "sha256";
  const dsaEncoding = ecdsa === "fixed" ? "ieee-p1363" : "der";
  return sign(digest, bytes, { key, dsaEncoding });
}
