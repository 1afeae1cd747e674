/** Appending requests: order, durability, and every byte as it came. */
import { describe, expect } from "vitest";
import type { NewRequest } from "../../../src/model/request.ts";
import type { AppendResult } from "../../../src/storage/storage.ts";
import {
  append,
  appendAll,
  bytesOf,
  comparable,
  listAll,
  newRequest,
  plain,
  sequencesOf,
  store,
  storeOne,
  targetsTo,
} from "./fixtures.ts";
import { type CreateHarness, createStorageTest } from "./harness.ts";

/** Every byte value, so that no text encoding passes unnoticed. */
const ALL_BYTES = Uint8Array.from({ length: 256 }, (_, value) => value);
const NOT_UTF8 = Uint8Array.of(0xff, 0xfe, 0xc0, 0x80, 0xed, 0xa0, 0x80, 0x00);

export function appendSuite(createHarness: CreateHarness): void {
  describe("append", () => {
    orderTests(createHarness);
    fidelityTests(createHarness);
    durabilityTests(createHarness);
  });
}

function orderTests(createHarness: CreateHarness): void {
  const test = createStorageTest(createHarness);

  test("gives ascending sequences and calls back in the order of the calls", async ({
    storage,
  }) => {
    const calledBack: number[] = [];
    const results: AppendResult[] = [];
    for (let turn = 0; turn < 5; turn++) {
      for (let position = turn * 40; position < (turn + 1) * 40; position++) {
        storage.append(newRequest(), (result) => {
          calledBack.push(position);
          results.push(result);
        });
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
    // What is handed over last is called back last.
    await append(storage, newRequest());

    expect(calledBack).toEqual(Array.from({ length: 200 }, (_, index) => index));
    const sequences = results.map((result) => (result.kind === "stored" ? result.sequence : -1));
    expect(sequences[0]).toBeGreaterThan(0);
    expect(sequences).toEqual([...new Set(sequences)].toSorted((left, right) => left - right));
  });

  test("calls back once, and never before append has returned", async ({ storage }) => {
    let calls = 0;
    storage.append(newRequest(), () => (calls += 1));
    expect(calls).toBe(0);
    await append(storage, newRequest());
    await append(storage, newRequest());
    expect(calls).toBe(1);
  });

  test("takes requests that are appended from within a callback", async ({ storage }) => {
    const second = await new Promise<AppendResult>((resolve) => {
      storage.append(newRequest(), () => storage.append(newRequest(), resolve));
    });
    expect(second.kind).toBe("stored");
  });

  test("mixes outcomes in one order of sequences", async ({ storage }) => {
    const outcomes = ["accepted", "rejected", "quarantined", "accepted"] as const;
    const sequences = await store(storage, ...outcomes.map((outcome) => newRequest({ outcome })));
    const stored = await storage.readRequests(sequences);
    expect(stored.map((request) => request.outcome)).toEqual(outcomes);
    expect(sequencesOf(stored)).toEqual(sequences);
  });
}

function fidelityTests(createHarness: CreateHarness): void {
  const test = createStorageTest(createHarness);

  test("[I3] gives back every body byte for byte", async ({ storage }) => {
    const large = new Uint8Array(1024 * 1024).map((_, index) => (index * 31 + (index >> 8)) & 0xff);
    const bodies = [new Uint8Array(0), ALL_BYTES, NOT_UTF8, bytesOf("\uFEFF{}\r\n\0"), large];
    const sequences = await store(storage, ...bodies.map((body) => newRequest({ body })));
    for (const [index, stored] of (await storage.readRequests(sequences)).entries()) {
      expect(Buffer.compare(stored.body, bodies[index]!)).toBe(0);
    }
  });

  test("[I3] keeps a body that is a view into a larger buffer", async ({ storage }) => {
    const body = Buffer.from("before|body|after").subarray(7, 11);
    const sequence = await storeOne(storage, newRequest({ body }));
    expect(plain((await storage.readRequest(sequence))!.body)).toEqual(bytesOf("body"));
  });

  test("[I3] keeps headers in order, with case, repetition and Latin-1 values", async ({
    storage,
  }) => {
    const latin1 = Buffer.from(ALL_BYTES).toString("latin1");
    const headers = ["X-A", "1", "x-a", "2", "X-A", "", "Set-Cookie", "é=ÿ", "X-Bytes", latin1];
    const sequence = await storeOne(storage, newRequest({ headers }));
    expect((await storage.readRequest(sequence))!.headers).toEqual(headers);
  });

  test("[I3] gives back every other part of a request as it was", async ({ storage }) => {
    const request: NewRequest = {
      receivedAtMs: 1_764_000_000_123.25,
      sourceNo: 4_000_000,
      method: "PROPFIND",
      path: "/a%2Fb/%F0%9F%90%99/",
      query: "a=1&a=%00&&b",
      headers: [],
      remoteAddress: "2001:db8::1",
      body: bytesOf("x"),
      outcome: "quarantined",
      cause: "verification_failed",
      verification: {
        status: "failed",
        reason: "signature_mismatch",
        message: "no signature matched",
        hint: "check the secret",
        secretIndex: 2,
        ageMs: -250,
      },
      eventType: "größe.changed\n\0\u{1F419}",
      idempotencyKey: "key \0 'with' \"odd\" \u{1F419} parts",
      dedupeWindowMs: 5000,
      targets: targetsTo(9, 3, 16_777_215),
      configVersion: 77,
      releases: 12,
    };
    const sequence = await storeOne(storage, request);
    const { dedupeWindowMs: _, ...received } = request;
    expect(comparable((await storage.readRequest(sequence))!)).toStrictEqual({
      ...received,
      sequence,
    });
  });

  test("leaves absent what was absent", async ({ storage }) => {
    const request = newRequest();
    const sequence = await storeOne(storage, request);
    const { dedupeWindowMs: _, ...received } = request;
    expect(comparable((await storage.readRequest(sequence))!)).toStrictEqual({
      ...received,
      sequence,
    });
  });

  test("keeps a thousand targets in their order", async ({ storage }) => {
    const targets = targetsTo(...Array.from({ length: 1000 }, (_, index) => 5000 - index));
    const sequence = await storeOne(storage, newRequest({ targets }));
    expect((await storage.readRequest(sequence))!.targets).toEqual(targets);
  });

  test("shares no bytes with the caller, neither on the way in nor out", async ({ storage }) => {
    const body = bytesOf("original");
    const appended = append(storage, newRequest({ body }));
    body.fill(0);
    const { sequence } = (await appended) as AppendResult & { kind: "stored" };
    const read = await storage.readRequest(sequence);
    read!.body.fill(0);
    expect(plain((await storage.readRequest(sequence))!.body)).toEqual(bytesOf("original"));
  });
}

function durabilityTests(createHarness: CreateHarness): void {
  const test = createStorageTest(createHarness);

  test("[I1] what was called back survives a crash, byte for byte", async ({
    harness,
    storage,
  }) => {
    const sequences = await store(
      storage,
      ...Array.from({ length: 50 }, (_, index) => newRequest({ body: bytesOf(`event ${index}`) })),
    );
    const before = await storage.readRequests(sequences);
    const reopened = await harness.crashAndReopen();
    const after = await reopened.readRequests(sequences);
    expect(after.map(comparable)).toEqual(before.map(comparable));
    expect((await reopened.start()).lastSequence).toBe(sequences.at(-1));
  });

  test("[I1] a crash in the middle keeps everything called back and no gap before the rest", async ({
    harness,
    storage,
  }) => {
    const handedOver = 400;
    const calledBack: number[] = [];
    let listening = true;
    await new Promise<void>((resolve) => {
      for (let index = 0; index < handedOver; index++) {
        const request = newRequest({ body: bytesOf(`${index}`.padEnd(4000)) });
        storage.append(request, (result) => {
          if (listening && result.kind === "stored") calledBack.push(result.sequence);
          if (index === 100) resolve();
        });
      }
    });
    listening = false;
    const reopened = await harness.crashAndReopen();

    const listed = await listAll(reopened, { ascending: true, limit: handedOver });
    const kept = await reopened.readRequests(sequencesOf(listed));
    expect(sequencesOf(kept).slice(0, calledBack.length)).toEqual(calledBack);
    expect(kept.map((request) => Buffer.from(request.body).toString().trim())).toEqual(
      kept.map((_, index) => `${index}`),
    );
  });

  test("sequences go on after a restart and after a crash", async ({ harness, storage }) => {
    const first = await storeOne(storage, newRequest());
    const second = await storeOne(await harness.reopen(), newRequest());
    const third = await storeOne(await harness.crashAndReopen(), newRequest());
    expect(second).toBeGreaterThan(first);
    expect(third).toBeGreaterThan(second);
  });

  test("results of one turn agree with what is read", async ({ storage }) => {
    const results = await appendAll(storage, [newRequest(), newRequest({ sourceNo: 2 })]);
    for (const [index, result] of results.entries()) {
      expect(result.kind).toBe("stored");
      const { sequence } = result as AppendResult & { kind: "stored" };
      expect((await storage.readRequest(sequence))!.sourceNo).toBe(index + 1);
    }
  });
}
