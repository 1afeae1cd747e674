/**
 * The values that expressions compute with, and what can be asked about two of them.
 *
 * Numbers: JSON knows only doubles, CEL literals like `5` and results like `size(x)` are 64-bit
 * integers. Comparing mixes both exactly (`body.count == 5` means what it says); arithmetic stays
 * integer only while both sides are integers, otherwise it is done in doubles (values of JSON).
 *
 * Maps are plain objects or objects without a prototype. Fields are looked up as own properties
 * only, so a body that has `__proto__` or `constructor` as keys is just data (I12).
 *
 * Timestamps, durations, bytes and unsigned integers of CEL are left out: JSON has none of them.
 */
import { charge, FAILED, type Evaluation, fail, type Failed } from "./evaluation.ts";

export type ValueMap = { readonly [key: string]: Value };
export type Value = null | boolean | number | bigint | string | readonly Value[] | ValueMap;
export type Result = Value | Failed;

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

/** Deep equality. Values of different kinds are unequal, never an error. Charges per element. */
export function isEqual(run: Evaluation, left: Value, right: Value): boolean | Failed {
  if (left === right) return true;
  if (isNumber(left) && isNumber(right)) return equalNumbers(left, right);
  if (isList(left) && isList(right)) return areListsEqual(run, left, right);
  if (isMap(left) && isMap(right)) return areMapsEqual(run, left, right);
  return false;
}

/** `==` between an integer and a double is exact in JavaScript, as CEL wants it. */
function equalNumbers(left: number | bigint, right: number | bigint): boolean {
  // oxlint-disable-next-line eqeqeq
  return left == right;
}

function areListsEqual(
  run: Evaluation,
  left: readonly Value[],
  right: readonly Value[],
): boolean | Failed {
  if (left.length !== right.length) return false;
  for (const [index, value] of left.entries()) {
    if (!charge(run, 1)) return FAILED;
    const equal = isEqual(run, value, right[index] ?? null);
    if (equal !== true) return equal;
  }
  return true;
}

function areMapsEqual(run: Evaluation, left: ValueMap, right: ValueMap): boolean | Failed {
  const keys = Object.keys(left);
  if (keys.length !== Object.keys(right).length) return false;
  for (const key of keys) {
    if (!charge(run, 1)) return FAILED;
    const other = fieldOf(right, key);
    if (other === undefined) return false;
    const equal = isEqual(run, fieldOf(left, key) ?? null, other);
    if (equal !== true) return equal;
  }
  return true;
}

/** Negative, zero or positive; fails for kinds that have no order between them. */
export function compare(run: Evaluation, left: Value, right: Value): number | Failed {
  if (isNumber(left) && isNumber(right)) return compareNumbers(left, right);
  if (typeof left === "string" && typeof right === "string") return order(left, right);
  if (typeof left === "boolean" && typeof right === "boolean") {
    return Number(left) - Number(right);
  }
  return fail(run, () => `cannot compare ${kindInWords(left)} with ${kindInWords(right)}`);
}

function order(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

/** NaN compares with nothing: every comparison with it is false. */
function compareNumbers(left: number | bigint, right: number | bigint): number {
  if (left < right) return -1;
  if (left > right) return 1;
  return equalNumbers(left, right) ? 0 : Number.NaN;
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
