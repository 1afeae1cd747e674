/**
 * Counts I2 from the journal itself, block by block, in one snapshot: what was accepted, and what
 * became of every delivery that is owed. It trusts no counter.
 *
 * Cost: about 3 seconds per million events; it runs on the reader's thread.
 */
import type { DatabaseSync } from "node:sqlite";
import { BLOCK_EVENTS, blockOf } from "../delivery-codec.ts";
import {
  addAttempts,
  addStateRow,
  type BlockStates,
  checkRow,
  countEntry,
  countReplays,
  createCounts,
  emptyStates,
  type ReplayRow,
  type StateRow,
  toLedger,
} from "../ledger-count.ts";
import type { IndexRow } from "../segment.ts";
import { decodeIndex } from "../segment-index.ts";
import type { Ledger } from "../storage.ts";

export function countLedger(db: DatabaseSync): Ledger {
  db.exec("BEGIN");
  try {
    return count(db);
  } finally {
    db.exec("COMMIT");
  }
}

function count(db: DatabaseSync): Ledger {
  const counts = createCounts(checkStructure(db));
  const readBlock = createBlockReader(db);
  let block = -1;
  let states = emptyStates();
  let expected = 1;
  for (const each of db.prepare("SELECT * FROM segment_index ORDER BY first_sequence").iterate()) {
    const row = each as IndexRow;
    expected = checkRow(counts, row, expected);
    decodeIndex(row.first_sequence, row.count, row.entries).forEach((entry, position) => {
      const sequence = row.first_sequence + position;
      if (blockOf(sequence) !== block) {
        block = blockOf(sequence);
        states = readBlock(block);
      }
      countEntry(counts, { sequence, entry, states });
    });
  }
  const replays = db.prepare(
    "SELECT destination_no, state, count(*) AS count FROM deliveries WHERE ordinal > 0 GROUP BY destination_no, state",
  );
  for (const row of replays.iterate()) countReplays(counts, row as ReplayRow);
  return toLedger(counts);
}

function createBlockReader(db: DatabaseSync): (block: number) => BlockStates {
  const attempts = db.prepare("SELECT data FROM attempts WHERE block = ?");
  const rows = db.prepare(
    "SELECT sequence, destination_no, ordinal, state FROM deliveries WHERE sequence >= ? AND sequence < ?",
  );
  return (block) => {
    const states = emptyStates();
    for (const row of attempts.iterate(block)) addAttempts(states, (row as { data: string }).data);
    for (const row of rows.iterate(block * BLOCK_EVENTS, (block + 1) * BLOCK_EVENTS))
      addStateRow(states, row as StateRow);
    return states;
  };
}

/** Problems of the file itself: SQLite's own check, and index rows without their segment. */
function checkStructure(db: DatabaseSync): string[] {
  const checked = db.prepare("PRAGMA quick_check(10)").all() as { quick_check: string }[];
  const problems = checked.map((row) => row.quick_check).filter((text) => text !== "ok");
  const { lonely } = db
    .prepare(`
      SELECT count(*) AS lonely FROM segment_index
      WHERE NOT EXISTS (SELECT 1 FROM segments WHERE segments.first_sequence = segment_index.first_sequence)`)
    .get() as { lonely: number };
  if (lonely > 0) problems.push(`${lonely} index rows have no segment`);
  return problems;
}
