/**
 * Explains a verification step by step: what was looked for, what was there, what the signature
 * should have been, and under which single change it would have matched.
 *
 * For people with a captured request and the secret at hand (`ringdown verify`), never for the hot
 * path and never as an answer to a sender. Of signatures only the first eight characters are shown:
 * enough to compare by eye, useless for forging one (I8).
 */
import { encodeBase64 } from "../encoding/base64.ts";
import { encodeHex } from "../encoding/hex.ts";
import { WebhookConfigError } from "../errors.ts";
import { type Claim, readClaim } from "./claim.ts";
import { compileVerifier } from "./compile.ts";
import { isUsed } from "./either.ts";
import { compileHmac, type PreparedHmac, prepareHmac } from "./hmac.ts";
import { nameOfPlace } from "./place.ts";
import { placeOfProof } from "./read-proof.ts";
import type { HmacRecipe, Recipe, SignatureEncoding } from "./recipe.ts";
import type { VerifyInput, VerifyResult } from "./result.ts";
import { expectedForm } from "./signature-header.ts";
import { suspects } from "./variants.ts";

export type Explanation = {
  /** What a verifier of the same recipe and secrets answers. */
  readonly result: VerifyResult;
  readonly steps: readonly ExplanationStep[];
  /** Changes after which the signature would match; empty if it matches, or none of them helps. */
  readonly matchesIf: readonly MatchHint[];
};

export type ExplanationStep = {
  readonly title: string;
  readonly outcome: "ok" | "failed" | "info";
  /** One sentence. */
  readonly detail: string;
};

export type MatchHint = {
  /** `body`: the body was modified on the way. The others: the configuration does not fit. */
  readonly kind: "body" | "url" | "secret" | "recipe";
  /** Completes the sentence "The signature matches if …". */
  readonly condition: string;
  readonly secretIndex: number;
};

const SHOWN_CHARACTERS = 8;

/**
 * @throws {WebhookConfigError} as `compileVerifier`
 * @example
 * for (const { title, detail } of explain(stripe.recipe, secrets, input).steps) {
 *   console.log(`${title}: ${detail}`);
 * }
 */
export function explain(
  recipe: Recipe,
  secrets: readonly string[],
  input: VerifyInput,
): Explanation {
  const result = compileVerifier(recipe, secrets).verify(input);
  const form = hmacFormOf(recipe, input);
  if (form === undefined) return { result, steps: [verdict(result)], matchesIf: [] };

  const prepared = prepareHmac(form, secrets);
  const steps = [describeRecipe(prepared), describeBody(prepared, input)];
  const claim = readClaim(prepared.plan, input);
  if (claim.status === "claimed") {
    steps.push(...describeTime(form, claim, input), ...describeSecrets(prepared, claim, input));
  }
  steps.push(verdict(result));
  return { result, steps, matchesIf: findMatches(form, secrets, { input, result }) };
}

/** The form of an either-recipe that the request uses; the first if it uses none. */
function hmacFormOf(recipe: Recipe, input: VerifyInput): HmacRecipe | undefined {
  if (recipe.scheme === "hmac") return recipe;
  if (recipe.scheme !== "either") return undefined;
  const present = recipe.recipes.find((form) => {
    const place = placeOfProof(form.signature);
    return "header" in place && isUsed(form, place.header, input);
  });
  return present ?? recipe.recipes[0];
}

function describeRecipe({ recipe, plan }: PreparedHmac): ExplanationStep {
  const { algorithm, signature, signed, keyed } = recipe;
  return {
    title: "looked for",
    outcome: "info",
    detail: `In ${nameOfPlace(placeOfProof(signature))}: ${expectedForm(plan.reader)}, ${keyed === "prefix" ? "" : "HMAC-"}${algorithm.toUpperCase()} over ${signed}.`,
  };
}

function describeBody({ plan }: PreparedHmac, { body }: VerifyInput): ExplanationStep {
  const detail = plan.template.bindsBody
    ? `${body.length} bytes, taken as they are.`
    : "The sender does not sign the body.";
  return { title: "body", outcome: "info", detail };
}

function describeTime(
  recipe: HmacRecipe,
  claim: Claim,
  input: VerifyInput,
): readonly ExplanationStep[] {
  if (recipe.timestamp === undefined || claim.timestampMs === undefined) return [];
  const ageMs = input.nowMs - claim.timestampMs;
  const { toleranceMs } = recipe.timestamp;
  const distance = `${Math.abs(ageMs) / 1000} s ${ageMs < 0 ? "ahead of" : "before"} the clock`;
  const isTolerated =
    toleranceMs === "off" ||
    (ageMs < 0 && recipe.timestamp.future === "ignored") ||
    Math.abs(ageMs) <= toleranceMs;
  const tolerance = toleranceMs === "off" ? "any age is" : `${toleranceMs / 1000} s are`;
  return [
    {
      title: "timestamp",
      outcome: isTolerated ? "ok" : "failed",
      detail: `${isoTime(claim.timestampMs)}, ${distance}; ${tolerance} tolerated.`,
    },
  ];
}

function describeSecrets(
  { recipe, plan, macs }: PreparedHmac,
  claim: Claim,
  input: VerifyInput,
): readonly ExplanationStep[] {
  const received = claim.signatures.map((bytes) => encode(bytes, recipe.encoding));
  const shown = received.map(shorten).join(", ");
  const body = plan.template.signsBody ? input.body : new Uint8Array(0);
  return macs.map((mac, index) => {
    const expected = mac.text(claim, body, recipe.encoding);
    return {
      title: `secret ${index + 1}`,
      outcome: received.includes(expected) ? "ok" : "failed",
      detail: `Expected ${shorten(expected)}, received ${shown}.`,
    };
  });
}

function verdict(result: VerifyResult): ExplanationStep {
  if (result.status === "failed") {
    return { title: "result", outcome: "failed", detail: `${result.message} ${result.hint}` };
  }
  if (result.status === "unverified") {
    return { title: "result", outcome: "info", detail: "Nothing is checked." };
  }
  const detail = `The request is ${result.status} by number ${result.secretIndex + 1} of those configured.`;
  return { title: "result", outcome: "ok", detail };
}

function findMatches(
  recipe: HmacRecipe,
  secrets: readonly string[],
  { input, result }: { readonly input: VerifyInput; readonly result: VerifyResult },
): readonly MatchHint[] {
  const isOpen =
    result.status === "failed" &&
    (result.reason === "wrong_secret_or_modified_body" || result.reason === "malformed_signature");
  if (!isOpen) return [];

  const hints: MatchHint[] = [];
  for (const suspect of suspects(recipe, input.body, input.url)) {
    const secretIndex = secrets.findIndex((secret) =>
      matches(suspect.recipe, secret, { ...input, body: suspect.body, url: suspect.url }),
    );
    if (secretIndex === -1) continue;
    hints.push({ kind: suspect.kind, condition: suspect.condition, secretIndex });
  }
  return hints;
}

function matches(recipe: HmacRecipe, secret: string, input: VerifyInput): boolean {
  try {
    const verifier = compileHmac(recipe, [secret], { toleranceMs: "off" });
    return verifier.verify(input).status !== "failed";
  } catch (error) {
    // A secret that cannot be read in the suspected way is simply not the explanation.
    if (error instanceof WebhookConfigError) return false;
    throw error;
  }
}

function encode(bytes: Uint8Array, encoding: SignatureEncoding): string {
  if (encoding === "hex") return encodeHex(bytes);
  const text = encodeBase64(bytes);
  return encoding === "base64"
    ? text
    : text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function shorten(signature: string): string {
  return `${signature.slice(0, SHOWN_CHARACTERS)}…`;
}

/** Timestamps of thirteen digits stay within what a Date can hold. */
function isoTime(timeMs: number): string {
  return new Date(timeMs).toISOString();
}
