/**
 * The two kinds of expressions that a configuration contains: conditions (`when`) and values (event
 * type, idempotency key, order key). Compiled once, evaluated per event, never throwing.
 */
import type { EventContext, MatchResult } from "../model/active.ts";
import { compileNode, type Scope, scopeOf } from "./compile.ts";
import {
  type Evaluation,
  FAILED,
  failureSentence,
  type KnownValues,
  startEvaluation,
} from "./evaluation.ts";
import { compileExplanation } from "./explain.ts";
import { isExact } from "./functions.ts";
import { type ASTNode, ExpressionError, parseExpression } from "./parse.ts";
import { kindInWords, type Value } from "./values.ts";
import { EVENT_VARIABLES } from "./variables.ts";

export { ExpressionError } from "./parse.ts";

export type Condition = {
  /** As written. */
  readonly text: string;
  /** Never throws. */
  evaluate(context: EventContext): MatchResult;
};

const MATCHED: MatchResult = { matched: true };
const EVENT_SCOPE: Scope = scopeOf(EVENT_VARIABLES);

/** @throws ExpressionError with the position of what is wrong */
export function compileCondition(text: string): Condition {
  const test = compileTest(text, EVENT_SCOPE);
  return { text, evaluate: (context) => test(context) };
}

/** A condition over any variables; `known` are the values that do not come from the context. */
export type Test = (context: EventContext, known?: KnownValues) => MatchResult;

/** @throws ExpressionError with the position of what is wrong */
export function compileTest(text: string, scope: Scope): Test {
  const tree = parseExpression(text);
  refuseValue(tree);
  const test = compileNode(tree, scope);
  const explain = compileExplanation(tree, scope);
  return (context, known) => {
    const run = startEvaluation(context, known);
    const value = test(run);
    if (value === true) return MATCHED;
    // A false condition is evaluated a second time for its reason, with a budget of its own.
    if (value === false) return filtered(explain(startEvaluation(context, known)));
    if (value === FAILED) return failed(run);
    return noBoolean(value);
  };
}

const VALUE_OPERATORS: ReadonlySet<string> = new Set([
  "list",
  "map",
  "-_",
  "+",
  "-",
  "*",
  "/",
  "%",
]);

/** Catches the condition that can never be one, while its author is looking. */
function refuseValue(tree: ASTNode): void {
  const isValue = tree.op === "value" && typeof tree.args !== "boolean";
  if (!isValue && !VALUE_OPERATORS.has(tree.op)) return;
  throw new ExpressionError("a condition must be true or false", tree.start);
}

function filtered(reason: string): MatchResult {
  return { matched: false, kind: "filtered", reason };
}

function failed(run: Evaluation): MatchResult {
  return { matched: false, kind: "error", reason: failureSentence(run) };
}

function noBoolean(value: Value): MatchResult {
  return {
    matched: false,
    kind: "error",
    reason: `the expression gave ${kindInWords(value)}, not true or false`,
  };
}

export type ExpressionValue =
  | { readonly found: true; readonly text: string }
  /** `reason` is a sentence. */
  | { readonly found: false; readonly reason: string };

export type ValueExpression = {
  /** As written. */
  readonly text: string;
  /** Never throws. */
  evaluate(context: EventContext): ExpressionValue;
};

/**
 * An expression whose value is used as text: strings as they are, numbers and booleans written out.
 * Not found: what is missing, null, a list, an object, or a number that JSON could not hold exactly
 * (two ids beyond 2^53 would become one).
 *
 * @throws ExpressionError with the position of what is wrong
 */
export function compileExpression(text: string): ValueExpression {
  const read = compileNode(parseExpression(text));
  return {
    text,
    evaluate(context) {
      const run = startEvaluation(context);
      const value = read(run);
      return value === FAILED ? { found: false, reason: failureSentence(run) } : asText(value);
    },
  };
}

function asText(value: Value): ExpressionValue {
  if (value === null || typeof value === "object") {
    return { found: false, reason: `the expression gave ${kindInWords(value)}, not a text` };
  }
  if (typeof value === "number" && !isExact(value)) {
    return { found: false, reason: "the number is too large to be exact" };
  }
  return { found: true, text: String(value) };
}
