/**
 * Expressions under random text and random bodies: compiling either works or refuses with a
 * position, evaluating never throws and stays within its budget.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createEventContext } from "../../src/routing/event-context.ts";
import {
  compileCondition,
  compileExpression,
  ExpressionError,
} from "../../src/routing/expression.ts";

const names = fc.constantFrom("body", "headers", "query", "method", "eventType", "x", "nope");
const fields = fc.constantFrom("a", "b", "l", "__proto__", "constructor", "length", "toString");
const literals = fc.constantFrom(
  "1",
  "0",
  "-1",
  "2.5",
  '"a"',
  '""',
  "true",
  "null",
  "[]",
  "{}",
  "9e99",
);
const operators = fc.constantFrom("==", "!=", "<", ">=", "in", "&&", "||", "+", "-", "*", "/", "%");
const methods = fc.constantFrom(
  "startsWith",
  "contains",
  "size",
  "split",
  "join",
  "substring",
  "indexOf",
);
const macros = fc.constantFrom("all", "exists", "exists_one", "filter", "map");

/** Mostly well-formed expressions: random text alone seldom gets past the parser. */
const { expression } = fc.letrec<{ expression: string }>((tie) => ({
  expression: fc.oneof(
    { maxDepth: 5, depthIdentifier: "expression" },
    literals,
    names,
    fc.tuple(names, fields).map(([name, field]) => `${name}.${field}`),
    fc.tuple(tie("expression"), fields).map(([target, field]) => `(${target}).${field}`),
    fc.tuple(tie("expression"), tie("expression")).map(([target, key]) => `(${target})[${key}]`),
    fc
      .tuple(tie("expression"), operators, tie("expression"))
      .map(([left, operator, right]) => `(${left} ${operator} ${right})`),
    fc
      .tuple(tie("expression"), tie("expression"), tie("expression"))
      .map(([test_, yes, no]) => `(${test_} ? ${yes} : ${no})`),
    fc
      .tuple(tie("expression"), macros, tie("expression"))
      .map(([list, macro, predicate]) => `(${list}).${macro}(x, ${predicate})`),
    fc
      .tuple(tie("expression"), methods, tie("expression"))
      .map(([target, method, arg]) => `(${target}).${method}(${arg})`),
    tie("expression").map((inner) => `!(${inner})`),
    tie("expression").map((inner) => `-(${inner})`),
    tie("expression").map((inner) => `string(${inner})`),
    tie("expression").map((inner) => `re(${inner}, "(a|b)*c")`),
    fc.tuple(names, fields).map(([name, field]) => `has(${name}.${field})`),
  ),
}));

const bodies = fc.oneof(
  fc.json({ maxDepth: 4 }),
  fc.constantFrom(
    '{"a":1,"b":"a","l":[1,"a",null,{"a":2}],"__proto__":{"a":1},"constructor":2}',
    "[[1],[2]]",
  ),
  fc.string({ maxLength: 40 }),
);

function contextOf(body: string) {
  return createEventContext({
    method: "POST",
    path: "/x",
    query: "a=1&__proto__=2",
    headers: ["Content-Type", "application/json", "A", "1"],
    body: Buffer.from(body),
    source: "s",
    eventType: "t",
  });
}

/** The compiled expression; `refused` if that was done the way it should be. */
function compile<T>(text: string, compiler: (text: string) => T): T | "refused" {
  try {
    return compiler(text);
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    if (error.offset < 0 || error.offset > text.length) throw new Error("no such position");
    return "refused";
  }
}

function hasReason(result: object): boolean {
  return !("reason" in result) || result.reason !== "";
}

const HELD = { failed: false, counterexample: null };

describe("[I10][I12] expressions are total", () => {
  test("any expression over any body gives an answer, never a throw", () => {
    const property = fc.property(expression, bodies, (text, body) => {
      const condition = compile(text, compileCondition);
      const value = compile(text, compileExpression);
      return (
        (condition === "refused" || hasReason(condition.evaluate(contextOf(body)))) &&
        (value === "refused" || hasReason(value.evaluate(contextOf(body))))
      );
    });
    expect(fc.check(property, { numRuns: 5000 })).toMatchObject(HELD);
  });

  test("most of those expressions compile, so that evaluating is what is tested", () => {
    const texts = fc.sample(expression, 1000);
    const compiled = texts.filter((text) => compile(text, compileExpression) !== "refused");
    expect(compiled.length).toBeGreaterThan(300);
  });

  test("any text compiles or is refused with a position", () => {
    const text = fc.string({ unit: "grapheme", maxLength: 60 });
    const property = fc.property(text, (anything) => {
      compile(anything, compileCondition);
    });
    expect(fc.check(property, { numRuns: 2000 })).toMatchObject(HELD);
  });

  test("deciding twice gives the same answer", () => {
    const property = fc.property(expression, bodies, (text, body) => {
      const condition = compile(text, compileCondition);
      if (condition === "refused") return true;
      const [once, again] = [contextOf(body), contextOf(body)].map(condition.evaluate);
      return JSON.stringify(once) === JSON.stringify(again);
    });
    expect(fc.check(property, { numRuns: 1000 })).toMatchObject(HELD);
  });

  test("numbers of a body compare with integers as JavaScript compares them", () => {
    const property = fc.property(fc.maxSafeInteger(), fc.maxSafeInteger(), (left, right) => {
      const body = JSON.stringify({ left, right });
      const holds = (text: string) => compileCondition(text).evaluate(contextOf(body)).matched;
      return (
        holds(`body.left < ${right}`) === left < right &&
        holds(`${left} == body.right`) === (left === right) &&
        holds("body.left >= body.right") === left >= right
      );
    });
    expect(fc.check(property, { numRuns: 300 })).toMatchObject(HELD);
  });
});
