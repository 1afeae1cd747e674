/**
 * What a restarted delivery engine is told: for every destination that ever had work, how far it had
 * got. The engine saves lanes now and then; what it recorded after the last save counts as well, so
 * nothing recorded is delivered again.
 */
import { describe, expect } from "vitest";
import type { LaneRecovery, Storage } from "../../../src/storage/storage.ts";
import {
  failureOf,
  firstDelivery,
  newRequest,
  NOON_MS,
  rowOf,
  store,
  storeOne,
  successOf,
  targetsTo,
} from "./fixtures.ts";
import { type CreateHarness, createStorageTest, restartsOf } from "./harness.ts";

async function lanesOf(storage: Storage): Promise<ReadonlyMap<number, LaneRecovery>> {
  const { lanes } = await storage.start();
  return new Map(lanes.map((lane) => [lane.destinationNo, lane]));
}

function eventsFor(count: number, ...destinations: readonly number[]) {
  return Array.from({ length: count }, () => newRequest({ targets: targetsTo(...destinations) }));
}

export function recoverSuite(createHarness: CreateHarness): void {
  describe("recovery", () => {
    laneTests(createHarness);
    settledTests(createHarness);
    rowTests(createHarness);
  });
}

function laneTests(createHarness: CreateHarness): void {
  const test = createStorageTest(createHarness);

  test("an empty store has nothing to recover", async ({ storage }) => {
    expect(await storage.start()).toMatchObject({ lastSequence: 0, lanes: [] });
  });

  test("the newest durable sequence and the store's tag come back", async ({
    harness,
    storage,
  }) => {
    const { tag } = await storage.start();
    expect(Number.isInteger(tag) && tag >= 0 && tag < 2 ** 40).toBe(true);
    const sequences = await store(storage, newRequest({ outcome: "rejected" }), newRequest());
    for await (const current of restartsOf(harness)) {
      expect(await current.start()).toMatchObject({ tag, lastSequence: sequences[1] });
    }
  });

  test("every destination that was ever a target, saved or has rows is there", async ({
    harness,
    storage,
  }) => {
    const [first] = await store(
      storage,
      newRequest({ targets: targetsTo(1, 2) }),
      newRequest({ targets: [] }),
      newRequest({ targets: targetsTo(9), outcome: "quarantined" }),
    );
    const replay = rowOf({ sequence: first!, destinationNo: 3, ordinal: 1 });
    const lanes = [{ destinationNo: 4, cursor: 1, settled: [] }];
    await storage.record({ attempts: [], deliveries: [replay], lanes });
    const recovered = await lanesOf(await harness.crashAndReopen());
    expect([...recovered.keys()].toSorted((left, right) => left - right)).toEqual([1, 2, 3, 4]);
  });

  test("a lane that was never saved starts before its first event, with all of it waiting", async ({
    harness,
    storage,
  }) => {
    const [, first] = await store(storage, ...eventsFor(1, 2), ...eventsFor(3, 1));
    const lane = (await lanesOf(await harness.reopen())).get(1)!;
    expect(lane.cursor).toBeLessThan(first!);
    expect(lane).toMatchObject({ settled: [], blockedKeys: [] });
    expect(lane).not.toHaveProperty("nextDueAtMs");
  });

  test("a saved lane comes back as it was saved last", async ({ harness, storage }) => {
    const sequences = await store(storage, ...eventsFor(5, 1));
    const attempts = [0, 1, 3].map((index) => successOf(firstDelivery(sequences[index]!, 1)));
    const [a, b, , d] = sequences as [number, number, number, number];
    await storage.record({
      attempts,
      deliveries: [],
      lanes: [{ destinationNo: 1, cursor: a, settled: [b, d] }],
    });
    await storage.record({
      attempts: [],
      deliveries: [],
      lanes: [{ destinationNo: 1, cursor: b, settled: [d] }],
    });
    for await (const current of restartsOf(harness)) {
      expect((await lanesOf(current)).get(1)).toMatchObject({ cursor: b, settled: [d] });
    }
  });
}

/** What counts as settled although no lane was saved since. */
function settledTests(createHarness: CreateHarness): void {
  const test = createStorageTest(createHarness);

  test("[I5] successes recorded after the last save are settled, ascending", async ({
    harness,
    storage,
  }) => {
    const [a, b, c, d] = (await store(storage, ...eventsFor(4, 1, 2))) as [
      number,
      number,
      number,
      number,
    ];
    await storage.record({
      attempts: [successOf(firstDelivery(a, 1)), successOf(firstDelivery(c, 1))],
      deliveries: [],
      lanes: [{ destinationNo: 1, cursor: a, settled: [c] }],
    });
    await storage.record({ attempts: [successOf(firstDelivery(d, 1))], deliveries: [] });
    await storage.record({ attempts: [successOf(firstDelivery(b, 1))], deliveries: [] });
    await storage.record({ attempts: [successOf(firstDelivery(d, 2))], deliveries: [] });

    for await (const current of restartsOf(harness)) {
      const lanes = await lanesOf(current);
      expect(lanes.get(1)).toMatchObject({ cursor: a, settled: [b, c, d] });
      expect(lanes.get(2)!.settled).toEqual([d]);
    }
  });

  test("a save of one lane forgets nothing of a lane that had not moved", async ({
    harness,
    storage,
  }) => {
    const [a, b] = (await store(storage, ...eventsFor(2, 1, 2))) as [number, number];
    await storage.record({
      attempts: [successOf(firstDelivery(b, 1))],
      deliveries: [],
      lanes: [{ destinationNo: 1, cursor: a - 1, settled: [b] }],
    });
    await storage.record({
      attempts: [successOf(firstDelivery(a, 2))],
      deliveries: [],
      lanes: [{ destinationNo: 2, cursor: a, settled: [] }],
    });
    const lanes = await lanesOf(await harness.crashAndReopen());
    expect(lanes.get(1)).toMatchObject({ cursor: a - 1, settled: [b] });
    expect(lanes.get(2)).toMatchObject({ cursor: a, settled: [] });
  });

  test("a failed attempt alone settles nothing", async ({ harness, storage }) => {
    const sequence = await storeOne(storage, newRequest({ targets: targetsTo(1) }));
    await storage.record({ attempts: [failureOf(firstDelivery(sequence, 1))], deliveries: [] });
    expect((await lanesOf(await harness.reopen())).get(1)!.settled).toEqual([]);
  });

  test("a first delivery with a row in any state is settled: the row speaks for it", async ({
    harness,
    storage,
  }) => {
    const sequence = await storeOne(storage, newRequest({ targets: targetsTo(1, 2, 3, 4) }));
    const states = ["pending", "delivered", "dead", "cancelled"] as const;
    const rows = states.map((state, index) => rowOf(firstDelivery(sequence, index + 1), { state }));
    await storage.record({ attempts: [], deliveries: rows });
    const lanes = await lanesOf(await harness.crashAndReopen());
    expect([...lanes.values()].map((lane) => lane.settled)).toEqual(states.map(() => [sequence]));
  });

  test("a replay settles nothing of the first delivery", async ({ harness, storage }) => {
    const sequence = await storeOne(storage, newRequest({ targets: targetsTo(1) }));
    const replay = { ...firstDelivery(sequence, 1), ordinal: 1 };
    await storage.record({
      attempts: [successOf(replay)],
      deliveries: [rowOf(replay, { state: "delivered" })],
    });
    expect((await lanesOf(await harness.reopen())).get(1)!.settled).toEqual([]);
  });
}

/** What pending rows tell: when to look again, and which keys wait. */
function rowTests(createHarness: CreateHarness): void {
  const test = createStorageTest(createHarness);

  test("the earliest due time among a destination's pending rows", async ({ harness, storage }) => {
    const [a, b] = (await store(storage, ...eventsFor(2, 1, 2))) as [number, number];
    await storage.record({
      attempts: [],
      deliveries: [
        rowOf(firstDelivery(a, 1), { dueAtMs: NOON_MS + 500 }),
        rowOf(firstDelivery(b, 1), { dueAtMs: NOON_MS + 200.5 }),
        rowOf({ ...firstDelivery(a, 1), ordinal: 1 }, { dueAtMs: NOON_MS + 300 }),
        rowOf(firstDelivery(a, 2)),
      ],
    });
    let lanes = await lanesOf(await harness.crashAndReopen());
    expect(lanes.get(1)!.nextDueAtMs).toBe(NOON_MS + 200.5);
    expect(lanes.get(2)).not.toHaveProperty("nextDueAtMs");

    const recovered = await harness.reopen();
    const delivered = rowOf(firstDelivery(b, 1), { state: "delivered" });
    await recovered.record({ attempts: [], deliveries: [delivered] });
    lanes = await lanesOf(await harness.reopen());
    expect(lanes.get(1)!.nextDueAtMs).toBe(NOON_MS + 300);
  });

  test("each order key with a pending row, once", async ({ harness, storage }) => {
    const [a, b, c, d] = (await store(storage, ...eventsFor(4, 1))) as [
      number,
      number,
      number,
      number,
    ];
    await storage.record({
      attempts: [],
      deliveries: [
        rowOf(firstDelivery(a, 1), { orderKey: "x", dueAtMs: NOON_MS }),
        rowOf(firstDelivery(b, 1), { orderKey: "x" }),
        rowOf(firstDelivery(c, 1), { orderKey: "done", state: "dead" }),
        rowOf(firstDelivery(d, 1), { orderKey: "y" }),
        rowOf({ ...firstDelivery(a, 2), ordinal: 1 }, { orderKey: "elsewhere" }),
        rowOf({ ...firstDelivery(d, 1), ordinal: 1 }),
      ],
    });
    const lane = (await lanesOf(await harness.crashAndReopen())).get(1)!;
    expect(lane.blockedKeys.toSorted()).toEqual(["x", "y"]);
  });
}
