import { describe, expect, test } from "vitest";
import { hasReference, parseReferences } from "./reference.ts";

describe("references", () => {
  test.each([
    ["plain", [{ kind: "text", text: "plain" }]],
    ["", [{ kind: "text", text: "" }]],
    ["${env:A}", [{ kind: "env", name: "A" }]],
    ["${env:A:-}", [{ kind: "env", name: "A", fallback: "" }]],
    ["${env:A:-b:-c}", [{ kind: "env", name: "A", fallback: "b:-c" }]],
    ["${file:/run/secrets/x}", [{ kind: "file", path: "/run/secrets/x" }]],
    [
      "Bearer ${env:A}${env:B}!",
      [
        { kind: "text", text: "Bearer " },
        { kind: "env", name: "A" },
        { kind: "env", name: "B" },
        { kind: "text", text: "!" },
      ],
    ],
    ["costs $5", [{ kind: "text", text: "costs $5" }]],
    ["$${env:A}", [{ kind: "text", text: "${env:A}" }]],
    ["a$${b$${c", [{ kind: "text", text: "a${b${c" }]],
  ])("%s", (text, parts) => {
    expect(parseReferences(text)).toEqual({ kind: "valid", parts });
  });

  test.each([
    ["${A}", 0],
    ["x ${env:}", 2],
    ["${env:1A}", 0],
    ["${file:}", 0],
    ["${env:A", 0],
    ["${ENV:A}", 0],
    ["${env:A-b}", 0],
  ])("%s is none, at %d", (text, offset) => {
    expect(parseReferences(text)).toMatchObject({ kind: "invalid", offset });
  });

  test("a text can be told to hold one", () => {
    expect(hasReference("Bearer ${env:A}")).toBe(true);
    expect(hasReference("$${env:A}")).toBe(false);
  });
});
