/**
 * Tables and migrations. Forward only: each migration runs once, in one transaction, while the writing
 * session holds the store's lock (open.ts); how many ran is `meta.schema`. A binary that knows fewer
 * refuses the schema.
 *
 * segments    one row per batch of requests, exactly as the batch was encoded, with its index; never
 *             updated. The bytes lie out of line and uncompressed (EXTERNAL), so the rows that backlogs
 *             and lists look through stay thin, and the server spends nothing on compressing. A row per
 *             request was measured instead (2026-11, 2 vCPU, 2.7 KB): 8,000 to 9,300 against 10,000 a
 *             second in transactions of 64, 9,500 against 21,400 in those of 512, and 8 % more WAL.
 * dedupe_keys idempotency keys of events, for as long as they count
 * attempts    one row per batch of attempts of neighbouring events; never updated
 * deliveries  only the remarkable ones: failed at least once, replayed, cancelled
 * lanes       how far each destination has got, saved about once a second
 * documents   configuration, keys, operations
 * nodes       who writes; `epoch` counts the starts. One node today; rows that several nodes will write
 *             side by side already say whose they are.
 * commits     numbers of the last transactions: how a writer whose COMMIT was not answered finds out
 *             what became of it
 *
 * Order keys are bytes, because a text cannot hold U+0000 here; ids of documents sort by their bytes.
 */
import { RingdownError } from "../../errors/ringdown-error.ts";
import type { Session } from "./session.ts";

const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE meta (key text PRIMARY KEY, value bigint NOT NULL);
  CREATE TABLE nodes (
    node_no smallint PRIMARY KEY,
    epoch bigint NOT NULL,
    lanes_saved_at_batch bigint NOT NULL
  );
  INSERT INTO nodes VALUES (0, 0, 0);
  CREATE TABLE commits (
    node_no smallint NOT NULL,
    commit_no bigint NOT NULL,
    PRIMARY KEY (node_no, commit_no)
  );
  CREATE TABLE segments (
    first_sequence bigint PRIMARY KEY,
    count integer NOT NULL,
    node_no smallint NOT NULL,
    entries bytea NOT NULL,
    data bytea NOT NULL
  );
  ALTER TABLE segments ALTER COLUMN entries SET STORAGE MAIN, ALTER COLUMN data SET STORAGE EXTERNAL;
  CREATE TABLE dedupe_keys (
    fingerprint uuid PRIMARY KEY,
    sequence bigint NOT NULL,
    received_at_ms double precision NOT NULL,
    expires_at_ms double precision NOT NULL,
    body_hash bytea NOT NULL
  );
  CREATE INDEX dedupe_keys_expiry ON dedupe_keys (expires_at_ms);
  CREATE TABLE attempts (
    batch bigint PRIMARY KEY,
    block bigint NOT NULL,
    node_no smallint NOT NULL,
    data text NOT NULL
  );
  CREATE INDEX attempts_block ON attempts (block);
  CREATE TABLE deliveries (
    sequence bigint NOT NULL,
    destination_no bigint NOT NULL,
    ordinal integer NOT NULL,
    state text NOT NULL,
    due_at_ms double precision,
    order_key bytea,
    replay_id text,
    detail text NOT NULL,
    PRIMARY KEY (sequence, destination_no, ordinal)
  );
  CREATE INDEX deliveries_destination ON deliveries (destination_no, sequence);
  CREATE INDEX deliveries_state ON deliveries (state, sequence);
  CREATE INDEX deliveries_due ON deliveries (destination_no, due_at_ms)
    WHERE state = 'pending' AND due_at_ms IS NOT NULL;
  CREATE INDEX deliveries_order ON deliveries (destination_no, order_key, sequence)
    WHERE state = 'pending' AND order_key IS NOT NULL;
  CREATE INDEX deliveries_replay ON deliveries (replay_id, sequence) WHERE replay_id IS NOT NULL;
  CREATE TABLE lanes (
    destination_no bigint PRIMARY KEY,
    node_no smallint NOT NULL,
    cursor bigint NOT NULL,
    settled text NOT NULL
  );
  CREATE TABLE documents (
    kind text COLLATE "C" NOT NULL,
    id text COLLATE "C" NOT NULL,
    document text NOT NULL,
    PRIMARY KEY (kind, id)
  );
  `,
];

/** The only node there is today. */
export const NODE_NO = 0;

/** A name that needs no quoting; it is quoted all the same. */
export const SCHEMA_NAME: RegExp = /^[a-z_][a-z0-9_]{0,62}$/;

/** The session's search path leads to `schema`. @throws schema_mismatch */
export async function migrate(session: Session, schema: string): Promise<void> {
  const current = await readVersion(session, schema);
  if (current > MIGRATIONS.length) {
    throw new RingdownError(
      "schema_mismatch",
      `the database has schema ${current}; this version knows up to ${MIGRATIONS.length}`,
    );
  }
  for (let version = current; version < MIGRATIONS.length; version++) {
    // One text is one transaction: BEGIN and COMMIT travel with what they enclose.
    await session.script(`
      BEGIN;
      ${version === 0 ? createSchema(schema) : ""}
      ${MIGRATIONS[version] ?? ""}
      INSERT INTO meta (key, value) VALUES ('schema', ${version + 1})
        ON CONFLICT (key) DO UPDATE SET value = excluded.value;
      COMMIT;`);
  }
}

/** Whoever made the schema beforehand, for an account that may not, finds it used as it is. */
function createSchema(schema: string): string {
  return `DO $$ BEGIN
    IF to_regnamespace('${schema}') IS NULL THEN CREATE SCHEMA "${schema}"; END IF;
  END $$;`;
}

async function readVersion(session: Session, schema: string): Promise<number> {
  const { rows: found } = await session.run<{ found: boolean }>(HAS_META, [`"${schema}".meta`]);
  if (found[0]?.found !== true) return 0;
  const { rows } = await session.run<{ value: number }>(READ_SCHEMA);
  return rows[0]?.value ?? 0;
}

const HAS_META = { name: "has-meta", text: "SELECT to_regclass($1) IS NOT NULL AS found" };
const READ_SCHEMA = { name: "read-schema", text: "SELECT value FROM meta WHERE key = 'schema'" };
