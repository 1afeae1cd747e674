/** Reading rows of remarkable deliveries: by key, by event, by due time, by order key, in lists. */
import { describe, expect } from "vitest";
import type { DeliveryKey, DeliveryRow } from "../../../src/model/delivery.ts";
import type { DeliveryRowQuery, Storage } from "../../../src/storage/storage.ts";
import { newRequest, NOON_MS, rowOf, store, targetsTo } from "./fixtures.ts";
import { type CreateHarness, createStorageTest } from "./harness.ts";

function key(sequence: number, destinationNo: number, ordinal = 0): DeliveryKey {
  return { sequence, destinationNo, ordinal };
}

/** Rows with events 1, 2, 3 … to stand on. */
async function storeRows(storage: Storage, rows: readonly DeliveryRow[]): Promise<void> {
  const count = Math.max(...rows.map((row) => row.sequence));
  const event = newRequest({ targets: targetsTo(1, 2, 3) });
  await store(storage, ...Array.from({ length: count }, () => event));
  await storage.record({ attempts: [], deliveries: rows });
}

function keysOf(rows: readonly DeliveryRow[]): readonly string[] {
  return rows.map((row) => `${row.sequence}/${row.destinationNo}/${row.ordinal}`);
}

export function deliveriesSuite(createHarness: CreateHarness): void {
  describe("deliveries", () => {
    readTests(createHarness);
    dueTests(createHarness);
    orderKeyTests(createHarness);
    listTests(createHarness);
  });
}

function readTests(createHarness: CreateHarness): void {
  const test = createStorageTest(createHarness);

  test("a delivery without anything remarkable has no row", async ({ storage }) => {
    await store(storage, newRequest({ targets: targetsTo(1) }));
    expect(await storage.readDelivery(key(1, 1))).toBeUndefined();
    expect(await storage.readDeliveriesOf(1)).toEqual([]);
  });

  test("a row is found by its whole key", async ({ storage }) => {
    await storeRows(storage, [rowOf(key(1, 1)), rowOf(key(1, 1, 2)), rowOf(key(2, 1))]);
    expect(await storage.readDelivery(key(1, 1, 2))).toStrictEqual(rowOf(key(1, 1, 2)));
    expect(await storage.readDelivery(key(1, 1, 1))).toBeUndefined();
    expect(await storage.readDelivery(key(1, 2))).toBeUndefined();
  });

  test("the rows of an event come by destination and ordinal", async ({ storage }) => {
    const rows = [key(1, 2, 1), key(1, 10), key(1, 2), key(2, 1), key(1, 1, 10), key(1, 1, 9)];
    await storeRows(
      storage,
      rows.map((each) => rowOf(each)),
    );
    expect(keysOf(await storage.readDeliveriesOf(1))).toEqual([
      "1/1/9",
      "1/1/10",
      "1/2/0",
      "1/2/1",
      "1/10/0",
    ]);
  });
}

function dueTests(createHarness: CreateHarness): void {
  const test = createStorageTest(createHarness);

  test("due rows come earliest first, up to the time and the limit", async ({ storage }) => {
    await storeRows(storage, [
      rowOf(key(1, 1), { dueAtMs: NOON_MS + 30 }),
      rowOf(key(2, 1), { dueAtMs: NOON_MS + 10 }),
      rowOf(key(3, 1, 1), { dueAtMs: NOON_MS + 20 }),
      rowOf(key(4, 1), { dueAtMs: NOON_MS + 10 }),
    ]);
    const query = { destinationNo: 1, dueBeforeMs: NOON_MS + 30, limit: 10 };
    expect(keysOf(await storage.readDue(query))).toEqual(["2/1/0", "4/1/0", "3/1/1"]);
    expect(keysOf(await storage.readDue({ ...query, limit: 2 }))).toEqual(["2/1/0", "4/1/0"]);
    expect(await storage.readDue({ ...query, dueBeforeMs: NOON_MS + 10 })).toEqual([]);
    expect(await storage.readDue({ ...query, dueBeforeMs: NOON_MS + 30.5 })).toHaveLength(4);
  });

  test("only pending rows with a due time of this destination are due", async ({ storage }) => {
    await storeRows(storage, [
      rowOf(key(1, 1)),
      rowOf(key(2, 1), { state: "dead" }),
      rowOf(key(3, 1), { state: "delivered" }),
      rowOf(key(4, 2), { dueAtMs: NOON_MS }),
    ]);
    const query = { destinationNo: 1, dueBeforeMs: NOON_MS + 1, limit: 10 };
    expect(await storage.readDue(query)).toEqual([]);
  });

  test("a row that was settled or postponed is no longer due as before", async ({ storage }) => {
    const due = [key(1, 1), key(2, 1)].map((each) => rowOf(each, { dueAtMs: NOON_MS }));
    await storeRows(storage, due);
    await storage.record({
      attempts: [],
      deliveries: [
        rowOf(key(1, 1), { state: "delivered" }),
        rowOf(key(2, 1), { dueAtMs: NOON_MS + 60_000 }),
      ],
    });
    const query = { destinationNo: 1, limit: 10 };
    expect(await storage.readDue({ ...query, dueBeforeMs: NOON_MS + 1 })).toEqual([]);
    const later = await storage.readDue({ ...query, dueBeforeMs: NOON_MS + 60_001 });
    expect(keysOf(later)).toEqual(["2/1/0"]);
  });
}

function orderKeyTests(createHarness: CreateHarness): void {
  const test = createStorageTest(createHarness);

  test("pending rows of an order key come oldest event first", async ({ storage }) => {
    await storeRows(storage, [
      rowOf(key(3, 1), { orderKey: "x" }),
      rowOf(key(1, 1), { orderKey: "x", dueAtMs: NOON_MS }),
      rowOf(key(1, 1, 1), { orderKey: "x" }),
      rowOf(key(2, 1), { orderKey: "y" }),
      rowOf(key(4, 1), { orderKey: "x", state: "dead" }),
      rowOf(key(5, 2), { orderKey: "x" }),
      rowOf(key(6, 1)),
    ]);
    expect(keysOf(await storage.readOrderKey(1, "x", 10))).toEqual(["1/1/0", "1/1/1", "3/1/0"]);
    expect(keysOf(await storage.readOrderKey(1, "x", 1))).toEqual(["1/1/0"]);
    expect(await storage.readOrderKey(1, "X", 10)).toEqual([]);
    expect(await storage.readOrderKey(3, "x", 10)).toEqual([]);
  });

  test("a row that waits for its burst is found by its key until it is replaced without", async ({
    storage,
  }) => {
    const burst = { orderKey: "\u00011:main", burstSinceMs: NOON_MS, cause: "debounced" };
    const [older, newer] = [
      rowOf(key(1, 1), { ...burst, dueAtMs: NOON_MS + 10 }),
      rowOf(key(2, 1), { ...burst, dueAtMs: NOON_MS + 20 }),
    ];
    await storeRows(storage, [older, newer]);
    expect(await storage.readOrderKey(1, burst.orderKey, 10)).toStrictEqual([older, newer]);
    const superseded = rowOf(key(1, 1), { state: "cancelled", cause: "superseded" });
    await storage.record({ attempts: [], deliveries: [superseded] });
    expect(await storage.readOrderKey(1, burst.orderKey, 10)).toStrictEqual([newer]);
    expect(await storage.readDelivery(key(1, 1))).toStrictEqual(superseded);
    const query = { destinationNo: 1, dueBeforeMs: NOON_MS + 30, limit: 10 };
    expect(await storage.readDue(query)).toStrictEqual([newer]);
    expect(await storage.ledger()).toMatchObject({ owed: 6, cancelled: 1, pending: 5 });
  });

  test("an order key is any text, compared exactly", async ({ storage }) => {
    const texts = ["a", "a ", "A", "a\0", "'; DROP TABLE", "\u00e9", "e\u0301", "\u{1F419}"];
    await storeRows(
      storage,
      texts.map((orderKey, index) => rowOf(key(index + 1, 1), { orderKey })),
    );
    for (const [index, orderKey] of texts.entries()) {
      const found = await storage.readOrderKey(1, orderKey, 10);
      expect(found).toStrictEqual([rowOf(key(index + 1, 1), { orderKey })]);
    }
  });
}

function listTests(createHarness: CreateHarness): void {
  const test = createStorageTest(createHarness);

  const ROWS: readonly DeliveryRow[] = [
    rowOf(key(1, 1), { state: "dead" }),
    rowOf(key(1, 1, 1), { replayId: "op_a" }),
    rowOf(key(1, 2), { state: "delivered" }),
    rowOf(key(2, 1), { state: "cancelled" }),
    rowOf(key(2, 2, 1), { replayId: "op_b", state: "dead" }),
    rowOf(key(3, 1)),
  ];
  const CASES: readonly (readonly [string, Partial<DeliveryRowQuery>, readonly string[]])[] = [
    ["everything", {}, ["3/1/0", "2/2/1", "2/1/0", "1/2/0", "1/1/1", "1/1/0"]],
    ["a destination", { destinationNo: 2 }, ["2/2/1", "1/2/0"]],
    ["one state", { states: ["dead"] }, ["2/2/1", "1/1/0"]],
    ["several states", { states: ["pending", "delivered"] }, ["3/1/0", "1/2/0", "1/1/1"]],
    ["no state at all", { states: [] }, []],
    ["a replay", { replayId: "op_a" }, ["1/1/1"]],
    ["several filters at once", { destinationNo: 1, states: ["dead"] }, ["1/1/0"]],
  ];

  async function listPages(
    storage: Storage,
    query: DeliveryRowQuery,
  ): Promise<readonly DeliveryRow[]> {
    const found: DeliveryRow[] = [];
    for (;;) {
      const last = found.at(-1);
      const before = last === undefined ? {} : { before: last };
      const page = await storage.listDeliveryRows({ ...query, ...before });
      found.push(...page);
      if (page.length < query.limit) return found;
      if (found.length > ROWS.length) throw new Error("a list made no progress");
    }
  }

  test("lists what a query asks for, newest first, in pages of any size", async ({ storage }) => {
    await storeRows(storage, ROWS);
    for (const [what, query, expected] of CASES) {
      for (const limit of [1, 2, 100]) {
        expect(keysOf(await listPages(storage, { ...query, limit })), what).toEqual(expected);
      }
    }
  });

  test("pages are not disturbed by rows that come and change meanwhile", async ({ storage }) => {
    await storeRows(storage, ROWS);
    const first = await storage.listDeliveryRows({ limit: 3 });
    await storage.record({
      attempts: [],
      deliveries: [rowOf(key(3, 2)), rowOf(key(1, 1, 1), { state: "delivered" })],
    });
    const rest = await storage.listDeliveryRows({ limit: 10, before: first.at(-1)! });
    expect(keysOf([...first, ...rest])).toEqual([
      "3/1/0",
      "2/2/1",
      "2/1/0",
      "1/2/0",
      "1/1/1",
      "1/1/0",
    ]);
  });
}
