/**
 * The binary operators and the minus sign, on values. Pure; whatever cannot be done fails with a
 * sentence. Integers stay integers among themselves and are bounded to 64 bits as in CEL; together
 * with a double the result is a double.
 */
import { compare, isEqual } from "./comparison.ts";
import {
  charge,
  chargeText,
  type Evaluation,
  FAILED,
  fail,
  MADE_STRING_LIMIT,
  type Result,
} from "./evaluation.ts";
import { fieldOf, isList, isMap, isNumber, kindInWords, type Value } from "./values.ts";

export type Operate = (run: Evaluation, left: Value, right: Value) => Result;

const LARGEST_INTEGER = 2n ** 63n - 1n;
const SMALLEST_INTEGER = -(2n ** 63n);

export function boundInteger(run: Evaluation, value: bigint): Result {
  if (value >= SMALLEST_INTEGER && value <= LARGEST_INTEGER) return value;
  return fail(run, () => "the integer does not fit into 64 bits");
}

type Arithmetic = {
  readonly verb: string;
  readonly integers: (left: bigint, right: bigint) => bigint;
  readonly doubles: (left: number, right: number) => number;
  /** Integers cannot be divided by zero; doubles become infinite. */
  readonly divides?: true;
};

function calculate(arithmetic: Arithmetic): Operate {
  return (run, left, right) => {
    if (!isNumber(left) || !isNumber(right)) {
      return fail(
        run,
        () => `cannot ${arithmetic.verb} ${kindInWords(left)} and ${kindInWords(right)}`,
      );
    }
    if (typeof left === "number" || typeof right === "number") {
      return arithmetic.doubles(Number(left), Number(right));
    }
    if (arithmetic.divides === true && right === 0n) return fail(run, () => "division by zero");
    return boundInteger(run, arithmetic.integers(left, right));
  };
}

const addNumbers = calculate({
  verb: "add",
  integers: (left, right) => left + right,
  doubles: (left, right) => left + right,
});

/** Numbers are added, strings and lists joined. */
function add(run: Evaluation, left: Value, right: Value): Result {
  if (typeof left === "string" && typeof right === "string") return joinTexts(run, left, right);
  if (isList(left) && isList(right)) {
    return charge(run, left.length + right.length) ? [...left, ...right] : FAILED;
  }
  return addNumbers(run, left, right);
}

function joinTexts(run: Evaluation, left: string, right: string): Result {
  const length = left.length + right.length;
  if (length > MADE_STRING_LIMIT) {
    return fail(run, () => `a string longer than ${MADE_STRING_LIMIT} characters`);
  }
  return chargeText(run, length) ? left + right : FAILED;
}

function isIn(run: Evaluation, left: Value, right: Value): Result {
  if (isMap(right)) {
    if (typeof left !== "string") return fail(run, () => "only a string can be a key of an object");
    return fieldOf(right, left) !== undefined;
  }
  if (!isList(right))
    return fail(run, () => `${kindInWords(right)} contains nothing; in needs a list`);
  for (const value of right) {
    if (!charge(run, 1)) return FAILED;
    const equal = isEqual(run, left, value);
    if (equal !== false) return equal;
  }
  return false;
}

function comparing(holds: (sign: number) => boolean): Operate {
  return (run, left, right) => {
    const sign = compare(run, left, right);
    return sign === FAILED ? FAILED : holds(sign);
  };
}

function isUnequal(run: Evaluation, left: Value, right: Value): Result {
  const equal = isEqual(run, left, right);
  return equal === FAILED ? FAILED : !equal;
}

export function negate(run: Evaluation, value: Value): Result {
  if (typeof value === "number") return -value;
  if (typeof value === "bigint") return boundInteger(run, -value);
  return fail(run, () => `${kindInWords(value)} has no negative`);
}

export const BINARY_OPERATORS: ReadonlyMap<string, Operate> = new Map<string, Operate>([
  ["==", isEqual],
  ["!=", isUnequal],
  ["<", comparing((sign) => sign < 0)],
  ["<=", comparing((sign) => sign <= 0)],
  [">", comparing((sign) => sign > 0)],
  [">=", comparing((sign) => sign >= 0)],
  ["in", isIn],
  ["+", add],
  [
    "-",
    calculate({
      verb: "subtract",
      integers: (left, right) => left - right,
      doubles: (left, right) => left - right,
    }),
  ],
  [
    "*",
    calculate({
      verb: "multiply",
      integers: (left, right) => left * right,
      doubles: (left, right) => left * right,
    }),
  ],
  [
    "/",
    calculate({
      verb: "divide",
      integers: (left, right) => left / right,
      doubles: (left, right) => left / right,
      divides: true,
    }),
  ],
  [
    "%",
    calculate({
      verb: "divide",
      integers: (left, right) => left % right,
      doubles: (left, right) => left % right,
      divides: true,
    }),
  ],
]);
