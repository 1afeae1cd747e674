/**
 * Where a value is in a request (event type, idempotency key, challenge), as data, and the one
 * place that follows such a description.
 *
 * What is found is untrusted: only text and whole numbers count, own properties only, and anything
 * longer than the limit is treated as absent rather than cut, because two cut keys could be equal.
 */
import type { HeaderLookup } from "../headers.ts";

export type ValueLocation =
  | { readonly header: string }
  /** A parameter of the URL's query, decoded; the first of that name. */
  | { readonly query: string }
  /** The name of the first of these keys that the object at the path has. */
  | { readonly body: readonly string[]; readonly keyAmong: readonly string[] }
  | {
      /** Path in the body: keys of JSON objects, positions of arrays, or the name of a form field. */
      readonly body: readonly string[];
      /** The value is itself JSON text; the path goes on inside it. */
      readonly json?: readonly string[];
    };

/**
 * A location, and what is appended to its value after a full stop: with `suffix` the first of those
 * found, if any (`pull_request` and `opened`); with `with` all of them, or the rule yields nothing.
 */
export type ValueRule = ValueLocation & {
  readonly suffix?: readonly ValueLocation[];
  readonly with?: readonly ValueLocation[];
};

/** The body, parsed when somebody asks. */
export type Content = {
  /** The body as JSON, or its form fields; `undefined` when it is neither. Never throws. */
  readonly json: () => unknown;
};

export type ValueSource = {
  readonly headers: HeaderLookup;
  readonly content: Content;
  /** With the query as received; needed only by rules about it. */
  readonly url?: string;
};

/** Longest value that counts. Ids and types of real providers stay below 128. */
const MAX_LENGTH = 512;
const MAX_URL_LENGTH = 4096;

/** The first rule that yields a value; `undefined` if none does. Never throws. */
export function findValue(rules: readonly ValueRule[], source: ValueSource): string | undefined {
  for (const rule of rules) {
    const value = readValue(rule, source);
    if (value === undefined) continue;
    if (rule.with !== undefined) {
      const others = rule.with.map((location) => readValue(location, source));
      if (others.includes(undefined)) continue;
      return [value, ...others].join(".");
    }
    const suffix = rule.suffix && findValue(rule.suffix, source);
    return suffix === undefined ? value : `${value}.${suffix}`;
  }
  return undefined;
}

/** A text of up to 4096 characters: URLs, which are longer than ids. */
export function readLongValue(location: ValueLocation, source: ValueSource): string | undefined {
  if (!("body" in location)) return readValue(location, source);
  const value = follow(source.content.json(), location.body);
  return typeof value === "string" && value.length <= MAX_URL_LENGTH ? value : undefined;
}

export function readValue(location: ValueLocation, source: ValueSource): string | undefined {
  if ("header" in location) return asText(source.headers.get(location.header));
  if ("query" in location) return asText(queryValue(source.url, location.query));
  const value = follow(source.content.json(), location.body);
  if ("keyAmong" in location) return location.keyAmong.find((key) => isOwn(value, key));
  return asText(location.json === undefined ? value : follow(parseJson(value), location.json));
}

export function follow(root: unknown, path: readonly string[]): unknown {
  let value = root;
  for (const key of path) {
    if (!isOwn(value, key)) return undefined;
    value = value[key];
  }
  return value;
}

function isOwn(value: unknown, key: string): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && Object.hasOwn(value, key);
}

/** Only what follows the question mark is looked at, so that it need not be a whole URL. */
export function queryValue(url: string | undefined, name: string): string | undefined {
  const start = url?.indexOf("?") ?? -1;
  if (url === undefined || start === -1) return undefined;
  const end = url.indexOf("#", start);
  const query = url.slice(start + 1, end === -1 ? undefined : end);
  return new URLSearchParams(query).get(name) ?? undefined;
}

function parseJson(value: unknown): unknown {
  if (typeof value !== "string") return undefined;
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}

function asText(value: unknown): string | undefined {
  const text = Number.isSafeInteger(value) ? String(value) : value;
  if (typeof text !== "string" || text === "" || text.length > MAX_LENGTH) return undefined;
  return text;
}
