/**
 * The headers in which a sender proves itself: what no longer fits once the body was changed, and what a
 * simulator leaves out to send a request without proof. Lower case; none where the proof is in the
 * body, the query or the address.
 */
import type { Recipe, SignatureRule } from "./recipe.ts";

/** A sender that numbers its headers has one for each secret in use; no vendor allows more. */
const MOST_NUMBERED = 100;

export function proofHeadersOf(recipe: Recipe): readonly string[] {
  switch (recipe.scheme) {
    case "hmac":
    case "public-key":
      return headersOfSignature(recipe.signature);
    case "either":
      return recipe.recipes.flatMap(proofHeadersOf);
    case "token":
    case "twilio":
      return [recipe.header];
    case "jwt":
      return recipe.from === "body" ? [] : [recipe.from.header];
    default:
      return FIXED[recipe.scheme] ?? [];
  }
}

/** Of schemes with headers of their own; the others have their proof elsewhere. */
const FIXED: Readonly<Partial<Record<Recipe["scheme"], readonly string[]>>> = {
  basic: ["authorization"],
  ebay: ["x-ebay-signature"],
  paypal: [
    "paypal-transmission-id",
    "paypal-transmission-time",
    "paypal-transmission-sig",
    "paypal-cert-url",
    "paypal-auth-algo",
  ],
};

function headersOfSignature(signature: SignatureRule): readonly string[] {
  switch (signature.format) {
    case "plain":
    case "list":
    case "values":
      return [signature.header];
    case "headers":
      return signature.headers;
    case "numbered":
      return Array.from({ length: MOST_NUMBERED }, (_, at) => `${signature.header}${at + 1}`);
    case "value":
      return "header" in signature.at ? [signature.at.header] : [];
  }
}
