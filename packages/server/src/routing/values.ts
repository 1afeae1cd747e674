/**
 * The values that expressions compute with.
 *
 * Numbers: JSON knows only doubles; CEL literals like `5` and results like `size(x)` are 64-bit
 * integers, held as `bigint`.
 *
 * Maps are plain objects or objects without a prototype. Fields are looked up as own properties
 * only, so a body that has `__proto__` or `constructor` as keys is just data (I12).
 *
 * Timestamps, durations, bytes and unsigned integers of CEL are left out: JSON has none of them.
 */
export type ValueMap = { readonly [key: string]: Value };
export type Value = null | boolean | number | bigint | string | readonly Value[] | ValueMap;

export type Kind = "null" | "bool" | "int" | "double" | "string" | "list" | "map";

export function kindOf(value: Value): Kind {
  switch (typeof value) {
    case "string":
      return "string";
    case "number":
      return "double";
    case "bigint":
      return "int";
    case "boolean":
      return "bool";
    default:
      if (value === null) return "null";
      return Array.isArray(value) ? "list" : "map";
  }
}

const KIND_WORDS: Readonly<Record<Kind, string>> = {
  null: "null",
  bool: "a boolean",
  int: "a number",
  double: "a number",
  string: "a string",
  list: "a list",
  map: "an object",
};

/** "a string", "an object": for sentences. */
export function kindInWords(value: Value): string {
  return KIND_WORDS[kindOf(value)];
}

export function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

export function isMap(value: Value): value is ValueMap {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isNumber(value: Value): value is number | bigint {
  return typeof value === "number" || typeof value === "bigint";
}

/** An own field, or `undefined`; never something inherited. */
export function fieldOf(map: ValueMap, key: string): Value | undefined {
  return Object.hasOwn(map, key) ? map[key] : undefined;
}

/** A whole, safe number as list index or offset; `undefined` for everything else. */
export function asIndex(value: Value): number | undefined {
  if (!isNumber(value)) return undefined;
  const index = Number(value);
  return Number.isSafeInteger(index) ? index : undefined;
}

const SHOWN_CHARACTERS = 60;

/** A value for a sentence: short ones as JSON, long ones cut, lists and objects by their size. */
export function show(value: Value): string {
  if (typeof value === "string") {
    if (value.length <= SHOWN_CHARACTERS) return JSON.stringify(value);
    return `${JSON.stringify(value.slice(0, SHOWN_CHARACTERS))}… (${value.length} characters)`;
  }
  if (isList(value)) return value.length === 1 ? "a list of 1" : `a list of ${value.length}`;
  if (isMap(value)) return "an object";
  return String(value);
}
