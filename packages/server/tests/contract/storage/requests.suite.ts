/** Reading requests: by sequence, and in filtered pages that appends do not disturb. */
import { describe, expect } from "vitest";
import type { NewRequest } from "../../../src/model/request.ts";
import type { RequestQuery } from "../../../src/storage/storage.ts";
import {
  append,
  bytesOf,
  comparable,
  keyedRequest,
  listAll,
  listPages,
  newRequest,
  NOON_MS,
  sequencesOf,
  store,
  storeOne,
  targetsTo,
} from "./fixtures.ts";
import { type CreateHarness, createStorageTest } from "./harness.ts";

export function requestsSuite(createHarness: CreateHarness): void {
  describe("requests", () => {
    readTests(createHarness);
    filterTests(createHarness);
    pagingTests(createHarness);
  });
}

function readTests(createHarness: CreateHarness): void {
  const test = createStorageTest(createHarness);

  test("gives requests in the order asked for and leaves out what does not exist", async ({
    storage,
  }) => {
    const [a, b, c] = (await store(storage, newRequest(), newRequest(), newRequest())) as [
      number,
      number,
      number,
    ];
    const found = await storage.readRequests([c, c + 1000, a, 0, b]);
    expect(sequencesOf(found)).toEqual([c, a, b]);
    expect(await storage.readRequests([])).toEqual([]);
    expect(await storage.readRequest(0)).toBeUndefined();
    expect(await storage.readRequest(c + 1)).toBeUndefined();
  });

  test("a list shows everything but the body, and the body's size", async ({ storage }) => {
    const sequence = await storeOne(storage, newRequest({ body: bytesOf("12345") }));
    const [summary] = await listAll(storage, { limit: 10 });
    const { body: _, ...rest } = comparable((await storage.readRequest(sequence))!);
    expect(summary).toStrictEqual({ ...rest, bodyBytes: 5 });
  });

  test("a duplicate is listed with its event, its size and its conflict", async ({ storage }) => {
    const event = keyedRequest("k", { body: bytesOf("1234") });
    const original = await storeOne(storage, event);
    await append(storage, event);
    await append(storage, { ...event, body: bytesOf("12") });
    const [conflict, duplicate] = await listAll(storage, { limit: 10, outcomes: ["duplicate"] });
    expect(conflict).toMatchObject({ duplicateOf: original, conflict: true, bodyBytes: 2 });
    expect(duplicate).toMatchObject({ duplicateOf: original, bodyBytes: 4 });
    expect(duplicate).not.toHaveProperty("conflict");
  });

  test("a list of nothing has no next page", async ({ storage }) => {
    expect(await storage.listRequests({ limit: 10 })).toStrictEqual({ requests: [] });
    expect(await storage.listRequests({ limit: 10, ascending: true })).toStrictEqual({
      requests: [],
    });
  });
}

function filterTests(createHarness: CreateHarness): void {
  const test = createStorageTest(createHarness);

  const MIXED: readonly NewRequest[] = [
    newRequest({ sourceNo: 1, eventType: "a", targets: targetsTo(1) }),
    newRequest({ sourceNo: 2, eventType: "b", receivedAtMs: NOON_MS + 10 }),
    newRequest({ sourceNo: 1, outcome: "rejected", cause: "rate_limited" }),
    keyedRequest("k", { sourceNo: 2, targets: targetsTo(2, 1), receivedAtMs: NOON_MS + 20 }),
    keyedRequest("k", { sourceNo: 2, targets: targetsTo(2, 1), receivedAtMs: NOON_MS + 30 }),
    newRequest({ sourceNo: 1, outcome: "quarantined", eventType: "b" }),
    newRequest({ sourceNo: 3, eventType: "a.b", receivedAtMs: NOON_MS - 5 }),
  ];
  /** What a query asks for, and the positions of `MIXED` that it finds, old to new. */
  const CASES: readonly (readonly [string, Partial<RequestQuery>, readonly number[]])[] = [
    ["everything", {}, [0, 1, 2, 3, 4, 5, 6]],
    ["a source", { sourceNo: 1 }, [0, 2, 5]],
    ["an unknown source", { sourceNo: 99 }, []],
    ["one outcome", { outcomes: ["rejected"] }, [2]],
    ["several outcomes", { outcomes: ["duplicate", "quarantined"] }, [4, 5]],
    ["no outcome at all", { outcomes: [] }, []],
    ["an event type, whole", { eventType: "a" }, [0]],
    ["an idempotency key", { idempotencyKey: "k" }, [3, 4]],
    ["from a time, inclusive", { fromMs: NOON_MS + 10 }, [1, 3, 4]],
    ["up to a time, exclusive", { toMs: NOON_MS + 10 }, [0, 2, 5, 6]],
    ["between times", { fromMs: NOON_MS, toMs: NOON_MS + 20 }, [0, 1, 2, 5]],
    ["unmatched events", { unmatched: true }, [1, 6]],
    ["requests naming a destination", { destinationNo: 1 }, [0, 3, 4]],
    ["several filters at once", { sourceNo: 2, destinationNo: 2, outcomes: ["accepted"] }, [3]],
  ];

  test("finds what a query asks for, in both directions and any size of page", async ({
    storage,
  }) => {
    const sequences = await store(storage, ...MIXED);
    for (const [what, query, positions] of CASES) {
      const expected = positions.map((position) => sequences[position]);
      for (const limit of [1, 2, 100]) {
        const ascending = await listAll(storage, { ...query, limit, ascending: true });
        expect(sequencesOf(ascending), what).toEqual(expected);
        const descending = await listAll(storage, { ...query, limit });
        expect(sequencesOf(descending), what).toEqual(expected.toReversed());
      }
    }
  });

  test("bounds of sequences are exclusive, in both directions", async ({ storage }) => {
    const sequences = await store(storage, ...MIXED);
    const bounds = { afterSequence: sequences[1]!, beforeSequence: sequences[5]! };
    const inside = sequences.slice(2, 5);
    expect(sequencesOf(await listAll(storage, { ...bounds, limit: 2 }))).toEqual(
      inside.toReversed(),
    );
    expect(sequencesOf(await listAll(storage, { ...bounds, limit: 2, ascending: true }))).toEqual(
      inside,
    );
    const empty = { afterSequence: sequences[5]!, beforeSequence: sequences[5]! };
    expect(await listAll(storage, { ...empty, limit: 2 })).toEqual([]);
    expect(await listAll(storage, { afterSequence: 1_000_000, limit: 2 })).toEqual([]);
  });
}

function pagingTests(createHarness: CreateHarness): void {
  const test = createStorageTest(createHarness);

  test("a page that is just full has a next one only if there is more", async ({ storage }) => {
    await store(storage, newRequest(), newRequest(), newRequest());
    const full = await storage.listRequests({ limit: 3 });
    expect(full.requests).toHaveLength(3);
    expect(full).not.toHaveProperty("nextSequence");
    const part = await storage.listRequests({ limit: 2 });
    expect(part.nextSequence).toBe(part.requests[1]!.sequence);
  });

  test("pages from new to old are not disturbed by what is appended meanwhile", async ({
    storage,
  }) => {
    const sequences = await store(storage, ...Array.from({ length: 9 }, () => newRequest()));
    const seen: number[] = [];
    let beforeSequence: number | undefined;
    do {
      const query = beforeSequence === undefined ? {} : { beforeSequence };
      const page = await storage.listRequests({ ...query, limit: 2 });
      seen.push(...sequencesOf(page.requests));
      beforeSequence = page.nextSequence;
      await store(storage, newRequest(), newRequest({ sourceNo: 2 }));
    } while (beforeSequence !== undefined);
    expect(seen).toEqual(sequences.toReversed());
  });

  test("pages from old to new go on with what was appended meanwhile", async ({ storage }) => {
    const before = await store(storage, newRequest(), newRequest(), newRequest());
    const page = await storage.listRequests({ limit: 2, ascending: true });
    const after = await store(storage, newRequest(), newRequest());
    const rest = await listAll(storage, {
      limit: 2,
      ascending: true,
      afterSequence: page.nextSequence!,
    });
    expect(sequencesOf([...page.requests, ...rest])).toEqual([...before, ...after]);
  });

  test("[I10] a page looks at a bounded number of requests and says where to go on", async ({
    storage,
  }) => {
    const needle = newRequest({ sourceNo: 2, eventType: "needle" });
    const oldest = await storeOne(storage, needle);
    for (let turn = 0; turn < 12; turn++) {
      await store(storage, ...Array.from({ length: 1000 }, () => newRequest()));
    }
    const newest = await storeOne(storage, needle);
    for (const filter of [{ sourceNo: 2 }, { eventType: "needle" }]) {
      for (const direction of [{}, { ascending: true as const }]) {
        const pages = await listPages(storage, { ...filter, ...direction, limit: 10 });
        const found = pages.flatMap((page) => sequencesOf(page.requests));
        expect(found.toSorted((left, right) => left - right)).toEqual([oldest, newest]);
        expect(pages.length).toBeGreaterThan(1);
        expect(pages.length).toBeLessThan(30);
      }
    }
    // Where one page stopped looking the next goes on: nothing in between is left out.
    const others = await listAll(storage, { sourceNo: 1, limit: 100_000, ascending: true });
    expect(sequencesOf(others)).toEqual(
      Array.from({ length: newest - oldest - 1 }, (_, index) => oldest + 1 + index),
    );
  });
}
