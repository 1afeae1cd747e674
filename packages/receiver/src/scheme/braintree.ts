/**
 * Braintree: a form of `bt_payload` and `bt_signature`, the latter pairs of public key and
 * HMAC-SHA1, whose key is the SHA-1 of the private key.
 *
 * The same key answers the challenge of the handshake. What could have been such a challenge is
 * therefore never accepted as a payload: otherwise anybody could have it signed.
 *
 * Source: the webhook gateways of Braintree's libraries.
 */
import { createMac, type Mac } from "../crypto/mac.ts";
import { equalDigests, hashOf } from "../crypto/primitives.ts";
import { isByteString } from "../encoding/binary-string.ts";
import { decodeHex, encodeHex } from "../encoding/hex.ts";
import { WebhookConfigError } from "../errors.ts";
import { lazyContent } from "../events/content.ts";
import { follow } from "../events/value.ts";
import { assertBytes } from "./assert-bytes.ts";
import type { CompiledScheme } from "./compiled-scheme.ts";
import {
  malformedBody,
  malformedSignature,
  missingValue,
  unsupportedScheme,
  wrongSecretOrModifiedBody,
} from "./failure.ts";
import { checkCredentials } from "./keys.ts";
import type { VerifyInput, VerifyResult } from "./result.ts";

export const BRAINTREE_CHALLENGE: RegExp = /^[a-f0-9]{20,32}$/;

const FORM = "application/x-www-form-urlencoded";
const PLACE = { body: ["bt_signature"] } as const;
const MAX_PAIRS = 100;
const DIGEST_BYTES = 20;
const NO_BYTES = new Uint8Array(0);

type Pair = { readonly publicKey: string; readonly mac: Mac };

export function compileBraintree(secrets: readonly string[]): CompiledScheme {
  const pairs = secretPairs(secrets);
  const verify = ({ body }: VerifyInput): VerifyResult => {
    assertBytes(body);
    const form = lazyContent(body, FORM).json();
    const [payload, text] = [follow(form, ["bt_payload"]), follow(form, ["bt_signature"])];
    if (typeof payload !== "string") return missingValue("the field bt_payload of the body");
    if (typeof text !== "string") return missingValue("the field bt_signature of the body");
    if (!/^[A-Za-z0-9+/=\n]+$/.test(payload) || BRAINTREE_CHALLENGE.test(payload.trim())) {
      return malformedBody("holds a bt_payload that is none");
    }
    return judge(pairs, payload, text);
  };
  return { verify };
}

/** `public_key|<hex>`, as Braintree wants its challenge answered. */
export function braintreeAnswer(secret: string, challenge: string): string | undefined {
  if (!BRAINTREE_CHALLENGE.test(challenge)) return undefined;
  const [pair] = secretPairs([secret]);
  if (pair === undefined) return undefined;
  const digest = pair.mac.digest({ before: challenge, after: "" }, NO_BYTES);
  return `${pair.publicKey}|${encodeHex(digest)}`;
}

function judge(pairs: readonly Pair[], payload: string, text: string): VerifyResult {
  const signatures = text
    .trim()
    .split("&", MAX_PAIRS)
    .map((one) => one.split("|"));
  const own = pairs.flatMap((pair, secretIndex) =>
    signatures.flatMap(([publicKey, hex = ""]) =>
      publicKey === pair.publicKey ? { mac: pair.mac, secretIndex, bytes: decodeHex(hex) } : [],
    ),
  );
  if (own.length === 0) {
    return signatures.some(({ length }) => length === 2)
      ? unsupportedScheme(PLACE, "of this public key")
      : malformedSignature(PLACE, "pairs of public key and signature");
  }
  if (own.every(({ bytes }) => bytes?.length !== DIGEST_BYTES)) {
    return malformedSignature(PLACE, "a whole hex signature of 20 bytes");
  }
  // Some of Braintree's systems sign the line break at the end, which forms lose.
  const match = own.find(({ mac, bytes = NO_BYTES }) =>
    [payload, `${payload}\n`].some((before) =>
      equalDigests(bytes, mac.digest({ before, after: "" }, NO_BYTES)),
    ),
  );
  return match === undefined
    ? wrongSecretOrModifiedBody(PLACE, pairs.length)
    : { status: "verified", secretIndex: match.secretIndex };
}

/** @throws {secret_undecodable} and the codes of secrets */
function secretPairs(secrets: readonly string[]): readonly Pair[] {
  checkCredentials(secrets);
  return secrets.map((secret, index) => {
    const [publicKey = "", privateKey = "", ...others] = secret.split(":");
    if (publicKey === "" || privateKey === "" || others.length > 0 || !isByteString(publicKey)) {
      throw new WebhookConfigError(
        "secret_undecodable",
        `Secret ${index + 1} is not of the form public_key:private_key.`,
        "Write the public key, a colon and the private key.",
      );
    }
    const key = hashOf("sha1", new TextEncoder().encode(privateKey));
    return { publicKey, mac: createMac("sha1", key) };
  });
}
