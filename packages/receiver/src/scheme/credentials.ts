/**
 * Verifies requests that carry the secret itself: bearer token, API key, basic authentication.
 *
 * A match is `authenticated`, not `verified`: whoever reads one request knows the secret, and
 * nothing ties it to the body. Digests of both sides are compared, so the time taken shows neither
 * where they differ nor how long the secret is (I4).
 */
import { digestOf, equalDigests } from "../crypto/primitives.ts";
import { decodeBase64 } from "../encoding/base64.ts";
import { isByteString, utf8AsByteString } from "../encoding/binary-string.ts";
import { WebhookConfigError } from "../errors.ts";
import { checkHeaderName } from "./check-recipe.ts";
import type { CompiledScheme } from "./compiled-scheme.ts";
import { missingCredentials, wrongCredentials } from "./failure.ts";
import { checkCredentials } from "./keys.ts";
import { readHeader } from "./read-header.ts";
import type { TokenRecipe } from "./recipe.ts";
import type { VerifyFailed, VerifyResult } from "./result.ts";

const BASIC = "basic ";

export function compileToken(recipe: TokenRecipe, secrets: readonly string[]): CompiledScheme {
  const { header, prefix = "" } = recipe;
  checkHeaderName(header);
  checkCredentials(secrets);
  const expected = secrets.map(digestOfUtf8);
  return {
    header,
    verify: ({ headers }) => {
      const value = readHeader(headers, header);
      if (typeof value !== "string") return asMissingCredentials(value);
      if (!startsWithIgnoringCase(value, prefix)) return missingCredentials(header);
      const presented = value.slice(prefix.length);
      return isByteString(presented)
        ? matchDigest(header, expected, digestOf(presented))
        : wrongCredentials(header);
    },
  };
}

/** @throws {secret_undecodable} for a secret without a colon */
export function compileBasic(secrets: readonly string[]): CompiledScheme {
  checkCredentials(secrets);
  for (const [index, secret] of secrets.entries()) checkPair(secret, index);
  const expected = secrets.map(digestOfUtf8);
  const header = "authorization";
  return {
    header,
    verify: ({ headers }) => {
      const value = readHeader(headers, header);
      if (typeof value !== "string") return asMissingCredentials(value);
      if (!startsWithIgnoringCase(value, BASIC)) return missingCredentials(header);
      const pair = decodeBase64(value.slice(BASIC.length).trim());
      if (pair === undefined) return missingCredentials(header);
      return matchDigest(header, expected, digestOf(asByteString(pair)));
    },
  };
}

function checkPair(secret: string, index: number): void {
  if (secret.includes(":")) return;
  throw new WebhookConfigError(
    "secret_undecodable",
    `Secret ${index + 1} is not of the form user:password.`,
    "Write the name, a colon and the password.",
  );
}

function matchDigest(
  header: string,
  expected: readonly Uint8Array[],
  presented: Uint8Array,
): VerifyResult {
  const secretIndex = expected.findIndex((digest) => equalDigests(digest, presented));
  return secretIndex === -1 ? wrongCredentials(header) : { status: "authenticated", secretIndex };
}

/** A header that is not there is, for these schemes, a request without credentials. */
function asMissingCredentials(failed: VerifyFailed): VerifyResult {
  return failed.reason === "missing_header" ? missingCredentials(failed.header ?? "") : failed;
}

function startsWithIgnoringCase(value: string, prefix: string): boolean {
  return value.slice(0, prefix.length).toLowerCase() === prefix.toLowerCase();
}

function digestOfUtf8(text: string): Uint8Array {
  return digestOf(utf8AsByteString(text));
}

function asByteString(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}
