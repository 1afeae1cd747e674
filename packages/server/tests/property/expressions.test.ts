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

/** The compiled expression, or `undefined` if it was refused the way it should be. */
function compile<T>(text: string, compiler: (text: string) => T): T | undefined {
  try {
    return compiler(text);
  } catch (error) {
    expect(error).toBeInstanceOf(ExpressionError);
    const { offset } = error as ExpressionError;
    expect(offset).toBeGreaterThanOrEqual(0);
    expect(offset).toBeLessThanOrEqual(text.length);
    return undefined;
  }
}

describe("[I10][I12] expressions are total", () => {
  test("any expression over any body gives an answer, never a throw", () => {
    fc.assert(
      fc.property(expression, bodies, (text, body) => {
        const result = compile(text, compileCondition)?.evaluate(contextOf(body));
        if (result !== undefined && !result.matched) expect(result.reason).not.toBe("");
        const value = compile(text, compileExpression)?.evaluate(contextOf(body));
        if (value !== undefined && !value.found) expect(value.reason).not.toBe("");
      }),
      { numRuns: 5000 },
    );
  });

  test("any text compiles or is refused with a position", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 60 }), (text) => {
        compile(text, compileCondition);
      }),
      { numRuns: 2000 },
    );
  });

  test("deciding twice gives the same answer", () => {
    fc.assert(
      fc.property(expression, bodies, (text, body) => {
        const condition = compile(text, compileCondition);
        if (condition === undefined) return;
        expect(condition.evaluate(contextOf(body))).toEqual(condition.evaluate(contextOf(body)));
      }),
      { numRuns: 1000 },
    );
  });

  test("comparison of numbers agrees with arithmetic on safe integers", () => {
    const integers = fc.maxSafeInteger();
    fc.assert(
      fc.property(integers, integers, (left, right) => {
        const body = JSON.stringify({ left, right });
        const holds = (text: string) => compileCondition(text).evaluate(contextOf(body)).matched;
        expect(holds(`body.left < ${right}`)).toBe(left < right);
        expect(holds(`${left} == body.right`)).toBe(left === right);
        expect(holds("body.left >= body.right")).toBe(left >= right);
      }),
      { numRuns: 300 },
    );
  });
});
