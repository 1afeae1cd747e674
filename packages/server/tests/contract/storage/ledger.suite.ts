/** The ledger: what was accepted equals what became of it, counted from the journal (I2). */
import { describe, expect } from "vitest";
import type { Ledger, Storage } from "../../../src/storage/storage.ts";
import {
  append,
  bytesOf,
  failureOf,
  firstDelivery,
  keyedRequest,
  newRequest,
  rowOf,
  store,
  successOf,
  targetsTo,
} from "./fixtures.ts";
import { type CreateHarness, createStorageTest, livesOf } from "./harness.ts";

const EMPTY: Ledger = {
  requests: { accepted: 0, duplicate: 0, rejected: 0, quarantined: 0 },
  unmatched: 0,
  owed: 0,
  delivered: 0,
  dead: 0,
  cancelled: 0,
  pending: 0,
  pendingByDestination: new Map(),
  problems: [],
};

/** [I2] What is owed is delivered, dead, cancelled or pending, and pending at some destination. */
function expectBalanced(ledger: Ledger): void {
  expect(ledger.owed).toBe(ledger.delivered + ledger.dead + ledger.cancelled + ledger.pending);
  const pendingCounts = [...ledger.pendingByDestination.values()];
  expect(pendingCounts.reduce((sum, count) => sum + count, 0)).toBe(ledger.pending);
  expect(Math.min(1, ...pendingCounts)).toBe(1);
  expect(ledger.unmatched).toBeLessThanOrEqual(ledger.requests.accepted);
  expect(ledger.problems).toEqual([]);
}

export function ledgerSuite(createHarness: CreateHarness): void {
  describe("ledger", () => {
    requestTests(createHarness);
    deliveryTests(createHarness);
  });
}

function requestTests(createHarness: CreateHarness): void {
  const test = createStorageTest(createHarness);

  test("an empty store owes nothing", async ({ storage }) => {
    expect(await storage.ledger()).toStrictEqual(EMPTY);
  });

  test("[I2] every request is counted under its outcome", async ({ harness, storage }) => {
    const outcomes = ["accepted", "rejected", "quarantined", "rejected", "accepted"] as const;
    await store(storage, ...outcomes.map((outcome) => newRequest({ outcome })));
    const event = keyedRequest("k", { targets: targetsTo(1) });
    await store(storage, event, event, { ...event, body: bytesOf("conflict") });
    for await (const current of livesOf(harness, storage)) {
      const ledger = await current.ledger();
      expect(ledger.requests).toEqual({ accepted: 3, duplicate: 2, rejected: 2, quarantined: 1 });
      expect(ledger.unmatched).toBe(2);
      expectBalanced(ledger);
    }
  });

  test("only accepted events owe deliveries, one to each target", async ({ storage }) => {
    const targets = targetsTo(1, 2, 3);
    await store(
      storage,
      newRequest({ targets }),
      newRequest({ targets: targetsTo(2) }),
      newRequest({ targets, outcome: "quarantined" }),
      newRequest({ targets, outcome: "rejected" }),
    );
    const ledger = await storage.ledger();
    expect(ledger).toMatchObject({ owed: 4, pending: 4, unmatched: 0 });
    expect(ledger.pendingByDestination).toEqual(
      new Map([
        [1, 1],
        [2, 2],
        [3, 1],
      ]),
    );
  });
}

function deliveryTests(createHarness: CreateHarness): void {
  const test = createStorageTest(createHarness);

  test("[I2] a first delivery is what its attempts and its row say", async ({ storage }) => {
    await store(storage, newRequest({ targets: targetsTo(1, 2, 3, 4, 5, 6, 7, 8) }));
    const key = (destinationNo: number) => firstDelivery(1, destinationNo);
    await storage.record({
      attempts: [
        successOf(key(1)),
        failureOf(key(2)),
        failureOf(key(3)),
        successOf(key(3), { number: 2 }),
        failureOf(key(4)),
        failureOf(key(5)),
        // A success that came in after the delivery had been given up is a delivery none the less.
        successOf(key(8)),
      ],
      deliveries: [
        rowOf(key(2)),
        rowOf(key(3), { state: "delivered" }),
        rowOf(key(4), { state: "dead" }),
        rowOf(key(5), { state: "cancelled" }),
        rowOf(key(6), { state: "delivered" }),
        rowOf(key(8), { state: "dead" }),
      ],
    });
    const ledger = await storage.ledger();
    expect(ledger).toMatchObject({ owed: 8, delivered: 4, dead: 1, cancelled: 1, pending: 2 });
    expect(ledger.pendingByDestination).toEqual(
      new Map([
        [2, 1],
        [7, 1],
      ]),
    );
    expectBalanced(ledger);
  });

  test("[I2] replays are owed besides first deliveries, and are what their rows say", async ({
    storage,
  }) => {
    await store(storage, newRequest({ targets: targetsTo(1) }), newRequest());
    const replay = (sequence: number, ordinal: number) => ({ sequence, destinationNo: 9, ordinal });
    await storage.record({
      attempts: [successOf(firstDelivery(1, 1)), failureOf(replay(1, 1))],
      deliveries: [
        rowOf(replay(1, 1)),
        rowOf(replay(1, 2), { state: "dead" }),
        rowOf(replay(2, 1), { state: "delivered" }),
        rowOf({ ...firstDelivery(1, 1), ordinal: 1 }, { state: "cancelled" }),
      ],
    });
    const ledger = await storage.ledger();
    expect(ledger).toMatchObject({
      unmatched: 1,
      owed: 5,
      delivered: 2,
      dead: 1,
      cancelled: 1,
      pending: 1,
    });
    expect(ledger.pendingByDestination).toEqual(new Map([[9, 1]]));
    expectBalanced(ledger);
  });

  test("[I2] the books balance after every step of a delivery's life", async ({
    harness,
    storage,
  }) => {
    await store(storage, newRequest({ targets: targetsTo(1) }));
    const key = firstDelivery(1, 1);
    const steps = ["pending", "dead", "pending", "cancelled"] as const;
    for (const [index, state] of steps.entries()) {
      await storage.record({
        attempts: [failureOf(key, { number: index + 1 })],
        deliveries: [rowOf(key, { state })],
      });
      const ledger = await storage.ledger();
      expect(ledger).toMatchObject({ owed: 1, [state]: 1 });
      expectBalanced(ledger);
    }
    expect(await (await harness.reopen()).ledger()).toMatchObject({ owed: 1, cancelled: 1 });
  });

  test("[I2] thousands of events spread over many commits are all counted", async ({ storage }) => {
    await appendInTurns(storage, 9000);
    const delivered = Array.from({ length: 3000 }, (_, index) => firstDelivery(index * 3 + 1, 1));
    await storage.record({ attempts: delivered.map((key) => successOf(key)), deliveries: [] });
    const ledger = await storage.ledger();
    expect(ledger).toMatchObject({ owed: 9000, delivered: 3000, pending: 6000 });
    expectBalanced(ledger);
  });

  async function appendInTurns(storage: Storage, count: number): Promise<void> {
    for (let stored = 0; stored < count; stored += 1000) {
      const event = newRequest({ targets: targetsTo(1), sourceNo: 1 + stored });
      await Promise.all(Array.from({ length: 1000 }, () => append(storage, event)));
    }
  }
}
