/** Documents: small named state, changed together or not at all. */
import { describe, expect } from "vitest";
import { bytesOf } from "./fixtures.ts";
import { type CreateHarness, createStorageTest, livesOf } from "./harness.ts";

export function documentsSuite(createHarness: CreateHarness): void {
  describe("documents", () => {
    const test = createStorageTest(createHarness);
    const put = (kind: string, id: string, document: unknown) => ({ put: { kind, id, document } });

    test("an unknown kind has no documents", async ({ storage }) => {
      expect(await storage.listDocuments("nothing")).toEqual([]);
    });

    test("[I1] what was put is there as it was, also after a crash", async ({
      harness,
      storage,
    }) => {
      const document = {
        text: "größe \0 \u{1F419} \"'",
        numbers: [0, -1.5, 1e300, Number.MAX_SAFE_INTEGER],
        nothing: null,
        yes: true,
        nested: [{ deep: [[]] }],
      };
      await storage.putDocuments([
        put("things", "a", document),
        put("things", "text", "only text"),
        put("things", "null", null),
      ]);
      for await (const current of livesOf(harness, storage)) {
        expect(await current.listDocuments("things")).toStrictEqual([
          { kind: "things", id: "a", document },
          { kind: "things", id: "null", document: null },
          { kind: "things", id: "text", document: "only text" },
        ]);
      }
    });

    test("documents of a kind come by id, apart from other kinds", async ({ storage }) => {
      await storage.putDocuments([
        put("x", "b", 1),
        put("y", "b", 2),
        put("x", "B", 3),
        put("x", "a", 4),
        put("xy", "a", 5),
        put("x", "a1", 6),
      ]);
      const listed = await storage.listDocuments("x");
      expect(listed.map(({ id, document }) => [id, document])).toEqual([
        ["B", 3],
        ["a", 4],
        ["a1", 6],
        ["b", 1],
      ]);
    });

    test("a put replaces, a remove removes, and what is not there may be removed", async ({
      harness,
      storage,
    }) => {
      await storage.putDocuments([put("x", "a", { old: 1 }), put("x", "b", 1)]);
      await storage.putDocuments([
        put("x", "a", { new: 2 }),
        { remove: { kind: "x", id: "b" } },
        { remove: { kind: "x", id: "missing" } },
        { remove: { kind: "missing", id: "a" } },
      ]);
      const recovered = await harness.crashAndReopen();
      expect(await recovered.listDocuments("x")).toStrictEqual([
        { kind: "x", id: "a", document: { new: 2 } },
      ]);
    });

    test("changes of one call are applied in their order", async ({ storage }) => {
      await storage.putDocuments([
        put("x", "a", 1),
        { remove: { kind: "x", id: "a" } },
        put("x", "a", 2),
        put("x", "b", 1),
        { remove: { kind: "x", id: "b" } },
      ]);
      expect(await storage.listDocuments("x")).toStrictEqual([{ kind: "x", id: "a", document: 2 }]);
      await storage.putDocuments([]);
      expect(await storage.listDocuments("x")).toHaveLength(1);
    });

    test("a crash never leaves half of a call", async ({ harness, storage }) => {
      const calls = Array.from({ length: 50 }, (_, value) =>
        storage.putDocuments([put("x", "left", value), put("x", "right", value)]),
      );
      for (const call of calls) call.catch(() => undefined);
      await calls[0];
      const recovered = await harness.crashAndReopen();
      const values = (await recovered.listDocuments("x")).map(({ document }) => document);
      expect(values).toHaveLength(2);
      expect(values[0]).toBe(values[1]);
    });

    test("shares nothing with the caller", async ({ storage }) => {
      const document = { list: [1], text: bytesOf("x").length };
      const stored = storage.putDocuments([put("x", "a", document)]);
      document.list.push(2);
      await stored;
      const [read] = await storage.listDocuments("x");
      expect(read!.document).toEqual({ list: [1], text: 1 });
      (read!.document as typeof document).list.push(3);
      const [again] = await storage.listDocuments("x");
      expect(again!.document).toEqual({ list: [1], text: 1 });
    });
  });
}
