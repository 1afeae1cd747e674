/**
 * Verifies HMAC recipes.
 *
 * Order of checks: read the claim; compare the signatures with every secret; only then look at the
 * time. So "too old" is said of genuine requests alone, and tells a replay or a wrong clock from a
 * forgery. The comparison is constant in time on digests of fixed length; the body is hashed as the
 * bytes it is (I4).
 *
 * Hot path. Measured 2026-11-24, Node 26.10, 2 vCPU EPYC: 4.2 us for a 2 KB Stripe body, header look-up
 * included; `createHmac` and `timingSafeEqual` alone take 4.4 us there.
 */
import { createMac, createPrefixMac, DIGEST_BYTES, type Mac } from "../crypto/mac.ts";
import { equalDigests } from "../crypto/primitives.ts";
import { assertBytes } from "./assert-bytes.ts";
import { checkHmacRecipe } from "./check-recipe.ts";
import { type Claim, type ClaimPlan, planClaim, readClaim, timestampPlace } from "./claim.ts";
import type { CompiledScheme, VerifierOptions } from "./compiled-scheme.ts";
import { wrongSecretOrModifiedBody } from "./failure.ts";
import { deriveKeys } from "./keys.ts";
import { placeOfProof } from "./read-proof.ts";
import type { HmacRecipe } from "./recipe.ts";
import type { VerifyInput, VerifyResult } from "./result.ts";
import { parseTemplate } from "./template.ts";
import { ageWindow, failedAge } from "./tolerance.ts";

const NO_BYTES = new Uint8Array(0);

/** A recipe with its keys: all that verifying and signing need. */
export type PreparedHmac = {
  readonly recipe: HmacRecipe;
  readonly plan: ClaimPlan;
  readonly macs: readonly Mac[];
};

/** @throws {recipe_invalid} and the codes of `deriveKeys` */
export function prepareHmac(recipe: HmacRecipe, secrets: readonly string[]): PreparedHmac {
  const template = parseTemplate(recipe.signed);
  checkHmacRecipe(recipe, template);
  const keys = deriveKeys(recipe.key, secrets);
  return {
    recipe,
    plan: planClaim(recipe, template, DIGEST_BYTES[recipe.algorithm]),
    macs: keys.map((key) =>
      recipe.keyed === "prefix"
        ? createPrefixMac(recipe.algorithm, key)
        : createMac(recipe.algorithm, key),
    ),
  };
}

export function compileHmac(
  recipe: HmacRecipe,
  secrets: readonly string[],
  options: VerifierOptions,
): CompiledScheme {
  const { plan, macs } = prepareHmac(recipe, secrets);
  const window = ageWindow(recipe.timestamp, options.toleranceMs);
  const place = placeOfProof(recipe.signature);
  const timePlace = plan.timestamp && timestampPlace(plan.timestamp);

  const verify = (input: VerifyInput): VerifyResult => {
    assertBytes(input.body);
    const claim = readClaim(plan, input);
    if (claim.status === "failed") return claim;

    const body = plan.template.signsBody ? input.body : NO_BYTES;
    const secretIndex = macs.findIndex((mac) => isSignedWith(mac, claim, body));
    if (secretIndex === -1) return wrongSecretOrModifiedBody(place, macs.length);

    const status = plan.template.bindsBody ? "verified" : "authenticated";
    if (timePlace === undefined || claim.timestampMs === undefined) {
      return { status, secretIndex };
    }
    const ageMs = input.nowMs - claim.timestampMs;
    return failedAge(timePlace, ageMs, window) ?? { status, secretIndex, ageMs };
  };
  return "header" in place ? { header: place.header, verify } : { verify };
}

function isSignedWith(mac: Mac, claim: Claim, body: Uint8Array): boolean {
  const expected = mac.digest(claim, body);
  return claim.signatures.some((signature) => equalDigests(signature, expected));
}
