/**
 * The parsers of a configuration under random input: units, references, YAML positions, whole
 * documents, and secrets that go through masks.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseConfigFile } from "../../src/config/config-file.ts";
import { parseYaml } from "../../src/config/yaml-document.ts";
import { isRingdownError } from "../../src/errors/ringdown-error.ts";
import { parseDocument } from "../../src/model/config-schema.ts";
import { parseReferences } from "../../src/model/reference.ts";
import { distanceBetween } from "../../src/model/suggest.ts";
import {
  formatDuration,
  formatSize,
  parseDuration,
  parseRate,
  parseSize,
} from "../../src/model/units.ts";
import { maskSecrets, unmaskSecrets } from "../../src/registry/secret-fields.ts";

const HELD = { failed: false, counterexample: null };

describe("units", () => {
  test("what is shown is read again as the same", () => {
    const quantity = fc.integer({ min: 0, max: 2 ** 45 });
    const property = fc.property(
      quantity,
      (amount) =>
        parseDuration(formatDuration(amount)) === amount &&
        parseSize(formatSize(amount)) === amount,
    );
    expect(fc.check(property, { numRuns: 2000 })).toMatchObject(HELD);
  });

  test("any text is a quantity that is finite and not negative, or none", () => {
    const text = fc.oneof(
      fc.string(),
      fc.stringMatching(/^\d{0,20}(\.\d{0,5})?(ms|s|m|h|d|\/s|MB|KiB)?$/),
    );
    const property = fc.property(text, (written) =>
      [parseDuration, parseRate, parseSize]
        .map((parse) => parse(written))
        .every((value) => value === undefined || (Number.isFinite(value) && value >= 0)),
    );
    expect(fc.check(property, { numRuns: 2000 })).toMatchObject(HELD);
  });
});

describe("references", () => {
  const part = fc.oneof(
    fc.record({ kind: fc.constant("text" as const), text: fc.stringMatching(/^[^$]+$/) }),
    fc.record({
      kind: fc.constant("env" as const),
      name: fc.stringMatching(/^[A-Z_][A-Z0-9_]{0,9}$/),
    }),
    fc.record({
      kind: fc.constant("env" as const),
      name: fc.stringMatching(/^[A-Z_][A-Z0-9_]{0,9}$/),
      fallback: fc.stringMatching(/^[^}]*$/),
    }),
    fc.record({ kind: fc.constant("file" as const), path: fc.stringMatching(/^\/[^}\0]+$/) }),
  );

  type Part = typeof part extends fc.Arbitrary<infer T> ? T : never;

  function written(one: Part): string {
    if (one.kind === "text") return one.text;
    if (one.kind === "file") return `\${file:${one.path}}`;
    const fallback = "fallback" in one ? `:-${one.fallback}` : "";
    return `\${env:${one.name}${fallback}}`;
  }

  test("what is written is read again, part by part", () => {
    const property = fc.property(fc.array(part, { minLength: 1, maxLength: 6 }), (parts) => {
      const parsed = parseReferences(parts.map(written).join(""));
      const joined =
        parsed.kind === "valid" ? parsed.parts.map((one) => written(one as Part)).join("") : "";
      return joined === parts.map(written).join("");
    });
    expect(fc.check(property, { numRuns: 2000 })).toMatchObject(HELD);
  });

  test("any text can be escaped so that it stands for itself", () => {
    const anything = fc.string({ unit: fc.constantFrom("$", "{", "}", "a", "e:") });
    const property = fc.property(anything, (text) => {
      const parsed = parseReferences(text.replaceAll("${", () => "$${"));
      return (
        parsed.kind === "valid" &&
        parsed.parts.length === 1 &&
        JSON.stringify(parsed.parts[0]) === JSON.stringify({ kind: "text", text })
      );
    });
    expect(fc.check(property, { numRuns: 2000 })).toMatchObject(HELD);
  });

  test("any text is read, or refused at a position inside it", () => {
    const text = fc.string({
      unit: fc.constantFrom("$", "{", "}", "e", "n", "v", ":", "-", "A", "f"),
    });
    const property = fc.property(text, (anything) => {
      const parsed = parseReferences(anything);
      return parsed.kind === "valid" || anything.startsWith("${", parsed.offset);
    });
    expect(fc.check(property, { numRuns: 5000 })).toMatchObject(HELD);
  });
});

describe("suggestions", () => {
  test("one edit is at distance one, and distance does not depend on direction", () => {
    const word = fc.stringMatching(/^[a-z]{3,12}$/);
    const property = fc.property(word, word, fc.nat(), (left, right, where) => {
      const index = where % left.length;
      const edited = `${left.slice(0, index)}#${left.slice(index + 1)}`;
      return (
        distanceBetween(left, edited) === 1 &&
        distanceBetween(left, right) === distanceBetween(right, left)
      );
    });
    expect(fc.check(property, { numRuns: 2000 })).toMatchObject(HELD);
  });
});

describe("YAML", () => {
  const key = fc.stringMatching(/^[a-z]{1,6}$/);
  const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 4 },
      fc.integer(),
      fc.stringMatching(/^[a-z]{1,8}$/),
      fc.array(tie("tree"), { maxLength: 4 }),
      fc.dictionary(key, tie("tree"), { maxKeys: 4 }),
    ),
  }));

  type Leaf = { readonly path: (string | number)[]; readonly value: unknown };

  function leavesOf(value: unknown, path: (string | number)[] = []): Leaf[] {
    if (typeof value !== "object" || value === null) return [{ path, value }];
    const isList = Array.isArray(value);
    return Object.entries(value).flatMap(([step, inner]) =>
      leavesOf(inner, [...path, isList ? Number(step) : step]),
    );
  }

  test("every value is found at the place where it stands", () => {
    const property = fc.property(tree, fc.constantFrom(0, 2), (value, indent) => {
      const text = JSON.stringify(value, undefined, indent);
      const document = parseYaml(text, "a.yaml");
      if (!document.ok) return false;
      const lines = text.split("\n");
      return leavesOf(value).every((leaf) => {
        const { line = 0, column = 0 } = document.locate({ path: leaf.path, message: "" });
        return (lines[line - 1] ?? "").slice(column - 1).startsWith(JSON.stringify(leaf.value));
      });
    });
    expect(fc.check(property, { numRuns: 500 })).toMatchObject(HELD);
  });

  test("any path has a place inside the text", () => {
    const path = fc.array(fc.oneof(key, fc.nat({ max: 5 })), { maxLength: 6 });
    const property = fc.property(tree, path, (value, anywhere) => {
      const text = JSON.stringify(value, undefined, 2);
      const document = parseYaml(text, "a.yaml");
      if (!document.ok) return false;
      const { line = 0, column = 0 } = document.locate({ path: anywhere, message: "", offset: 3 });
      const lines = text.split("\n");
      return (
        line >= 1 &&
        line <= lines.length &&
        column >= 1 &&
        column <= (lines[line - 1] ?? "").length + 1
      );
    });
    expect(fc.check(property, { numRuns: 500 })).toMatchObject(HELD);
  });

  test("[I10] any text is read or refused, never anything else", () => {
    const text = fc.oneof(
      fc.string({ maxLength: 200 }),
      fc.string({
        unit: fc.constantFrom("a", ":", " ", "\n", "-", "[", "{", "&", "*", "!", "|", "\t", '"'),
        maxLength: 60,
      }),
    );
    const property = fc.property(text, (anything) => {
      try {
        parseConfigFile(anything, "a.yaml");
        return true;
      } catch (error) {
        return isRingdownError(error) && error.code === "config_invalid";
      }
    });
    expect(fc.check(property, { numRuns: 2000 })).toMatchObject(HELD);
  });
});

describe("documents", () => {
  test("[I12] any JSON is judged: valid, or wrong with reasons", () => {
    const names = fc.constantFrom("a", "b", "__proto__", "constructor", "Bad Name");
    const field = fc.constantFrom(
      "provider",
      "verify",
      "secrets",
      "url",
      "to",
      "from",
      "when",
      "retry",
      "schedule",
      "__proto__",
    );
    const spec = fc.dictionary(field, fc.jsonValue({ maxDepth: 2 }), { maxKeys: 4 });
    const kind = fc.dictionary(names, fc.oneof(spec, fc.jsonValue({ maxDepth: 1 })), {
      maxKeys: 3,
    });
    const document = fc.record(
      {
        version: fc.constantFrom(1, 2),
        sources: kind,
        destinations: kind,
        routes: kind,
        tests: fc.jsonValue({ maxDepth: 2 }),
      },
      { requiredKeys: [] },
    );
    const property = fc.property(fc.oneof(document, fc.jsonValue()), (input) => {
      const parsed = parseDocument(input);
      return (
        parsed.ok ||
        (parsed.problems.length > 0 && parsed.problems.every(({ message }) => message !== ""))
      );
    });
    expect(fc.check(property, { numRuns: 2000 })).toMatchObject(HELD);
  });

  test("[I8] secrets survive being masked and sent back, and no mask shows more than four characters", () => {
    const secret = fc
      .string({ minLength: 1, maxLength: 60 })
      .filter((text) => !text.includes("${") && !text.startsWith("••••"));
    const property = fc.property(fc.array(secret, { minLength: 1, maxLength: 5 }), (secrets) => {
      const spec = { verify: { secrets } };
      const masked = maskSecrets("sources", spec) as typeof spec;
      const { spec: unmasked, problems } = unmaskSecrets("sources", masked, spec);
      const isHidden = masked.verify.secrets.every((mask) => mask.length <= 8);
      return isHidden && problems.length === 0 && JSON.stringify(unmasked) === JSON.stringify(spec);
    });
    expect(fc.check(property, { numRuns: 1000 })).toMatchObject(HELD);
  });
});
