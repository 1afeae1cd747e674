/**
 * What a sample request is made from.
 *
 * Most vendors' bodies are the same JSON around different objects, so a sample is data: JSON whose texts
 * have placeholders for what differs from one request to the next. See `fill` for the placeholders.
 */

export type Json = string | number | boolean | null | readonly Json[] | JsonObject;
export type JsonObject = { readonly [key: string]: Json };

/** Everything that differs between two samples of the same type; the same seed gives the same bytes. */
export type SampleSeed = {
  /** Becomes the event's id, in the provider's own shape. */
  readonly id: string;
  readonly nowMs: number;
};

/** A seed, and what only data needs to know. */
export type FillContext = SampleSeed & { readonly type: string; readonly secret: string };

/** Samples that are made alike. */
export type SampleSet = {
  /** Bodies by event type, in the vendor's spelling: JSON with placeholders, or a function. */
  readonly bodies: Readonly<Record<string, Json | ((seed: SampleSeed) => Json)>>;
  /**
   * What surrounds every body of the set, which is put where the text "{data}" is, or as JSON text
   * where "{text}" is; an object that has it under the name "..." gets its members.
   */
  readonly envelope?: Json;
  /** Headers beside the signature; the content type is JSON unless it is said here. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Parameters that the vendor adds to the URL. */
  readonly query?: Readonly<Record<string, string>>;
  /** How the body is written; a form's fields are texts, or JSON as text. */
  readonly content?: "json" | "form";
  /** The id that the recipe signs, where it signs one. */
  readonly signedId?: string;
  /** Spaces per level: some vendors indent what they send. */
  readonly indent?: number;
};

/** By a provider's name. Several sets for providers that send both JSON and forms. */
export type SampleCatalogue = Readonly<Record<string, SampleSet | readonly SampleSet[]>>;

/**
 * Replaces placeholders in every text:
 *
 * - `{id}` (a prefix before it is not repeated if the id has it already), `{type}`;
 * - `{kind}` and `{action}`: the type up to its last full stop, and what follows;
 * - `{iso}` and `{iso-ms}`: the time to the second and to the millisecond; `{s}`, `{ms}` since 1970;
 * - `{number}`: a number made from the id; `{hex}`: 32 hexadecimal digits made from it;
 * - `{secret}`, for senders that repeat it in the body.
 *
 * A text that is nothing but `{#s}`, `{#ms}` or `{#number}` becomes a number.
 */
export function fill(template: Json, context: FillContext): Json {
  if (typeof template === "string") return fillValue(template, context);
  if (typeof template !== "object" || template === null) return template;
  if (isList(template)) return template.map((one) => fill(one, context));
  const entries = Object.entries(template).map(([key, value]) => [
    fillText(key, context),
    fill(value, context),
  ]);
  return Object.fromEntries(entries) as JsonObject;
}

export function fillText(template: string, context: FillContext): string {
  if (!template.includes("{")) return template;
  const prefix = template.slice(0, -"{id}".length);
  if (template === `${prefix}{id}` && !prefix.includes("{")) return prefixed(prefix, context.id);
  return template.replaceAll(/\{([a-z-]+)\}/g, (whole, name: string) => {
    const value = Object.hasOwn(VALUES, name) ? VALUES[name] : undefined;
    return value === undefined ? whole : String(value(context));
  });
}

/** Puts a body into its envelope; placeholders other than "{data}" and "{text}" are left alone. */
export function surround(envelope: Json, data: Json): Json {
  if (envelope === "{data}") return data;
  if (envelope === "{text}") return typeof data === "string" ? data : JSON.stringify(data);
  if (typeof envelope !== "object" || envelope === null) return envelope;
  if (isList(envelope)) return envelope.map((one) => surround(one, data));
  const entries = Object.entries(envelope).flatMap(([key, value]) => {
    if (key === "..." && isObject(data)) return Object.entries(data);
    return [[key, surround(value, data)]];
  });
  return Object.fromEntries(entries) as JsonObject;
}

export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function fillValue(template: string, context: FillContext): Json {
  const number = /^\{#([a-z]+)\}$/.exec(template)?.[1] ?? "";
  const value = Object.hasOwn(VALUES, number) ? VALUES[number] : undefined;
  return value === undefined ? fillText(template, context) : value(context);
}

const VALUES: Readonly<Record<string, (context: FillContext) => string | number>> = {
  id: ({ id }) => id,
  type: ({ type }) => type,
  kind: ({ type }) => (type.includes(".") ? type.slice(0, type.lastIndexOf(".")) : type),
  action: ({ type }) => (type.includes(".") ? type.slice(type.lastIndexOf(".") + 1) : ""),
  iso: isoSecondsOf,
  "iso-ms": ({ nowMs }) => new Date(nowMs).toISOString(),
  s: secondsOf,
  ms: ({ nowMs }) => nowMs,
  number: ({ id }) => numberFrom(id),
  hex: ({ id }) => hexFrom(id),
  secret: ({ secret }) => secret,
};

/** The id with the vendor's prefix, unless it has it already. */
export function prefixed(prefix: string, id: string): string {
  return id.startsWith(prefix) ? id : `${prefix}${id}`;
}

/** A number for vendors that count their objects; the same for the same text (FNV-1a, 32 bits). */
export function numberFrom(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193) >>> 0;
  }
  return hash;
}

/** 32 hexadecimal digits. */
export function hexFrom(text: string): string {
  return numberFrom(text).toString(16).padStart(8, "0").repeat(4);
}

export function secondsOf(seed: SampleSeed): number {
  return Math.floor(seed.nowMs / 1000);
}

/** To the second, as most vendors write it: 2026-11-23T10:00:00Z. */
export function isoSecondsOf(seed: SampleSeed): string {
  return `${new Date(seed.nowMs).toISOString().slice(0, 19)}Z`;
}
