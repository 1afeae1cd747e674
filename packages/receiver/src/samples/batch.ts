/** Puts the events of several bodies into one, for providers that send batches. */
import { WebhookConfigError } from "../errors.ts";
import type { Provider } from "../providers/provider.ts";
import { isList, isObject, type Json } from "./sample.ts";

/** Far more than a simulator needs; a body stays below what receivers take by default. */
const MAX_BATCH = 1000;

/** The first body with the items of all of them. @throws {sample_unknown} */
export function bodiesInOne(provider: Provider, bodies: readonly Json[]): Json {
  const [first] = bodies;
  if (first === undefined || bodies.length > MAX_BATCH) {
    throw batchUnknown(`A batch has 1 to ${MAX_BATCH} events.`);
  }
  if (bodies.length === 1) return first;
  const paths = provider.split?.items.map((path) => path.slice(0, path.indexOf("*"))) ?? [];
  const path = paths.find((one) => isList(valueAt(first, one)));
  if (path === undefined) {
    throw batchUnknown(`${provider.title} sends no batches of this type.`);
  }
  const items = bodies.flatMap((body) => {
    const list = valueAt(body, path);
    return isList(list) ? list : [];
  });
  return replaceAt(first, path, items);
}

function valueAt(json: Json, path: readonly string[]): Json | undefined {
  return path.reduce<Json | undefined>(
    (value, key) => (isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined),
    json,
  );
}

/** A copy with another value at the path, which must exist. */
export function replaceAt(json: Json, path: readonly string[], value: Json): Json {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  if (!isObject(json)) return json;
  return { ...json, [key]: replaceAt(json[key] ?? null, rest, value) };
}

function batchUnknown(message: string): WebhookConfigError {
  return new WebhookConfigError("sample_unknown", message, "Send single events instead.");
}
