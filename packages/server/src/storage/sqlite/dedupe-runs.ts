/**
 * The old part of the key index: sorted runs on disk, each in slices of about a page, each with a
 * Bloom filter that says "certainly not here" without touching the disk.
 *
 * Cost of a look-up: 50 ns per run that does not have the key, one page read in the run that has it.
 */
import type { DatabaseSync, StatementSync } from "node:sqlite";
import {
  type DedupeHit,
  ENTRY_BYTES,
  type Fingerprint,
  FINGERPRINT_BYTES,
} from "./dedupe-entry.ts";

const PART_ENTRIES = 240;
const BLOOM_BITS_PER_KEY = 10;
const BLOOM_PROBES = 5;
/** Newer runs keep their filter in memory, 160 KB each; older ones are looked up on disk. */
const BLOOM_RUN_LIMIT = 400;

export type Run = {
  readonly run: number;
  readonly expiresAtMs: number;
  /** Each part's first fingerprint, ascending. */
  readonly starts: Buffer;
  readonly bloom: Buffer | undefined;
};

export function prepareFindPart(db: DatabaseSync): StatementSync {
  return db.prepare("SELECT data FROM dedupe_parts WHERE run = ? AND part = ?");
}

/** `findPart` is the statement of `prepareFindPart`. */
export function findInRun(
  findPart: StatementSync,
  run: Run,
  fingerprint: Fingerprint,
): DedupeHit | undefined {
  if (run.bloom !== undefined && !bloomHas(run.bloom, fingerprint)) return undefined;
  const part = partOf(run.starts, fingerprint);
  const row =
    part < 0 ? undefined : (findPart.get(run.run, part) as { data: Uint8Array } | undefined);
  return row === undefined ? undefined : findInPart(Buffer.from(row.data), fingerprint);
}

export function loadRuns(db: DatabaseSync): Run[] {
  const rows = db
    .prepare("SELECT run, expires_at_ms, starts FROM dedupe_runs ORDER BY run DESC")
    .all();
  const bloomOf = db.prepare("SELECT bloom FROM dedupe_runs WHERE run = ?");
  return rows.map((row, position) => {
    const { run, expires_at_ms, starts } = row as {
      run: number;
      expires_at_ms: number;
      starts: Uint8Array;
    };
    const bloom =
      position < BLOOM_RUN_LIMIT ? (bloomOf.get(run) as { bloom: Uint8Array }).bloom : undefined;
    return {
      run,
      expiresAtMs: expires_at_ms,
      starts: Buffer.from(starts),
      bloom: bloom === undefined ? undefined : Buffer.from(bloom),
    };
  });
}

/** `entries` are encoded and sorted by fingerprint. */
export function writeRun(db: DatabaseSync, run: number, entries: Buffer): void {
  const count = entries.length / ENTRY_BYTES;
  const bloom = Buffer.alloc(Math.ceil((count * BLOOM_BITS_PER_KEY) / 8));
  const starts = Buffer.alloc(Math.ceil(count / PART_ENTRIES) * FINGERPRINT_BYTES);
  const insert = db.prepare("INSERT INTO dedupe_parts (run, part, data) VALUES (?, ?, ?)");
  let expiresAtMs = 0;
  for (let part = 0; part * PART_ENTRIES < count; part++) {
    const from = part * PART_ENTRIES * ENTRY_BYTES;
    const data = entries.subarray(from, from + PART_ENTRIES * ENTRY_BYTES);
    data.copy(starts, part * FINGERPRINT_BYTES, 0, FINGERPRINT_BYTES);
    insert.run(run, part, data);
    for (let at = 0; at < data.length; at += ENTRY_BYTES) {
      bloomAdd(bloom, data.subarray(at, at + 16));
      expiresAtMs = Math.max(expiresAtMs, data.readDoubleLE(at + 24));
    }
  }
  db.prepare("INSERT INTO dedupe_runs (run, expires_at_ms, starts, bloom) VALUES (?, ?, ?, ?)").run(
    run,
    expiresAtMs,
    starts,
    bloom,
  );
}

export function dropRun(db: DatabaseSync, run: number): void {
  db.prepare("DELETE FROM dedupe_parts WHERE run = ?").run(run);
  db.prepare("DELETE FROM dedupe_runs WHERE run = ?").run(run);
}

/** The last part that starts at or before the fingerprint; -1 when all start after it. */
function partOf(starts: Buffer, fingerprint: Fingerprint): number {
  let low = 0;
  let high = starts.length / FINGERPRINT_BYTES;
  while (low < high) {
    const middle = (low + high) >> 1;
    const at = middle * FINGERPRINT_BYTES;
    if (fingerprint.compare(starts, at, at + FINGERPRINT_BYTES) >= 0) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function findInPart(data: Buffer, fingerprint: Fingerprint): DedupeHit | undefined {
  let low = 0;
  let high = data.length / ENTRY_BYTES - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const at = middle * ENTRY_BYTES;
    const order = fingerprint.compare(data, at, at + 16);
    if (order === 0)
      return { sequence: data.readDoubleLE(at + 16), expiresAtMs: data.readDoubleLE(at + 24) };
    if (order < 0) high = middle - 1;
    else low = middle + 1;
  }
  return undefined;
}

/** The fingerprint is already a hash, so its words serve as the filter's hash functions. */
function bloomBit(bloom: Buffer, fingerprint: Uint8Array, probe: number): number {
  const view = fingerprint as Buffer;
  const combined = view.readUInt32LE(4) + probe * view.readUInt32LE(8);
  return combined % (bloom.length * 8);
}

function bloomAdd(bloom: Buffer, fingerprint: Uint8Array): void {
  for (let probe = 0; probe < BLOOM_PROBES; probe++) {
    const bit = bloomBit(bloom, fingerprint, probe);
    bloom[bit >> 3] = (bloom[bit >> 3] ?? 0) | (1 << (bit & 7));
  }
}

function bloomHas(bloom: Buffer, fingerprint: Uint8Array): boolean {
  for (let probe = 0; probe < BLOOM_PROBES; probe++) {
    const bit = bloomBit(bloom, fingerprint, probe);
    if (((bloom[bit >> 3] ?? 0) & (1 << (bit & 7))) === 0) return false;
  }
  return true;
}
