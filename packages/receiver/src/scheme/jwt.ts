/**
 * Verifies JSON Web Tokens in compact form (RFC 7515, RFC 7519) as webhook senders use them.
 *
 * The algorithm must be one of the recipe's list, whatever the token says of itself, and each kind
 * of key goes with its own algorithms only: there is no `none`, and no public key taken for the key
 * of an HMAC (RFC 8725 section 3.1). Claims are looked at after the signature, the time last.
 */
import { createMac } from "../crypto/mac.ts";
import { equalDigests, hashOf } from "../crypto/primitives.ts";
import { decodeBase64, decodeBase64Url, encodeBase64 } from "../encoding/base64.ts";
import { isByteString } from "../encoding/binary-string.ts";
import { decodeHex, encodeHex } from "../encoding/hex.ts";
import type { ValueLocation } from "../events/value.ts";
import { assertBytes } from "./assert-bytes.ts";
import { checkHeaderName } from "./check-recipe.ts";
import type { CompiledScheme, VerifierOptions } from "./compiled-scheme.ts";
import {
  malformedSignature,
  missingHeader,
  unsupportedScheme,
  wrongClaim,
  wrongSecretOrModifiedBody,
} from "./failure.ts";
import { compileJwtKeys, type JwtHeader, type Token } from "./jwt-keys.ts";
import { deriveKeys } from "./keys.ts";
import { readHeader } from "./read-header.ts";
import { recipeInvalid } from "./recipe-error.ts";
import type { JwtRecipe } from "./recipe-special.ts";
import type { VerifyFailed, VerifyInput, VerifyResult } from "./result.ts";
import type { SignatureHeaders, SignInput } from "./sign.ts";
import { signingUnsupported } from "./signing-unsupported.ts";
import { ageWindow, failedAge } from "./tolerance.ts";

type Claims = Readonly<Record<string, unknown>>;

/** Clocks differ; `exp` and `nbf` are whole seconds of another machine. */
const LEEWAY_MS = 60_000;

/** In the body; a token in a header is limited by the HTTP server. */
const MAX_TOKEN_BYTES = 1024 * 1024;

const NO_BYTES = new Uint8Array(0);
const decoder = new TextDecoder("utf-8", { fatal: true });

/** @throws {recipe_invalid} and the codes of secrets */
export function compileJwt(
  recipe: JwtRecipe,
  secrets: readonly string[],
  options: VerifierOptions,
): CompiledScheme {
  const { from } = recipe;
  if (recipe.algorithms.length === 0) throw recipeInvalid("it accepts no algorithm");
  if (from !== "body") checkHeaderName(from.header);
  const isMatch = compileJwtKeys(recipe, secrets);
  const window = ageWindow(
    { toleranceMs: recipe.issuedWithinMs ?? "off", future: "checked" },
    recipe.issuedWithinMs === undefined ? undefined : options.toleranceMs,
  );
  const place: ValueLocation = from === "body" ? { body: [] } : { header: from.header };

  const verify = (input: VerifyInput): VerifyResult => {
    assertBytes(input.body);
    const text = tokenText(recipe, input);
    if (typeof text !== "string") return text;
    const token = parseToken(text);
    if (token === undefined) return malformedSignature(place, "a JSON Web Token");
    const algorithm = recipe.algorithms.find((one) => one === token.header.alg);
    if (algorithm === undefined) return unsupportedScheme(place, recipe.algorithms.join(", "));

    const matched = isMatch({ ...token, algorithm }, input);
    if (typeof matched !== "number") return matched;
    if (matched === -1) return wrongSecretOrModifiedBody(place, secrets.length);
    const problem = claimProblem(recipe, token.claims, input);
    if (problem !== undefined) return problem;
    const status = bindsBody(recipe, token.claims) ? "verified" : "authenticated";
    const issuedAtMs = timeOf(token.claims["iat"]);
    if (issuedAtMs === undefined) {
      return recipe.issuedWithinMs === undefined
        ? { status, secretIndex: matched }
        : wrongClaim(place, "has no time of issue");
    }
    const ageMs = input.nowMs - issuedAtMs;
    return failedAge(place, ageMs, window) ?? { status, secretIndex: matched, ageMs };
  };
  return from === "body" ? { verify } : { header: from.header, verify };
}

function tokenText({ from }: JwtRecipe, { headers, body }: VerifyInput): string | VerifyFailed {
  if (from === "body") {
    const place = { body: [] };
    if (body.length > MAX_TOKEN_BYTES) return malformedSignature(place, "a JSON Web Token");
    try {
      return decoder.decode(body).trim();
    } catch {
      return malformedSignature(place, "a JSON Web Token");
    }
  }
  const value = readHeader(headers, from.header);
  if (typeof value !== "string") return value;
  const { prefix = "" } = from;
  const hasPrefix = value.slice(0, prefix.length).toLowerCase() === prefix.toLowerCase();
  return hasPrefix ? value.slice(prefix.length) : missingHeader(from.header);
}

function parseToken(text: string): Token | undefined {
  const [header, claims, signature, ...others] = text.split(".");
  if (header === undefined || claims === undefined || signature === undefined) return undefined;
  if (others.length > 0 || !isByteString(text)) return undefined;
  const bytes = decodeBase64Url(signature);
  const parsed = parseObject(header);
  const body = parseObject(claims);
  if (bytes === undefined || parsed === undefined || body === undefined) return undefined;
  // RFC 7515 section 4.1.11: an extension that is not understood must not be ignored.
  if (Object.hasOwn(parsed, "crit")) return undefined;
  const { alg, kid } = parsed;
  const known: JwtHeader = {
    alg: typeof alg === "string" ? alg : "",
    ...(typeof kid === "string" && { kid }),
  };
  return { header: known, claims: body, signature: bytes, signed: `${header}.${claims}` };
}

function parseObject(base64url: string): Claims | undefined {
  const bytes = decodeBase64Url(base64url);
  if (bytes === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(decoder.decode(bytes));
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Claims)
      : undefined;
  } catch {
    return undefined;
  }
}

function claimProblem(
  recipe: JwtRecipe,
  claims: Claims,
  input: VerifyInput,
): VerifyFailed | undefined {
  const place: ValueLocation =
    recipe.from === "body" ? { body: [] } : { header: recipe.from.header };
  if (isOtherBody(recipe, claims, input.body)) return wrongSecretOrModifiedBody(place, 1);
  for (const [name, text] of Object.entries(recipe.claims ?? {})) {
    if (claims[name] !== text)
      return wrongClaim(place, `names another "${name}" than this source's`);
  }
  const [expiresAtMs, startsAtMs] = [timeOf(claims["exp"]), timeOf(claims["nbf"])];
  if (expiresAtMs !== undefined && !(input.nowMs <= expiresAtMs + LEEWAY_MS)) {
    return wrongClaim(place, "has expired");
  }
  if (startsAtMs !== undefined && !(input.nowMs >= startsAtMs - LEEWAY_MS)) {
    return wrongClaim(place, "is not valid yet");
  }
  return undefined;
}

function isOtherBody({ bodyDigest }: JwtRecipe, claims: Claims, body: Uint8Array): boolean {
  if (bodyDigest === undefined) return false;
  const text = claims[bodyDigest.claim];
  if (text === undefined) return bodyDigest.required || body.length > 0;
  if (typeof text !== "string") return true;
  const digest = DECODERS[bodyDigest.encoding](text);
  return digest === undefined || !equalDigests(digest, hashOf("sha256", body));
}

const DECODERS = { hex: decodeHex, base64: decodeBase64, base64url: decodeBase64Url };

function bindsBody({ from, bodyDigest }: JwtRecipe, claims: Claims): boolean {
  return from === "body" || (bodyDigest !== undefined && claims[bodyDigest.claim] !== undefined);
}

/** RFC 7519 section 2: seconds, possibly with a fraction. */
function timeOf(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) ? value * 1000 : undefined;
}

/** Signs with the first secret, by HMAC only; what a simulator needs. */
export function jwtSigner(
  recipe: JwtRecipe,
  secrets: readonly string[],
): { readonly sign: (input: SignInput) => SignatureHeaders } {
  const { from, key } = recipe;
  const [algorithm] = recipe.algorithms;
  if (from === "body" || key.from !== "secret" || !algorithm?.startsWith("HS")) {
    throw signingUnsupported();
  }
  const [first] = deriveKeys({ from: "utf8", minBytes: 8 }, secrets);
  const mac = createMac(algorithm === "HS512" ? "sha512" : "sha256", first ?? NO_BYTES);
  const sign = ({ body, nowMs }: SignInput): SignatureHeaders => {
    const claims = {
      ...recipe.claims,
      ...(recipe.issuedWithinMs !== undefined && { iat: Math.floor(nowMs / 1000) }),
      ...(recipe.bodyDigest && {
        [recipe.bodyDigest.claim]: encode(hashOf("sha256", body), recipe.bodyDigest.encoding),
      }),
    };
    const signed = `${segment({ alg: algorithm, typ: "JWT" })}.${segment(claims)}`;
    const signature = mac.text({ before: signed, after: "" }, NO_BYTES, "base64url");
    return { [from.header]: `${from.prefix ?? ""}${signed}.${signature}` };
  };
  return { sign };
}

function segment(value: unknown): string {
  return urlSafe(encodeBase64(new TextEncoder().encode(JSON.stringify(value))));
}

function encode(bytes: Uint8Array, encoding: "hex" | "base64" | "base64url"): string {
  if (encoding === "hex") return encodeHex(bytes);
  return encoding === "base64" ? encodeBase64(bytes) : urlSafe(encodeBase64(bytes));
}

function urlSafe(base64: string): string {
  return base64.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
