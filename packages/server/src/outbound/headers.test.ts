import { describe, expect, test } from "vitest";

import {
  FORBIDDEN_HEADER_NAMES,
  headerListProblem,
  headerProblem,
  HOP_BY_HOP_HEADER_NAMES,
  isForbiddenHeaderName,
} from "./headers.ts";

describe("headerProblem", () => {
  test.each([
    ["content-type", "application/json"],
    ["X-Signature", "v1,abc="],
    ["x-latin", "caf\u00e9"],
    ["x-tab", "a\tb"],
    ["x-empty", ""],
    ["!#$%&'*+-.^_`|~09Az", "every token character"],
  ])("takes %s: %s", (name, value) => {
    expect(headerProblem(name, value)).toBeUndefined();
  });

  test.each(["a\r\nb: c", "a\nb", "a\rb", "a\0b", "\u0001", "\u007f", "\u0100", "\ud83d\ude00"])(
    "refuses the value %j",
    (value) => {
      expect(headerProblem("x-name", value)).toMatch(/value of x-name/);
    },
  );

  test.each(["", " x", "x ", "x y", "x:y", "x\r\ny", "x\0", "é", "x(y)", "{x}"])(
    "refuses the name %j",
    (name) => {
      expect(headerProblem(name, "v")).toMatch(/not a header name/);
    },
  );

  test.each([...FORBIDDEN_HEADER_NAMES, "Host", "CONTENT-LENGTH", "Proxy-Anything", "tE"])(
    "refuses %s, which frames or steers the connection",
    (name) => {
      expect(headerProblem(name, "v")).toMatch(/may not be set/);
      expect(isForbiddenHeaderName(name)).toBe(true);
    },
  );

  test("a verdict on a name is the same the second time, and after the table was emptied", () => {
    for (const round of ["first", "second"]) {
      expect(headerProblem("x-again", round)).toBeUndefined();
      expect(headerProblem("x again", round)).toMatch(/not a header name/);
      for (let index = 0; index < 2000; index += 1) headerProblem(`x-${round}-${index}`, "v");
    }
  });
});

describe("headerListProblem", () => {
  test("takes an empty list and repeated names", () => {
    expect(headerListProblem([])).toBeUndefined();
    expect(headerListProblem(["x-a", "1", "X-A", "2", "x-a", "1"])).toBeUndefined();
  });

  test("finds the one bad header among good ones", () => {
    expect(headerListProblem(["x-a", "1", "x-b", "a\nb"])).toMatch(/x-b/);
  });

  test("refuses a name without a value", () => {
    expect(headerListProblem(["x-a", "1", "x-b"])).toMatch(/no value/);
  });
});

test("every hop-by-hop header is one that may not be set", () => {
  for (const name of HOP_BY_HOP_HEADER_NAMES) expect(isForbiddenHeaderName(name)).toBe(true);
});
