import { describe, expect, test } from "vitest";
import { formatProblem } from "../model/config-problem.ts";
import { parseYaml, YAML_LIMITS } from "./yaml-document.ts";

function valueOf(text: string): unknown {
  const document = parseYaml(text, "a.yaml");
  if (!document.ok) throw new Error(document.problems.map(formatProblem).join("\n"));
  return document.value;
}

function problemsOf(text: string): string[] {
  const document = parseYaml(text, "a.yaml");
  return document.ok ? [] : document.problems.map(formatProblem);
}

describe("values", () => {
  test("are those of YAML 1.2: yes is a text, 010 is ten", () => {
    expect(valueOf("a: yes\nb: 010\nc: 0x10\nd: [1, x]\ne: null\nf: 2020-01-01")).toEqual({
      a: "yes",
      b: 10,
      c: 16,
      d: [1, "x"],
      e: null,
      f: "2020-01-01",
    });
  });

  test("anchors save writing, within limits", () => {
    expect(valueOf("a: &x { b: 1 }\nc: *x")).toEqual({ a: { b: 1 }, c: { b: 1 } });
  });

  test("[I12] __proto__ is a key like any other", () => {
    const value = valueOf('"__proto__": { polluted: true }') as object;
    expect(Object.keys(value)).toEqual(["__proto__"]);
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });
});

describe("what is no YAML of ours is refused with its position", () => {
  test.each([
    ["a: 1\na: 2", "a.yaml:2:1: map keys must be unique"],
    ["a: !secret x", "a.yaml:1:4: unresolved tag: !secret"],
    ["a: *nowhere", /a.yaml: unresolved alias/],
    ["? [1]\n: 2", "a.yaml:1:3: a key must be a text"],
    ["a: 1\n---\nb: 2", /^a.yaml:2:1: source contains multiple documents/],
    ["a:\n\t- b", /^a.yaml:2:1: /],
    ["a: [1", /^a.yaml:1:/],
    ["a: &x [*x]", /nested deeper|unresolved alias/],
  ])("%j", (text, expected) => {
    expect(problemsOf(text)[0]).toMatch(expected);
  });

  test("[I10] size, depth, aliases and the number of errors are limited", () => {
    expect(problemsOf("x".repeat(YAML_LIMITS.characters + 1))[0]).toMatch(/longer than 1048576/);
    expect(problemsOf("[".repeat(20_000))).toEqual([expect.stringMatching(/nested too deep/)]);
    const deep = `${"{a: ".repeat(70)}1${"}".repeat(70)}`;
    expect(problemsOf(deep)).toEqual(["a.yaml: nested deeper than 64 levels"]);
    const laughs = Array.from({ length: 9 }, (_, index) =>
      index === 0 ? "a0: &a0 [x, x]" : `a${index}: &a${index} [${`*a${index - 1}, `.repeat(9)}]`,
    );
    expect(problemsOf(laughs.join("\n"))[0]).toMatch(/excessive alias count/);
    expect(problemsOf("a: 1\n".repeat(100)).length).toBeLessThanOrEqual(YAML_LIMITS.shownErrors);
  });
});

describe("positions", () => {
  const text = [
    "version: 1",
    "routes:",
    "  paid:",
    "    from: [stripe, github]",
    "    when: body.a == 1",
    '    to: "inventry"',
    "    # a comment",
    "    when2: >-",
    "      folded",
    "  other: *later",
    "x: &a { b: 1 }",
  ]
    .join("\n")
    .replace("*later", "{ to: a }");

  function place(path: (string | number)[], more: object = {}): string {
    const document = parseYaml(text, "a.yaml");
    if (!document.ok) throw new Error("unreadable");
    const { file, line, column } = document.locate({ path, message: "", ...more });
    return `${file}:${line}:${column}`;
  }

  test("of values, list elements and keys", () => {
    expect(place(["routes", "paid", "to"])).toBe("a.yaml:6:9");
    expect(place(["routes", "paid", "from", 1])).toBe("a.yaml:4:20");
    expect(place(["routes", "paid", "to"], { at: "key" })).toBe("a.yaml:6:5");
    expect(place(["version"])).toBe("a.yaml:1:10");
  });

  test("of what is missing: the nearest thing that exists", () => {
    expect(place(["routes", "paid", "gone"])).toBe("a.yaml:3:3");
    expect(place(["nothing", "of", "this"])).toBe("a.yaml:1:1");
    expect(place(["routes", "paid", "from", 7])).toBe("a.yaml:4:5");
    expect(place([])).toBe("a.yaml:1:1");
  });

  test("inside a text, where it stands as it is", () => {
    expect(place(["routes", "paid", "when"], { offset: 7 })).toBe("a.yaml:5:18");
    expect(place(["routes", "paid", "to"], { offset: 3 })).toBe("a.yaml:6:13");
    expect(place(["routes", "paid", "when2"], { offset: 3 })).toBe("a.yaml:8:12");
  });

  test("through an alias", () => {
    const document = parseYaml("a: &x { b: 1 }\nc: *x", "a.yaml");
    const located = document.ok ? document.locate({ path: ["c", "b"], message: "" }) : undefined;
    expect(located).toMatchObject({ line: 1, column: 12 });
  });
});
