/**
 * Standard Webhooks: the familiar calls, for those who need no other provider, and the hot path of
 * a sender.
 *
 * Signing differs from the general signer in one thing: it returns only the value of
 * `webhook-signature`, without building an object of headers.
 *
 * Source: Standard Webhooks 1.0.0, "Signature scheme". Only the symmetric `v1` is made; a `v1a`
 * beside it is ignored when verifying, as the specification asks for.
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
import type { VerifyResult } from "./scheme/result.ts";
import { checkedId } from "./scheme/sign.ts";

export type StandardSigner = {
  /**
   * The value of `webhook-signature`: one `v1,<base64>` for each secret, separated by spaces.
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
 * Decodes the secrets once, so that signing costs one HMAC for each of them.
 *
 * @throws {WebhookConfigError} for a secret that is empty, undecodable or shorter than 24 bytes
 */
export function createStandardSigner(secrets: readonly string[]): StandardSigner {
  const { macs } = prepareHmac(standardWebhooks.recipe, secrets);
  const tagged = (mac: Mac, frame: Frame, body: Uint8Array): string =>
    `v1,${mac.text(frame, body, "base64")}`;
  const [only, ...others] = macs;

  const sign = (id: string, timestampS: number, body: Uint8Array): string => {
    assertBytes(body);
    const frame = { before: `${checkedId(id, ".")}.${checkedSeconds(timestampS)}.`, after: "" };
    if (only !== undefined && others.length === 0) return tagged(only, frame, body);
    return macs.map((mac) => tagged(mac, frame, body)).join(" ");
  };
  return { sign };
}

/** Signs once; to sign often with the same secrets, keep a `createStandardSigner`. */
export function signStandard(input: StandardSignInput): string {
  return createStandardSigner(input.secrets).sign(input.id, input.timestampS, input.body);
}

/**
 * Verifies a request that follows Standard Webhooks. To verify many with the same secrets, keep a
 * `compileVerifier(standardWebhooks.recipe, secrets)`.
 *
 * @throws {WebhookConfigError} for unusable secrets; a request that does not verify is a result
 */
export function verifyStandardWebhook(input: StandardVerifyInput): VerifyResult {
  const { headers, body, secrets, nowMs } = input;
  return compileVerifier(standardWebhooks.recipe, secrets).verify({
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
