/** A recipe in sentences: what proves that a request is the provider's, and what that does not prove. */
import type {
  Recipe,
  SignedRecipe,
  TimestampRule,
} from "../../packages/receiver/src/scheme/recipe.ts";
import type { JwtRecipe } from "../../packages/receiver/src/scheme/recipe-special.ts";
import { placeOf } from "./describe-place.ts";

const HASHES = { sha1: "SHA-1", sha256: "SHA-256", sha512: "SHA-512" } as const;
const PUBLIC_KEYS = {
  ed25519: "Ed25519",
  "ecdsa-sha256": "ECDSA with P-256 and SHA-256",
  "rsa-sha256": "RSA (PKCS #1 v1.5) with SHA-256",
} as const;

export function describeRecipe(recipe: Recipe): readonly string[] {
  switch (recipe.scheme) {
    case "hmac":
      return [
        `${recipe.keyed === "prefix" ? "The plain hash" : "HMAC"}-${HASHES[recipe.algorithm]} over ${signedText(recipe)}, in ${recipe.encoding}, ${signaturePlace(recipe)}.`,
        keySentence(recipe.key),
        ...commonSentences(recipe),
      ];
    case "public-key":
      return [
        `${PUBLIC_KEYS[recipe.algorithm]} over ${signedText(recipe)}, in ${recipe.encoding}, ${signaturePlace(recipe)}.`,
        "The secret to configure is the provider's public key: it verifies, and can sign nothing.",
        ...commonSentences(recipe),
      ];
    case "either":
      return [
        "One of several forms; the first whose header is present decides, and it alone:",
        ...recipe.recipes.flatMap((form) => describeRecipe(form).map((text) => `- ${text}`)),
      ];
    case "token":
      return [
        `The secret itself, in the header \`${recipe.header}\`${recipe.prefix === undefined ? "" : ` after \`${recipe.prefix.trim()}\``}.`,
        NOT_BOUND,
      ];
    case "basic":
      return ["HTTP basic authentication; the secret is `user:password`.", NOT_BOUND];
    case "address":
      return ["The address that the request comes from.", NOT_BOUND];
    case "none":
      return ["Nothing: this provider gives no proof. Use an allow list, or a secret path."];
    case "body-token":
      return ["The secret itself, inside each item of the body.", NOT_BOUND];
    case "jwt":
      return describeToken(recipe);
    default:
      return SPECIAL[recipe.scheme];
  }
}

const NOT_BOUND =
  "This proves who sends and not what: requests are `authenticated`, not `verified`.";

const SPECIAL = {
  twilio: [
    "HMAC-SHA1 over the public URL and the sorted form fields; of a JSON body a digest is in the URL.",
  ],
  adyen: ["HMAC-SHA256 inside each item, over eight of its fields; every item must match."],
  braintree: [
    "Pairs of public key and signature in the form; the secret to configure is `public_key:private_key`.",
  ],
  sns: [
    "RSA over fields of the body, by a certificate at AWS whose host is checked; the secrets to configure are the topics that may send.",
  ],
  paypal: [
    "RSA over a checksum of the body, by a certificate at PayPal whose host is checked; the secret to configure is the webhook's id.",
  ],
  ebay: [
    "ECDSA over the body, by a key fetched from eBay; the secret to configure is the verification token.",
  ],
} as const;

function describeToken(recipe: JwtRecipe): readonly string[] {
  const place =
    recipe.from === "body" ? "that is the body" : `in the header \`${recipe.from.header}\``;
  const { issuedWithinMs, claims = {} } = recipe;
  return [
    `A JSON Web Token ${place}, signed with ${recipe.algorithms.join(" or ")}.`,
    ...bindingOf(recipe),
    ...Object.entries(claims).map(
      ([claim, value]) => `Its claim \`${claim}\` must be \`${value}\`.`,
    ),
    ...(issuedWithinMs === undefined ? [] : [`It may be ${seconds(issuedWithinMs)} old.`]),
  ];
}

function bindingOf({ bodyDigest, from }: JwtRecipe): readonly string[] {
  if (bodyDigest !== undefined)
    return [`Its claim \`${bodyDigest.claim}\` is a digest of the body.`];
  return from === "body" ? [] : [NOT_BOUND];
}

function signedText({ signed }: SignedRecipe): string {
  return signed === "{body}" ? "the body as it came" : `\`${signed.replaceAll("\n", "\\n")}\``;
}

function signaturePlace({ signature }: SignedRecipe): string {
  switch (signature.format) {
    case "plain":
      return `in the header \`${signature.header}\`${signature.prefix === undefined ? "" : ` after \`${signature.prefix}\``}`;
    case "list":
      return `in the header \`${signature.header}\` after \`${signature.key}${signature.assign}\`; any of several may match`;
    case "values":
      return `among the values of the header \`${signature.header}\`; any may match`;
    case "headers":
      return `in one of the headers ${signature.headers.map((name) => `\`${name}\``).join(", ")}`;
    case "numbered":
      return `in the headers \`${signature.header}1\`, \`${signature.header}2\` and so on, one for each secret in use`;
    case "value":
      return `in ${placeOf(signature.at)}`;
  }
}

type Key = { readonly from: string; readonly prefix?: string; readonly digest?: string };

function keySentence({ from, prefix, digest }: Key): string {
  if (digest !== undefined) return "The key is the SHA-1 digest of the secret.";
  if (from === "utf8") return "The secret is used as it is shown, character for character.";
  const after = prefix === undefined ? "" : ` what follows \`${prefix}\` in`;
  return `The key is${after} the secret, decoded from ${from}.`;
}

function commonSentences(recipe: SignedRecipe): readonly string[] {
  const { signed, timestamp } = recipe;
  const bindsBody = signed.includes("{body}") || signed.includes("{form}");
  return [
    ...(/\{(?:url|path|query|lower-query)/.test(signed)
      ? [
          "The URL that the provider calls is signed: start Ringdown with `--public-url`, so that it is the same here.",
        ]
      : []),
    timestamp === undefined
      ? "No time is signed: an old request cannot be told from a fresh one, only a repeated one."
      : timeSentence(timestamp),
    ...(bindsBody ? [] : [NOT_BOUND]),
  ];
}

function timeSentence({ toleranceMs, future }: TimestampRule): string {
  if (toleranceMs === "off")
    return "A time is signed, but its age is not checked, as the vendor does.";
  const sides = future === "ignored" ? "" : " or in the future";
  return `The signed time may lie ${seconds(toleranceMs)} in the past${sides}, and no more.`;
}

function seconds(ms: number): string {
  return ms % 60_000 === 0 && ms >= 120_000 ? `${ms / 60_000} minutes` : `${ms / 1000} seconds`;
}
