/**
 * What only the memory store has: a disk whose faults are switches, and a capacity. Everything that
 * the port asks of it is in tests/contract/storage/.
 */
import { describe, expect, test } from "vitest";
import type { RingdownError } from "../../errors/ringdown-error.ts";
import type { NewRequest } from "../../model/request.ts";
import { type Clock, systemClock } from "../../support/clock.ts";
import type { AppendResult, Storage } from "../storage.ts";
import { createMemoryStorage } from "./create-storage.ts";
import { createMemoryDisk } from "./disk.ts";

const REQUEST: NewRequest = {
  receivedAtMs: 0,
  sourceNo: 1,
  method: "POST",
  path: "",
  query: "",
  headers: [],
  remoteAddress: "192.0.2.1",
  body: new Uint8Array(1000),
  outcome: "accepted",
  verification: { status: "verified" },
  eventType: "",
  idempotencyKey: "",
  dedupeWindowMs: 0,
  targets: [],
  configVersion: 1,
};
const NO_CHANGES = { attempts: [], deliveries: [] };

function append(storage: Storage): Promise<AppendResult> {
  return new Promise((resolve) => storage.append(REQUEST, resolve));
}

/** Turns end when the test says so. */
function createHandClock(): Clock & { endTurn(): void } {
  let actions: (() => void)[] = [];
  return {
    ...systemClock,
    afterTurn: (action) => void actions.push(action),
    endTurn() {
      const ending = actions;
      actions = [];
      for (const action of ending) action();
    },
  };
}

describe("the end of a turn", () => {
  test("makes everything of the turn durable, and nothing is before", async () => {
    const clock = createHandClock();
    const storage = createMemoryStorage({ clock });
    await storage.start();
    const order: string[] = [];
    storage.append(REQUEST, () => order.push("first"));
    storage.append(REQUEST, () => order.push("second"));
    expect(storage.health()).toMatchObject({ waitingCount: 2 });
    expect(await storage.readRequest(1)).toBeUndefined();

    clock.endTurn();
    expect(order).toEqual(["first", "second"]);
    expect(await storage.readRequests([1, 2])).toHaveLength(2);
    expect(storage.health()).toMatchObject({ waitingCount: 0, waitingBytes: 0 });
  });
});

describe("a full disk", () => {
  test("fails what is handed over until there is space, then goes on by itself", async () => {
    const disk = createMemoryDisk();
    const storage = createMemoryStorage({ clock: systemClock }, { disk });
    await storage.start();
    disk.full = true;
    const appended = append(storage);
    const put = storage.putDocuments([{ put: { kind: "x", id: "a", document: 1 } }]);
    await expect(storage.record(NO_CHANGES)).rejects.toMatchObject({ code: "storage_full" });
    await expect(put).rejects.toMatchObject({ code: "storage_full" });
    expect(await appended).toMatchObject({ kind: "failed", error: { code: "storage_full" } });
    expect(storage.health()).toMatchObject({ state: "full", waitingCount: 0, waitingBytes: 0 });
    expect(await storage.listDocuments("x")).toEqual([]);

    disk.full = false;
    expect(await append(storage)).toEqual({ kind: "stored", sequence: 1 });
    expect(storage.health().state).toBe("ok");
  });

  test("[I10] a store at its capacity refuses requests and still settles deliveries", async () => {
    const disk = createMemoryDisk({ capacityBytes: 3000 });
    const storage = createMemoryStorage({ clock: systemClock }, { disk });
    await storage.start();
    const results = await Promise.all([1, 2, 3, 4].map(() => append(storage)));
    expect(results.map((result) => result.kind)).toEqual(["stored", "stored", "stored", "failed"]);
    expect(results[3]).toMatchObject({ error: { code: "storage_full" } });
    expect(storage.health().state).toBe("full");
    await storage.record(NO_CHANGES);
    expect(storage.health().state).toBe("full");
  });
});

describe("a failed disk", () => {
  test("[I1] fails for good: nothing is acknowledged any more, and its owner is told once", async () => {
    const disk = createMemoryDisk();
    const told: RingdownError[] = [];
    const storage = createMemoryStorage(
      { clock: systemClock, onFailed: (error) => told.push(error) },
      { disk },
    );
    await storage.start();
    await append(storage);
    disk.failed = true;
    expect(await append(storage)).toMatchObject({ error: { code: "storage_failed" } });

    // A disk that works again has still lost what the kernel reported written before.
    disk.failed = false;
    expect(await append(storage)).toMatchObject({ error: { code: "storage_failed" } });
    await expect(storage.record(NO_CHANGES)).rejects.toMatchObject({ code: "storage_failed" });
    expect(storage.health().state).toBe("failed");
    expect(told.map((error) => error.code)).toEqual(["storage_failed"]);

    await storage.stop();
    const next = createMemoryStorage({ clock: systemClock }, { disk });
    expect((await next.start()).lastSequence).toBe(1);
  });
});

describe("a crash", () => {
  test("loses what was not committed, tells nobody, and frees the disk", async () => {
    const clock = createHandClock();
    const disk = createMemoryDisk({ tag: 7 });
    const crashed = createMemoryStorage({ clock }, { disk });
    await crashed.start();
    crashed.append(REQUEST, () => undefined);
    clock.endTurn();
    const calledBack: AppendResult[] = [];
    crashed.append(REQUEST, (result) => calledBack.push(result));
    disk.crash();

    const next = createMemoryStorage({ clock }, { disk });
    expect(await next.start()).toMatchObject({ tag: 7, lastSequence: 1 });
    clock.endTurn();
    expect(calledBack).toEqual([]);
    expect(await next.readRequest(2)).toBeUndefined();
    await crashed.stop();
    expect(await next.readRequest(1)).toBeDefined();
  });
});

test("[I2] the ledger names rows of deliveries that nobody owes", async () => {
  const storage = createMemoryStorage({ clock: systemClock });
  await storage.start();
  storage.append({ ...REQUEST, targets: [{ routeNo: 1, destinationNo: 1 }] }, () => undefined);
  storage.append({ ...REQUEST, outcome: "rejected" }, () => undefined);
  const row = { state: "pending", attemptCount: 1, lastAttemptNumber: 1 } as const;
  const keys = [
    { sequence: 1, destinationNo: 1, ordinal: 0 },
    { sequence: 1, destinationNo: 2, ordinal: 1 },
    { sequence: 1, destinationNo: 2, ordinal: 0 },
    { sequence: 2, destinationNo: 1, ordinal: 1 },
    { sequence: 3, destinationNo: 1, ordinal: 1 },
  ];
  const deliveries = keys.map((key) => ({ ...key, ...row, createdAtMs: 0, updatedAtMs: 0 }));
  await storage.record({ attempts: [], deliveries });
  expect((await storage.ledger()).problems).toEqual([
    "a row of delivery 1/2/0, which is not owed",
    "a row of delivery 2/1/1, which is not owed",
    "a row of delivery 3/1/1, which is not owed",
  ]);
});

test("stores without a common disk share nothing", async () => {
  const [left, right] = [
    createMemoryStorage({ clock: systemClock }),
    createMemoryStorage({ clock: systemClock }),
  ];
  const [{ tag }, other] = await Promise.all([left.start(), right.start()]);
  expect(other.tag).not.toBe(tag);
  await append(left);
  expect(await right.readRequest(1)).toBeUndefined();
});
