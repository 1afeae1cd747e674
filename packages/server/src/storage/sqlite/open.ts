/**
 * Opens the database files, and asserts what durability rests on instead of hoping for it.
 *
 * The writer's settings are read back: WAL with synchronous=FULL is the only combination that lost
 * nothing in power-loss trials (reference measurements of 2026-11; our own trial is
 * tests/faults/power-loss). Nothing is memory-mapped, and checkpoints never overlap: both keep clear
 * of SQLite's WAL-reset defect (fixed in 3.51.3, asserted below).
 *
 * The folder belongs to one process: `lock.db` is held by an exclusive transaction, which the
 * operating system ends when the process does, however it dies.
 */
import assert from "node:assert/strict";
import { chmodSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { RingdownError } from "../../errors/ringdown-error.ts";
import { migrate } from "./schema.ts";

/** 8 KiB holds three 2 KB events a leaf and measured least CPU per event (4, 8, 16 KiB tried). */
const PAGE_BYTES = 8192;
const WRITER_CACHE_KIB = 16 * 1024;
const READER_CACHE_KIB = 8 * 1024;
const READER_BUSY_MS = 5000;
/** First release without the WAL-reset defect. */
const SQLITE_FLOOR = [3, 51, 3] as const;

export const DATABASE_FILE = "ringdown.db";
const LOCK_FILE = "lock.db";

export type OpenOptions = {
  readonly dataDir: string;
  /** FULL always, except in the power-loss trial that must prove it notices the difference. */
  readonly synchronous: "FULL" | "NORMAL";
};

/** @throws storage_locked, schema_mismatch, storage_corrupt, storage_unavailable */
export function openWriter(options: OpenOptions): { db: DatabaseSync; lock: DatabaseSync } {
  makeFolder(options.dataDir);
  const lock = takeLock(options.dataDir);
  try {
    const path = join(options.dataDir, DATABASE_FILE);
    const db = new DatabaseSync(path);
    chmodSync(path, 0o600);
    db.exec(`PRAGMA page_size = ${PAGE_BYTES}`);
    db.exec("PRAGMA journal_mode = WAL");
    db.exec(`PRAGMA synchronous = ${options.synchronous}`);
    db.exec("PRAGMA wal_autocheckpoint = 0");
    db.exec("PRAGMA mmap_size = 0");
    db.exec("PRAGMA temp_store = MEMORY");
    db.exec(`PRAGMA cache_size = -${WRITER_CACHE_KIB}`);
    assertSqliteVersion(db);
    migrate(db);
    assertDurable(db, options.synchronous);
    return { db, lock };
  } catch (error) {
    lock.close();
    throw toOpenError(error);
  }
}

/** A second connection for reads; it can neither write nor run checkpoints. */
export function openReader(dataDir: string): DatabaseSync {
  const db = new DatabaseSync(join(dataDir, DATABASE_FILE), { readOnly: true });
  db.exec("PRAGMA query_only = 1");
  db.exec("PRAGMA mmap_size = 0");
  db.exec(`PRAGMA busy_timeout = ${READER_BUSY_MS}`);
  db.exec(`PRAGMA cache_size = -${READER_CACHE_KIB}`);
  return db;
}

/** The connection of the checkpoint thread: FULL, so that what it folds back is synced before the WAL is reused. */
export function openCheckpointer(dataDir: string): DatabaseSync {
  const db = new DatabaseSync(join(dataDir, DATABASE_FILE));
  db.exec("PRAGMA synchronous = FULL");
  db.exec("PRAGMA wal_autocheckpoint = 0");
  db.exec("PRAGMA mmap_size = 0");
  return db;
}

function makeFolder(dataDir: string): void {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new RingdownError("storage_unavailable", `the data folder ${dataDir} cannot be made`, {
      cause: error,
    });
  }
}

function takeLock(dataDir: string): DatabaseSync {
  let lock: DatabaseSync | undefined;
  try {
    lock = new DatabaseSync(join(dataDir, LOCK_FILE));
    lock.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
    return lock;
  } catch (error) {
    lock?.close();
    if (sqliteCode(error) !== "busy") throw toOpenError(error);
    throw new RingdownError("storage_locked", `another process holds the data folder ${dataDir}`, {
      cause: error,
    });
  }
}

function assertSqliteVersion(db: DatabaseSync): void {
  const { version } = db.prepare("SELECT sqlite_version() AS version").get() as { version: string };
  const parts = version.split(".").map(Number);
  for (const [index, floor] of SQLITE_FLOOR.entries()) {
    const part = parts[index] ?? 0;
    if (part !== floor) {
      assert(part > floor, `SQLite ${version} has the WAL-reset defect; a newer Node is needed`);
      return;
    }
  }
}

/** synchronous can silently fall back after the first write (seen with other builds): read it back after one. */
function assertDurable(db: DatabaseSync, synchronous: OpenOptions["synchronous"]): void {
  db.exec(
    "INSERT INTO meta (key, value) VALUES ('opened', 1) ON CONFLICT DO UPDATE SET value = value + 1",
  );
  const mode = db.prepare("PRAGMA journal_mode").get() as { journal_mode: string };
  const level = db.prepare("PRAGMA synchronous").get() as { synchronous: number };
  assert.equal(mode.journal_mode, "wal");
  assert.equal(level.synchronous, synchronous === "FULL" ? 2 : 1);
}

function toOpenError(error: unknown): unknown {
  const code = sqliteCode(error);
  if (code === "corrupt")
    return new RingdownError("storage_corrupt", "the database is damaged", { cause: error });
  if (code === "other") return error;
  return new RingdownError("storage_unavailable", `the store cannot be opened: ${String(error)}`, {
    cause: error,
  });
}

const SQLITE_CODES: ReadonlyMap<number, "busy" | "full" | "corrupt" | "io" | "readonly"> = new Map([
  [5, "busy"],
  [8, "readonly"],
  [10, "io"],
  [11, "corrupt"],
  [13, "full"],
  [14, "io"],
  [26, "corrupt"],
]);

/** What went wrong in SQLite, by its primary result code (sqlite.org/rescode.html). */
export function sqliteCode(
  error: unknown,
): "busy" | "full" | "corrupt" | "io" | "readonly" | "other" {
  if (typeof error !== "object" || error === null || !("errcode" in error)) return "other";
  const primary = Number(error.errcode) & 0xff;
  return SQLITE_CODES.get(primary) ?? "other";
}
