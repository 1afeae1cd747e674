/** Oracle: the platform's `Headers`, for what can be sent at all. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { headersFromRaw, headersFromRecord } from "./headers.ts";

const RAW = ["Host", "example.com", "X-One", "1", "x-one", "2", "X-ONE", "3", "X-Empty", ""];

test("a header is found whatever the case it was sent in", () => {
  expect(headersFromRaw(RAW).get("host")).toBe("example.com");
});

test("repeated headers are joined in order, and can be told apart", () => {
  const headers = headersFromRaw(RAW);
  expect(headers.get("x-one")).toBe("1, 2, 3");
  expect(headers.all("x-one")).toEqual(["1", "2", "3"]);
});

test("an empty header is there, a missing one is not", () => {
  const headers = headersFromRaw(RAW);
  expect(headers.get("x-empty")).toBe("");
  expect(headers.get("x-none")).toBeUndefined();
  expect(headers.all("x-none")).toEqual([]);
});

test("a value that looks like a name is not taken for one", () => {
  expect(headersFromRaw(["a", "host", "b", "c"]).get("host")).toBeUndefined();
});

test("a list that ends after a name is read as far as it goes", () => {
  expect(headersFromRaw(["a", "1", "b"]).get("b")).toBeUndefined();
});

test("a record may hold lists and gaps", () => {
  const headers = headersFromRecord({ "X-One": ["1", "2"], "x-two": undefined, HOST: "h" });
  expect(headers.all("x-one")).toEqual(["1", "2"]);
  expect(headers.get("x-two")).toBeUndefined();
  expect(headers.get("host")).toBe("h");
});

test("look-ups agree with the platform's Headers", () => {
  const name = fc.constantFrom("a", "A", "b-c", "B-C", "x");
  const value = fc.stringMatching(/^[!-~]{0,8}$/);
  fc.assert(
    fc.property(fc.array(fc.tuple(name, value)), (pairs) => {
      const platform = new Headers(pairs);
      const ours = headersFromRaw(pairs.flat());
      for (const one of ["a", "b-c", "x", "y"])
        expect(ours.get(one) ?? null).toBe(platform.get(one));
    }),
  );
});
