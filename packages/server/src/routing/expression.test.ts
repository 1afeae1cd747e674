import { describe, expect, test } from "vitest";
import type { MatchResult } from "../model/active.ts";
import { createEventContext } from "./event-context.ts";
import { STEP_LIMIT } from "./evaluation.ts";
import { compileCondition, compileExpression, ExpressionError } from "./expression.ts";

const BODY = JSON.stringify({
  type: "invoice.paid",
  n: 5,
  half: 0.5,
  list: [1, 2],
  mixed: [1, "a", null],
  nothing: null,
  active: false,
  text: "naïve 😀 text",
  csv: "a,b,c",
  digits: "42",
  data: { object: { id: "in_1", amount: 1250 } },
  commits: [{ added: ["apps/web/a.ts"], removed: [] }],
});

function contextOf(body: string, headers: readonly string[] = []) {
  return createEventContext({
    method: "POST",
    path: "/orders/1",
    query: "debug=1&debug=2&__proto__=x",
    headers,
    body: Buffer.from(body),
    source: "stripe",
    eventType: "invoice.paid",
  });
}

function evaluate(text: string, body = BODY): MatchResult {
  return compileCondition(text).evaluate(contextOf(body, ["X-Kind", "a", "x-kind", "b"]));
}

function reasonOf(text: string, body = BODY): string {
  const result = evaluate(text, body);
  return result.matched ? "matched" : `${result.kind}: ${result.reason}`;
}

function problemOf(text: string): string {
  try {
    compileCondition(text);
  } catch (error) {
    if (error instanceof ExpressionError) return `${error.offset}: ${error.message}`;
    throw error;
  }
  return "compiled";
}

describe("conditions that hold", () => {
  test.each([
    'body.type == "invoice.paid" && body.data.object.amount > 1000',
    'eventType == "invoice.paid" && source == "stripe" && method == "POST"',
    'path.startsWith("/orders/") && query.debug == "1"',
    'headers["x-kind"] == "a, b" && "x-kind" in headers && !("x-other" in headers)',
    "has(body.data.object.id) && !has(body.data.missing) && !has(body.gone.deeper)",
    'body["type"].contains("paid") && body.type.endsWith(".paid")',
    'body.type in ["invoice.paid", "invoice.voided"]',
    "body.nothing == null && body.list != null",
    "body.active ? false : true",
    'body.missing == 1 || body.type == "invoice.paid"',
    'body.type == "invoice.paid" || body.missing == 1',
    'body.commits.exists(c, (c.added + c.removed).exists(f, f.startsWith("apps/web/")))',
    "body.list.all(x, x > 0) && body.list.exists_one(x, x == 2)",
    "body.list.map(x, x * 10) == [10, 20] && body.list.filter(x, x > 1) == [2]",
    "body.list.map(x, x > 1, x + 1) == [3]",
    'body.mixed.exists(x, x == "a") && body.mixed.exists(x, x > 0)',
    'body.data.exists(key, key == "object")',
    'body.csv.split(",").join("-") == "a-b-c" && body.csv.replace(",", "") == "abc"',
    'body.type.substring(0, 7) == "invoice" && body.type.substring(8) == "paid"',
    'body.type.indexOf("paid") == 8 && body.type.lastIndexOf("i") == 10',
    'body.text.indexOf("text") == 8 && body.text.substring(6, 7) == "😀" && size(body.text) == 12',
    'body.text.charAt(6) == "😀" && " x ".trim() == "x" && "aB".upperAscii() == "AB"',
    '"AÄ".lowerAscii() == "aÄ"',
    'int(body.digits) == 42 && double("1.5") == 1.5 && string(body.n) == "5" && bool("true")',
    "dyn(body.n) == 5 && -body.n == -5 && -(-5) == 5",
    '{"a": [1]} == {"a": [1.0]} && {} != {"a": 1}',
    "false || true // a comment",
  ])("%s", (text) => {
    expect(evaluate(text)).toEqual({ matched: true });
  });
});

describe("numbers of JSON and of the language mix as a reader expects", () => {
  test.each([
    "body.n == 5 && body.n == 5.0 && 5 == body.n && body.n in [4, 5]",
    "body.n > 4 && body.n >= 5.0 && 4.5 < body.n && body.half < 1",
    "body.n + 1 == 6 && body.n - 0.5 == 4.5 && body.n * 2 == 10",
    "body.n % 2 == 1 && body.n / 2 == 2.5 && 5 / 2 == 2 && 5 % 3 == 2",
    "size(body.list) == 2 && size(body.list) < body.n && size(body.list) + body.half == 2.5",
    "body.list[0] == 1 && body.list[body.n - 4] == 2",
    "body.list == [1, 2] && body.list == [1.0, 2.0]",
    "9007199254740993 != 9007199254740992.0 && 0x10 == 16 && 5u == 5",
  ])("%s", (text) => {
    expect(evaluate(text)).toEqual({ matched: true });
  });
});

describe("a condition that does not hold says why", () => {
  test.each([
    ['body.type == "x"', 'filtered: body.type == "x": was "invoice.paid"'],
    ['body.n > 4 && body.type == "x"', 'filtered: body.type == "x": was "invoice.paid"'],
    [
      'body.type == "x" || body.n > 9',
      'filtered: body.type == "x": was "invoice.paid"; body.n > 9: was 5',
    ],
    ['body.type == "a" || body.n == 1 || body.n == 2 || body.n == 3', /; and 1 more$/],
    ["body.n == size(body.list)", "filtered: body.n == size(body.list): was 5 and 2"],
    ['body.type in ["a", "b"]', 'filtered: body.type in ["a", "b"]: was "invoice.paid"'],
    ['"a" in headers', 'filtered: "a" in headers: it is not there'],
    ['body.type.startsWith("x")', 'filtered: body.type.startsWith("x"): was "invoice.paid"'],
    ['re(body.type, "^x")', 'filtered: re(body.type, "^x"): was "invoice.paid"'],
    ["has(body.gone)", "filtered: has(body.gone): it is missing"],
    ["!has(body.n)", "filtered: !has(body.n): was true"],
    ["body.active", "filtered: body.active: was false"],
    ["body.list.exists(x, x > 5)", "filtered: body.list.exists(x, x > 5): was false"],
    ["body.list == [3]", "filtered: body.list == [3]: was a list of 2"],
    ["body.data == {}", /was an object/],
    ["body.gone == 1", "error: body.gone is missing"],
    ["body.data.gone.deeper == 1", "error: body.data.gone is missing"],
    ["body.type.deeper == 1", "error: body.type.deeper is missing: body.type is a string"],
    ['headers["x-gone"] == "1"', 'error: headers["x-gone"] is missing'],
    ["body.list[2] == 1", "error: body.list[2] is missing: the list has length 2"],
    ["body.n[0] == 1", "error: body.n[0]: a number has no index"],
    ["body.type > 5", "error: body.type > 5: cannot compare a string with a number"],
    ["body.type + 5 == 1", "error: body.type + 5: cannot add a string and a number"],
    ["1 / 0 == body.n", "error: 1 / 0: division by zero"],
    ["body.list.exists(x, x.id == 1)", "error: x.id is missing: x is a number"],
    ["body.list.all(x, x)", "error: the condition is a number, not true or false"],
    ["body.n.exists(x, true)", "error: body.n is a number, not a list"],
    ["body.type", "error: the expression gave a string, not true or false"],
    ["!body.type", "error: body.type is a string, not true or false"],
    ['string(body.nothing) == ""', "error: string(body.nothing): null is no string"],
    ["int(body.type) == 1", "error: int(body.type): a string is no integer"],
    ["9223372036854775807 + 1 == body.n", /does not fit into 64 bits/],
    ["body.gone || body.missing", "error: body.gone is missing"],
    ['body.type.substring(99) == ""', /has 12 characters, no such part/],
  ])("%s", (text, expected) => {
    expect(reasonOf(text)).toMatch(expected);
  });

  test("long values are cut in the reason", () => {
    const reason = reasonOf('body.a == "x"', JSON.stringify({ a: "y".repeat(500) }));
    expect(reason).toContain("(500 characters)");
    expect(reason.length).toBeLessThan(150);
  });

  test("a body that is neither JSON nor a form is no match, and says so", () => {
    expect(reasonOf("body.a == 1", "<xml/>")).toBe("error: the body is neither JSON nor a form");
    expect(reasonOf('has(body.a) || method == "POST"', "<xml/>")).toBe("matched");
  });
});

describe("[I12] what is received is only ever data", () => {
  const hostile = JSON.stringify({ a: 1 }).replace("a", "__proto__");

  test.each([
    ["body.constructor == 1", '{"constructor": 1, "a": 2}'],
    ["body.a == 2", '{"constructor": 1, "a": 2, "toString": 3, "hasOwnProperty": 4}'],
    ['body["__proto__"] == 1', hostile],
    ['"__proto__" in body && size(body) == 1', hostile],
    ['query["__proto__"] == "x"', "{}"],
    ['!has(body.constructor) && !has(body.__proto__) && !("toString" in body)', "{}"],
    ['!has(body.l.length) && !("length" in body.l)', '{"l": {"a": 1}}'],
  ])("%s holds for %s", (text, body) => {
    expect(evaluate(text, body)).toEqual({ matched: true });
    expect(({} as Record<string, unknown>)["a"]).toBeUndefined();
  });

  test("a regular expression must be written in the expression", () => {
    expect(problemOf("re(body.text, body.pattern)")).toMatch(/a pattern in quotes/);
    expect(problemOf('re(body.text, "a" + body.pattern)')).toMatch(/a pattern in quotes/);
  });
});

describe("expressions are refused when they are compiled, with a position", () => {
  test.each([
    ['body.ref.matches("^v")', /^9: matches\(\) is not offered: write re\(text, pattern\)/],
    ['true && matches(body.ref, "^v")', /^8: matches\(\)/],
    ['type == "x"', /^0: unknown variable "type"; there are body, headers/],
    ["body.a == foo(1)", /^10: unknown function "foo"/],
    ["body.a.foo()", /^7: unknown function "foo"/],
    ['startsWith("a", "b")', /^0: startsWith\(\) is written behind a dot/],
    ['body.a.string() == ""', /^7: write string\(…\), not .string\(…\)/],
    ["size(1, 2) == 3", /^0: wrong number of arguments for size/],
    ['headers["X-Kind"] == "a"', /^8: header names are lower-case here: write "x-kind"/],
    ["body.a ==", /^9: unexpected token/],
    ['body.a == "open', /^10: unterminated string/],
    ['re(body.a, "(")', /^11: not a regular expression/],
    ['re(body.a, "(?=a)")', /^11: not a regular expression/],
    ['re(body.a, "((a{1,100}){1,100}){1,100}")', /^11: /],
    [`re(body.a, "${"a".repeat(1001)}")`, /^11: a pattern may have 1000 characters/],
    ["has(body)", /^0: has\(\) takes one field/],
    ["body.l.exists(1, true)", /^14: /],
    ["body.l.exists(x, true, true)", /^7: unknown function "exists"|takes a variable/],
    ["body.?a == 1", /^5: /],
    ['b"x" == body.a', /bytes are not supported/],
    ["cel.bind(x, 1, x > 0)", /unknown function "bind"/],
    ["5", /^0: a condition must be true or false/],
    ["body.a + 1", /^0: a condition must be true or false/],
    ["", /^0: empty/],
    ["  ", /^0: empty/],
    ["__proto__ == 1", /reserved/],
    ["constructor == 1", /unknown variable "constructor"/],
  ])("%s", (text, expected) => {
    expect(problemOf(text)).toMatch(expected);
  });
});

describe("[I10] limits", () => {
  test("length, depth and number of parts are limited when compiling", () => {
    expect(problemOf(`body.a == "${"x".repeat(5000)}"`)).toMatch(/longer than 4096 characters/);
    expect(problemOf(`${"(".repeat(40)}true${")".repeat(40)}`)).toMatch(/nested deeper/);
    expect(problemOf(`${"!".repeat(4000)}true`)).toMatch(/more than 1000 parts/);
    expect(problemOf(`${"1+".repeat(600)}1 == 1`)).toMatch(/more than 1000 parts/);
  });

  test("the steps of an evaluation are limited, also inside || and exists", () => {
    const body = JSON.stringify({ l: Array.from({ length: 3000 }, (_, index) => index) });
    const nested = "body.l.exists(a, body.l.exists(b, a + b == -1))";
    const expected = `error: it took more than ${STEP_LIMIT} steps`;
    expect(reasonOf(nested, body)).toBe(expected);
    expect(reasonOf(`${nested} || true`, body)).toBe(expected);
    expect(reasonOf(`body.l.exists(a, ${nested} || true)`, body)).toBe(expected);
    expect(reasonOf(`!has(body.l[0]) || ${nested}`, body)).toBe(expected);
    expect(reasonOf("body.l.exists(a, body.l.map(b, body.l) == body.l)", body)).toBe(expected);
  });

  test("a made string is limited", () => {
    const body = JSON.stringify({
      s: "x".repeat(600_000),
      l: ["x".repeat(600_000), "y".repeat(600_000)],
    });
    expect(reasonOf('body.s + body.s == ""', body)).toMatch(/longer than 1000000 characters/);
    expect(reasonOf('body.l.join() == ""', body)).toMatch(/longer than 1000000 characters/);
    expect(reasonOf('body.s.replace("x", "yy") == ""', body)).toMatch(/longer than 1000000/);
  });

  test("a text that is too long is not searched", () => {
    expect(reasonOf('re(body.s, "x")', JSON.stringify({ s: "x".repeat(100_001) }))).toMatch(
      /searches at most 100000 characters/,
    );
  });

  test("patterns that explode elsewhere take linear time over 100 KB", () => {
    const evil = ["(a+)+$", "(a|aa)+$", "(.*)*x", "([a-zA-Z]+)*$", "^(([a-z])+.)+[A-Z]([a-z])+$"];
    const worse = [
      "x*x*x*x*x*x*y",
      "(a?){50}a{50}b",
      "(.*){1,30}[bc]",
      ".*.*.*=.*",
      "(a|b)*a(a|b){14}c",
    ];
    const body = contextOf(JSON.stringify({ s: `${"a".repeat(99_990)}!` }));
    for (const pattern of [...evil, ...worse]) {
      const condition = compileCondition(`re(body.s, "${pattern}")`);
      const startedAt = performance.now();
      condition.evaluate(body);
      // Reliability E4 asks for 50 ms on an idle machine; the bound here allows for a busy one.
      const tookMs = performance.now() - startedAt;
      expect({ pattern, linear: tookMs < 500 }).toEqual({ pattern, linear: true });
    }
  });
});

describe("values", () => {
  const valueOf = (text: string, body = BODY) => compileExpression(text).evaluate(contextOf(body));

  test.each([
    ["body.type", "invoice.paid"],
    ["body.n", "5"],
    ["body.half", "0.5"],
    ["body.active", "false"],
    ["size(body.list)", "2"],
    ["body.type + '.' + body.data.object.id", "invoice.paid.in_1"],
    ["'constant'", "constant"],
  ])("%s is the text %s", (text, expected) => {
    expect(valueOf(text)).toEqual({ found: true, text: expected });
  });

  test.each([
    ["body.gone", /body.gone is missing/],
    ["body.nothing", /gave null, not a text/],
    ["body.list", /gave a list/],
    ["body.data", /gave an object/],
  ])("%s has none", (text, reason) => {
    const value = valueOf(text);
    expect(value.found ? "found" : value.reason).toMatch(reason);
  });

  test("two ids beyond 2^53 never become the same key", () => {
    expect(valueOf("body.id", '{"id": 1234567890123456789}')).toMatchObject({ found: false });
    expect(valueOf("string(body.id)", '{"id": 1234567890123456789}')).toMatchObject({
      found: false,
    });
    expect(valueOf("body.id", '{"id": 9007199254740991}')).toEqual({
      found: true,
      text: "9007199254740991",
    });
  });
});
