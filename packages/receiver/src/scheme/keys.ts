/**
 * Secrets as people configure them to the bytes of keys.
 *
 * Fails closed and early: an empty, undecodable or short secret is refused here, when the verifier
 * is compiled, because a verifier with an empty key accepts whatever an attacker signs with an
 * empty key (I4). Errors name a secret by its position, never by its text (I8).
 */
import { hashOf } from "../crypto/primitives.ts";
import { decodeBase64, decodeBase64Url } from "../encoding/base64.ts";
import { decodeHex } from "../encoding/hex.ts";
import { type ConfigErrorCode, WebhookConfigError } from "../errors.ts";
import type { KeyRule } from "./recipe.ts";

/** Each secret costs a hash for a request that none of them matches. Rotation needs two. */
export const MAX_SECRETS = 16;

/** A credential sent as it is can be guessed only online; still, one character is not a secret. */
const MIN_CREDENTIAL_BYTES = 8;

const encoder = new TextEncoder();

/** @throws {secret_missing, secrets_too_many, secret_empty, secret_padded, secret_undecodable, secret_too_short} */
export function deriveKeys(rule: KeyRule, secrets: readonly string[]): readonly Uint8Array[] {
  checkCount(secrets);
  return secrets.map((secret, index) => {
    const { prefix = "" } = rule;
    const encoded = secret.startsWith(prefix) ? secret.slice(prefix.length) : secret;
    checkText(encoded, secret, index);
    const key = decodeKey(rule, encoded);
    if (key === undefined) {
      throw secretError(
        "secret_undecodable",
        `${nameOf(index)} is not valid ${rule.from}.`,
        `Copy it whole, ${prefix === "" ? "" : `with its prefix "${prefix}", `}as the provider shows it.`,
      );
    }
    checkLength(key.length, rule.minBytes, index);
    return rule.digest === undefined ? key : hashOf(rule.digest, key);
  });
}

/** Secrets that are compared as they are. @throws as `deriveKeys` */
export function checkCredentials(secrets: readonly string[]): void {
  checkCount(secrets);
  for (const [index, secret] of secrets.entries()) {
    checkText(secret, secret, index);
    checkLength(encoder.encode(secret).length, MIN_CREDENTIAL_BYTES, index);
  }
}

/** For schemes without secrets: one given means that the wrong scheme was chosen. */
export function checkNoSecrets(scheme: string, secrets: readonly string[]): void {
  if (secrets.length === 0) return;
  throw secretError(
    "secret_unused",
    `The scheme "${scheme}" uses no secret, but ${secrets.length === 1 ? "one is" : `${secrets.length} are`} configured.`,
    "Choose the provider or the scheme that the secret belongs to, or remove the secret.",
  );
}

function checkCount(secrets: readonly string[]): void {
  if (secrets.length === 0) {
    throw secretError(
      "secret_missing",
      "No secret is configured.",
      "Configure the provider's signing secret; to accept unverified requests, choose the scheme none.",
    );
  }
  if (secrets.length > MAX_SECRETS) {
    throw secretError(
      "secrets_too_many",
      `${secrets.length} secrets are configured; the limit is ${MAX_SECRETS}.`,
      "Remove the ones that are no longer in use.",
    );
  }
  for (const [index, secret] of secrets.entries()) {
    // Reachable from JavaScript, where an unset environment variable arrives as undefined.
    if (typeof secret !== "string") throw secretEmpty(index);
  }
}

function checkText(encoded: string, secret: string, index: number): void {
  if (encoded.trim() === "") throw secretEmpty(index);
  if (secret.trim() !== secret) {
    throw secretError(
      "secret_padded",
      `${nameOf(index)} begins or ends with white space.`,
      "Remove it; a file often ends with a line break.",
    );
  }
}

function checkLength(byteCount: number, minBytes: number, index: number): void {
  if (byteCount >= minBytes) return;
  throw secretError(
    "secret_too_short",
    `${nameOf(index)} has ${byteCount} bytes; at least ${minBytes} are needed.`,
    "Copy the whole secret, or generate a longer one.",
  );
}

function decodeKey(rule: KeyRule, encoded: string): Uint8Array | undefined {
  switch (rule.from) {
    case "utf8":
      return encoder.encode(encoded);
    case "base64":
      return decodeBase64(encoded);
    case "base64url":
      return decodeBase64Url(encoded);
    case "hex":
      return decodeHex(encoded);
  }
}

function secretEmpty(index: number): WebhookConfigError {
  return secretError(
    "secret_empty",
    `${nameOf(index)} is empty.`,
    "Check that the environment variable or file it comes from is set.",
  );
}

function nameOf(index: number): string {
  return `Secret ${index + 1}`;
}

function secretError(code: ConfigErrorCode, message: string, hint: string): WebhookConfigError {
  return new WebhookConfigError(code, message, hint);
}
