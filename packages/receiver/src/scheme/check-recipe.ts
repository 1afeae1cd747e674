/**
 * Refuses HMAC recipes that contradict themselves, when they are compiled and not when the first
 * request arrives.
 *
 * Recipes may come from a configuration file, so values are checked although they have types.
 * Above all, nothing may look protected without being so: a tolerance on a time that is not signed
 * would be such a thing.
 */
import { DIGEST_BYTES } from "../crypto/mac.ts";
import type { HmacRecipe, SignatureRule, TimestampRule } from "./recipe.ts";
import { recipeInvalid } from "./recipe-error.ts";
import type { SignedPart, SignedTemplate } from "./template.ts";

/** RFC 9110 section 5.6.2, in lower case. */
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9a-z-]+$/;

/** @throws {recipe_invalid} */
export function checkHmacRecipe(recipe: HmacRecipe, template: SignedTemplate): void {
  oneOf("algorithm", recipe.algorithm, Object.keys(DIGEST_BYTES));
  oneOf("encoding", recipe.encoding, ["hex", "base64", "base64url"]);
  oneOf("key.from", recipe.key.from, ["utf8", "base64", "base64url", "hex"]);
  checkSignature(recipe.signature);
  if (recipe.timestamp !== undefined) checkTimestamp(recipe.timestamp, recipe.signature);
  if (recipe.id !== undefined) checkHeaderName(recipe.id.header);

  const parts = [...template.before, ...template.after];
  for (const part of parts) if (part.kind === "header") checkHeaderName(part.name);
  checkAgreement("timestamp", recipe.timestamp !== undefined, parts);
  checkAgreement("id", recipe.id !== undefined, parts);
}

/** @throws {recipe_invalid} */
export function checkHeaderName(name: string): void {
  if (!HEADER_NAME.test(name)) {
    throw recipeInvalid(`"${name}" is not a header name in lower case`);
  }
}

function checkSignature(signature: SignatureRule): void {
  checkHeaderName(signature.header);
  oneOf("signature.format", signature.format, ["plain", "list"]);
  if (signature.format === "plain") return;
  const { separator, assign, key } = signature;
  if (separator === "" || assign === "" || key === "" || separator === assign) {
    throw recipeInvalid(
      "a list needs a key, a separator between items and another one between key and value",
    );
  }
}

function checkTimestamp(timestamp: TimestampRule, signature: SignatureRule): void {
  oneOf("timestamp.unit", timestamp.unit, ["s", "ms", "rfc3339"]);
  if ("header" in timestamp.from) checkHeaderName(timestamp.from.header);
  else if (signature.format !== "list") {
    throw recipeInvalid("a timestamp field needs a signature header of the format list");
  } else if (timestamp.from.field === "") {
    throw recipeInvalid("the name of the timestamp field is empty");
  } else if (timestamp.from.field === signature.key) {
    throw recipeInvalid(`"${signature.key}" cannot be both the timestamp and the signature`);
  }
}

function checkAgreement(
  name: "timestamp" | "id",
  declared: boolean,
  parts: readonly SignedPart[],
): void {
  const signed = parts.some((part) => part.kind === name);
  if (declared && !signed) {
    throw recipeInvalid(
      `it declares a ${name}, but "{${name}}" is not among the signed bytes, so checking it proves nothing`,
    );
  }
  if (signed && !declared) {
    throw recipeInvalid(`"{${name}}" is signed, but the recipe does not say where the ${name} is`);
  }
}

function oneOf(what: string, value: string, allowed: readonly string[]): void {
  if (!allowed.includes(value)) {
    throw recipeInvalid(`${what} is "${value}", not one of ${allowed.join(", ")}`);
  }
}
