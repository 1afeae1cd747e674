/**
 * Makes a request as a provider would send it.
 *
 * Deterministic: the same options give the same bytes, so a test can repeat a request to prove that
 * duplicates are dropped, and change one field to prove that they are not. The exception is a signature
 * by ECDSA, which has randomness in it.
 */
import { WebhookConfigError } from "../errors.ts";
import { findProvider } from "../providers/registry.ts";
import type { Recipe } from "../scheme/recipe.ts";
import { bodiesInOne } from "./batch.ts";
import { catalogue } from "./catalogue.ts";
import { fill, fillText, isList, isObject, surround } from "./sample.ts";
import type { FillContext, Json, JsonObject, SampleSet } from "./sample.ts";
import { signSample } from "./sign-sample.ts";
import { withQuery } from "./url.ts";

export type SampleOptions = {
  /** A provider's name, as `listSamples` gives it. */
  readonly provider: string;
  /** In the vendor's spelling: "invoice.paid", "pull_request.opened", "orders/create". */
  readonly type: string;
  /**
   * What signs: the secret that the receiver has too; for providers that sign with a private key, that
   * key as PKCS#8 in PEM (`newSampleSecret` makes one).
   */
  readonly secret: string;
  readonly nowMs: number;
  /** Becomes the event's id; two requests with the same one are the same event. */
  readonly id: string;
  /** Merged into the body: objects by key, lists by position, everything else replaced. */
  readonly overrides?: JsonObject;
  /** Signs by this recipe instead of the provider's own, for a source with a generic recipe. */
  readonly recipe?: Recipe;
  /** The URL it will be sent to, for recipes that sign it. */
  readonly url?: string;
  /** The time of signing, if it is another than that of the event: a retry is signed anew. */
  readonly signedAtMs?: number;
  /** How many events in the one request, for providers that send batches; one by default. */
  readonly batch?: number;
};

export type SampleRequest = {
  readonly method: string;
  /** The URL that was given, with what this provider adds to its query. */
  readonly url: string;
  /** By lower-case name; without `host` and `content-length`, which the HTTP client adds. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
};

export type SampleName = { readonly provider: string; readonly type: string };

/** Every sample there is, by provider in alphabetical order. */
export function listSamples(): readonly SampleName[] {
  return Object.keys(catalogue)
    .sort()
    .flatMap((provider) => typesOf(provider).map((type) => ({ provider, type })));
}

/**
 * @throws {sample_unknown} for a provider or type without a sample, or a batch of a provider that sends
 * none; and what a signer throws
 * @example
 * const request = makeSampleRequest({
 *   provider: "stripe",
 *   type: "invoice.paid",
 *   secret: "whsec_2f0c6d7b9a1e4c35",
 *   nowMs: Date.now(),
 *   id: "1",
 * });
 */
export function makeSampleRequest(options: SampleOptions): SampleRequest {
  const { type, secret, nowMs, id, overrides = {}, batch = 1 } = options;
  const set = setOf(options.provider, type);
  const provider = findProvider(options.provider);
  if (provider === undefined) throw providerUnknown(options.provider);

  const bodies = Array.from({ length: batch }, (_, index) =>
    bodyOf(set, { type, secret, nowMs, id: index === 0 ? id : `${id}-${index + 1}` }),
  );
  const context = { type, secret, nowMs, id };
  const headers = Object.entries(set.headers ?? {}).map(([name, text]) => [
    name,
    fillText(text, context),
  ]);
  const query = Object.entries(set.query ?? {}).map(([name, text]) => [
    name,
    fillText(text, context),
  ]);
  return signSample({
    recipe: options.recipe ?? provider.recipe,
    secret,
    nowMs: options.signedAtMs ?? nowMs,
    id: set.signedId === undefined ? id : fillText(set.signedId, context),
    draft: {
      url: withQuery(options.url, Object.fromEntries(query) as Record<string, string>),
      headers: {
        "content-type": CONTENT_TYPES[set.content ?? "json"],
        ...(Object.fromEntries(headers) as Record<string, string>),
      },
      json: merge(bodiesInOne(provider, bodies), overrides),
      content: set.content ?? "json",
      ...(set.indent !== undefined && { indent: set.indent }),
    },
  });
}

const CONTENT_TYPES = { json: "application/json", form: "application/x-www-form-urlencoded" };

function bodyOf(set: SampleSet, context: FillContext): Json {
  const made = set.bodies[context.type];
  if (typeof made === "function") return made({ id: context.id, nowMs: context.nowMs });
  return fill(surround(set.envelope ?? "{data}", made ?? null), context);
}

function setsOf(provider: string): readonly SampleSet[] {
  const sets = Object.hasOwn(catalogue, provider) ? catalogue[provider] : undefined;
  if (sets === undefined) throw providerUnknown(provider);
  return "bodies" in sets ? [sets] : sets;
}

function typesOf(provider: string): readonly string[] {
  return setsOf(provider).flatMap(({ bodies }) => Object.keys(bodies));
}

function setOf(provider: string, type: string): SampleSet {
  const set = setsOf(provider).find(({ bodies }) => Object.hasOwn(bodies, type));
  if (set !== undefined) return set;
  throw new WebhookConfigError(
    "sample_unknown",
    `${findProvider(provider)?.title ?? provider} has no sample "${type}".`,
    `Use one of: ${typesOf(provider).join(", ")}.`,
  );
}

function providerUnknown(provider: string): WebhookConfigError {
  return new WebhookConfigError(
    "sample_unknown",
    `There are no samples of a provider "${provider}".`,
    `Use one of: ${Object.keys(catalogue).sort().join(", ")}.`,
  );
}

/** `Object.fromEntries` makes own properties of any name, "__proto__" included. */
function merge(base: Json, changes: JsonObject): Json {
  if (isList(base)) return base.map((one, index) => mergeAt(one, changes, String(index)));
  if (!isObject(base)) return base;
  const merged = Object.keys(changes).map((key): [string, Json] => [
    key,
    mergeAt(Object.hasOwn(base, key) ? base[key] : undefined, changes, key),
  ]);
  return { ...base, ...Object.fromEntries(merged) };
}

function mergeAt(old: Json | undefined, changes: JsonObject, key: string): Json {
  const change = Object.hasOwn(changes, key) ? changes[key] : undefined;
  if (change === undefined) return old ?? null;
  const isInside = isObject(old) || (isList(old) && isPositions(change));
  return isInside && isObject(change) ? merge(old ?? null, change) : change;
}

/** Whether an object names nothing but positions of a list. */
function isPositions(change: Json): boolean {
  return isObject(change) && Object.keys(change).every((key) => /^\d+$/.test(key));
}
