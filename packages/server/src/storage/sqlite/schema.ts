/**
 * Tables and migrations. Forward only: each migration runs once, in a transaction, and the number of
 * those that ran is the file's `user_version`. A binary that knows fewer refuses the file.
 *
 * segments        one row per batch of requests, exactly as the batch was encoded; never updated
 * segment_index   the few bytes per request that backlogs and lists look through; never updated
 * dedupe_journal  idempotency keys of recent commits, from which the index in memory is rebuilt
 * dedupe_runs     older keys, sorted; dedupe_parts holds their entries in slices of one page
 * attempts        one row per batch of attempts of neighbouring events; never updated
 * deliveries      only the remarkable ones: failed at least once, replayed, cancelled
 * lanes           how far each destination has got, saved about once a second
 * documents       configuration, keys, operations
 */
import type { DatabaseSync } from "node:sqlite";
import { RingdownError } from "../../errors/ringdown-error.ts";

const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE meta (key TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID, STRICT;
  CREATE TABLE segments (first_sequence INTEGER PRIMARY KEY, data BLOB NOT NULL) STRICT;
  CREATE TABLE segment_index (
    first_sequence INTEGER PRIMARY KEY,
    count INTEGER NOT NULL,
    entries BLOB NOT NULL
  ) STRICT;
  CREATE TABLE dedupe_journal (first_sequence INTEGER PRIMARY KEY, data BLOB NOT NULL) STRICT;
  CREATE TABLE dedupe_runs (
    run INTEGER PRIMARY KEY,
    expires_at_ms REAL NOT NULL,
    starts BLOB NOT NULL,
    bloom BLOB NOT NULL
  ) STRICT;
  CREATE TABLE dedupe_parts (
    run INTEGER NOT NULL,
    part INTEGER NOT NULL,
    data BLOB NOT NULL,
    PRIMARY KEY (run, part)
  ) WITHOUT ROWID, STRICT;
  CREATE TABLE attempts (batch INTEGER PRIMARY KEY, block INTEGER NOT NULL, data TEXT NOT NULL) STRICT;
  CREATE INDEX attempts_block ON attempts (block);
  CREATE TABLE deliveries (
    sequence INTEGER NOT NULL,
    destination_no INTEGER NOT NULL,
    ordinal INTEGER NOT NULL,
    state TEXT NOT NULL,
    due_at_ms REAL,
    order_key TEXT,
    replay_id TEXT,
    detail TEXT NOT NULL,
    PRIMARY KEY (sequence, destination_no, ordinal)
  ) WITHOUT ROWID, STRICT;
  CREATE INDEX deliveries_destination ON deliveries (destination_no, sequence);
  CREATE INDEX deliveries_state ON deliveries (state, sequence);
  CREATE INDEX deliveries_due ON deliveries (destination_no, due_at_ms)
    WHERE state = 'pending' AND due_at_ms IS NOT NULL;
  CREATE INDEX deliveries_order ON deliveries (destination_no, order_key, sequence)
    WHERE state = 'pending' AND order_key IS NOT NULL;
  CREATE INDEX deliveries_replay ON deliveries (replay_id, sequence) WHERE replay_id IS NOT NULL;
  CREATE TABLE lanes (
    destination_no INTEGER PRIMARY KEY,
    cursor INTEGER NOT NULL,
    settled TEXT NOT NULL
  ) STRICT;
  CREATE TABLE documents (
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    document TEXT NOT NULL,
    PRIMARY KEY (kind, id)
  ) WITHOUT ROWID, STRICT;
  `,
];

/** @throws schema_mismatch */
export function migrate(db: DatabaseSync): void {
  const current = readVersion(db);
  if (current > MIGRATIONS.length) {
    throw new RingdownError(
      "schema_mismatch",
      `the data folder has schema ${current}; this version knows up to ${MIGRATIONS.length}`,
    );
  }
  for (let version = current; version < MIGRATIONS.length; version++) {
    db.exec("BEGIN IMMEDIATE");
    db.exec(MIGRATIONS[version] ?? "");
    db.exec(`PRAGMA user_version = ${version + 1}`);
    db.exec("COMMIT");
  }
}

function readVersion(db: DatabaseSync): number {
  const row = db.prepare("PRAGMA user_version").get() as { user_version: number };
  return row.user_version;
}
