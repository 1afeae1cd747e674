/**
 * The loops of the language: `all`, `exists`, `exists_one`, `filter` and `map` over the elements of
 * a list or the keys of an object. There is no other way to repeat anything, so that charging each
 * round bounds every evaluation (I10).
 *
 * As in CEL, `all` and `exists` are settled by the first deciding element, even when the predicate
 * failed for another one; the rest fail at the first failure.
 */
import { charge, type Evaluation, FAILED, fail, isExhausted, type Result } from "./evaluation.ts";
import { type ASTNode } from "./parse.ts";
import { isList, isMap, kindInWords, type Value } from "./values.ts";

/** A compiled expression. */
export type Run = (run: Evaluation) => Result;

export type Loop = {
  readonly elements: readonly Value[];
  /** Where the loop's variable is kept. */
  readonly slot: number;
  readonly roundCost: number;
  readonly predicate: Run;
  /** The last argument of `map(x, condition, result)`. */
  readonly transform?: Run;
};

export type Macro = {
  readonly argCount: readonly number[];
  readonly run: (run: Evaluation, loop: Loop) => Result;
};

/** Text of a predicate that counts as one step: about the length of one operator with its field. */
const CHARACTERS_PER_OPERATOR = 8;

/** Steps that one round takes, from the length of the expression that is repeated. */
export function roundCostOf(node: ASTNode): number {
  return 1 + Math.ceil((node.end - node.start) / CHARACTERS_PER_OPERATOR);
}

/** What a macro goes over: the elements of a list, the keys of an object. */
export function elementsOf(value: Value): readonly Value[] | undefined {
  if (isList(value)) return value;
  return isMap(value) ? Object.keys(value) : undefined;
}

/** The result of `step` for one element, charged. */
function round(run: Evaluation, loop: Loop, element: Value): Result {
  if (!charge(run, loop.roundCost)) return FAILED;
  run.slots[loop.slot] = element;
  return loop.predicate(run);
}

function notBoolean(run: Evaluation, value: Value): Result {
  return fail(run, () => `the condition is ${kindInWords(value)}, not true or false`);
}

/** `deciding` ends the loop: true for `exists`, false for `all`. */
function quantify(run: Evaluation, loop: Loop, deciding: boolean): Result {
  let failure: (() => string) | undefined;
  for (const element of loop.elements) {
    let value = round(run, loop, element);
    if (value === deciding) return deciding;
    if (value !== FAILED && typeof value !== "boolean") value = notBoolean(run, value);
    if (value !== FAILED) continue;
    if (isExhausted(run)) return FAILED;
    failure ??= run.failure;
  }
  if (failure === undefined) return !deciding;
  run.failure = failure;
  return FAILED;
}

/** The elements for which the predicate holds. */
function select(run: Evaluation, loop: Loop): Value[] | typeof FAILED {
  const selected: Value[] = [];
  for (const element of loop.elements) {
    const value = round(run, loop, element);
    if (value === FAILED) return FAILED;
    if (typeof value !== "boolean") {
      notBoolean(run, value);
      return FAILED;
    }
    if (value) selected.push(element);
  }
  return selected;
}

function transformAll(run: Evaluation, loop: Loop): Result {
  const results: Value[] = [];
  for (const element of loop.elements) {
    const value = round(run, loop, element);
    if (value === FAILED) return FAILED;
    results.push(value);
  }
  return results;
}

/** `map(x, result)` or `map(x, condition, result)`. */
function mapElements(run: Evaluation, loop: Loop): Result {
  if (loop.transform === undefined) return transformAll(run, loop);
  const elements = select(run, loop);
  if (elements === FAILED) return FAILED;
  return transformAll(run, { ...loop, elements, predicate: loop.transform });
}

function existsOne(run: Evaluation, loop: Loop): Result {
  const selected = select(run, loop);
  return selected === FAILED ? FAILED : selected.length === 1;
}

export const MACROS: ReadonlyMap<string, Macro> = new Map<string, Macro>([
  ["all", { argCount: [2], run: (run, loop) => quantify(run, loop, false) }],
  ["exists", { argCount: [2], run: (run, loop) => quantify(run, loop, true) }],
  ["exists_one", { argCount: [2], run: existsOne }],
  ["filter", { argCount: [2], run: select }],
  ["map", { argCount: [2, 3], run: mapElements }],
]);
