import fc from "fast-check";
import { expect, test } from "vitest";
import { createCursors } from "./cursor.ts";

const cursors = createCursors(1234);

test("a cursor leads back to its position, also after a restart", () => {
  const position = fc.array(fc.nat({ max: 2 ** 40 }), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(position, (numbers) => {
      const cursor = cursors.encode("requests", numbers);
      expect(createCursors(1234).decode("requests", cursor)).toEqual(numbers);
      expect(cursor).toMatch(/^[\w-]+$/);
    }),
  );
});

test("a cursor of another list, filter or store is refused", () => {
  const cursor = cursors.encode("requests?source=a", [7]);
  expect(() => cursors.decode("requests?source=b", cursor)).toThrow(/does not belong/);
  expect(() => createCursors(1235).decode("requests?source=a", cursor)).toThrow(/does not belong/);
});

test("[I12] no text but a genuine cursor is accepted", () => {
  const genuine = cursors.encode("requests", [7]);
  const changed = fc
    .tuple(fc.nat({ max: genuine.length - 1 }), fc.constantFrom(..."ABCxyz019-_=+/ '\"\0é"))
    .map(([at, char]) => genuine.slice(0, at) + char + genuine.slice(at + 1))
    .filter((text) => text !== genuine);
  const texts = fc.oneof(fc.string(), changed, fc.constantFrom("", `${genuine}=`, ` ${genuine}`));
  fc.assert(
    fc.property(texts, (text) => {
      expect(() => cursors.decode("requests", text)).toThrow(/does not belong/);
    }),
  );
});
