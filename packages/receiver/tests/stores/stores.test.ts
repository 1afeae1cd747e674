/** Every store keeps the contract, those with a server on a real one. */
import { DatabaseSync } from "node:sqlite";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient } from "@redis/client";
import { Redis } from "ioredis";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  type EventStore,
  generic,
  headersFromRecord,
  memoryStore,
  receiver,
  signRequest,
} from "../../src/index.ts";
import { postgresSchema, postgresStore } from "../../src/stores/postgres.ts";
import { redisStore } from "../../src/stores/redis.ts";
import { sqliteStore } from "../../src/stores/sqlite.ts";
import { exerciseEventStore } from "./event-store.suite.ts";
import { startPostgres, startRedis, type TestServer } from "./server-process.ts";

const LONG_MS = 60_000;

/** A server that stops says goodbye on every connection, which pg reports where nobody waits for it. */
function poolFor(server: TestServer): pg.Pool {
  const pool = new pg.Pool({ host: "127.0.0.1", port: server.port, user: "postgres", max: 8 });
  pool.on("error", () => undefined);
  pool.on("connect", (client) => client.on("error", () => undefined));
  return pool;
}

exerciseEventStore({
  name: "memory",
  open: async () => {
    const store = memoryStore();
    return { stores: [store, store], close: async () => undefined };
  },
});

exerciseEventStore({
  name: "SQLite",
  open: async () => {
    const folder = mkdtempSync(join(tmpdir(), "ringdown-store-"));
    const databases = [0, 1].map(() => {
      const database = new DatabaseSync(join(folder, "events.db"));
      database.exec("pragma journal_mode = wal; pragma busy_timeout = 5000");
      return database;
    }) as [DatabaseSync, DatabaseSync];
    return {
      stores: [sqliteStore(databases[0]), sqliteStore(databases[1])],
      close: async () => {
        for (const database of databases) database.close();
        rmSync(folder, { recursive: true });
      },
    };
  },
});

describe("PostgreSQL", () => {
  let server: TestServer;
  const open = (): pg.Pool => poolFor(server);

  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server.stop());

  exerciseEventStore({
    name: "over two pools",
    open: async () => {
      const pools: [pg.Pool, pg.Pool] = [open(), open()];
      await pools[0].query(postgresSchema());
      return {
        stores: [postgresStore(pools[0]), postgresStore(pools[1])],
        close: async () => {
          await Promise.all(pools.map((pool) => pool.end()));
        },
      };
    },
  });

  test("the table can be made again, and lie in a schema of yours", async () => {
    const pool = open();
    const table = "webhooks.seen";
    await pool.query(`create schema webhooks; ${postgresSchema(table)} ${postgresSchema(table)}`);
    const store = postgresStore(pool, { table });
    const claim = { key: "1", token: "a" };
    expect(await store.claim(claim, LONG_MS)).toBe("claimed");
    expect(await store.claim({ ...claim, token: "b" }, LONG_MS)).toBe("busy");
    await pool.end();
  });

  test("what has ended is deleted along the way", async () => {
    const pool = open();
    await pool.query(postgresSchema("swept"));
    await pool.query("insert into swept select n::text, null, now() from generate_series(1, 50) n");
    await postgresStore(pool, { table: "swept" }).claim({ key: "new", token: "a" }, LONG_MS);
    const { rows } = await pool.query<{ key: string }>("select key from swept");
    expect(rows).toEqual([{ key: "new" }]);
    await pool.end();
  });

  test("a missing table is an error, not a claim", async () => {
    const pool = open();
    const store = postgresStore(pool, { table: "nowhere" });
    await expect(store.claim({ key: "1", token: "a" }, LONG_MS)).rejects.toThrow(/nowhere/);
    await pool.end();
  });
});

describe("Redis", () => {
  let server: TestServer;

  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(() => server.stop());

  exerciseEventStore({
    name: "over node-redis",
    open: async () => {
      const clients = [0, 1].map(() =>
        createClient({ socket: { host: "127.0.0.1", port: server.port } }),
      );
      await Promise.all(clients.map((client) => client.connect()));
      return {
        stores: [redisStore(clients[0]!), redisStore(clients[1]!)],
        close: async () => {
          for (const client of clients) client.destroy();
        },
      };
    },
  });

  exerciseEventStore({
    name: "over ioredis",
    open: async () => {
      const clients = [0, 1].map(() => new Redis(server.port, "127.0.0.1"));
      return {
        stores: [redisStore(clients[0]!), redisStore(clients[1]!)],
        close: async () => {
          for (const client of clients) client.disconnect();
        },
      };
    },
  });

  test("keys begin with the prefix and end by themselves", async () => {
    const client = new Redis(server.port, "127.0.0.1");
    const store = redisStore(client, { prefix: "shop:" });
    const claim = { key: "stripe:evt_1", token: "a" };
    await store.claim(claim, LONG_MS);
    expect(await client.pttl("shop:stripe:evt_1")).toBeGreaterThan(0);
    await store.complete(claim, LONG_MS);
    expect(await client.pttl("shop:stripe:evt_1")).toBeGreaterThan(0);
    client.disconnect();
  });
});

describe("a server that is down", () => {
  /** What a provider is answered, and how often the event was worked on. */
  const receiveWith = async (store: EventStore): Promise<unknown> => {
    const secret = "a key shared with the sender";
    let workCount = 0;
    const webhooks = receiver({
      provider: generic,
      secrets: secret,
      store,
      storeTimeoutMs: 1_000,
      onEvent: () => (workCount += 1),
      onOutcome: () => undefined,
    });
    const body = new TextEncoder().encode('{"id":"1"}');
    const { status } = await webhooks.handle({
      method: "POST",
      url: "/",
      headers: headersFromRecord(signRequest(generic, { secret, body, nowMs: Date.now() })),
      readBody: async () => ({ kind: "read", bytes: body }),
    });
    return { status, workCount };
  };

  test("PostgreSQL: the provider is asked to come back", async () => {
    const server = await startPostgres();
    const pool = poolFor(server);
    await pool.query(postgresSchema());
    expect(await receiveWith(postgresStore(pool))).toEqual({ status: 200, workCount: 1 });
    await server.stop();
    expect(await receiveWith(postgresStore(pool))).toEqual({ status: 503, workCount: 0 });
    await pool.end();
  });

  test("Redis: also while the client waits for the server to come back", async () => {
    const server = await startRedis();
    const client = createClient({ socket: { host: "127.0.0.1", port: server.port } });
    client.on("error", () => undefined);
    await client.connect();
    expect(await receiveWith(redisStore(client))).toEqual({ status: 200, workCount: 1 });
    await server.stop();
    expect(await receiveWith(redisStore(client))).toEqual({ status: 503, workCount: 0 });
    client.destroy();
  });
});
