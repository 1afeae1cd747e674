/**
 * Makes a request as a provider would send it.
 *
 * Deterministic: the same options give the same bytes, so a test can repeat a request to prove that
 * duplicates are dropped, and change one field to prove that they are not.
 */
import { WebhookConfigError } from "../errors.ts";
import type { Recipe } from "../scheme/recipe.ts";
import { createSigner } from "../scheme/sign.ts";
import { githubSamples } from "./github.ts";
import type { Json, JsonObject, ProviderSamples } from "./sample.ts";
import { shopifySamples } from "./shopify.ts";
import { slackSamples } from "./slack.ts";
import { genericSamples, standardWebhooksSamples, svixSamples } from "./standard.ts";
import { stripeSamples } from "./stripe.ts";

export type SampleOptions = {
  /** A provider's name, as `listSamples` gives it. */
  readonly provider: string;
  /** In the vendor's spelling: "invoice.paid", "pull_request.opened", "orders/create". */
  readonly type: string;
  readonly secret: string;
  readonly nowMs: number;
  /** Becomes the event's id; two requests with the same one are the same event. */
  readonly id: string;
  /** Merged into the body: objects by key, everything else replaced. */
  readonly overrides?: JsonObject;
  /** Signs by this recipe instead of the provider's own, for a source with a generic recipe. */
  readonly recipe?: Recipe;
  /** The URL it will be sent to, for recipes that sign it. */
  readonly url?: string;
};

export type SampleRequest = {
  readonly method: "POST";
  /** By lower-case name; without `host` and `content-length`, which the HTTP client adds. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
};

export type SampleName = { readonly provider: string; readonly type: string };

const collections: readonly ProviderSamples[] = [
  genericSamples,
  githubSamples,
  shopifySamples,
  slackSamples,
  standardWebhooksSamples,
  stripeSamples,
  svixSamples,
];

const encoder = new TextEncoder();

/** Every sample there is, by provider in alphabetical order. */
export function listSamples(): readonly SampleName[] {
  return collections.flatMap(({ provider, bodies }) =>
    Object.keys(bodies).map((type) => ({ provider: provider.name, type })),
  );
}

/**
 * @throws {sample_unknown} for a provider or type without a sample; and what a signer throws
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
  const { type, secret, nowMs, overrides = {} } = options;
  const samples = samplesOf(options.provider);
  const makeBody = Object.hasOwn(samples.bodies, type) ? samples.bodies[type] : undefined;
  if (makeBody === undefined) {
    throw sampleUnknown(`${samples.provider.title} has no sample "${type}".`, samples);
  }

  const seed = { id: options.id, nowMs };
  const json = merge(makeBody(seed), overrides);
  const body = encoder.encode(JSON.stringify(json, undefined, samples.indent));
  const headers = samples.headers(seed, type);
  const signature = createSigner(options.recipe ?? samples.provider.recipe, [secret]).sign({
    body,
    nowMs,
    id: samples.signedId?.(seed) ?? options.id,
    method: "POST",
    headers,
    ...(options.url === undefined ? {} : { url: options.url }),
  });
  return { method: "POST", headers: { ...headers, ...signature }, body };
}

function samplesOf(provider: string): ProviderSamples {
  const samples = collections.find((one) => one.provider.name === provider);
  if (samples !== undefined) return samples;
  throw sampleUnknown(`There are no samples of a provider "${provider}".`);
}

function sampleUnknown(message: string, samples?: ProviderSamples): WebhookConfigError {
  const names =
    samples === undefined
      ? collections.map((one) => one.provider.name)
      : Object.keys(samples.bodies);
  return new WebhookConfigError("sample_unknown", message, `Use one of: ${names.join(", ")}.`);
}

/** `Object.fromEntries` makes own properties of any name, "__proto__" included. */
function merge(base: JsonObject, changes: JsonObject): JsonObject {
  const merged = Object.entries(changes).map(([key, change]): [string, Json] => {
    const old = Object.hasOwn(base, key) ? base[key] : undefined;
    return [key, isObject(old) && isObject(change) ? merge(old, change) : change];
  });
  return { ...base, ...Object.fromEntries(merged) };
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
