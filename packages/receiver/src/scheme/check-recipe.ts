/**
 * Refuses HMAC recipes that contradict themselves, when they are compiled and not when the first
 * request arrives.
 *
 * Recipes may come from a configuration file, so values are checked although they have types.
 * Above all, nothing may look protected without being so: a tolerance on a time that is not signed
 * would be such a thing.
 */
import { DIGEST_BYTES } from "../crypto/mac.ts";
import type { HmacRecipe, SignatureRule, SignedRecipe, TimestampRule } from "./recipe.ts";
import { recipeInvalid } from "./recipe-error.ts";
import type { SignedPart, SignedTemplate } from "./template.ts";

/** RFC 9110 section 5.6.2, in lower case. */
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9a-z-]+$/;

/** @throws {recipe_invalid} */
export function checkHmacRecipe(recipe: HmacRecipe, template: SignedTemplate): void {
  oneOf("algorithm", recipe.algorithm, Object.keys(DIGEST_BYTES));
  oneOf("key.from", recipe.key.from, ["utf8", "base64", "base64url", "hex"]);
  oneOf("keyed", recipe.keyed ?? "hmac", ["hmac", "prefix"]);
  checkSignedRecipe(recipe, template);
}

/** @throws {recipe_invalid} */
export function checkSignedRecipe(recipe: SignedRecipe, template: SignedTemplate): void {
  oneOf("encoding", recipe.encoding, ["hex", "base64", "base64url"]);
  checkSignature(recipe.signature);
  if (recipe.timestamp !== undefined) checkTimestamp(recipe.timestamp, recipe.signature);
  if (recipe.id !== undefined) checkHeaderName(recipe.id.header);
  if (recipe.bodyBegins !== undefined && recipe.bodyBegins.length !== 1) {
    throw recipeInvalid("what a body begins with must be one character");
  }

  const parts = [...template.before, ...template.after];
  for (const part of parts) {
    if (part.kind === "header" || part.kind === "listed-headers") checkHeaderName(part.name);
  }
  if (!signsTimeElsewhere(recipe, template)) {
    checkAgreement("timestamp", recipe.timestamp !== undefined, parts);
  }
  checkAgreement("id", recipe.id !== undefined, parts);
}

/** A time inside the signed body, or in one of the headers that are signed as a list. */
function signsTimeElsewhere({ timestamp }: SignedRecipe, template: SignedTemplate): boolean {
  if (timestamp === undefined) return false;
  if ("body" in timestamp.from) return template.signsBody || jsonPartAt(timestamp.from, template);
  return template.before.some(({ kind }) => kind === "listed-headers");
}

function jsonPartAt(from: { readonly body: readonly string[] }, template: SignedTemplate): boolean {
  const path = from.body.join(".");
  return template.before.some((part) => part.kind === "json" && part.path.join(".") === path);
}

/** @throws {recipe_invalid} */
export function checkHeaderName(name: string): void {
  if (!HEADER_NAME.test(name)) {
    throw recipeInvalid(`"${name}" is not a header name in lower case`);
  }
}

const FORMATS = ["plain", "list", "values", "headers", "numbered", "value"];

function checkSignature(signature: SignatureRule): void {
  oneOf("signature.format", signature.format, FORMATS);
  if ("header" in signature) checkHeaderName(signature.header);
  if (signature.format === "headers") {
    if (signature.headers.length === 0) throw recipeInvalid("it names no header of a signature");
    for (const header of signature.headers) checkHeaderName(header);
  }
  if (signature.format === "list") checkList(signature);
  if (signature.format === "values" && signature.separator === "") {
    throw recipeInvalid("a list of values needs a separator");
  }
}

function checkList(list: Extract<SignatureRule, { format: "list" }>): void {
  const { separator, assign, key } = list;
  if (separator === "" || assign === "" || key === "" || separator === assign) {
    throw recipeInvalid(
      "a list needs a key, a separator between items and another one between key and value",
    );
  }
}

function checkTimestamp(timestamp: TimestampRule, signature: SignatureRule): void {
  oneOf("timestamp.unit", timestamp.unit, ["s", "ms", "rfc3339"]);
  if ("header" in timestamp.from) checkHeaderName(timestamp.from.header);
  else if ("body" in timestamp.from) return;
  else if (signature.format === "values" && signature.first === "timestamp") return;
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
