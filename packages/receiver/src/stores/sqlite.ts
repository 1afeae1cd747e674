/**
 * Remembers events in SQLite, over a database that you opened: `DatabaseSync` of `node:sqlite`, or
 * `better-sqlite3`. Makes its table when it is created.
 *
 * For any number of processes on one machine; set `PRAGMA busy_timeout` if there are several. Each
 * operation is one statement, hence atomic. Times are this machine's clock.
 */
import type { ClaimOutcome, EventClaim, EventStore } from "./event-store.ts";
import { checkedTableName, DEFAULT_TABLE } from "./table-name.ts";

/** What `node:sqlite` and `better-sqlite3` have in common. */
export type SqliteDatabase = {
  prepare(sql: string): SqliteStatement;
};

export type SqliteStatement = {
  run(...values: (string | number)[]): unknown;
  get(...values: (string | number)[]): unknown;
};

export type SqliteStoreOptions = {
  /** Default "ringdown_events". */
  readonly table?: string;
  /** Milliseconds since 1970; for tests. */
  readonly now?: () => number;
};

/** How often what has ended is deleted, at most, and how much of it at once. */
const SWEEP_EVERY_MS = 60_000;
const SWEEP_ROWS = 1_000;

/** @throws {option_invalid}, and whatever the database throws */
export function sqliteStore(
  database: SqliteDatabase,
  options: SqliteStoreOptions = {},
): EventStore {
  const { now = Date.now } = options;
  const table = checkedTableName(options.table ?? DEFAULT_TABLE);
  // A completed event has no token.
  database
    .prepare(
      `create table if not exists ${table} (
        key text primary key, token text, ends_at_ms integer not null
      ) without rowid`,
    )
    .run();
  const index = `${table.replace(".", "_")}_ends_at_ms`;
  const place = table.includes(".") ? `${table.slice(0, table.indexOf("."))}.` : "";
  const plainName = table.slice(table.indexOf(".") + 1);
  database
    .prepare(`create index if not exists ${place}${index} on ${plainName} (ends_at_ms)`)
    .run();

  const insert = database.prepare(
    `insert into ${table} as held (key, token, ends_at_ms) values (?, ?, ?)
     on conflict (key) do update set token = excluded.token, ends_at_ms = excluded.ends_at_ms
       where held.ends_at_ms <= ?
     returning token`,
  );
  const look = database.prepare(`select token from ${table} where key = ?`);
  const finish = database.prepare(
    `insert into ${table} (key, token, ends_at_ms) values (?, null, ?)
     on conflict (key) do update set token = null, ends_at_ms = excluded.ends_at_ms`,
  );
  const free = database.prepare(`delete from ${table} where key = ? and token = ?`);
  const sweep = database.prepare(
    `delete from ${table} where key in
       (select key from ${table} where ends_at_ms <= ? limit ${SWEEP_ROWS})`,
  );

  let sweptAtMs = 0;
  const claim = async ({ key, token }: EventClaim, leaseMs: number): Promise<ClaimOutcome> => {
    const nowMs = now();
    if (nowMs - sweptAtMs >= SWEEP_EVERY_MS) {
      sweptAtMs = nowMs;
      sweep.run(nowMs);
    }
    // `undefined` from node:sqlite, better-sqlite3 agrees.
    if (insert.get(key, token, nowMs + leaseMs, nowMs) !== undefined) return "claimed";
    const held = look.get(key) as { readonly token: string | null } | undefined;
    return held?.token === null ? "completed" : "busy";
  };

  const complete = async ({ key }: EventClaim, keepMs: number): Promise<void> => {
    finish.run(key, now() + keepMs);
  };

  const release = async ({ key, token }: EventClaim): Promise<void> => {
    free.run(key, token);
  };

  return { claim, complete, release };
}
