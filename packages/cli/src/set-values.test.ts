import { expect, test } from "vitest";
import { parseSetValues } from "./set-values.ts";

test("values are JSON where they are JSON, and texts everywhere else", () => {
  expect(parseSetValues(["a=1", "b=true", 'c={"d":[1]}', "e=plain text", "f=", "g=a=b"])).toEqual({
    a: 1,
    b: true,
    c: { d: [1] },
    e: "plain text",
    f: "",
    g: "a=b",
  });
});

test("paths that share a beginning share their objects; the last one wins", () => {
  expect(parseSetValues(["a.b.c=1", "a.b.d=2", "a.e=3", "a.b.c=4"])).toEqual({
    a: { b: { c: 4, d: 2 }, e: 3 },
  });
});

test("__proto__ is a key like any other", () => {
  const changes = parseSetValues(["__proto__.polluted=1"]);
  expect(Object.keys(changes)).toEqual(["__proto__"]);
  expect(Reflect.get({}, "polluted")).toBeUndefined();
});

test.each(["", "a", "=1", "a..b=1", ".a=1"])("%j is refused", (text) => {
  expect(() => parseSetValues([text])).toThrow("sets nothing");
});
