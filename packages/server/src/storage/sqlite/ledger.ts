/**
 * Counts I2 from the journal itself, block by block, in one snapshot: what was accepted, and what
 * became of every delivery that is owed. It trusts no counter.
 *
 * Cost: about 3 seconds per million events; it runs on the reader's thread.
 */
import type { DatabaseSync } from "node:sqlite";
import type { DeliveryState } from "../../model/delivery.ts";
import type { RequestOutcome } from "../../model/request.ts";
import { decodeAttempts, OUTCOMES } from "../codec.ts";
import { ACCEPTED, decodeIndex } from "../segment-index.ts";
import type { Ledger } from "../storage.ts";
import type { IndexRow } from "./read-requests.ts";
import { BLOCK_EVENTS, blockOf } from "../delivery-codec.ts";

type Counts = {
  requests: Record<RequestOutcome, number>;
  unmatched: number;
  owed: number;
  byState: Record<DeliveryState, number>;
  pendingByDestination: Map<number, number>;
  problems: string[];
};

/** What is known of the deliveries of one block: success attempts and rows, by "sequence destination ordinal". */
type BlockStates = { readonly delivered: Set<string>; readonly rows: Map<string, DeliveryState> };

export function countLedger(db: DatabaseSync): Ledger {
  db.exec("BEGIN");
  try {
    return count(db);
  } finally {
    db.exec("COMMIT");
  }
}

function count(db: DatabaseSync): Ledger {
  const counts: Counts = {
    requests: { accepted: 0, duplicate: 0, rejected: 0, quarantined: 0 },
    unmatched: 0,
    owed: 0,
    byState: { pending: 0, delivered: 0, dead: 0, cancelled: 0 },
    pendingByDestination: new Map(),
    problems: checkStructure(db),
  };
  const readBlock = createBlockReader(db);
  let block = -1;
  let states: BlockStates = { delivered: new Set(), rows: new Map() };
  let expected = 1;
  for (const each of db.prepare("SELECT * FROM segment_index ORDER BY first_sequence").iterate()) {
    const row = each as IndexRow;
    if (row.first_sequence !== expected)
      counts.problems.push(`sequences ${expected} to ${row.first_sequence - 1} are missing`);
    expected = row.first_sequence + row.count;
    decodeIndex(row.first_sequence, row.count, row.entries).forEach((entry, position) => {
      const sequence = row.first_sequence + position;
      const outcome = OUTCOMES[entry.outcome];
      if (outcome !== undefined) counts.requests[outcome] += 1;
      if (entry.outcome !== ACCEPTED) return;
      if (entry.destinations.length === 0) counts.unmatched += 1;
      if (blockOf(sequence) !== block) {
        block = blockOf(sequence);
        states = readBlock(block);
      }
      for (const destinationNo of entry.destinations) {
        const state = stateOf(states, keyOf(sequence, destinationNo, 0));
        tally(counts, { destinationNo, state, count: 1 });
      }
    });
  }
  countReplays(db, counts);
  return toLedger(counts);
}

type Tally = {
  readonly destinationNo: number;
  readonly state: DeliveryState;
  readonly count: number;
};

function tally(counts: Counts, { destinationNo, state, count: added }: Tally): void {
  counts.owed += added;
  counts.byState[state] += added;
  if (state !== "pending") return;
  counts.pendingByDestination.set(
    destinationNo,
    (counts.pendingByDestination.get(destinationNo) ?? 0) + added,
  );
}

function stateOf(states: BlockStates, key: string): DeliveryState {
  if (states.delivered.has(key)) return "delivered";
  return states.rows.get(key) ?? "pending";
}

function keyOf(sequence: number, destinationNo: number, ordinal: number): string {
  return `${sequence} ${destinationNo} ${ordinal}`;
}

function createBlockReader(db: DatabaseSync): (block: number) => BlockStates {
  const attempts = db.prepare("SELECT data FROM attempts WHERE block = ?");
  const rows = db.prepare(
    "SELECT sequence, destination_no, ordinal, state FROM deliveries WHERE sequence >= ? AND sequence < ?",
  );
  return (block) => {
    const states: BlockStates = { delivered: new Set(), rows: new Map() };
    for (const row of attempts.iterate(block)) {
      for (const attempt of decodeAttempts((row as { data: string }).data)) {
        if (attempt.outcome !== "success") continue;
        states.delivered.add(keyOf(attempt.sequence, attempt.destinationNo, attempt.ordinal));
      }
    }
    for (const each of rows.iterate(block * BLOCK_EVENTS, (block + 1) * BLOCK_EVENTS)) {
      const row = each as {
        sequence: number;
        destination_no: number;
        ordinal: number;
        state: DeliveryState;
      };
      states.rows.set(keyOf(row.sequence, row.destination_no, row.ordinal), row.state);
    }
    return states;
  };
}

function countReplays(db: DatabaseSync, counts: Counts): void {
  const replays = db.prepare(
    "SELECT destination_no, state, count(*) AS count FROM deliveries WHERE ordinal > 0 GROUP BY destination_no, state",
  );
  for (const each of replays.iterate()) {
    const row = each as { destination_no: number; state: DeliveryState; count: number };
    tally(counts, { destinationNo: row.destination_no, state: row.state, count: row.count });
  }
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

function toLedger(counts: Counts): Ledger {
  return {
    requests: counts.requests,
    unmatched: counts.unmatched,
    owed: counts.owed,
    delivered: counts.byState.delivered,
    dead: counts.byState.dead,
    cancelled: counts.byState.cancelled,
    pending: counts.byState.pending,
    pendingByDestination: counts.pendingByDestination,
    problems: counts.problems,
  };
}
