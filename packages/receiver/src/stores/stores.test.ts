import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import { memoryStore } from "./memory.ts";
import { postgresSchema, postgresStore } from "./postgres.ts";
import { type RedisClient, redisStore } from "./redis.ts";
import { sqliteStore } from "./sqlite.ts";

const LEASE_MS = 1_000;
const KEEP_MS = 10_000;

test("the memory store forgets first what was completed longest ago", async () => {
  const store = memoryStore({ maxEvents: 2 });
  for (const key of ["1", "2", "3"]) {
    await store.claim({ key, token: "a" }, LEASE_MS);
    await store.complete({ key, token: "a" }, KEEP_MS);
  }
  expect(await store.claim({ key: "3", token: "b" }, LEASE_MS)).toBe("completed");
  expect(await store.claim({ key: "2", token: "b" }, LEASE_MS)).toBe("completed");
  expect(await store.claim({ key: "1", token: "b" }, LEASE_MS)).toBe("claimed");
});

test("[I10] the memory store refuses a claim rather than forget one that is worked on", async () => {
  let nowMs = 0;
  const store = memoryStore({ maxEvents: 2, now: () => nowMs });
  await store.claim({ key: "1", token: "a" }, LEASE_MS);
  await store.claim({ key: "2", token: "a" }, LEASE_MS);
  await expect(store.claim({ key: "3", token: "a" }, LEASE_MS)).rejects.toMatchObject({
    code: "store_full",
  });
  nowMs = LEASE_MS;
  expect(await store.claim({ key: "3", token: "a" }, LEASE_MS)).toBe("claimed");
});

test("the memory store follows its clock to the millisecond", async () => {
  let nowMs = 0;
  const store = memoryStore({ now: () => nowMs });
  await store.claim({ key: "1", token: "a" }, LEASE_MS);
  nowMs = LEASE_MS - 1;
  expect(await store.claim({ key: "1", token: "b" }, LEASE_MS)).toBe("busy");
  nowMs = LEASE_MS;
  expect(await store.claim({ key: "1", token: "b" }, LEASE_MS)).toBe("claimed");
  await store.complete({ key: "1", token: "b" }, KEEP_MS);
  nowMs = LEASE_MS + KEEP_MS - 1;
  expect(await store.claim({ key: "1", token: "c" }, LEASE_MS)).toBe("completed");
  nowMs = LEASE_MS + KEEP_MS;
  expect(await store.claim({ key: "1", token: "c" }, LEASE_MS)).toBe("claimed");
});

test("the SQLite store deletes what has ended, in a table of any schema", async () => {
  let nowMs = 1_000_000;
  const database = new DatabaseSync(":memory:");
  database.exec("attach ':memory:' as webhooks");
  const store = sqliteStore(database, { table: "webhooks.seen", now: () => nowMs });
  for (const key of ["1", "2"]) {
    await store.claim({ key, token: "a" }, LEASE_MS);
    await store.complete({ key, token: "a" }, KEEP_MS);
  }
  nowMs += 60_000;
  await store.claim({ key: "3", token: "a" }, LEASE_MS);
  const rows = database.prepare("select key from webhooks.seen").all();
  expect(rows.map(({ key }) => key)).toEqual(["3"]);
  database.close();
});

test("the name of a table can be nothing but a name", () => {
  const client = { query: async () => ({ rows: [] }) };
  for (const table of ["", "a b", "events; drop table users", 'a"b', "A", "a.b.c", "1a"]) {
    expect(() => postgresSchema(table)).toThrow(/cannot be the name/);
    expect(() => postgresStore(client, { table })).toThrow(/cannot be the name/);
  }
});

test("a Redis client of neither shape is refused", () => {
  expect(() => redisStore({} as RedisClient)).toThrow(/neither call .* nor sendCommand/);
});

test("a memory store without room is refused", () => {
  for (const maxEvents of [0, -1, 1.5, Number.NaN]) {
    expect(() => memoryStore({ maxEvents })).toThrow(/maxEvents/);
  }
});
