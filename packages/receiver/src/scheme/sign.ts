/**
 * Signs requests by the same recipes that verify them.
 *
 * Several secrets give several signatures where the header can list them, as a sender does while it
 * rotates; elsewhere the first secret signs.
 */
import type { Mac } from "../crypto/mac.ts";
import { encodeBase64 } from "../encoding/base64.ts";
import { isByteString, utf8AsByteString } from "../encoding/binary-string.ts";
import { WebhookConfigError } from "../errors.ts";
import { headersFromRecord } from "../headers.ts";
import { addSignatures } from "./add-signatures.ts";
import { assertBytes } from "./assert-bytes.ts";
import { type ClaimPlan, sourceOf, type UnusualPart, unusualText } from "./claim.ts";
import { type PreparedHmac, prepareHmac } from "./hmac.ts";
import { jwtSigner } from "./jwt.ts";
import { checkCredentials } from "./keys.ts";
import type { HmacRecipe, Recipe, SpecialRecipe } from "./recipe.ts";
import { recipeInvalid } from "./recipe-error.ts";
import { signingUnsupported } from "./signing-unsupported.ts";
import type { SignedPart } from "./template.ts";
import { formatTimestamp } from "./timestamp.ts";
import { twilioSigner } from "./twilio.ts";

export type SignInput = {
  readonly body: Uint8Array;
  /** The time of signing, for recipes that sign one. */
  readonly nowMs: number;
  /** For recipes with an id. */
  readonly id?: string;
  /** For recipes that sign them. */
  readonly method?: string;
  readonly url?: string;
  /** Values of other signed headers, by lower-case name. */
  readonly headers?: Readonly<Record<string, string>>;
};

/** Headers to add to the request, by lower-case name. */
export type SignatureHeaders = Readonly<Record<string, string>>;

export type Signer = {
  /** @throws {signing_input_invalid} if a value that the recipe signs is missing or ambiguous */
  readonly sign: (input: SignInput) => SignatureHeaders;
};

const NO_BYTES = new Uint8Array(0);

/**
 * Compile once, sign often.
 *
 * @throws {WebhookConfigError} as `compileVerifier`
 */
export function createSigner(recipe: Recipe, secrets: readonly string[]): Signer {
  switch (recipe.scheme) {
    case "hmac":
      return hmacSigner(recipe, secrets);
    case "either": {
      const [first] = recipe.recipes;
      if (first === undefined) throw recipeInvalid("it offers no form to choose from");
      return hmacSigner(first, secrets);
    }
    case "token": {
      const value = `${recipe.prefix ?? ""}${firstCredential(secrets)}`;
      return constantSigner({ [recipe.header]: value });
    }
    case "basic": {
      const pair = new TextEncoder().encode(firstCredential(secrets));
      return constantSigner({ authorization: `Basic ${encodeBase64(pair)}` });
    }
    case "address":
    case "none":
      return constantSigner({});
    default:
      return specialSigner(recipe, secrets);
  }
}

function specialSigner(recipe: SpecialRecipe, secrets: readonly string[]): Signer {
  if (recipe.scheme === "jwt") return jwtSigner(recipe, secrets);
  if (recipe.scheme === "twilio") return twilioSigner(recipe, secrets);
  throw signingUnsupported();
}

function constantSigner(headers: SignatureHeaders): Signer {
  return { sign: () => headers };
}

function firstCredential(secrets: readonly string[]): string {
  checkCredentials(secrets);
  return secrets[0] ?? "";
}

function hmacSigner(recipe: HmacRecipe, secrets: readonly string[]): Signer {
  const prepared = prepareHmac(recipe, secrets);
  if (recipe.signature.format === "value") throw signingUnsupported();
  return { sign: (input) => signHmac(prepared, input) };
}

function signHmac({ recipe, plan, macs }: PreparedHmac, input: SignInput): SignatureHeaders {
  assertBytes(input.body);
  const timestamp = recipe.timestamp && formatTimestamp(input.nowMs, recipe.timestamp.unit);
  const join = (parts: readonly SignedPart[]): string =>
    parts.map((part) => partText(plan, part, { input, timestamp: timestamp ?? "" })).join("");

  const frame = { before: join(plan.template.before), after: join(plan.template.after) };
  const body = plan.template.signsBody ? input.body : NO_BYTES;
  const signatureOf = (mac: Mac): string => mac.text(frame, body, recipe.encoding);

  const headers: Record<string, string> = { ...input.headers };
  if (recipe.id !== undefined && input.id !== undefined) headers[recipe.id.header] = input.id;
  if (timestamp !== undefined && plan.timestamp?.from === "header") {
    headers[plan.timestamp.header] = timestamp;
  }
  addSignatures(headers, recipe, { texts: macs.map(signatureOf), timestamp });
  return headers;
}

type PartValues = { readonly input: SignInput; readonly timestamp: string };

function partText(plan: ClaimPlan, part: SignedPart, { input, timestamp }: PartValues): string {
  switch (part.kind) {
    case "literal":
      return part.text;
    case "timestamp":
      return timestamp;
    case "id":
      return checkedId(input.id, part.forbidden);
    case "header":
      return needed(input.headers?.[part.name], `the header ${part.name}`);
    case "method":
      return utf8AsByteString(needed(input.method, "the method"));
    case "url":
      return utf8AsByteString(needed(input.url, "the URL"));
    default:
      return unusualPartText(plan, part, { input, timestamp });
  }
}

/** As a verifier would read it from the request that is being signed. */
function unusualPartText(
  plan: ClaimPlan,
  part: UnusualPart,
  { input, timestamp }: PartValues,
): string {
  const timeHeader = plan.timestamp?.from === "header" ? plan.timestamp.header : "";
  const headers = { ...input.headers, ...(timeHeader !== "" && { [timeHeader]: timestamp }) };
  const arriving = {
    method: input.method ?? "POST",
    url: input.url ?? "",
    headers: headersFromRecord(headers),
    body: input.body,
    nowMs: input.nowMs,
  };
  const text = unusualText(plan, part, { input: arriving, source: sourceOf(arriving) });
  if (typeof text === "string") return text;
  throw signingInputInvalid(text.message);
}

/** An id must not be able to move the border between itself and what follows. */
export function checkedId(id: string | undefined, forbidden: string): string {
  const text = needed(id, "the id");
  if (text === "" || (forbidden !== "" && text.includes(forbidden))) {
    throw signingInputInvalid(`The id must not be empty or contain "${forbidden}".`);
  }
  return text;
}

function needed(value: string | undefined, what: string): string {
  if (value === undefined) throw signingInputInvalid(`The recipe signs ${what}, which is missing.`);
  if (!isByteString(value)) {
    throw signingInputInvalid(`A value cannot be sent in a header: ${what}.`);
  }
  return value;
}

function signingInputInvalid(message: string): WebhookConfigError {
  return new WebhookConfigError(
    "signing_input_invalid",
    message,
    "Pass every value that the recipe's template names.",
  );
}
