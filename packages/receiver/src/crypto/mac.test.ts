/** Oracle: node's own `createHmac`. */
import fc from "fast-check";
import { createHmac } from "node:crypto";
import { expect, test } from "vitest";
import { createMac } from "./mac.ts";

const algorithm = fc.constantFrom("sha1" as const, "sha256" as const, "sha512" as const);
/** Around 64 and 128 bytes, the blocks of the hashes, a key is treated in another way. */
const key = fc.uint8Array({ minLength: 1, maxLength: 200 });
const byteString = fc
  .uint8Array({ maxLength: 80 })
  .map((bytes) => Buffer.from(bytes).toString("latin1"));

function reference(name: string, secret: Uint8Array, pieces: readonly Uint8Array[]): Buffer {
  const hmac = createHmac(name, secret);
  for (const piece of pieces) hmac.update(piece);
  return hmac.digest();
}

test("a MAC is the HMAC that node computes, for any key and body", () => {
  fc.assert(
    fc.property(
      fc.record({ name: algorithm, secret: key, before: byteString, after: byteString }),
      fc.uint8Array({ maxLength: 1000 }),
      ({ name, secret, before, after }, body) => {
        const pieces = [Buffer.from(before, "latin1"), body, Buffer.from(after, "latin1")];
        const expected = reference(name, secret, pieces);
        const mac = createMac(name, secret);
        expect(Buffer.from(mac.digest({ before, after }, body))).toEqual(expected);
        for (const encoding of ["hex", "base64", "base64url"] as const) {
          expect(mac.text({ before, after }, body, encoding)).toBe(expected.toString(encoding));
        }
      },
    ),
  );
});

test.each([16_255, 16_256, 16_257, 16_320, 16_384, 100_000])(
  "a body of %i bytes, around and beyond the reused buffer, gives the same HMAC",
  (length) => {
    const body = Buffer.alloc(length, "ringdown");
    for (const name of ["sha1", "sha256", "sha512"] as const) {
      const expected = reference(name, Buffer.from("a key"), [Buffer.from("t."), body]);
      const mac = createMac(name, Buffer.from("a key"));
      expect(Buffer.from(mac.digest({ before: "t.", after: "" }, body))).toEqual(expected);
    }
  },
);

test("two MACs with different keys do not disturb one another", () => {
  const [left, right] = [
    createMac("sha256", Buffer.from("left")),
    createMac("sha256", Buffer.from("right")),
  ];
  const frame = { before: "", after: "" };
  const body = Buffer.from("body");
  const first = left.text(frame, body, "hex");
  right.digest(frame, Buffer.from("a longer body than the other one"));
  expect(left.text(frame, body, "hex")).toBe(first);
});
