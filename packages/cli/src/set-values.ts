/**
 * `--set a.b=1`: changes to a sample's body, as one object to merge into it. The value is JSON where
 * it is valid JSON, and a text everywhere else.
 */
import type { Json, JsonObject } from "@ringdown/receiver/samples";
import { CliError } from "./failure.ts";

export function parseSetValues(assignments: readonly string[]): JsonObject {
  return assignments.reduce<JsonObject>((merged, text) => {
    const at = text.indexOf("=");
    const path = text.slice(0, at).split(".");
    if (at < 1 || path.some((step) => step === "")) {
      throw new CliError(
        "usage",
        `"${text}" sets nothing.`,
        'Write it like "data.object.amount=5".',
      );
    }
    return assign(merged, path, parseValue(text.slice(at + 1)));
  }, {});
}

function assign(object: JsonObject, path: readonly string[], value: Json): JsonObject {
  const [key = "", ...rest] = path;
  if (rest.length === 0) return withKey(object, key, value);
  const inner = Object.hasOwn(object, key) ? object[key] : undefined;
  const isObject = typeof inner === "object" && inner !== null && !Array.isArray(inner);
  return withKey(object, key, assign(isObject ? (inner as JsonObject) : {}, rest, value));
}

/** `__proto__` is a key like any other. */
function withKey(object: JsonObject, key: string, value: Json): JsonObject {
  return Object.fromEntries([
    ...Object.entries(object).filter(([name]) => name !== key),
    [key, value],
  ]);
}

function parseValue(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}
