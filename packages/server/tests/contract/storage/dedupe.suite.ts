/**
 * De-duplication: the first accepted request with a source and a key is the event, and what repeats
 * it within the event's window is kept as its duplicate; wherever and whenever it comes.
 */
import { describe, expect } from "vitest";
import type { AppendResult, Storage } from "../../../src/storage/storage.ts";
import type { NewRequest } from "../../../src/model/request.ts";
import {
  append,
  appendAll,
  bytesOf,
  DEDUPE_WINDOW_MS,
  drainLane,
  keyedRequest,
  newRequest,
  NOON_MS,
  plain,
  sequencesOf,
  store,
  storeOne,
  targetsTo,
} from "./fixtures.ts";
import { type CreateHarness, createStorageTest, livesOf } from "./harness.ts";

/** The longest key that a backend has to take, in bytes. */
const LONGEST_KEY_BYTES = 1024;
/** More than SQLite's table of young keys holds (131,072), so that older ones are looked up on disk. */
const MANY_KEYS = 140_000;
const SLOW = { timeout: 120_000 };

function duplicateOf(original: number): Partial<AppendResult & { kind: "duplicate" }> {
  return { kind: "duplicate", original, originalReceivedAtMs: NOON_MS, conflict: false };
}

export function dedupeSuite(createHarness: CreateHarness): void {
  describe("de-duplication", () => {
    whenTests(createHarness);
    whatTests(createHarness);
    poisoningTests(createHarness);
    stormTests(createHarness);
  });
}

/** Where the repetition comes relative to its event. */
function whenTests(createHarness: CreateHarness): void {
  const test = createStorageTest(createHarness);

  test("finds a duplicate handed over in the same turn", async ({ storage }) => {
    const [first, second] = await appendAll(storage, [keyedRequest("k"), keyedRequest("k")]);
    expect(first).toMatchObject({ kind: "stored" });
    expect(second).toMatchObject(duplicateOf((first as { sequence: number }).sequence));
  });

  test("finds a duplicate in a later commit", async ({ storage }) => {
    const original = await storeOne(storage, keyedRequest("k"));
    expect(await append(storage, keyedRequest("k"))).toMatchObject(duplicateOf(original));
  });

  test("finds a duplicate after a restart and after a crash", async ({ harness, storage }) => {
    const original = await storeOne(storage, keyedRequest("k"));
    const reopened = await harness.reopen();
    expect(await append(reopened, keyedRequest("k"))).toMatchObject(duplicateOf(original));
    const recovered = await harness.crashAndReopen();
    expect(await append(recovered, keyedRequest("k"))).toMatchObject(duplicateOf(original));
  });

  test("the window ends with the event's age, to the millisecond", async ({ storage }) => {
    const original = await storeOne(storage, keyedRequest("k"));
    const edgeMs = NOON_MS + DEDUPE_WINDOW_MS;
    const within = await append(storage, keyedRequest("k", { receivedAtMs: edgeMs - 1 }));
    expect(within).toMatchObject(duplicateOf(original));
    const beyond = await append(storage, keyedRequest("k", { receivedAtMs: edgeMs }));
    expect(beyond.kind).toBe("stored");
  });

  test("a duplicate does not make the window longer", async ({ storage }) => {
    await storeOne(storage, keyedRequest("k"));
    await append(storage, keyedRequest("k", { receivedAtMs: NOON_MS + DEDUPE_WINDOW_MS - 1 }));
    const later = keyedRequest("k", { receivedAtMs: NOON_MS + DEDUPE_WINDOW_MS + 1 });
    expect((await append(storage, later)).kind).toBe("stored");
  });

  test("the window that counts is the event's, not the repetition's", async ({ storage }) => {
    const original = await storeOne(storage, keyedRequest("k"));
    const shorter = keyedRequest("k", { receivedAtMs: NOON_MS + 30_000, dedupeWindowMs: 1000 });
    expect(await append(storage, shorter)).toMatchObject(duplicateOf(original));
    const longer = keyedRequest("k", { receivedAtMs: NOON_MS + 60_000, dedupeWindowMs: 3_600_000 });
    expect((await append(storage, longer)).kind).toBe("stored");
  });

  test("an event after the window has a window of its own", async ({ storage }) => {
    await storeOne(storage, keyedRequest("k"));
    const secondMs = NOON_MS + DEDUPE_WINDOW_MS;
    const second = await storeOne(storage, keyedRequest("k", { receivedAtMs: secondMs }));
    const third = await append(storage, keyedRequest("k", { receivedAtMs: secondMs + 1 }));
    expect(third).toMatchObject({
      kind: "duplicate",
      original: second,
      originalReceivedAtMs: secondMs,
    });
  });

  test("the window is judged by the time of receipt after a restart as well", async ({
    harness,
    storage,
  }) => {
    const original = await storeOne(storage, keyedRequest("k"));
    const reopened = await harness.reopen();
    const edgeMs = NOON_MS + DEDUPE_WINDOW_MS;
    const within = await append(reopened, keyedRequest("k", { receivedAtMs: edgeMs - 1 }));
    expect(within).toMatchObject(duplicateOf(original));
    const beyond = await append(reopened, keyedRequest("k", { receivedAtMs: edgeMs }));
    expect(beyond.kind).toBe("stored");
  });

  test("a clock that stepped back does not make a repetition an event", async ({ storage }) => {
    const original = await storeOne(storage, keyedRequest("k"));
    const earlier = keyedRequest("k", { receivedAtMs: NOON_MS - 7_200_000 });
    expect(await append(storage, earlier)).toMatchObject(duplicateOf(original));
  });
}

/** Which requests repeat one another, and what is kept of a repetition. */
function whatTests(createHarness: CreateHarness): void {
  const test = createStorageTest(createHarness);

  test("the same key at another source is another event", async ({ storage }) => {
    await storeOne(storage, keyedRequest("k"));
    expect((await append(storage, keyedRequest("k", { sourceNo: 2 }))).kind).toBe("stored");
    expect((await append(storage, keyedRequest("k", { sourceNo: 12 }))).kind).toBe("stored");
  });

  test("keys are compared whole and exactly", async ({ storage }) => {
    const long = "k".repeat(LONGEST_KEY_BYTES - 1);
    const keys = ["k", "K", "k ", " k", "k\0", "é", "e\u0301", `${long}1`, `${long}2`];
    const results = await appendAll(
      storage,
      keys.map((key) => keyedRequest(key)),
    );
    expect(results.map((result) => result.kind)).toEqual(keys.map(() => "stored"));
    const again = await appendAll(
      storage,
      keys.map((key) => keyedRequest(key)),
    );
    expect(again.map((result) => result.kind)).toEqual(keys.map(() => "duplicate"));
  });

  test("requests without a key or without a window are never duplicates", async ({ storage }) => {
    const without = [newRequest(), keyedRequest(""), keyedRequest("k", { dedupeWindowMs: 0 })];
    const results = await appendAll(storage, [...without, ...without]);
    expect(results.map((result) => result.kind)).toEqual(results.map(() => "stored"));
  });

  test("a request whose window is off neither takes a key nor repeats one", async ({ storage }) => {
    await storeOne(storage, keyedRequest("k", { dedupeWindowMs: 0 }));
    const original = await storeOne(storage, keyedRequest("k"));
    expect((await append(storage, keyedRequest("k", { dedupeWindowMs: 0 }))).kind).toBe("stored");
    expect(await append(storage, keyedRequest("k"))).toMatchObject(duplicateOf(original));
  });

  test("keeps a duplicate as a request of its own, which reads like its event", async ({
    storage,
  }) => {
    const body = bytesOf("the same");
    const original = await storeOne(storage, keyedRequest("k", { body }));
    const sequence = await storeOne(
      storage,
      keyedRequest("k", { body, headers: ["X-Try", "2"], receivedAtMs: NOON_MS + 5 }),
    );
    const stored = (await storage.readRequest(sequence))!;
    expect(stored).toMatchObject({
      sequence,
      outcome: "duplicate",
      duplicateOf: original,
      headers: ["X-Try", "2"],
      receivedAtMs: NOON_MS + 5,
      idempotencyKey: "k",
    });
    expect(stored).not.toHaveProperty("conflict");
    expect(plain(stored.body)).toEqual(body);
  });

  test("flags a duplicate with another body and keeps that body", async ({ harness, storage }) => {
    const bodies = ["one", "two", "", "onE"].map(bytesOf);
    const original = await storeOne(storage, keyedRequest("k", { body: bodies[0]! }));
    const results = await appendAll(
      storage,
      bodies.slice(1).map((body) => keyedRequest("k", { body })),
    );
    const recovered = await harness.crashAndReopen();
    for (const [index, result] of results.entries()) {
      expect(result).toMatchObject({ kind: "duplicate", original, conflict: true });
      const stored = await recovered.readRequest((result as { sequence: number }).sequence);
      expect(stored).toMatchObject({ outcome: "duplicate", duplicateOf: original, conflict: true });
      expect(plain(stored!.body)).toEqual(bodies[index + 1]);
    }
  });

  test("compares with the event, not with the last duplicate", async ({ storage }) => {
    await storeOne(storage, keyedRequest("k", { body: bytesOf("a") }));
    await append(storage, keyedRequest("k", { body: bytesOf("b") }));
    const again = await append(storage, keyedRequest("k", { body: bytesOf("b") }));
    expect(again).toMatchObject({ conflict: true });
    const same = await append(storage, keyedRequest("k", { body: bytesOf("a") }));
    expect(same).toMatchObject({ conflict: false });
  });

  test("identical empty bodies do not conflict", async ({ storage }) => {
    const request = keyedRequest("k", { body: new Uint8Array(0) });
    const original = await storeOne(storage, request);
    expect(await append(storage, request)).toMatchObject(duplicateOf(original));
  });

  test("a duplicate is delivered nowhere", async ({ storage }) => {
    const request = keyedRequest("k", { targets: targetsTo(1) });
    const original = await storeOne(storage, request);
    await append(storage, request);
    await append(storage, { ...request, body: bytesOf("conflict") });
    expect(sequencesOf(await drainLane(storage, { destinationNo: 1 }))).toEqual([original]);
  });
}

/** Nobody may take a key from the genuine request by sending something that does not verify. */
function poisoningTests(createHarness: CreateHarness): void {
  const test = createStorageTest(createHarness);

  test.for(["rejected", "quarantined"] as const)(
    "a %s request never takes a key and is never a duplicate",
    async (outcome, { storage }) => {
      const forged: NewRequest = keyedRequest("k", { outcome, body: bytesOf("forged") });
      await storeOne(storage, forged);
      const original = await storeOne(storage, keyedRequest("k"));
      expect((await append(storage, forged)).kind).toBe("stored");
      expect(await append(storage, keyedRequest("k"))).toMatchObject(duplicateOf(original));
    },
  );

  test("a release of a quarantined request becomes the event of its key", async ({ storage }) => {
    const quarantined = await storeOne(storage, keyedRequest("k", { outcome: "quarantined" }));
    const released = await storeOne(storage, keyedRequest("k", { releases: quarantined }));
    expect((await storage.readRequest(released))!).toMatchObject({
      outcome: "accepted",
      releases: quarantined,
    });
    expect(await append(storage, keyedRequest("k"))).toMatchObject(duplicateOf(released));
  });
}

function stormTests(createHarness: CreateHarness): void {
  const test = createStorageTest(createHarness);

  test("ten thousand copies over a restart and a crash are one event", async ({
    harness,
    storage,
  }) => {
    const request = keyedRequest("k", { targets: targetsTo(1), body: bytesOf("storm") });
    const original = await storeOne(storage, request);
    let current: Storage = storage;
    for (const next of [() => harness.reopen(), () => harness.crashAndReopen()]) {
      const results = await appendAll(
        current,
        Array.from({ length: 5000 }, () => request),
      );
      expect(new Set(results.map((result) => result.kind))).toEqual(new Set(["duplicate"]));
      current = await next();
    }
    const ledger = await current.ledger();
    expect(ledger.requests).toMatchObject({ accepted: 1, duplicate: 10_000 });
    expect(ledger.owed).toBe(1);
    expect(sequencesOf(await drainLane(current, { destinationNo: 1 }))).toEqual([original]);
  });

  test("thousands of keys are all remembered", async ({ harness, storage }) => {
    const requests = Array.from({ length: 5000 }, (_, index) => keyedRequest(`key ${index}`));
    const first = await appendAll(storage, requests);
    expect(new Set(first.map((result) => result.kind))).toEqual(new Set(["stored"]));
    const second = await appendAll(await harness.reopen(), requests);
    const originals = second.map((result) => (result.kind === "duplicate" ? result.original : 0));
    expect(originals).toEqual(first.map((result) => (result as { sequence: number }).sequence));
  });

  test(
    "more keys than a backend keeps at hand are all remembered",
    SLOW,
    async ({ harness, storage }) => {
      // Old keys may be forgotten by the wall clock, so these have to be of today.
      const receivedAtMs = Date.now();
      const body = new Uint8Array(0);
      const withKey = (number: number) =>
        keyedRequest(`key ${number}`, { receivedAtMs, body, dedupeWindowMs: 72 * 3_600_000 });
      const sequences: number[] = [];
      for (let first = 0; first < MANY_KEYS; first += 5000) {
        const turn = Array.from({ length: 5000 }, (_, index) => withKey(first + index));
        sequences.push(...(await store(storage, ...turn)));
      }

      const sample = Array.from({ length: 280 }, (_, index) => (index * MANY_KEYS) / 280);
      let current = storage;
      for await (current of livesOf(harness, storage)) {
        const repeated = await appendAll(current, sample.map(withKey));
        const originals = repeated.map((result) =>
          result.kind === "duplicate" ? result.original : result.kind,
        );
        expect(originals).toEqual(sample.map((number) => sequences[number]));
      }
      const unknown = await appendAll(
        current,
        sample.map((number) => withKey(MANY_KEYS + number)),
      );
      expect(new Set(unknown.map((result) => result.kind))).toEqual(new Set(["stored"]));
    },
  );
}
