/**
 * Verifies signatures that only the sender can make: Ed25519, ECDSA, RSA over a template.
 *
 * Reads its claim as HMAC recipes do and keeps their order of checks. What is signed has to be one
 * piece of memory here, so the body is copied once.
 */
import { ed25519Key, fits, isSignedBy, pemKey, type PublicKey } from "../crypto/public-key.ts";
import { decodeBase64 } from "../encoding/base64.ts";
import { writeByteString } from "../encoding/binary-string.ts";
import { decodeHex } from "../encoding/hex.ts";
import { WebhookConfigError } from "../errors.ts";
import { assertBytes } from "./assert-bytes.ts";
import { checkSignedRecipe } from "./check-recipe.ts";
import { type Claim, planClaim, readClaim, timestampPlace } from "./claim.ts";
import type { CompiledScheme, VerifierOptions } from "./compiled-scheme.ts";
import { wrongSecretOrModifiedBody } from "./failure.ts";
import { checkCredentials } from "./keys.ts";
import { placeOfProof } from "./read-proof.ts";
import type { PublicKeyRecipe } from "./recipe.ts";
import type { VerifyInput, VerifyResult } from "./result.ts";
import { parseTemplate } from "./template.ts";
import { ageWindow, failedAge } from "./tolerance.ts";

const NO_BYTES = new Uint8Array(0);

/** @throws {recipe_invalid}, and the codes of secrets for public keys that are none */
export function compilePublicKey(
  recipe: PublicKeyRecipe,
  secrets: readonly string[],
  options: VerifierOptions,
): CompiledScheme {
  const { algorithm } = recipe;
  const template = parseTemplate(recipe.signed);
  checkSignedRecipe(recipe, template);
  const keys = publicKeys(
    secrets,
    (text) => readKey(recipe.key, text),
    (key) => fits(algorithm, key),
  );
  const plan = planClaim(recipe, template, undefined);
  const window = ageWindow(recipe.timestamp, options.toleranceMs);
  const place = placeOfProof(recipe.signature);
  const timePlace = plan.timestamp && timestampPlace(plan.timestamp);

  const verify = (input: VerifyInput): VerifyResult => {
    assertBytes(input.body);
    const claim = readClaim(plan, input);
    if (claim.status === "failed") return claim;

    const signed = join(claim, template.signsBody ? input.body : NO_BYTES);
    const secretIndex = keys.findIndex((key) =>
      claim.signatures.some((signature) => isSignedBy(key, { algorithm, signature }, signed)),
    );
    if (secretIndex === -1) return wrongSecretOrModifiedBody(place, keys.length);

    const status = template.bindsBody ? "verified" : "authenticated";
    if (timePlace === undefined || claim.timestampMs === undefined) return { status, secretIndex };
    const ageMs = input.nowMs - claim.timestampMs;
    return failedAge(timePlace, ageMs, window) ?? { status, secretIndex, ageMs };
  };
  return "header" in place ? { header: place.header, verify } : { verify };
}

/** @throws {secret_missing, secret_empty, secret_padded, secret_undecodable} */
export function publicKeys(
  secrets: readonly string[],
  read: (text: string) => PublicKey | undefined,
  isFitting: (key: PublicKey) => boolean,
): readonly PublicKey[] {
  const texts = secrets.map((text) => (typeof text === "string" ? text.trim() : text));
  checkCredentials(texts);
  return texts.map((text, index) => {
    const key = read(text);
    if (key !== undefined && isFitting(key)) return key;
    throw new WebhookConfigError(
      "secret_undecodable",
      `Secret ${index + 1} is not a public key of the kind that this provider uses.`,
      "Copy the public key whole, as the provider shows it; the private half never leaves the provider.",
    );
  });
}

function readKey(form: PublicKeyRecipe["key"], text: string): PublicKey | undefined {
  if (form === "pem") return pemKey(text);
  const bytes = form === "raw-hex" ? decodeHex(text) : decodeBase64(text);
  return bytes && ed25519Key(bytes);
}

function join({ before, after }: Claim, body: Uint8Array): Uint8Array {
  const signed = new Uint8Array(before.length + body.length + after.length);
  const bodyStart = writeByteString(before, signed, 0);
  signed.set(body, bodyStart);
  writeByteString(after, signed, bodyStart + body.length);
  return signed;
}
