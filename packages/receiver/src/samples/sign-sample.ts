/**
 * Signs a sample by its provider's recipe, also where the library itself does not sign: inside the
 * body, in the query, with a private key. Those are of use to simulators only, so they are here and
 * not beside `createSigner`.
 *
 * What nobody but the provider can sign (its key is fetched from the provider's own host: SNS, PayPal,
 * eBay, Plaid, Kinde) stays an error; such a sample can be sent unsigned, by the recipe `none`.
 */
import { createMac } from "../crypto/mac.ts";
import { encodeBase64 } from "../encoding/base64.ts";
import { utf8AsByteString } from "../encoding/binary-string.ts";
import { WebhookConfigError } from "../errors.ts";
import { follow } from "../events/value.ts";
import { braintreeForm } from "../scheme/sign-braintree.ts";
import { fusionSigner, publicKeySigner } from "../scheme/sign-with-private-key.ts";
import { deriveKeys } from "../scheme/keys.ts";
import type { HmacRecipe, Recipe } from "../scheme/recipe.ts";
import { createSigner, type SignatureHeaders } from "../scheme/sign.ts";
import { replaceAt } from "./batch.ts";
import type { SampleRequest } from "./make-sample-request.ts";
import { isList, isObject, type Json, type JsonObject } from "./sample.ts";
import { withQuery } from "./url.ts";

export type Draft = {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly json: Json;
  readonly content: "json" | "form";
  readonly indent?: number;
};

export type SampleSigning = {
  readonly recipe: Recipe;
  readonly secret: string;
  readonly nowMs: number;
  readonly id: string;
  readonly draft: Draft;
};

const NO_BYTES = new Uint8Array(0);
const encoder = new TextEncoder();

/** @throws {signing_unsupported} and what a signer throws */
export function signSample(signing: SampleSigning): SampleRequest {
  const { recipe, draft } = signing;
  switch (recipe.scheme) {
    case "adyen":
      return requestOf({ ...draft, json: adyenBody(draft.json, signing.secret) });
    case "braintree":
      return requestOf({ ...draft, json: braintreeBody(draft.json, signing.secret) });
    case "body-token":
      return requestOf(draft);
    case "public-key":
      return signed(signing, publicKeySigner(recipe, signing.secret));
    case "jwt":
      return recipe.key.from === "public-key"
        ? signed(signing, fusionSigner(recipe, signing.secret))
        : signed(signing, createSigner(recipe, [signing.secret]));
    case "hmac":
      return recipe.signature.format === "value"
        ? signedInside(signing, recipe, recipe.signature.at)
        : signed(signing, createSigner(recipe, [signing.secret]));
    default:
      return signed(signing, createSigner(recipe, [signing.secret]));
  }
}

type AnySigner = { readonly sign: ReturnType<typeof createSigner>["sign"] };

function signed(signing: SampleSigning, signer: AnySigner): SampleRequest {
  const request = requestOf(signing.draft);
  return { ...request, headers: { ...request.headers, ...headersOf(signing, signer, request) } };
}

function headersOf(
  { nowMs, id }: SampleSigning,
  signer: AnySigner,
  { method, url, headers, body }: SampleRequest,
): SignatureHeaders {
  return signer.sign({ body, nowMs, id, method, headers, ...(url !== "" && { url }) });
}

/** The signature is made as if it were a header, and then put where it belongs. */
function signedInside(
  signing: SampleSigning,
  recipe: HmacRecipe,
  at: Extract<HmacRecipe["signature"], { format: "value" }>["at"],
): SampleRequest {
  const { draft } = signing;
  const header = "signature";
  const signer = createSigner({ ...recipe, signature: { format: "plain", header } }, [
    signing.secret,
  ]);
  const text = headersOf(signing, signer, requestOf(draft))[header] ?? "";
  if ("query" in at)
    return requestOf({ ...draft, url: withQuery(draft.url, { [at.query]: text }) });
  if ("body" in at) return requestOf({ ...draft, json: replaceAt(draft.json, at.body, text) });
  return requestOf({ ...draft, headers: { ...draft.headers, [at.header]: text } });
}

function requestOf({ url, headers, json, content, indent }: Draft): SampleRequest {
  const text = content === "form" ? formOf(json) : JSON.stringify(json, undefined, indent);
  return { method: "POST", url, headers, body: encoder.encode(text) };
}

/** What is no text in a form is JSON as text, as in Slack's and Mandrill's. */
function formOf(json: Json): string {
  const fields = isObject(json) ? Object.entries(json) : [];
  const texts = fields.map(([name, value]): [string, string] => [
    name,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  return new URLSearchParams(texts).toString();
}

const ADYEN_FIELDS = [
  ["pspReference"],
  ["originalReference"],
  ["merchantAccountCode"],
  ["merchantReference"],
  ["amount", "value"],
  ["amount", "currency"],
  ["eventCode"],
  ["success"],
];

/** Each item with its own signature, over the same fields that `scheme/adyen.ts` reads. */
function adyenBody(json: Json, secret: string): Json {
  const [key = NO_BYTES] = deriveKeys({ from: "hex", minBytes: 16 }, [secret]);
  const mac = createMac("sha256", key);
  const items = isObject(json) ? json["notificationItems"] : undefined;
  if (!isObject(json) || !isList(items)) throw bodyUnsuitable("notificationItems");
  const signedItems = items.map((wrapped): JsonObject => {
    const item = isObject(wrapped) ? wrapped["NotificationRequestItem"] : undefined;
    if (!isObject(item)) throw bodyUnsuitable("NotificationRequestItem");
    const values = ADYEN_FIELDS.map((path) => {
      const value = follow(item, path);
      return typeof value === "string" || typeof value === "number" ? String(value) : "";
    });
    const before = utf8AsByteString(values.join(":"));
    const hmacSignature = mac.text({ before, after: "" }, NO_BYTES, "base64");
    const { additionalData } = item;
    const data = isObject(additionalData) ? additionalData : {};
    return { NotificationRequestItem: { ...item, additionalData: { ...data, hmacSignature } } };
  });
  return { ...json, notificationItems: signedItems };
}

/** The notification is XML in base64, with the line break that Braintree ends it with. */
function braintreeBody(json: Json, secret: string): Json {
  const subject = isObject(json) ? json["bt_payload"] : undefined;
  if (typeof subject !== "string") throw bodyUnsuitable("bt_payload");
  return braintreeForm(secret, `${encodeBase64(encoder.encode(subject))}\n`);
}

function bodyUnsuitable(member: string): WebhookConfigError {
  return new WebhookConfigError(
    "signing_input_invalid",
    `The body has no "${member}" to sign.`,
    "Change other members of the body than those that the signature needs.",
  );
}
