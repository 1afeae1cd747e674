/** What waits to become durable is bounded and can be seen. */
import { describe, expect } from "vitest";
import { isRingdownError } from "../../../src/errors/ringdown-error.ts";
import type { AppendResult } from "../../../src/storage/storage.ts";
import { append, newRequest } from "./fixtures.ts";
import { type CreateHarness, createStorageTest } from "./harness.ts";

const WAITING_BYTES_LIMIT = 100_000;
const BODY_BYTES = 10_000;

export function limitsSuite(createHarness: CreateHarness): void {
  describe("health and limits", () => {
    healthTests(createHarness);
    waitingTests(createHarness);
  });
}

function healthTests(createHarness: CreateHarness): void {
  const test = createStorageTest(createHarness);

  test("nothing waits in an idle store", async ({ storage }) => {
    expect(storage.health()).toStrictEqual({
      state: "ok",
      waitingCount: 0,
      waitingBytes: 0,
      lastCommitMs: 0,
    });
  });

  test("requests count as waiting until they are called back", async ({ storage }) => {
    const counts: number[] = [];
    const body = new Uint8Array(BODY_BYTES);
    const appended = [1, 2, 3].map(() => append(storage, newRequest({ body })));
    expect(storage.health()).toMatchObject({ waitingCount: 3 });
    expect(storage.health().waitingBytes).toBeGreaterThanOrEqual(3 * BODY_BYTES);
    await Promise.all(appended);
    counts.push(storage.health().waitingCount, storage.health().waitingBytes);
    expect(counts).toEqual([0, 0]);
    expect(storage.health().state).toBe("ok");
  });

  test("the last commit's duration is shown", async ({ storage }) => {
    await append(storage, newRequest());
    expect(storage.health().lastCommitMs).toBeGreaterThan(0);
  });
}

function waitingTests(createHarness: CreateHarness): void {
  const test = createStorageTest(createHarness, { waitingBytesLimit: WAITING_BYTES_LIMIT });

  test("[I10] beyond the limit an append fails with storage_busy, later ones succeed", async ({
    storage,
  }) => {
    const body = new Uint8Array(BODY_BYTES);
    const appended = Array.from({ length: 30 }, () => append(storage, newRequest({ body })));
    const { waitingBytes, waitingCount } = storage.health();
    expect(waitingBytes).toBeGreaterThanOrEqual(WAITING_BYTES_LIMIT);
    // The one that reaches the limit is still taken.
    expect(waitingBytes).toBeLessThan(WAITING_BYTES_LIMIT + 2 * BODY_BYTES);

    const results = await Promise.all(appended);
    const stored = results.filter((result) => result.kind === "stored");
    expect(stored).toHaveLength(waitingCount);
    for (const refused of results.slice(waitingCount)) expectRefused(refused, "storage_busy");
    expect(await storage.ledger()).toMatchObject({ requests: { accepted: waitingCount } });
    expect((await append(storage, newRequest({ body }))).kind).toBe("stored");
  });

  test("a body larger than the limit is taken when nothing waits", async ({ storage }) => {
    const body = new Uint8Array(2 * WAITING_BYTES_LIMIT);
    const [first, second] = [newRequest({ body }), newRequest()].map((each) =>
      append(storage, each),
    );
    expect((await first!).kind).toBe("stored");
    expectRefused(await second!, "storage_busy");
  });

  test("documents and records are taken although requests wait at the limit", async ({
    storage,
  }) => {
    const appended = append(storage, newRequest({ body: new Uint8Array(WAITING_BYTES_LIMIT) }));
    await storage.record({ attempts: [], deliveries: [] });
    await storage.putDocuments([{ put: { kind: "x", id: "a", document: 1 } }]);
    expect(await storage.listDocuments("x")).toHaveLength(1);
    expect((await appended).kind).toBe("stored");
  });
}

function expectRefused(result: AppendResult, code: string): void {
  expect(result.kind).toBe("failed");
  const { error } = result as AppendResult & { kind: "failed" };
  expect(isRingdownError(error) && error.code).toBe(code);
  expect(error.retryable).toBe(true);
}
