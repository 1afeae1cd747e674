import { expect, test } from "vitest";
import { targetOf } from "./target.ts";

test("parameters are encoded into the path, and nothing they hold leaves their place", () => {
  expect(targetOf("/a/{id}/b", { id: "x y" })).toBe("/a/x%20y/b");
  expect(targetOf("/a/{id}", { id: "../b?c#d" })).toBe("/a/..%2Fb%3Fc%23d");
});

test("a parameter that is missing or empty is an error, not another path", () => {
  expect(() => targetOf("/a/{id}", {})).toThrow(/id/);
  expect(() => targetOf("/a/{id}", { id: "" })).toThrow(TypeError);
});

test("query values that are not given are left out", () => {
  expect(targetOf("/a", {}, { x: "1 2", y: undefined, z: null, n: 0, b: false })).toBe(
    "/a?x=1+2&n=0&b=false",
  );
  expect(targetOf("/a", {}, { y: undefined })).toBe("/a");
});
