/**
 * Remembers events in PostgreSQL, over a client that you made: a pool of `pg`, or anything else with
 * `query(text, values)` that answers with `rows`. For any number of processes and machines.
 *
 * The table is made by you, with `postgresSchema()`, where your migrations are: an application often
 * may not create tables. Each operation is one statement, hence atomic, and all times are the
 * database's clock, so machines need not agree on theirs.
 */
import type { ClaimOutcome, EventClaim, EventStore } from "./event-store.ts";
import { checkedTableName, DEFAULT_TABLE } from "./table-name.ts";

export type PostgresClient = {
  query(text: string, values: (string | number)[]): Promise<{ readonly rows: readonly unknown[] }>;
};

export type PostgresStoreOptions = {
  /** Default "ringdown_events"; may name a schema: "webhooks.events". */
  readonly table?: string;
};

/** A claim in so many deletes what has ended, and so much of it at once. */
const CLAIMS_PER_SWEEP = 500;
const SWEEP_ROWS = 2_000;

/**
 * The statements that make the table, once or again.
 *
 * @throws {option_invalid}
 * @example
 * await pool.query(postgresSchema());
 */
export function postgresSchema(table: string = DEFAULT_TABLE): string {
  const name = checkedTableName(table);
  return `create table if not exists ${name} (
  key text primary key,
  token text, -- null: completed
  ends_at timestamptz not null
);
create index if not exists ${name.replace(".", "_")}_ends_at on ${name} (ends_at);`;
}

/** @throws {option_invalid} */
export function postgresStore(
  client: PostgresClient,
  options: PostgresStoreOptions = {},
): EventStore {
  const sql = statementsFor(checkedTableName(options.table ?? DEFAULT_TABLE));
  let claimCount = 0;

  const claim = async ({ key, token }: EventClaim, leaseMs: number): Promise<ClaimOutcome> => {
    if (claimCount % CLAIMS_PER_SWEEP === 0) await client.query(sql.sweep, []);
    claimCount += 1;
    const inserted = await client.query(sql.claim, [key, token, leaseMs]);
    if (inserted.rows.length > 0) return "claimed";
    const { rows } = await client.query(sql.look, [key]);
    const [held] = rows as readonly { readonly token: string | null }[];
    // Gone since: released or ended. The provider comes again.
    return held?.token === null ? "completed" : "busy";
  };

  const complete = async ({ key }: EventClaim, keepMs: number): Promise<void> => {
    await client.query(sql.complete, [key, keepMs]);
  };

  const release = async ({ key, token }: EventClaim): Promise<void> => {
    await client.query(sql.release, [key, token]);
  };

  return { claim, complete, release };
}

type Statements = Readonly<Record<"claim" | "look" | "complete" | "release" | "sweep", string>>;

/** clock_timestamp(), because now() stands still within a transaction of yours. */
function statementsFor(table: string): Statements {
  const later = (parameter: string): string =>
    `clock_timestamp() + ${parameter}::double precision * interval '1 millisecond'`;
  return {
    claim: `insert into ${table} as held (key, token, ends_at) values ($1, $2, ${later("$3")})
      on conflict (key) do update set token = excluded.token, ends_at = excluded.ends_at
        where held.ends_at <= clock_timestamp()
      returning key`,
    look: `select token from ${table} where key = $1`,
    complete: `insert into ${table} (key, token, ends_at) values ($1, null, ${later("$2")})
      on conflict (key) do update set token = null, ends_at = excluded.ends_at`,
    release: `delete from ${table} where key = $1 and token = $2`,
    // Rows that another process is deleting are its business: no waiting, no deadlock.
    sweep: `delete from ${table} where key in (select key from ${table}
      where ends_at <= clock_timestamp() limit ${SWEEP_ROWS} for update skip locked)`,
  };
}
