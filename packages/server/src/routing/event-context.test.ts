import { describe, expect, test } from "vitest";
import { BODY_LIMITS, createEventContext, headersOf, queryOf } from "./event-context.ts";

function contextOf(body: string | Uint8Array, contentType = "application/json", query = "") {
  return createEventContext({
    method: "POST",
    path: "",
    query,
    headers: ["Content-Type", contentType],
    body: Buffer.from(body as Uint8Array),
    source: "s",
    eventType: "",
  });
}

const FORM = "application/x-www-form-urlencoded";

describe("the body", () => {
  test.each([
    ['{"a":1}', "application/json; charset=utf-8", { a: 1 }],
    ['{"a":1}', "text/plain", { a: 1 }],
    ['{"a":1}', FORM, { a: 1 }],
    [" \n\t[1]", "", [1]],
    ['\uFEFF{"a":1}', "application/json", { a: 1 }],
    ['"text"', "application/json", "text"],
    ["5", "application/vnd.api+json", 5],
    ["a=1&b=%C3%A4+x&a=2", FORM, { a: "1", b: "ä x" }],
    ["payload=%7B%22ref%22%3A%22main%22%7D", FORM, { payload: { ref: "main" } }],
    ["payload=plain", FORM, { payload: "plain" }],
    ["{broken=1", FORM, { "{broken": "1" }],
  ])("%j sent as %j is %j", (body, contentType, expected) => {
    expect(contextOf(body, contentType).json()).toEqual(expected);
  });

  test.each([
    ["", "application/json"],
    ["{broken", "application/json"],
    ["<xml/>", "application/xml"],
    ["5", "text/plain"],
    [Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d), "application/json"],
    [Uint8Array.of(0xff, 0x3d, 0x31), FORM],
  ])("%j sent as %j is neither JSON nor a form", (body, contentType) => {
    expect(contextOf(body, contentType).json()).toBeUndefined();
  });

  test("it is parsed once, and only when asked for", () => {
    const context = contextOf('{"a":1}');
    expect(context.json()).toBe(context.json());
  });

  test("[I10] nesting beyond the limit is not parsed, brackets in strings do not count", () => {
    const nested = (depth: number) => "[".repeat(depth) + "]".repeat(depth);
    expect(contextOf(nested(BODY_LIMITS.depth)).json()).toBeDefined();
    expect(contextOf(nested(BODY_LIMITS.depth + 1)).json()).toBeUndefined();
    expect(contextOf(nested(1_000_000)).json()).toBeUndefined();
    expect(contextOf(JSON.stringify({ a: `\\"${"[".repeat(5000)}` })).json()).toBeDefined();
    expect(contextOf(JSON.stringify(Array.from({ length: 500 }, () => []))).json()).toBeDefined();
  });

  test("[I10] a body over the size limit is not parsed", () => {
    const large = Buffer.alloc(BODY_LIMITS.bytes + 1, 0x20);
    large[0] = 0x5b;
    large[large.length - 1] = 0x5d;
    expect(contextOf(large).json()).toBeUndefined();
    expect(contextOf(large.subarray(0, 0)).json()).toBeUndefined();
  });

  test("[I10] the fields of a form are limited", () => {
    const text = Array.from({ length: 20_000 }, (_, index) => `f${index}=1`).join("&");
    const fields = contextOf(text, FORM).json();
    expect(Object.keys(fields as object)).toHaveLength(BODY_LIMITS.formFields);
  });

  test("[I12] keys like __proto__ are data", () => {
    const form = contextOf("__proto__=1&constructor=2", FORM).json() as Record<string, unknown>;
    expect(Object.keys(form)).toEqual(["__proto__", "constructor"]);
    const wrapped = contextOf("__proto__=1&payload=%7B%7D", FORM).json() as object;
    expect(Object.keys(wrapped)).toEqual(["__proto__", "payload"]);
    expect(({} as Record<string, unknown>)["1"]).toBeUndefined();
  });
});

describe("headers and query", () => {
  test("headers have lower-case names, several values are joined", () => {
    const context = createEventContext({
      ...contextOf(""),
      headers: ["X-A", "1", "x-a", "2", "Host", "h", "__proto__", "p"],
    });
    expect({ ...headersOf(context) }).toEqual(
      Object.fromEntries([
        ["x-a", "1, 2"],
        ["host", "h"],
        ["__proto__", "p"],
      ]),
    );
    expect(headersOf(context)).toBe(headersOf(context));
  });

  test("the query has the first value of each name, decoded", () => {
    const context = contextOf("", "", "a=1&a=2&b=x%20y&c&__proto__=z&%zz=1");
    expect(Object.entries(queryOf(context))).toEqual([
      ["a", "1"],
      ["b", "x y"],
      ["c", ""],
      ["__proto__", "z"],
      ["%zz", "1"],
    ]);
    expect(queryOf(context)).toBe(queryOf(context));
  });
});
