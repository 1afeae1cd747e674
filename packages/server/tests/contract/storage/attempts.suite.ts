/** Reading attempts: all of one event, and pages in the order in which they were recorded. */
import { describe, expect } from "vitest";
import type { AttemptQuery, Storage } from "../../../src/storage/storage.ts";
import {
  failureOf,
  firstDelivery,
  listAllAttempts,
  newRequest,
  NOON_MS,
  type RecordedAttempt,
  store,
  successOf,
  targetsTo,
} from "./fixtures.ts";
import { type CreateHarness, createStorageTest } from "./harness.ts";

function numbersOf(attempts: readonly RecordedAttempt[]): readonly number[] {
  return attempts.map(({ attempt }) => attempt.number);
}

/** Ten attempts in four records, numbered 1 to 10 in the order they were recorded. */
async function recordTen(storage: Storage): Promise<void> {
  await store(storage, newRequest({ targets: targetsTo(1, 2) }));
  const make = (number: number) => {
    const delivery = firstDelivery(1, 1 + (number % 2));
    return number % 5 === 0 ? successOf(delivery, { number }) : failureOf(delivery, { number });
  };
  for (const numbers of [[1, 2, 3], [4], [5, 6, 7, 8], [9, 10]]) {
    await storage.record({ attempts: numbers.map(make), deliveries: [] });
  }
}

export function attemptsSuite(createHarness: CreateHarness): void {
  describe("attempts", () => {
    eventTests(createHarness);
    listTests(createHarness);
  });
}

function eventTests(createHarness: CreateHarness): void {
  const test = createStorageTest(createHarness);

  test("the attempts of an event come by start and number, whenever they were recorded", async ({
    storage,
  }) => {
    await store(storage, newRequest({ targets: targetsTo(1, 2) }), newRequest());
    const at = (destinationNo: number, number: number, offsetMs: number) =>
      failureOf(firstDelivery(1, destinationNo), { number, startedAtMs: NOON_MS + offsetMs });
    await storage.record({ attempts: [at(1, 3, 50), at(2, 1, 10)], deliveries: [] });
    await storage.record({ attempts: [successOf(firstDelivery(2, 1))], deliveries: [] });
    await storage.record({ attempts: [at(1, 2, 20.5), at(1, 1, 20.5)], deliveries: [] });
    const attempts = await storage.readAttempts(1);
    expect(attempts).toStrictEqual([at(2, 1, 10), at(1, 1, 20.5), at(1, 2, 20.5), at(1, 3, 50)]);
  });

  test("an event without attempts has none, and neither has what does not exist", async ({
    storage,
  }) => {
    await store(storage, newRequest({ targets: targetsTo(1) }));
    expect(await storage.readAttempts(1)).toEqual([]);
    expect(await storage.readAttempts(12_345)).toEqual([]);
  });

  test("attempts of far apart events in one record are all found", async ({ storage }) => {
    const event = newRequest({ targets: targetsTo(1) });
    for (let turn = 0; turn < 5; turn++) {
      await store(storage, ...Array.from({ length: 2000 }, () => event));
    }
    const sequences = [1, 11, 4095, 4096, 4097, 8191, 8192, 10_000];
    const attempts = sequences.map((sequence) => successOf(firstDelivery(sequence, 1)));
    await storage.record({ attempts, deliveries: [] });
    for (const [index, sequence] of sequences.entries()) {
      expect(await storage.readAttempts(sequence)).toStrictEqual([attempts[index]]);
    }
    expect(await listAllAttempts(storage, { limit: 3 })).toHaveLength(sequences.length);
  });
}

function listTests(createHarness: CreateHarness): void {
  const test = createStorageTest(createHarness);

  test("records are numbered in the order they were recorded, for good", async ({
    harness,
    storage,
  }) => {
    await recordTen(storage);
    const before = await listAllAttempts(storage, { limit: 100, ascending: true });
    expect(numbersOf(before)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    const records = before.map(({ record }) => record);
    expect(records[0]).toBeGreaterThan(0);
    expect(records).toEqual([...new Set(records)].toSorted((left, right) => left - right));

    const recovered = await harness.crashAndReopen();
    await recovered.record({
      attempts: [failureOf(firstDelivery(1, 1), { number: 11 })],
      deliveries: [],
    });
    const after = await listAllAttempts(recovered, { limit: 100, ascending: true });
    expect(after.slice(0, 10)).toStrictEqual(before);
    expect(after[10]!.record).toBeGreaterThan(records[9]!);
  });

  const CASES: readonly (readonly [string, Partial<AttemptQuery>, readonly number[]])[] = [
    ["everything", {}, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]],
    ["a destination", { destinationNo: 2 }, [1, 3, 5, 7, 9]],
    ["successes", { outcome: "success" }, [5, 10]],
    ["failures of a destination", { destinationNo: 1, outcome: "failure" }, [2, 4, 6, 8]],
    ["an unknown destination", { destinationNo: 77 }, []],
  ];
  test("lists what a query asks for, in both directions and any size of page", async ({
    storage,
  }) => {
    await recordTen(storage);
    for (const [what, query, numbers] of CASES) {
      for (const limit of [1, 3, 100]) {
        const ascending = await listAllAttempts(storage, { ...query, limit, ascending: true });
        expect(numbersOf(ascending), what).toEqual(numbers);
        const descending = await listAllAttempts(storage, { ...query, limit });
        expect(numbersOf(descending), what).toEqual(numbers.toReversed());
      }
    }
  });

  test("a live reader goes on after the last record it has seen", async ({ storage }) => {
    await recordTen(storage);
    const seen = (await listAllAttempts(storage, { limit: 4, ascending: true })).at(-1)!;
    const query = { limit: 4, ascending: true as const, fromRecord: seen.record };
    expect(await storage.listAttempts(query)).toStrictEqual({ attempts: [] });
    await storage.record({
      attempts: [successOf(firstDelivery(1, 1), { number: 11 })],
      deliveries: [],
    });
    expect(numbersOf((await storage.listAttempts(query)).attempts)).toEqual([11]);
  });

  test("a page that is just full has a next one only if there is more", async ({ storage }) => {
    await recordTen(storage);
    for (const direction of [{}, { ascending: true as const }]) {
      const full = await storage.listAttempts({ limit: 10, ...direction });
      expect(full.attempts).toHaveLength(10);
      expect(full).not.toHaveProperty("nextRecord");
      const part = await storage.listAttempts({ limit: 9, ...direction });
      expect(part.nextRecord).toBe(part.attempts[8]!.record);
    }
  });

  test("pages from new to old are not disturbed by what is recorded meanwhile", async ({
    storage,
  }) => {
    await recordTen(storage);
    const first = await storage.listAttempts({ limit: 4 });
    await storage.record({
      attempts: [successOf(firstDelivery(1, 1), { number: 11 })],
      deliveries: [],
    });
    const rest = await listAllAttempts(storage, { limit: 4, fromRecord: first.nextRecord! });
    expect(numbersOf([...first.attempts, ...rest])).toEqual([10, 9, 8, 7, 6, 5, 4, 3, 2, 1]);
  });
}
