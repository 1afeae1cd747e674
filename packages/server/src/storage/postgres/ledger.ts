/**
 * Counts I2 from the journal itself, block by block, in one snapshot: what was accepted, and what
 * became of every delivery that is owed. It trusts no counter.
 *
 * Cost: grows with what is stored; it runs on a session of its own.
 */
import { BLOCK_EVENTS, blockOf } from "../delivery-codec.ts";
import {
  addAttempts,
  addStateRow,
  type BlockStates,
  checkRow,
  countEntry,
  countReplays,
  type Counts,
  createCounts,
  emptyStates,
  type ReplayRow,
  type StateRow,
  toLedger,
} from "../ledger-count.ts";
import { decodeIndex } from "../segment-index.ts";
import type { Ledger } from "../storage.ts";
import type { Query } from "./reader.ts";
import { indexRowsFrom } from "./read-requests.ts";

const ATTEMPTS = {
  name: "ledger-attempts",
  text: "SELECT data FROM attempts WHERE block = $1",
};
const ROWS = {
  name: "ledger-rows",
  text: `SELECT sequence, destination_no, ordinal, state FROM deliveries
    WHERE sequence >= $1 AND sequence < $2`,
};
const REPLAYS = {
  name: "ledger-replays",
  text: `SELECT destination_no, state, count(*) AS count FROM deliveries
    WHERE ordinal > 0 GROUP BY destination_no, state`,
};
/** Segments whose bytes are gone: the size is known without reading them. */
const EMPTY_SEGMENTS = {
  name: "ledger-empty",
  text: "SELECT count(*) AS count FROM segments WHERE octet_length(data) = 0",
};

/** `query` sees one snapshot throughout. */
export async function countLedger(query: Query): Promise<Ledger> {
  const counts = createCounts(await checkStructure(query));
  await countSegments(query, counts);
  for (const row of await query<ReplayRow>(REPLAYS)) countReplays(counts, row);
  return toLedger(counts);
}

async function countSegments(query: Query, counts: Counts): Promise<void> {
  let block = -1;
  let states = emptyStates();
  let expected = 1;
  for await (const row of indexRowsFrom(query, 1)) {
    expected = checkRow(counts, row, expected);
    const entries = decodeIndex(row.first_sequence, row.count, row.entries);
    for (const [position, entry] of entries.entries()) {
      const sequence = row.first_sequence + position;
      if (blockOf(sequence) !== block) {
        block = blockOf(sequence);
        states = await readBlock(query, block);
      }
      countEntry(counts, { sequence, entry, states });
    }
  }
}

async function readBlock(query: Query, block: number): Promise<BlockStates> {
  const states = emptyStates();
  for (const { data } of await query<{ data: string }>(ATTEMPTS, [block]))
    addAttempts(states, data);
  const bounds = [block * BLOCK_EVENTS, (block + 1) * BLOCK_EVENTS];
  for (const row of await query<StateRow>(ROWS, bounds)) addStateRow(states, row);
  return states;
}

async function checkStructure(query: Query): Promise<string[]> {
  const [empty] = await query<{ count: number }>(EMPTY_SEGMENTS);
  return empty === undefined || empty.count === 0 ? [] : [`${empty.count} segments have no bytes`];
}
