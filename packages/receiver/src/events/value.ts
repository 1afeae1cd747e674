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
  | {
      /** Path in the body: keys of JSON objects, positions of arrays, or the name of a form field. */
      readonly body: readonly string[];
      /** The value is itself JSON text; the path goes on inside it. */
      readonly json?: readonly string[];
    };

/**
 * A location; with `suffix`, the first of those found is appended after a full stop (`pull_request`
 * and `opened`).
 */
export type ValueRule = ValueLocation & { readonly suffix?: readonly ValueLocation[] };

/** The body, parsed when somebody asks. */
export type Content = {
  /** The body as JSON, or its form fields; `undefined` when it is neither. Never throws. */
  readonly json: () => unknown;
};

export type ValueSource = {
  readonly headers: HeaderLookup;
  readonly content: Content;
};

/** Longest value that counts. Ids and types of real providers stay below 128. */
const MAX_LENGTH = 512;

/** The first rule that yields a value; `undefined` if none does. Never throws. */
export function findValue(rules: readonly ValueRule[], source: ValueSource): string | undefined {
  for (const rule of rules) {
    const value = readValue(rule, source);
    if (value === undefined) continue;
    const suffix = rule.suffix && findValue(rule.suffix, source);
    return suffix === undefined ? value : `${value}.${suffix}`;
  }
  return undefined;
}

export function readValue(location: ValueLocation, source: ValueSource): string | undefined {
  if ("header" in location) return asText(source.headers.get(location.header));
  const value = follow(source.content.json(), location.body);
  return asText(location.json === undefined ? value : follow(parseJson(value), location.json));
}

function follow(root: unknown, path: readonly string[]): unknown {
  let value = root;
  for (const key of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[key];
  }
  return value;
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
