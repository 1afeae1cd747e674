import { describe, expect, test } from "vitest";
import { distanceBetween, suggest } from "./suggest.ts";

describe("did you mean", () => {
  test.each([
    ["inventry", ["inventory", "billing"], "inventory"],
    ["sorces", ["sources", "routes"], "sources"],
    ["form", ["from", "to", "when"], "from"],
    ["Strip", ["stripe", "slack"], "stripe"],
    ["completely-else", ["stripe", "slack"], undefined],
    ["ab", ["cd", "to"], undefined],
    ["x", ["y"], undefined],
    ["", ["a"], undefined],
  ])("%s among %j means %s", (written, known, expected) => {
    expect(suggest(written, known)).toBe(expected);
  });

  test("the closest word wins", () => {
    expect(suggest("timeouts", ["timeout", "timeouted"])).toBe("timeout");
  });

  test("swapped neighbours are one edit", () => {
    expect(distanceBetween("from", "form")).toBe(1);
    expect(distanceBetween("kitten", "sitten")).toBe(1);
    expect(distanceBetween("abc", "abc")).toBe(0);
    expect(distanceBetween("kitten", "sitting")).toBe(3);
  });

  test("long words are not compared", () => {
    expect(suggest(`${"a".repeat(5000)}b`, ["a".repeat(5000)])).toBeUndefined();
  });
});
