/**
 * Requests for the receiver under test: a provider's sample, genuine or spoilt in one way. What is
 * genuine is signed anew after every change, so that only the receiver can be at fault.
 */
import {
  type HmacRecipe,
  proofHeadersOf,
  type Provider,
  type Recipe,
  signRequest,
  type ValueRule,
} from "@ringdown/receiver";
import { type JsonObject, makeSampleRequest, type SampleRequest } from "@ringdown/receiver/samples";
import { randomUUID } from "node:crypto";

export type ForgeOptions = {
  readonly provider: Provider;
  readonly type: string;
  readonly secret: string;
  readonly url: URL;
  readonly nowMs: () => number;
};

export type GenuineOptions = {
  readonly id?: string;
  readonly atMs?: number;
  readonly secret?: string;
  readonly overrides?: JsonObject;
};

export type Forge = {
  genuine(options?: GenuineOptions): SampleRequest;
  /** The sample's bytes replaced, and signed as a sender would sign them. */
  resigned(change: (body: Uint8Array) => Uint8Array): SampleRequest;
  /** An event type that no vendor has yet; absent where the type cannot be told apart. */
  unknownType(): SampleRequest | undefined;
  /** Headers in which the signature is. */
  readonly signatureHeaders: readonly string[];
};

export function createForge({ provider, type, secret, url, nowMs }: ForgeOptions): Forge {
  const genuine: Forge["genuine"] = (options = {}) =>
    makeSampleRequest({
      provider: provider.name,
      type,
      secret: options.secret ?? secret,
      nowMs: options.atMs ?? nowMs(),
      id: options.id ?? randomUUID(),
      url: url.href,
      ...(options.overrides !== undefined && { overrides: options.overrides }),
    });
  const sign = (sample: SampleRequest): SampleRequest => {
    const idHeader = hmacOf(provider.recipe)?.id?.header;
    const id = idHeader === undefined ? undefined : sample.headers[idHeader];
    const signature = signRequest(provider, {
      secret,
      body: sample.body,
      nowMs: nowMs(),
      method: sample.method,
      url: url.href,
      headers: sample.headers,
      ...(id !== undefined && { id }),
    });
    return { ...sample, headers: { ...sample.headers, ...signature } };
  };
  return {
    genuine,
    resigned(change) {
      const sample = genuine();
      return sign({ ...sample, body: change(sample.body) });
    },
    unknownType() {
      const [rule] = provider.eventType;
      return rule === undefined ? undefined : withType(genuine, rule, sign);
    },
    signatureHeaders: proofHeadersOf(provider.recipe),
  };
}

const UNKNOWN_TYPE = "ringdown.conform.unknown";

function withType(
  genuine: Forge["genuine"],
  rule: ValueRule,
  sign: (sample: SampleRequest) => SampleRequest,
): SampleRequest | undefined {
  if ("header" in rule) {
    const sample = genuine();
    return sign({ ...sample, headers: { ...sample.headers, [rule.header]: UNKNOWN_TYPE } });
  }
  if ("query" in rule || "keyAmong" in rule || rule.json !== undefined) return undefined;
  const nested = rule.body.reduceRight<string | JsonObject>(
    (inner, key) => ({ [key]: inner }),
    UNKNOWN_TYPE,
  );
  return genuine({ overrides: nested as JsonObject });
}

/** The form in which a sender signs now, where it has several. */
function hmacOf(recipe: Recipe): HmacRecipe | undefined {
  if (recipe.scheme === "either") return recipe.recipes[0];
  return recipe.scheme === "hmac" ? recipe : undefined;
}

/** How old a request may be, in milliseconds; `undefined` where the sender signs no time. */
export function toleranceOf(recipe: Recipe): number | undefined {
  const toleranceMs = hmacOf(recipe)?.timestamp?.toleranceMs;
  return typeof toleranceMs === "number" ? toleranceMs : undefined;
}
