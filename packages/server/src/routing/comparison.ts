/**
 * Equality and order of two values. Integers and doubles compare exactly with one another, so that
 * `body.count == 5` means what it says. Comparing lists and objects charges the budget.
 */
import { charge, type Evaluation, FAILED, fail, type Failed } from "./evaluation.ts";
import {
  fieldOf,
  isList,
  isMap,
  isNumber,
  kindInWords,
  type Value,
  type ValueMap,
} from "./values.ts";

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
