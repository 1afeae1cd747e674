/** Oracle: node's `Buffer`, for what is valid; what it takes beyond that has to be refused. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeBase64, decodeBase64Url, encodeBase64 } from "./base64.ts";
import { isByteString, utf8AsByteString, writeByteString } from "./binary-string.ts";
import { decodeHex, encodeHex } from "./hex.ts";

const bytes = fc.uint8Array({ maxLength: 200 });

function textOf(value: Uint8Array, encoding: BufferEncoding): string {
  return Buffer.from(value).toString(encoding);
}

describe("hex", () => {
  test("decodes and encodes what node does, in both cases", () => {
    fc.assert(
      fc.property(bytes, (value) => {
        expect(encodeHex(value)).toBe(textOf(value, "hex"));
        expect(decodeHex(textOf(value, "hex"))).toEqual(value);
        expect(decodeHex(textOf(value, "hex").toUpperCase())).toEqual(value);
      }),
    );
  });

  test("text is hexadecimal as a whole or not at all", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 8 }), (text) => {
        const isHex = text.length % 2 === 0 && /^[0-9a-fA-F]*$/.test(text);
        expect(decodeHex(text) !== undefined).toBe(isHex);
      }),
      { numRuns: 2000 },
    );
  });

  test.each(["a", "0g", "g0", " 00", "0x00", "٠٠", "００"])("%j is not hexadecimal", (text) => {
    expect(decodeHex(text)).toBeUndefined();
  });
});

describe("base64", () => {
  test("decodes and encodes what node does, padded or not", () => {
    fc.assert(
      fc.property(bytes, (value) => {
        const text = textOf(value, "base64");
        expect(encodeBase64(value)).toBe(text);
        expect(decodeBase64(text)).toEqual(value);
        expect(decodeBase64(text.replaceAll("=", ""))).toEqual(value);
        expect(decodeBase64Url(textOf(value, "base64url"))).toEqual(value);
      }),
    );
  });

  test("only one text, padding aside, stands for the same bytes", () => {
    fc.assert(
      fc.property(
        fc.base64String(),
        fc.nat(),
        fc.string({ minLength: 1, maxLength: 1 }),
        (text, at, character) => {
          const index = at % Math.max(text.length, 1);
          const changed = text.slice(0, index) + character + text.slice(index + 1);
          const decoded = decodeBase64(changed);
          if (decoded === undefined) return;
          expect(textOf(decoded, "base64").replaceAll("=", "")).toBe(changed.replaceAll("=", ""));
        },
      ),
      { numRuns: 2000 },
    );
  });

  test.each([
    "A",
    "AAAAA",
    "AA=",
    "AAA==",
    "AAAA=",
    "AA==AA==",
    "A A=",
    "AB==",
    "AA\n=",
    "====",
    "-_8=",
    "ÀA==",
  ])("%j is not base64", (text) => {
    expect(decodeBase64(text)).toBeUndefined();
  });

  test("the alphabets are not mixed", () => {
    expect(decodeBase64Url("-_8")).toEqual(Uint8Array.of(0xfb, 0xff));
    expect(decodeBase64Url("+/8")).toBeUndefined();
  });
});

describe("byte strings", () => {
  test("the UTF-8 of a text as one character per byte", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        const byteString = utf8AsByteString(text);
        expect(isByteString(byteString)).toBe(true);
        expect(Buffer.from(byteString, "latin1")).toEqual(Buffer.from(text));
      }),
    );
  });

  test("a character beyond one byte is noticed", () => {
    expect(isByteString("\u00ff")).toBe(true);
    expect(isByteString("\u0100")).toBe(false);
  });

  test("writing returns the offset after the text", () => {
    const target = new Uint8Array(4);
    expect(writeByteString("ab", target, 1)).toBe(3);
    expect(target).toEqual(Uint8Array.of(0, 0x61, 0x62, 0));
  });
});
