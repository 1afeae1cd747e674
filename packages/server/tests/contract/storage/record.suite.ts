/** Recording deliveries: attempts, rows and lanes together or not at all. */
import { describe, expect } from "vitest";
import type { AttemptRecord, DeliveryRow } from "../../../src/model/delivery.ts";
import {
  bytesOf,
  comparable,
  failureOf,
  firstDelivery,
  newRequest,
  NOON_MS,
  rowOf,
  storeOne,
  successOf,
  targetsTo,
} from "./fixtures.ts";
import { type CreateHarness, createStorageTest, livesOf } from "./harness.ts";

export function recordSuite(createHarness: CreateHarness): void {
  describe("record", () => {
    wholenessTests(createHarness);
    fidelityTests(createHarness);
  });
}

function wholenessTests(createHarness: CreateHarness): void {
  const test = createStorageTest(createHarness);

  test("[I1] attempts, rows and lanes are there together, also after a crash", async ({
    harness,
    storage,
  }) => {
    const sequence = await storeOne(storage, newRequest({ targets: targetsTo(1, 2) }));
    const [delivered, failed] = [firstDelivery(sequence, 1), firstDelivery(sequence, 2)];
    const row = rowOf(failed, { dueAtMs: NOON_MS + 1000 });
    await storage.record({
      attempts: [successOf(delivered), failureOf(failed)],
      deliveries: [row],
      lanes: [
        { destinationNo: 1, cursor: sequence, settled: [] },
        { destinationNo: 2, cursor: sequence, settled: [] },
      ],
    });

    for await (const current of livesOf(harness, storage)) {
      expect(await current.readAttempts(sequence)).toHaveLength(2);
      expect(await current.readDelivery(failed)).toStrictEqual(row);
      expect(await current.readDelivery(delivered)).toBeUndefined();
    }
    const { lanes } = await (await harness.reopen()).start();
    expect(lanes.map((lane) => lane.cursor)).toEqual([sequence, sequence]);
  });

  test("a crash never leaves half of a record", async ({ harness, storage }) => {
    const sequence = await storeOne(storage, newRequest({ targets: targetsTo(1) }));
    const records = Array.from({ length: 50 }, (_, index) => {
      const key = { sequence, destinationNo: 1, ordinal: index };
      return storage.record({ attempts: [failureOf(key)], deliveries: [rowOf(key)] });
    });
    // Those which the crash cuts off are not waited for.
    for (const record of records) record.catch(() => undefined);
    await records[0];
    const recovered = await harness.crashAndReopen();

    const attempts = await recovered.readAttempts(sequence);
    const rows = await recovered.readDeliveriesOf(sequence);
    expect(attempts.length).toBeGreaterThanOrEqual(1);
    expect(rows.map((row) => row.ordinal)).toEqual(
      attempts.map((attempt) => attempt.ordinal).toSorted((left, right) => left - right),
    );
  });

  test("replaces a row as a whole", async ({ storage }) => {
    const sequence = await storeOne(storage, newRequest({ targets: targetsTo(1) }));
    const key = firstDelivery(sequence, 1);
    const pending = rowOf(key, { dueAtMs: NOON_MS, orderKey: "a", cause: "dns", manual: true });
    const delivered = rowOf(key, { state: "delivered", attemptCount: 2, lastAttemptNumber: 3 });
    await storage.record({ attempts: [], deliveries: [pending] });
    await storage.record({ attempts: [], deliveries: [delivered] });
    expect(await storage.readDelivery(key)).toStrictEqual(delivered);
    expect(await storage.readDeliveriesOf(sequence)).toHaveLength(1);
  });

  test("a row that comes twice in one record counts in its last form", async ({ storage }) => {
    const sequence = await storeOne(storage, newRequest({ targets: targetsTo(1) }));
    const key = firstDelivery(sequence, 1);
    const dead = rowOf(key, { state: "dead", cause: "retries_exhausted" });
    await storage.record({ attempts: [], deliveries: [rowOf(key), dead] });
    expect(await storage.readDeliveriesOf(sequence)).toStrictEqual([dead]);
  });

  test("takes a record of nothing", async ({ storage }) => {
    await storage.record({ attempts: [], deliveries: [], lanes: [] });
    expect(await storage.listAttempts({ limit: 10 })).toStrictEqual({ attempts: [] });
  });

  test("records made one after the other are applied in that order", async ({ storage }) => {
    const sequence = await storeOne(storage, newRequest({ targets: targetsTo(1) }));
    const key = firstDelivery(sequence, 1);
    await Promise.all(
      Array.from({ length: 30 }, (_, index) =>
        storage.record({ attempts: [], deliveries: [rowOf(key, { attemptCount: index })] }),
      ),
    );
    expect((await storage.readDelivery(key))!.attemptCount).toBe(29);
  });
}

function fidelityTests(createHarness: CreateHarness): void {
  const test = createStorageTest(createHarness);

  test("gives back an attempt with everything that is known of it", async ({
    harness,
    storage,
  }) => {
    const sequence = await storeOne(storage, newRequest({ targets: targetsTo(1) }));
    const attempt: AttemptRecord = {
      ...firstDelivery(sequence, 16_777_215),
      ordinal: 255,
      number: 255,
      trigger: "probe",
      startedAtMs: NOON_MS + 0.5,
      durationMs: 1234.56,
      outcome: "failure",
      cause: "status_other",
      detail: 'it said: "no"\n\0\u{1F419}',
      status: 999,
      responseHeaders: ["X-A", "1", "x-a", "é\u00ff"],
      responseBody: Uint8Array.from({ length: 256 }, (_, value) => value),
      responseTruncated: true,
      remoteAddress: "[2001:db8::1]:443",
    };
    await storage.record({ attempts: [attempt], deliveries: [] });
    for await (const current of livesOf(harness, storage)) {
      expect((await current.readAttempts(sequence)).map(comparable)).toStrictEqual([attempt]);
    }
  });

  test("leaves absent what an attempt does not have", async ({ storage }) => {
    const sequence = await storeOne(storage, newRequest({ targets: targetsTo(1) }));
    const { status: _, ...attempt } = failureOf(firstDelivery(sequence, 1), { cause: "dns" });
    const empty = successOf(firstDelivery(sequence, 1), {
      number: 2,
      detail: "",
      responseHeaders: [],
      responseBody: new Uint8Array(0),
    });
    await storage.record({ attempts: [attempt, empty], deliveries: [] });
    expect((await storage.readAttempts(sequence)).map(comparable)).toStrictEqual([attempt, empty]);
  });

  test("gives back a row with everything that is known of it", async ({ harness, storage }) => {
    const sequence = await storeOne(storage, newRequest({ targets: targetsTo(1) }));
    const row: DeliveryRow = {
      sequence,
      destinationNo: 16_777_215,
      ordinal: 255,
      state: "pending",
      attemptCount: 3,
      lastAttemptNumber: 7,
      dueAtMs: NOON_MS + 0.25,
      cause: "timeout_headers",
      orderKey: "customer '7' \0 \u{1F419}",
      manual: true,
      replayId: "op_00000000000000000000000001",
      createdAtMs: NOON_MS + 1,
      updatedAtMs: NOON_MS + 2,
    };
    await storage.record({ attempts: [], deliveries: [row] });
    for await (const current of livesOf(harness, storage)) {
      expect(await current.readDelivery(row)).toStrictEqual(row);
    }
  });

  test("shares nothing with the caller", async ({ storage }) => {
    const sequence = await storeOne(storage, newRequest({ targets: targetsTo(1) }));
    const responseBody = bytesOf("kept");
    const attempt = failureOf(firstDelivery(sequence, 1), { responseBody });
    const recorded = storage.record({ attempts: [attempt], deliveries: [] });
    responseBody.fill(0);
    await recorded;
    const [read] = await storage.readAttempts(sequence);
    expect(Buffer.from(read!.responseBody!).toString()).toBe("kept");
    read!.responseBody!.fill(0);
    const [again] = await storage.readAttempts(sequence);
    expect(Buffer.from(again!.responseBody!).toString()).toBe("kept");
  });
}
