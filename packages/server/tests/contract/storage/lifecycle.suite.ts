/** Starting and stopping: nothing handed over is lost, nothing is left hanging. */
import { describe, expect } from "vitest";
import type { AppendResult, Storage } from "../../../src/storage/storage.ts";
import {
  append,
  firstDelivery,
  newRequest,
  rowOf,
  store,
  storeOne,
  targetsTo,
} from "./fixtures.ts";
import { type CreateHarness, createStorageTest } from "./harness.ts";

/** Every call of the port that gives a promise. */
function callsOf(storage: Storage): Readonly<Record<string, () => Promise<unknown>>> {
  const key = firstDelivery(1, 1);
  return {
    record: () => storage.record({ attempts: [], deliveries: [rowOf(key)] }),
    putDocuments: () => storage.putDocuments([{ put: { kind: "x", id: "a", document: 1 } }]),
    readRequest: () => storage.readRequest(1),
    readRequests: () => storage.readRequests([1]),
    readLane: () => storage.readLane({ destinationNo: 1, afterSequence: 0, limit: 1, maxBytes: 1 }),
    listRequests: () => storage.listRequests({ limit: 1 }),
    readDelivery: () => storage.readDelivery(key),
    readDeliveriesOf: () => storage.readDeliveriesOf(1),
    readDue: () => storage.readDue({ destinationNo: 1, dueBeforeMs: 1, limit: 1 }),
    readOrderKey: () => storage.readOrderKey(1, "x", 1),
    listDeliveryRows: () => storage.listDeliveryRows({ limit: 1 }),
    readAttempts: () => storage.readAttempts(1),
    listAttempts: () => storage.listAttempts({ limit: 1 }),
    ledger: () => storage.ledger(),
    listDocuments: () => storage.listDocuments("x"),
  };
}

async function expectClosed(storage: Storage): Promise<void> {
  const appended = await append(storage, newRequest());
  expect(appended).toMatchObject({ kind: "failed", error: { code: "storage_unavailable" } });
  for (const [name, call] of Object.entries(callsOf(storage))) {
    await expect(call(), name).rejects.toMatchObject({ code: "storage_unavailable" });
  }
}

export function lifecycleSuite(createHarness: CreateHarness): void {
  describe("lifecycle", () => {
    const test = createStorageTest(createHarness);

    test("the kind is the backend's name", async ({ harness, storage }) => {
      expect(storage.kind).toBe(harness.name);
    });

    test("starting twice is starting once", async ({ storage }) => {
      const [first, second] = await Promise.all([storage.start(), storage.start()]);
      expect(second).toStrictEqual(first);
      await storeOne(storage, newRequest());
    });

    test("stopping finishes what was handed over, in the same turn too", async ({
      harness,
      storage,
    }) => {
      const results: AppendResult[] = [];
      await storeOne(storage, newRequest({ targets: targetsTo(1) }));
      for (let count = 0; count < 20; count++) {
        storage.append(newRequest(), (result) => results.push(result));
      }
      const recorded = storage.record({ attempts: [], deliveries: [rowOf(firstDelivery(1, 1))] });
      const put = storage.putDocuments([{ put: { kind: "x", id: "a", document: 1 } }]);
      await storage.stop();

      expect(results.map((result) => result.kind)).toEqual(results.map(() => "stored"));
      expect(results).toHaveLength(20);
      await Promise.all([recorded, put]);
      const reopened = await harness.reopen();
      expect((await reopened.ledger()).requests.accepted).toBe(21);
      expect(await reopened.readDeliveriesOf(1)).toHaveLength(1);
      expect(await reopened.listDocuments("x")).toHaveLength(1);
    });

    test("stopping twice, at once or later, is stopping once", async ({ storage }) => {
      await store(storage, newRequest());
      await Promise.all([storage.stop(), storage.stop()]);
      await storage.stop();
      await expectClosed(storage);
    });

    test("from the call of stop on everything is refused and nothing hangs", async ({
      storage,
    }) => {
      const stopped = storage.stop();
      await expectClosed(storage);
      await stopped;
      await expectClosed(storage);
    });

    test("what is appended by a callback while the store stops is refused, not forgotten", async ({
      storage,
    }) => {
      const late = new Promise<AppendResult>((resolve) => {
        storage.append(newRequest(), () => storage.append(newRequest(), resolve));
      });
      await storage.stop();
      expect(await late).toMatchObject({ kind: "failed", error: { code: "storage_unavailable" } });
    });

    test("a store that was never started refuses everything and can be stopped", async ({
      harness,
      storage,
    }) => {
      await storage.stop();
      const unstarted = harness.createRival();
      await expectClosed(unstarted);
      await unstarted.stop();
    });

    test("a place has one owner at a time", async ({ harness, storage }) => {
      if (!harness.capabilities.exclusive) return;
      const rival = harness.createRival();
      await expect(rival.start()).rejects.toMatchObject({ code: "storage_locked" });
      await rival.stop();
      expect((await append(storage, newRequest())).kind).toBe("stored");

      await storage.stop();
      const heir = harness.createRival();
      expect((await heir.start()).lastSequence).toBe(1);
      await heir.stop();
    });
  });
}
