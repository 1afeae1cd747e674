import fc from "fast-check";
import { expect, test } from "vitest";
import { joinTargetUrl } from "./target-url.ts";

function join(base: string, path: string, query = ""): string | undefined {
  return joinTargetUrl({ url: new URL(base), appendPath: true }, { path, query })?.href;
}

test("without appendPath the URL is the configured one, whatever was received", () => {
  const url = new URL("https://a.example/hook?x=1");
  const joined = joinTargetUrl({ url, appendPath: false }, { path: "/deep", query: "y=2" });
  expect(joined).toBe(url);
});

test.each([
  ["https://a.example", "/orders/1", "", "https://a.example/orders/1"],
  ["https://a.example/in", "/orders", "", "https://a.example/in/orders"],
  ["https://a.example/in/", "/orders", "", "https://a.example/in/orders"],
  ["https://a.example/in/", "", "", "https://a.example/in/"],
  ["https://a.example/in", "/", "", "https://a.example/in/"],
  ["https://a.example/in", "/a%2Fb%20c", "", "https://a.example/in/a%2Fb%20c"],
  ["https://a.example/in", "", "b=2&b=3", "https://a.example/in?b=2&b=3"],
  ["https://a.example/in?a=1", "/x", "b=2", "https://a.example/in/x?a=1&b=2"],
  ["https://a.example/in", "//evil.example/x", "", "https://a.example/in//evil.example/x"],
  ["https://a.example/", "//evil.example", "", "https://a.example//evil.example"],
  ["https://a.example/in", "/a\\b", "", "https://a.example/in/a%5Cb"],
  ["https://a.example/in", "/a#b", "c#d", "https://a.example/in/a%23b?c%23d"],
  ["https://a.example/in", "/...", "", "https://a.example/in/..."],
  ["https://a.example/in", "/.well-known", "", "https://a.example/in/.well-known"],
])("%s and %s ? %s", (...[base, path, query, expected]) => {
  expect(join(base, path, query)).toBe(expected);
});

test.each([
  "/..",
  "/../admin",
  "/a/../../admin",
  "/%2e%2E/admin",
  "/.%2e/x",
  "/./x",
  "/a/.",
  "/..\\x",
])("%s does not climb out of the destination's path", (path) => {
  expect(join("https://a.example/in", path)).toBeUndefined();
});

test("whatever is received, host, port and the configured path stay", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), (path, query) => {
      const joined = join("https://a.example:8443/in", `/${path}`, query);
      if (joined === undefined) return;
      expect(joined.startsWith("https://a.example:8443/in/")).toBe(true);
      expect(new URL(joined).hash).toBe("");
    }),
  );
});
