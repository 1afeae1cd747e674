/**
 * A provider's handshakes from its own side: the request that asks, and what is wrong with an answer
 * (`handshake-answer.ts`).
 *
 * Both come from the data by which a receiver answers (`events/handshake.ts`): what the handshake is
 * recognised by is what has to be sent, and what the rule would answer is what is expected. So a
 * handshake that is added to a provider can be simulated at once.
 */
import type { AnswerRule, Handshake } from "../events/handshake.ts";
import type { ValueLocation } from "../events/value.ts";
import { findProvider } from "../providers/registry.ts";
import type { Recipe } from "../scheme/recipe.ts";
import { replaceAt } from "./batch.ts";
import { handshakeProblems, type HandshakeReply } from "./handshake-answer.ts";
import type { SampleRequest } from "./make-sample-request.ts";
import { hexFrom, isObject, type Json } from "./sample.ts";
import { signSample } from "./sign-sample.ts";
import { withQuery } from "./url.ts";

export type HandshakeOptions = {
  readonly provider: string;
  readonly secret: string;
  readonly nowMs: number;
  /** Makes the challenge: the same id, the same challenge. */
  readonly id: string;
  readonly url: string;
  /** The token agreed upon, for providers that have one (Meta's verify token). */
  readonly token?: string;
  readonly recipe?: Recipe;
};

export type SampleHandshake = {
  readonly name: string;
  readonly request: SampleRequest;
  /** Sentences about what the provider would not accept; none if it would be content. */
  readonly check: (answer: HandshakeReply) => readonly string[];
};

/** In the order of the registry. @throws {signing_unsupported} where only the provider can sign it */
export function makeHandshakes(options: HandshakeOptions): readonly SampleHandshake[] {
  const provider = findProvider(options.provider);
  return (provider?.handshakes ?? []).map((handshake) => {
    const recipe = options.recipe ?? provider?.recipe ?? { scheme: "none" };
    const challenge = hexFrom(options.id);
    return {
      name: handshake.name,
      request: requestOf(handshake, recipe, { ...options, challenge }),
      check: (answer) => handshakeProblems(handshake.answer, { ...options, challenge }, answer),
    };
  });
}

type Asked = HandshakeOptions & { readonly challenge: string };

type Parts = {
  readonly headers: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly json: Json;
};

function requestOf(handshake: Handshake, recipe: Recipe, asked: Asked): SampleRequest {
  const parts = values(handshake, asked).reduce(place, { headers: {}, query: {}, json: {} });
  const { method, after } = handshake;
  const isEmpty = isObject(parts.json) && Object.keys(parts.json).length === 0;
  const url = withQuery(asked.url, parts.query);
  const hasBody = method === "POST";
  if (after !== "verified" && after !== "not_failed") {
    const body = new TextEncoder().encode(hasBody && !isEmpty ? JSON.stringify(parts.json) : "");
    const type = body.length > 0 && { "content-type": "application/json" };
    return { method, url, headers: { ...type, ...parts.headers }, body };
  }
  const headers = { "content-type": "application/json", ...parts.headers };
  const draft = { url, headers, json: parts.json, content: "json" } as const;
  const signed = signSample({
    recipe,
    secret: asked.secret,
    nowMs: asked.nowMs,
    id: asked.id,
    draft,
  });
  return { ...signed, method, body: hasBody ? signed.body : new Uint8Array(0) };
}

type Placed = readonly [at: ValueLocation, text: string];

/** What the request must hold to be recognised, and the challenge. */
function values({ when, token, answer, captures }: Handshake, asked: Asked): readonly Placed[] {
  const conditions = when.flatMap((one): readonly Placed[] => {
    if ("equals" in one) return [[one.at, one.equals]];
    return one.is === "present" ? [[one.at, asked.challenge]] : [];
  });
  const tokens: readonly Placed[] =
    token === undefined ? [] : [[token, asked.token ?? asked.secret]];
  const echoed = challengeLocation(answer) ?? captures;
  return [
    ...conditions,
    ...tokens,
    ...(echoed === undefined ? [] : [[echoed, asked.challenge] as Placed]),
  ];
}

function challengeLocation(rule: AnswerRule): ValueLocation | undefined {
  if ("echo" in rule) return rule.echo;
  return "compute" in rule ? rule.of : undefined;
}

function place(parts: Parts, [at, text]: Placed): Parts {
  if ("header" in at) return { ...parts, headers: { ...parts.headers, [at.header]: text } };
  if ("query" in at) return { ...parts, query: { ...parts.query, [at.query]: text } };
  // Types that are numbers in the vendor's body (Discord's) are numbers here.
  const value = /^\d$/.test(text) ? Number(text) : text;
  return { ...parts, json: placeInBody(parts.json, at.body, value) };
}

function placeInBody(json: Json, path: readonly string[], value: Json): Json {
  const missing = path.slice(0, -1).reduce((made: Json, _, index) => {
    const upTo = path.slice(0, index + 1);
    return hasAt(made, upTo) ? made : replaceAt(made, upTo, {});
  }, json);
  return replaceAt(missing, path, value);
}

function hasAt(json: Json, path: readonly string[]): boolean {
  const [key, ...rest] = path;
  if (key === undefined) return true;
  if (!isObject(json) || !Object.hasOwn(json, key)) return false;
  return hasAt(json[key] ?? null, rest);
}
