import fc from "fast-check";
import { expect, test } from "vitest";
import { formatKey, hashKey, isWellFormedKey, shownPrefix } from "./key-format.ts";

const bytes = fc.uint8Array({ minLength: 32, maxLength: 32 });

test("every 256 random bits are a key of one form, and no two the same", () => {
  fc.assert(
    fc.property(bytes, bytes, (some, others) => {
      const key = formatKey(some);
      expect(key).toMatch(/^rd_[0-9A-Za-z]{49}$/);
      expect(isWellFormedKey(key)).toBe(true);
      expect(key === formatKey(others)).toBe(Buffer.compare(some, others) === 0);
    }),
  );
});

test("the extremes keep their length", () => {
  expect(formatKey(new Uint8Array(32))).toHaveLength(52);
  expect(formatKey(new Uint8Array(32).fill(255))).toHaveLength(52);
});

test("a key with one character wrong is told apart without asking anybody", () => {
  fc.assert(
    fc.property(
      bytes,
      fc.nat({ max: 51 }),
      fc.constantFrom(..."07azAZ_-"),
      (some, at, character) => {
        const key = formatKey(some);
        const wrong = key.slice(0, at) + character + key.slice(at + 1);
        expect(isWellFormedKey(wrong)).toBe(wrong === key);
        expect(isWellFormedKey(key.slice(0, at))).toBe(false);
        expect(isWellFormedKey(key + character)).toBe(false);
      },
    ),
  );
});

test("[I8] what is shown and what is kept do not tell the key", () => {
  const key = formatKey(new Uint8Array(32).fill(7));
  expect(shownPrefix(key)).toBe(key.slice(0, 10));
  expect(hashKey(key)).toHaveLength(32);
  expect(hashKey(key).toString("hex")).not.toContain(key.slice(3, 13));
});
