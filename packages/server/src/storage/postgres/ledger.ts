/**
 * Counts I2 from the journal itself, block by block, in one snapshot: what was accepted, and what
 * became of every delivery that is owed. It trusts no counter.
 *
 * Cost: grows with what is stored; it runs on a session of its own.
 */
import type { DeliveryState } from "../../model/delivery.ts";
import type { RequestOutcome } from "../../model/request.ts";
import { decodeAttempts, OUTCOMES } from "../codec.ts";
import { ACCEPTED, decodeIndex, type IndexEntry } from "../segment-index.ts";
import type { Ledger } from "../storage.ts";
import type { Query } from "./reader.ts";
import { indexRowsFrom } from "./read-requests.ts";
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
  const counts: Counts = {
    requests: { accepted: 0, duplicate: 0, rejected: 0, quarantined: 0 },
    unmatched: 0,
    owed: 0,
    byState: { pending: 0, delivered: 0, dead: 0, cancelled: 0 },
    pendingByDestination: new Map(),
    problems: await checkStructure(query),
  };
  await countSegments(query, counts);
  await countReplays(query, counts);
  const { byState, ...rest } = counts;
  return { ...rest, ...byState };
}

async function countSegments(query: Query, counts: Counts): Promise<void> {
  let block = -1;
  let states: BlockStates = { delivered: new Set(), rows: new Map() };
  let expected = 1;
  for await (const row of indexRowsFrom(query, 1)) {
    if (row.first_sequence !== expected)
      counts.problems.push(`sequences ${expected} to ${row.first_sequence - 1} are missing`);
    expected = row.first_sequence + row.count;
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

function countEntry(
  counts: Counts,
  found: { readonly sequence: number; readonly entry: IndexEntry; readonly states: BlockStates },
): void {
  const { sequence, entry, states } = found;
  const outcome = OUTCOMES[entry.outcome];
  if (outcome !== undefined) counts.requests[outcome] += 1;
  if (entry.outcome !== ACCEPTED) return;
  if (entry.destinations.length === 0) counts.unmatched += 1;
  for (const destinationNo of entry.destinations) {
    const state = stateOf(states, keyOf(sequence, destinationNo, 0));
    tally(counts, { destinationNo, state, count: 1 });
  }
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

type StateRow = {
  readonly sequence: number;
  readonly destination_no: number;
  readonly ordinal: number;
  readonly state: DeliveryState;
};

async function readBlock(query: Query, block: number): Promise<BlockStates> {
  const states: BlockStates = { delivered: new Set(), rows: new Map() };
  const attempts = await query<{ data: string }>(ATTEMPTS, [block]);
  for (const attempt of attempts.flatMap((row) => decodeAttempts(row.data))) {
    if (attempt.outcome === "success")
      states.delivered.add(keyOf(attempt.sequence, attempt.destinationNo, attempt.ordinal));
  }
  const bounds = [block * BLOCK_EVENTS, (block + 1) * BLOCK_EVENTS];
  for (const row of await query<StateRow>(ROWS, bounds))
    states.rows.set(keyOf(row.sequence, row.destination_no, row.ordinal), row.state);
  return states;
}

async function countReplays(query: Query, counts: Counts): Promise<void> {
  type Replays = { destination_no: number; state: DeliveryState; count: number };
  for (const row of await query<Replays>(REPLAYS))
    tally(counts, { destinationNo: row.destination_no, state: row.state, count: row.count });
}

async function checkStructure(query: Query): Promise<string[]> {
  const [empty] = await query<{ count: number }>(EMPTY_SEGMENTS);
  return empty === undefined || empty.count === 0 ? [] : [`${empty.count} segments have no bytes`];
}
