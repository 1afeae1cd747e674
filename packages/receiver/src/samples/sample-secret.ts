/** Made-up secrets of the shape that a recipe wants, for trying a receiver without the provider. */
import { generatePrivateKey, type KeyKind, pemOf, publicText } from "../crypto/private-key.ts";
import { randomBytes } from "../crypto/primitives.ts";
import { encodeBase64 } from "../encoding/base64.ts";
import { encodeHex } from "../encoding/hex.ts";
import type { KeyRule, Recipe } from "../scheme/recipe.ts";

export type SampleSecret = {
  /** What signs. */
  readonly secret: string;
  /** What the receiver is configured with: the same, or the public key that belongs to it. */
  readonly configured: string;
};

const SECRET_BYTES = 32;

const KEY_KINDS: Readonly<Record<string, KeyKind>> = {
  ed25519: "ed25519",
  "ecdsa-sha256": "ec",
  "rsa-sha256": "rsa",
};

export function newSampleSecret(recipe: Recipe): SampleSecret {
  if (recipe.scheme === "public-key") {
    return keyPair(KEY_KINDS[recipe.algorithm] ?? "ed25519", recipe.key);
  }
  if (recipe.scheme === "jwt" && recipe.key.from === "public-key") return keyPair("ed25519", "pem");
  const secret = sharedSecret(recipe, randomBytes(SECRET_BYTES));
  return { secret, configured: secret };
}

/** Whether the receiver is configured with another key than the one that signs. */
export function signsWithPrivateKey(recipe: Recipe): boolean {
  return (
    recipe.scheme === "public-key" || (recipe.scheme === "jwt" && recipe.key.from === "public-key")
  );
}

/** Whether receivers fetch the key from the provider's own host, so that nobody else can sign. */
export function signsAtProviderOnly(recipe: Recipe): boolean {
  if (recipe.scheme === "jwt")
    return recipe.key.from !== "secret" && recipe.key.from !== "public-key";
  return recipe.scheme === "sns" || recipe.scheme === "paypal" || recipe.scheme === "ebay";
}

function keyPair(kind: KeyKind, form: "raw-hex" | "raw-base64" | "pem"): SampleSecret {
  const key = generatePrivateKey(kind);
  return { secret: pemOf(key), configured: publicText(key, form) };
}

function sharedSecret(recipe: Recipe, bytes: Uint8Array): string {
  switch (recipe.scheme) {
    case "hmac":
      return hmacSecret(recipe.key, bytes);
    case "either": {
      const [first] = recipe.recipes;
      return first === undefined ? encodeHex(bytes) : hmacSecret(first.key, bytes);
    }
    case "basic":
    case "braintree":
      return `sample:${encodeHex(bytes)}`;
    case "none":
    case "address":
      return "";
    default:
      return encodeHex(bytes);
  }
}

function hmacSecret({ from, prefix = "" }: KeyRule, bytes: Uint8Array): string {
  const isBase64 = from === "base64" || from === "base64url";
  const text = isBase64 ? encodeBase64(bytes) : encodeHex(bytes);
  const safe = text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  return prefix + (from === "base64url" ? safe : text);
}
