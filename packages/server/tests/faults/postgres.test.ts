/**
 * The PostgreSQL backend while its server dies, its connections are ended and its answers are lost, in
 * the middle of appends (I1, I2). Afterwards the books are compared:
 *
 *   LOST     acknowledged and not in the store                      must be nothing
 *   PHANTOM  in the store, but refused when it was appended         must be nothing
 *   ORDER    sequences as given, ascending in the order of the calls
 *
 * A COMMIT whose answer was lost is neither: its callers are told once the next connection has looked.
 */
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { createSecret } from "../../src/config/secret.ts";
import { isRingdownError, type RingdownError } from "../../src/errors/ringdown-error.ts";
import { createPostgresStorage } from "../../src/storage/postgres/create-storage.ts";
import type { AppendResult, Storage } from "../../src/storage/storage.ts";
import { systemClock } from "../../src/support/clock.ts";
import {
  append,
  bytesOf,
  firstDelivery,
  keyedRequest,
  listAll,
  newRequest,
  storeOne,
  successOf,
  targetsTo,
} from "../contract/storage/fixtures.ts";
import { eventually } from "../support/eventually.ts";
import { createLink, type Link } from "../support/link.ts";
import { type PostgresServer, postgresUrl, startPostgres } from "../support/postgres-server.ts";

/** Appends in flight at once, as from as many senders. */
const SENDERS = 64;
const ROUNDS = 4;
/** Acknowledged before each fault, so that it comes in the middle. */
const BEFORE_FAULT = 300;

let server: PostgresServer;
let schemas = 0;
const open: (() => Promise<void>)[] = [];

beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.stop());
afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close();
});

type Opened = {
  readonly storage: Storage;
  readonly schema: string;
  readonly failures: RingdownError[];
};

async function openStore(port = server.port, schema = `faults_${(schemas += 1)}`): Promise<Opened> {
  const failures: RingdownError[] = [];
  const storage = createPostgresStorage(
    { clock: systemClock, onFailed: (error) => failures.push(error) },
    { url: createSecret(postgresUrl(port)), schema },
  );
  open.push(() => storage.stop());
  await storage.start();
  return { storage, schema, failures };
}

async function openLink(): Promise<Link> {
  const link = await createLink(server.port);
  open.push(() => link.close());
  return link;
}

type Traffic = {
  /** Bodies by what became of them. */
  readonly stored: ReadonlyMap<string, number>;
  readonly refused: ReadonlyMap<string, RingdownError>;
  /** Sequences in the order in which the callers were called back. */
  readonly sequences: readonly number[];
  acknowledged(count: number): Promise<void>;
  stop(): Promise<void>;
};

/** Senders that append one after the other, as fast as they are answered, refused or not. */
function startTraffic(storage: Storage): Traffic {
  const stored = new Map<string, number>();
  const refused = new Map<string, RingdownError>();
  const sequences: number[] = [];
  let stopping = false;
  let next = 0;

  async function send(): Promise<void> {
    while (!stopping) {
      const name = `event ${(next += 1)}`;
      const request = newRequest({ body: bytesOf(name), targets: targetsTo(1) });
      const result = await append(storage, request);
      if (result.kind === "failed") {
        refused.set(name, result.error);
        await eventually(() => storage.health().state === "ok");
      } else {
        stored.set(name, result.sequence);
        sequences.push(result.sequence);
      }
    }
  }

  const senders = Array.from({ length: SENDERS }, send);
  return {
    stored,
    refused,
    sequences,
    async acknowledged(count) {
      const goal = stored.size + count;
      await eventually(() => stored.size >= goal, 30_000);
    },
    async stop() {
      stopping = true;
      await Promise.all(senders);
    },
  };
}

async function expectBooksToAgree({ storage, failures }: Opened, traffic: Traffic): Promise<void> {
  const listed = await listAll(storage, { ascending: true, limit: 1000 });
  const requests = await storage.readRequests(listed.map((request) => request.sequence));
  const found = new Map(requests.map((each) => [Buffer.from(each.body).toString(), each.sequence]));
  const lost = [...traffic.stored].filter(([name, sequence]) => found.get(name) !== sequence);
  const phantom = [...found.keys()].filter((name) => !traffic.stored.has(name));
  expect({ lost, phantom, failures }).toEqual({ lost: [], phantom: [], failures: [] });
  expect(traffic.sequences).toEqual(traffic.sequences.toSorted((left, right) => left - right));
  for (const error of traffic.refused.values()) expect(error.retryable, error.message).toBe(true);
  const ledger = await storage.ledger();
  expect(ledger).toMatchObject({ owed: traffic.stored.size, problems: [] });
}

test("[I1] [I2] a server that is killed and started again loses nothing, and the store goes on", async () => {
  const opened = await openStore();
  const traffic = startTraffic(opened.storage);
  for (let round = 0; round < ROUNDS; round++) {
    await traffic.acknowledged(BEFORE_FAULT);
    await server.kill();
    await eventually(() => opened.storage.health().state === "unavailable");
    await server.startAgain();
    await eventually(() => opened.storage.health().state === "ok");
  }
  await traffic.acknowledged(BEFORE_FAULT);
  await traffic.stop();
  expect(traffic.refused.size).toBeGreaterThan(0);
  await expectBooksToAgree(opened, traffic);
  await opened.storage.stop();
  await expectBooksToAgree(await openStore(server.port, opened.schema), traffic);
});

test("[I1] [I2] connections that the server ends lose nothing, and the store goes on", async () => {
  const opened = await openStore();
  const traffic = startTraffic(opened.storage);
  for (let round = 0; round < ROUNDS * 2; round++) {
    await traffic.acknowledged(BEFORE_FAULT);
    await endSessions();
  }
  await traffic.acknowledged(BEFORE_FAULT);
  await traffic.stop();
  await expectBooksToAgree(opened, traffic);
});

test("[I1] [I2] a wire that is cut at random loses nothing, and the store goes on", async () => {
  const link = await openLink();
  const opened = await openStore(link.port);
  const traffic = startTraffic(opened.storage);
  for (let round = 0; round < ROUNDS * 2; round++) {
    await traffic.acknowledged(BEFORE_FAULT);
    link.cut();
    link.mend();
  }
  await traffic.acknowledged(BEFORE_FAULT);
  await traffic.stop();
  await expectBooksToAgree(opened, traffic);
});

test("[I1] [I2] a COMMIT whose answer was lost is answered once it has been found, not before", async () => {
  const link = await openLink();
  const { storage, schema } = await openStore(link.port);
  await storeOne(storage, newRequest());
  const answers: AppendResult[] = [];
  // Without keys nothing has to be answered before COMMIT is sent.
  link.holdAnswers();
  const answered = append(storage, newRequest({ targets: targetsTo(1) }));
  void answered.then((result) => answers.push(result));
  const recorded = storage.record({ attempts: [], deliveries: [] });
  await eventually(async () => {
    const [row] = await server.query(`SELECT count(*)::int AS count FROM ${schema}.segments`);
    return row?.["count"] === 2;
  });
  expect(answers).toEqual([]);
  link.cut();
  await eventually(() => storage.health().state === "unavailable");
  expect((await append(storage, newRequest())).kind).toBe("failed");
  link.mend();

  expect(await answered).toEqual({ kind: "stored", sequence: 2 });
  await recorded;
  expect(await listAll(storage, { limit: 10 })).toHaveLength(2);
  expect(storage.health()).toMatchObject({ state: "ok", waitingCount: 0, waitingBytes: 0 });
});

test("an idle store notices that its connection ended and connects again", async () => {
  const { storage } = await openStore();
  const sequence = await storeOne(storage, keyedRequest("k"));
  await endSessions();
  await eventually(async () => (await append(storage, keyedRequest("k"))).kind === "duplicate");
  expect(await storage.readRequest(sequence)).toMatchObject({ sequence });
});

test("a read whose connection broke is made once more", async () => {
  const { storage } = await openStore();
  const sequence = await storeOne(storage, newRequest({ targets: targetsTo(1) }));
  await storage.record({ attempts: [successOf(firstDelivery(sequence, 1))], deliveries: [] });
  expect(await storage.readAttempts(sequence)).toHaveLength(1);
  await endSessions();
  expect(await storage.readAttempts(sequence)).toHaveLength(1);
});

test("a store that another one has taken over fails for good", async () => {
  const link = await openLink();
  const { storage, schema, failures } = await openStore(link.port);
  await storeOne(storage, newRequest());
  link.cut();
  await eventually(() => storage.health().state === "unavailable");
  const { storage: heir } = await openStore(server.port, schema);
  link.mend();
  await eventually(() => storage.health().state === "failed");
  expect(failures).toMatchObject([{ code: "storage_failed" }]);
  expect(await append(storage, newRequest())).toMatchObject({
    kind: "failed",
    error: { code: "storage_failed" },
  });
  expect(await storeOne(heir, newRequest())).toBe(2);
});

test.for(["fsync=off", "full_page_writes=off"])(
  "[I1] a server with %s is refused, at the start and later",
  async (setting) => {
    const { storage, failures } = await openStore();
    await server.kill();
    await server.startAgain(setting);
    try {
      const [name] = setting.split("=");
      await expect(openStore()).rejects.toThrow(`${name} is off`);
      await eventually(async () => {
        const result = await append(storage, newRequest());
        return result.kind === "failed" && result.error.message.includes(`${name} is off`);
      });
      expect(storage.health().state).toBe("unavailable");
    } finally {
      await server.kill();
      await server.startAgain();
    }
    await eventually(() => storage.health().state === "ok");
    expect(failures).toEqual([]);
    expect(await storeOne(storage, newRequest())).toBe(1);
  },
);

test("[I8] no error holds the URL's password", async () => {
  const port = server.port;
  for (const url of [
    `postgres://nobody-here:open-sesame@127.0.0.1:${port}/nothing`,
    `postgres://postgres:open-sesame@127.0.0.1:1/postgres`,
    `postgres://postgres:open-sesame@127.0.0.1:${port}/postgres?sslmode=require`,
  ]) {
    const storage = createPostgresStorage({ clock: systemClock }, { url: createSecret(url) });
    const error: unknown = await storage.start().catch((cause: unknown) => cause);
    await storage.stop();
    expect(isRingdownError(error) && error.code).toBe("storage_unavailable");
    const { message, stack, cause, details } = error as RingdownError;
    expect(JSON.stringify([message, stack, cause, details])).not.toContain("sesame");
  }
});

test("a newer schema is refused, and nothing is changed", async () => {
  const { storage, schema } = await openStore();
  await storage.stop();
  await server.query(`UPDATE ${schema}.meta SET value = 99 WHERE key = 'schema'`);
  await expect(openStore(server.port, schema)).rejects.toMatchObject({ code: "schema_mismatch" });
  const [row] = await server.query(`SELECT value FROM ${schema}.meta WHERE key = 'schema'`);
  expect(row).toEqual({ value: "99" });
});

test("[I10] keys that have long expired are removed in bounded steps", async () => {
  const { storage, schema } = await openStore();
  const hourMs = 3_600_000;
  for (let hour = 0; hour < 6; hour++) {
    const receivedAtMs = systemClock.nowMs() + hour * hourMs;
    const requests = Array.from({ length: 1500 }, (_, index) =>
      keyedRequest(`${hour} ${index}`, { receivedAtMs }),
    );
    await Promise.all(requests.map((request) => append(storage, request)));
  }
  await storeOne(storage, newRequest());
  const [row] = await server.query(`SELECT count(*)::int AS count FROM ${schema}.dedupe_keys`);
  // Of nine thousand keys those of the last hours are left, and never fewer than still count.
  expect(row?.["count"]).toBeLessThan(6000);
  expect(row?.["count"]).toBeGreaterThanOrEqual(1500);
});

/** Every session of every store; the server lives on. */
async function endSessions(): Promise<void> {
  await server.query(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'ringdown %'",
  );
}
