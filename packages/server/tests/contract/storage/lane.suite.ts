/** Reading what waits for one destination: oldest first, in bounded pages, past everybody else's. */
import { describe, expect } from "vitest";
import type { NewRequest } from "../../../src/model/request.ts";
import type { Storage } from "../../../src/storage/storage.ts";
import {
  bytesOf,
  comparable,
  drainLane,
  newRequest,
  sequencesOf,
  store,
  storeOne,
  targetsTo,
} from "./fixtures.ts";
import { type CreateHarness, createStorageTest, livesOf } from "./harness.ts";

const DESTINATION = 1;
const UNBOUNDED = { limit: 1000, maxBytes: 10_000_000 };

function eventFor(...destinations: readonly number[]): NewRequest {
  return newRequest({ targets: targetsTo(...destinations) });
}

export function laneSuite(createHarness: CreateHarness): void {
  describe("lanes", () => {
    contentTests(createHarness);
    pagingTests(createHarness);
  });
}

function contentTests(createHarness: CreateHarness): void {
  const test = createStorageTest(createHarness);

  test("a lane holds the events that name its destination, ascending", async ({ storage }) => {
    const sequences = await store(
      storage,
      eventFor(1),
      eventFor(2),
      eventFor(2, 1),
      eventFor(),
      eventFor(3, 2, 1),
      eventFor(11),
    );
    const lane = await drainLane(storage, { destinationNo: DESTINATION });
    expect(sequencesOf(lane)).toEqual([sequences[0], sequences[2], sequences[4]]);
  });

  test("only accepted requests are in a lane", async ({ storage }) => {
    const outcomes = ["rejected", "accepted", "quarantined"] as const;
    const targets = targetsTo(DESTINATION);
    const requests = outcomes.map((outcome) => newRequest({ outcome, targets }));
    const [, accepted] = await store(storage, ...requests);
    expect(sequencesOf(await drainLane(storage, { destinationNo: DESTINATION }))).toEqual([
      accepted,
    ]);
  });

  test("events come whole, with their bodies", async ({ storage }) => {
    const [sequence] = await store(storage, { ...eventFor(1, 2), body: bytesOf("whole") });
    const [event] = await drainLane(storage, { destinationNo: DESTINATION });
    const read = await storage.readRequest(sequence!);
    expect(comparable(event!)).toStrictEqual(comparable(read!));
    expect(Buffer.from(event!.body).toString()).toBe("whole");
  });

  test("what is settled is in the lane all the same: the engine knows better", async ({
    storage,
  }) => {
    const sequence = await storeOne(storage, eventFor(DESTINATION));
    const lanes = [{ destinationNo: DESTINATION, cursor: sequence, settled: [] }];
    await storage.record({ attempts: [], deliveries: [], lanes });
    expect(await drainLane(storage, { destinationNo: DESTINATION })).toHaveLength(1);
  });

  test("the lane is the same after a restart and after a crash", async ({ harness, storage }) => {
    const sequences = await store(storage, eventFor(1), eventFor(2), eventFor(1));
    for await (const current of livesOf(harness, storage)) {
      const lane = await drainLane(current, { destinationNo: DESTINATION });
      expect(sequencesOf(lane)).toEqual([sequences[0], sequences[2]]);
    }
  });

  test("an empty store and an unknown destination have empty lanes", async ({ storage }) => {
    const query = { destinationNo: DESTINATION, afterSequence: 0, ...UNBOUNDED };
    expect(await storage.readLane(query)).toStrictEqual({
      requests: [],
      upToSequence: 0,
      atEnd: true,
    });
    const sequence = await storeOne(storage, eventFor(2));
    expect(await storage.readLane(query)).toStrictEqual({
      requests: [],
      upToSequence: sequence,
      atEnd: true,
    });
  });
}

function pagingTests(createHarness: CreateHarness): void {
  const test = createStorageTest(createHarness);

  async function pagesOf(
    storage: Storage,
    bounds: { readonly limit: number; readonly maxBytes: number },
  ): Promise<readonly (readonly number[])[]> {
    const pages: (readonly number[])[] = [];
    let afterSequence = 0;
    for (;;) {
      const page = await storage.readLane({ destinationNo: DESTINATION, afterSequence, ...bounds });
      pages.push(sequencesOf(page.requests));
      if (page.atEnd) return pages.filter((sequences) => sequences.length > 0);
      expect(page.upToSequence).toBeGreaterThan(afterSequence);
      afterSequence = page.upToSequence;
    }
  }

  test("a page holds no more than its limit, and pages lose and repeat nothing", async ({
    storage,
  }) => {
    const requests = Array.from({ length: 60 }, (_, index) => eventFor(1 + (index % 3)));
    const sequences = await store(storage, ...requests);
    const wanted = sequences.filter((_, index) => index % 3 === 0);
    for (const limit of [1, 3, 7, 20, 100]) {
      const pages = await pagesOf(storage, { limit, maxBytes: 1_000_000 });
      expect(pages.flat()).toEqual(wanted);
      expect(Math.max(...pages.map((page) => page.length))).toBe(Math.min(limit, wanted.length));
    }
  });

  test("a page stops after the event that reaches its bytes, and holds at least one", async ({
    storage,
  }) => {
    const sizes = [10, 10, 10, 500, 1, 1];
    const requests = sizes.map((size) => ({ ...eventFor(1), body: new Uint8Array(size) }));
    const [a, b, c, d, e, f] = await store(storage, ...requests);
    expect(await pagesOf(storage, { limit: 10, maxBytes: 20 })).toEqual([
      [a, b],
      [c, d],
      [e, f],
    ]);
    expect(await pagesOf(storage, { limit: 10, maxBytes: 1 })).toEqual([
      [a],
      [b],
      [c],
      [d],
      [e],
      [f],
    ]);
    expect(await pagesOf(storage, { limit: 10, maxBytes: 0 })).toHaveLength(sizes.length);
    expect(await pagesOf(storage, { limit: 10, maxBytes: 32 })).toEqual([
      [a, b, c, d],
      [e, f],
    ]);
  });

  test("pages go on behind events of others, up to the end", async ({ storage }) => {
    const [first] = await store(storage, eventFor(1), eventFor(2), eventFor(2));
    const query = { destinationNo: DESTINATION, afterSequence: 0, ...UNBOUNDED };
    const page = await storage.readLane(query);
    expect(sequencesOf(page.requests)).toEqual([first]);
    expect(page).toMatchObject({ upToSequence: first! + 2, atEnd: true });

    const later = await storeOne(storage, eventFor(1));
    const next = await storage.readLane({ ...query, afterSequence: page.upToSequence });
    expect(sequencesOf(next.requests)).toEqual([later]);
  });

  test("upToSequence covers exactly what a full page has looked at", async ({ storage }) => {
    const sequences = await store(storage, eventFor(1), eventFor(2), eventFor(1), eventFor(1));
    const page = await storage.readLane({
      destinationNo: DESTINATION,
      afterSequence: 0,
      limit: 2,
      maxBytes: 1_000_000,
    });
    expect(sequencesOf(page.requests)).toEqual([sequences[0], sequences[2]]);
    expect(page.upToSequence).toBe(sequences[2]);
    expect(page.atEnd).toBe(false);
  });

  test("a read from the middle or from beyond the end starts there", async ({ storage }) => {
    const sequences = await store(storage, eventFor(1), eventFor(1), eventFor(1));
    const lane = await drainLane(storage, {
      destinationNo: DESTINATION,
      afterSequence: sequences[0]!,
    });
    expect(sequencesOf(lane)).toEqual(sequences.slice(1));
    const beyond = { destinationNo: DESTINATION, afterSequence: 1000, ...UNBOUNDED };
    expect(await storage.readLane(beyond)).toStrictEqual({
      requests: [],
      upToSequence: 1000,
      atEnd: true,
    });
  });

  test("[I6] one event behind twelve thousand of others is found in bounded steps", async ({
    storage,
  }) => {
    for (let turn = 0; turn < 12; turn++) {
      await store(storage, ...Array.from({ length: 1000 }, () => eventFor(2)));
    }
    const wanted = await storeOne(storage, eventFor(1));
    expect(sequencesOf(await drainLane(storage, { destinationNo: 1 }))).toEqual([wanted]);
    expect(await drainLane(storage, { destinationNo: 2 })).toHaveLength(12_000);
  });
}
