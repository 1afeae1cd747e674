/**
 * Standard Webhooks: the familiar calls, for those who need no other provider, and the hot path of
 * a sender.
 *
 * Signing differs from the general signer in one thing: it returns only the value of
 * `webhook-signature`, without building an object of headers.
 *
 * Secrets may be symmetric (`whsec_…`, making `v1`) and asymmetric (`whsk_…` to sign, `whpk_…` to
 * verify, making `v1a`), also side by side while a sender moves from one to the other.
 *
 * Source: Standard Webhooks 1.0.0, "Signature scheme". What cannot be verified with the secrets at
 * hand is ignored beside what can, as the specification asks for.
 */
import type { Frame, Mac } from "./crypto/mac.ts";
import { randomBytes } from "./crypto/primitives.ts";
import { encodeBase64 } from "./encoding/base64.ts";
import { WebhookConfigError } from "./errors.ts";
import { type HeaderRecord, headersFromRecord } from "./headers.ts";
import { standardWebhooks } from "./providers/standard-webhooks.ts";
import { assertBytes } from "./scheme/assert-bytes.ts";
import { compileVerifier } from "./scheme/compile.ts";
import { prepareHmac } from "./scheme/hmac.ts";
import type { Verifier, VerifyResult } from "./scheme/result.ts";
import { checkedId } from "./scheme/sign.ts";
import {
  asymmetricRecipe,
  asymmetricSigner,
  PRIVATE_PREFIX,
  PUBLIC_PREFIX,
} from "./standard-asymmetric.ts";

export type StandardSigner = {
  /**
   * The value of `webhook-signature`: one `v1,<base64>` or `v1a,<base64>` for each secret, separated by
   * spaces.
   *
   * @throws {signing_input_invalid} if the id contains a full stop or the time is no whole second
   */
  readonly sign: (id: string, timestampS: number, body: Uint8Array) => string;
};

export type StandardSignInput = {
  readonly id: string;
  /** Seconds since 1970, as in `webhook-timestamp`. */
  readonly timestampS: number;
  readonly body: Uint8Array;
  /** While rotating: the new one and the old one. */
  readonly secrets: readonly string[];
};

export type StandardVerifyInput = {
  /** `webhook-id`, `webhook-timestamp` and `webhook-signature`; names in any case, others ignored. */
  readonly headers: HeaderRecord;
  readonly body: Uint8Array;
  readonly secrets: readonly string[];
  readonly nowMs: number;
};

const NEW_SECRET_BYTES = 32;

/** A new random secret: `whsec_` and the base64 of 32 bytes. */
export function generateSecret(): string {
  return `whsec_${encodeBase64(randomBytes(NEW_SECRET_BYTES))}`;
}

/**
 * Decodes the secrets once, so that signing costs one HMAC for each of them, and an Ed25519 signature
 * for each `whsk_…`.
 *
 * @throws {WebhookConfigError} for a secret that is empty, undecodable or shorter than 24 bytes
 */
export function createStandardSigner(secrets: readonly string[]): StandardSigner {
  const asymmetric = secrets.filter(isPrivate).map(asymmetricSigner);
  const shared = secrets.filter((secret) => !isPrivate(secret));
  // An empty list is refused here.
  const isOnlyAsymmetric = shared.length === 0 && asymmetric.length > 0;
  const macs = isOnlyAsymmetric ? [] : prepareHmac(standardWebhooks.recipe, shared).macs;
  const tagged = (mac: Mac, frame: Frame, body: Uint8Array): string =>
    `v1,${mac.text(frame, body, "base64")}`;
  const [only, ...others] = macs;

  const sign = (id: string, timestampS: number, body: Uint8Array): string => {
    assertBytes(body);
    const frame = { before: `${checkedId(id, ".")}.${checkedSeconds(timestampS)}.`, after: "" };
    if (only !== undefined && others.length === 0 && asymmetric.length === 0) {
      return tagged(only, frame, body);
    }
    return [
      ...macs.map((mac) => tagged(mac, frame, body)),
      ...asymmetric.map((signWith) => signWith(frame.before, body)),
    ].join(" ");
  };
  return { sign };
}

function isPrivate(secret: string): boolean {
  return typeof secret === "string" && secret.startsWith(PRIVATE_PREFIX);
}

/** Signs once; to sign often with the same secrets, keep a `createStandardSigner`. */
export function signStandard(input: StandardSignInput): string {
  return createStandardSigner(input.secrets).sign(input.id, input.timestampS, input.body);
}

/**
 * A verifier for `whsec_…` secrets, `whpk_…` public keys, or both: any signature that fits any of them
 * counts. `secretIndex` is the position in the list given.
 *
 * @throws {WebhookConfigError} for unusable secrets
 */
export function compileStandardVerifier(secrets: readonly string[]): Verifier {
  const isPublic = (secret: string): boolean =>
    typeof secret === "string" && secret.startsWith(PUBLIC_PREFIX);
  const keys = secrets.filter(isPublic);
  const shared = secrets.filter((secret) => !isPublic(secret));
  if (keys.length === 0) return compileVerifier(standardWebhooks.recipe, shared);
  const bare = keys.map((key) => key.slice(PUBLIC_PREFIX.length));
  const byKey = atPositions(compileVerifier(asymmetricRecipe, bare), secrets, keys);
  if (shared.length === 0) return byKey;
  const byMac = atPositions(compileVerifier(standardWebhooks.recipe, shared), secrets, shared);
  return {
    verify(input) {
      const result = byMac.verify(input);
      return result.status === "failed" ? better(byKey.verify(input), result) : result;
    },
  };
}

/** The symmetric failure says more about a header that has only `v1`. */
function better(asymmetric: VerifyResult, symmetric: VerifyResult): VerifyResult {
  return asymmetric.status === "failed" ? symmetric : asymmetric;
}

/** Counts positions in the whole list. */
function atPositions(
  { verify }: Verifier,
  all: readonly string[],
  some: readonly string[],
): Verifier {
  return {
    verify(input) {
      const result = verify(input);
      if (!("secretIndex" in result)) return result;
      return { ...result, secretIndex: all.indexOf(some[result.secretIndex] ?? "") };
    },
  };
}

/**
 * Verifies a request that follows Standard Webhooks. To verify many with the same secrets, keep a
 * `compileStandardVerifier(secrets)`.
 *
 * @throws {WebhookConfigError} for unusable secrets; a request that does not verify is a result
 */
export function verifyStandardWebhook(input: StandardVerifyInput): VerifyResult {
  const { headers, body, secrets, nowMs } = input;
  return compileStandardVerifier(secrets).verify({
    method: "POST",
    url: "",
    headers: headersFromRecord(headers),
    body,
    nowMs,
  });
}

function checkedSeconds(timestampS: number): number {
  if (Number.isSafeInteger(timestampS) && timestampS >= 0) return timestampS;
  throw new WebhookConfigError(
    "signing_input_invalid",
    "The timestamp must be a whole number of seconds since 1970.",
    "Use Math.floor(nowMs / 1000).",
  );
}
