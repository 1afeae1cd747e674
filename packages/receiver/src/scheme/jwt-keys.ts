/**
 * The keys of a token: configured, or published by the sender and fetched by the caller.
 *
 * Answers which of the configured secrets the token belongs to, -1 for none of them, or a failure
 * that asks for a key.
 */
import { createMac } from "../crypto/mac.ts";
import { equalDigests } from "../crypto/primitives.ts";
import {
  isSignedBy,
  jwkKey,
  pemKey,
  type PublicKey,
  type SignatureAlgorithm,
} from "../crypto/public-key.ts";
import { bytesOfByteString } from "../encoding/binary-string.ts";
import { WebhookConfigError } from "../errors.ts";
import { keyNeeded, keyUnusable, malformedSignature, wrongClaim } from "./failure.ts";
import { checkCredentials, deriveKeys } from "./keys.ts";
import type { KeyRequest } from "./needed-key.ts";
import { publicKeys } from "./public-key.ts";
import { recipeInvalid } from "./recipe-error.ts";
import type { JwtAlgorithm, JwtKeyRule, JwtRecipe } from "./recipe-special.ts";
import type { VerifyFailed, VerifyInput } from "./result.ts";

export type JwtHeader = { readonly alg: string; readonly kid?: string };

export type Token = {
  readonly header: JwtHeader;
  readonly claims: Readonly<Record<string, unknown>>;
  readonly signature: Uint8Array;
  /** What is signed: header and claims as sent. */
  readonly signed: string;
};

type CheckedToken = Token & { readonly algorithm: JwtAlgorithm };

type Match = (token: CheckedToken, input: VerifyInput) => number | VerifyFailed;

const ALGORITHMS: Readonly<Record<JwtAlgorithm, SignatureAlgorithm | undefined>> = {
  HS256: undefined,
  HS512: undefined,
  RS256: "rsa-sha256",
  ES256: "ecdsa-sha256-fixed",
  EdDSA: "ed25519",
};

/** What can stand in a URL and in a cache without meaning anything there. */
const KEY_ID = /^[A-Za-z0-9_.-]{1,128}$/;

const NO_BYTES = new Uint8Array(0);

/** @throws {recipe_invalid} and the codes of secrets */
export function compileJwtKeys(recipe: JwtRecipe, secrets: readonly string[]): Match {
  const isSymmetric = recipe.algorithms.every((one) => ALGORITHMS[one] === undefined);
  const isAsymmetric = recipe.algorithms.every((one) => ALGORITHMS[one] !== undefined);
  const { key } = recipe;
  if (key.from === "secret" ? !isSymmetric : !isAsymmetric) {
    throw recipeInvalid("its algorithms do not go with its kind of key");
  }
  switch (key.from) {
    case "secret":
      return symmetric(secrets);
    case "public-key":
      return configured(secrets);
    case "jwk-by-id":
      return keyById(key, secrets);
    case "issuer-key-set":
      return issuerKeySet(key, secrets);
  }
}

function symmetric(secrets: readonly string[]): Match {
  const keys = deriveKeys({ from: "utf8", minBytes: 8 }, secrets);
  const macs = keys.map((key) => ({
    HS256: createMac("sha256", key),
    HS512: createMac("sha512", key),
  }));
  return ({ algorithm, signature, signed }) =>
    macs.findIndex((mac) => {
      const one = algorithm === "HS512" ? mac.HS512 : mac.HS256;
      return equalDigests(one.digest({ before: signed, after: "" }, NO_BYTES), signature);
    });
}

function configured(secrets: readonly string[]): Match {
  const keys = publicKeys(secrets, pemKey, () => true);
  return (token) => keys.findIndex((key) => matches(key, token));
}

function matches(key: PublicKey, { algorithm, signature, signed }: CheckedToken): boolean {
  const wanted = ALGORITHMS[algorithm];
  if (wanted === undefined) return false;
  return isSignedBy(key, { algorithm: wanted, signature }, bytesOfByteString(signed));
}

function keyById(
  rule: Extract<JwtKeyRule, { from: "jwk-by-id" }>,
  secrets: readonly string[],
): Match {
  checkCredentials(secrets);
  return (token, { keys }) => {
    const { kid = "" } = token.header;
    if (!KEY_ID.test(kid)) return malformedSignature({ body: [] }, "the id of a key");
    const request: KeyRequest = {
      id: `${rule.credentials} ${kid}`,
      url: rule.url,
      method: "POST",
      body: { key_id: kid },
      credentials: rule.credentials,
    };
    const text = keys?.(request);
    if (text === undefined) return keyNeeded(request);
    const published = fieldOf(parse(text), "key");
    const expiredAt = fieldOf(published, "expired_at");
    if (expiredAt !== undefined && expiredAt !== null) return keyUnusable("has expired");
    return judged(published, kid, token);
  };
}

function issuerKeySet(
  rule: Extract<JwtKeyRule, { from: "issuer-key-set" }>,
  secrets: readonly string[],
): Match {
  checkCredentials(secrets);
  for (const secret of secrets) checkIssuer(secret, rule.hostSuffix);
  return (token, { keys }) => {
    const { kid = "" } = token.header;
    const secretIndex = secrets.findIndex((issuer) => issuer === token.claims["iss"]);
    const issuer = secrets[secretIndex];
    if (issuer === undefined)
      return wrongClaim({ body: [] }, "names an issuer that is not configured");
    if (!KEY_ID.test(kid)) return malformedSignature({ body: [] }, "the id of a key");
    const url = issuer + rule.path;
    const request: KeyRequest = { id: `${url} ${kid}`, url, method: "GET" };
    const text = keys?.(request);
    if (text === undefined) return keyNeeded(request);
    const set = fieldOf(parse(text), "keys");
    const published: readonly unknown[] = Array.isArray(set) ? set : [];
    const found = published.find((one) => fieldOf(one, "kid") === kid);
    const matched = judged(found, kid, token);
    return matched === 0 ? secretIndex : matched;
  };
}

/** @throws {secret_undecodable} */
function checkIssuer(issuer: string, hostSuffix: string): void {
  const host = /^https:\/\/([a-z0-9.-]+)$/.exec(issuer)?.[1];
  if (host?.endsWith(hostSuffix)) return;
  throw new WebhookConfigError(
    "secret_undecodable",
    "The issuer is not of this provider.",
    `Write it as https://your-name${hostSuffix}, without a path.`,
  );
}

function judged(jwk: unknown, kid: string, token: CheckedToken): number | VerifyFailed {
  if (fieldOf(jwk, "kid") !== kid) return keyUnusable("is not the one that was asked for");
  const key = jwkKey(jwk);
  if (key === undefined) return keyUnusable("is no public key");
  return matches(key, token) ? 0 : -1;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function fieldOf(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
  return (value as Readonly<Record<string, unknown>>)[name];
}
