/**
 * The sums of I2 over the journal of a database: what was accepted, and what became of every delivery that
 * is owed. The backends bring the rows; what is counted how stands here.
 */
import type { DeliveryState } from "../model/delivery.ts";
import type { RequestOutcome } from "../model/request.ts";
import { decodeAttempts, OUTCOMES } from "./codec.ts";
import { ACCEPTED, type IndexEntry } from "./segment-index.ts";
import type { IndexRow } from "./segment.ts";
import type { Ledger } from "./storage.ts";

export type Counts = {
  requests: Record<RequestOutcome, number>;
  unmatched: number;
  owed: number;
  byState: Record<DeliveryState, number>;
  pendingByDestination: Map<number, number>;
  problems: string[];
};

/** What is known of the deliveries of one block: success attempts and rows, by "sequence destination ordinal". */
export type BlockStates = {
  readonly delivered: Set<string>;
  readonly rows: Map<string, DeliveryState>;
};

export function createCounts(problems: string[]): Counts {
  return {
    requests: { accepted: 0, duplicate: 0, rejected: 0, quarantined: 0 },
    unmatched: 0,
    owed: 0,
    byState: { pending: 0, delivered: 0, dead: 0, cancelled: 0 },
    pendingByDestination: new Map(),
    problems,
  };
}

/** A row that does not begin where the last one ended is a hole in the journal. Where the next begins. */
export function checkRow(counts: Counts, row: IndexRow, expected: number): number {
  if (row.first_sequence !== expected)
    counts.problems.push(`sequences ${expected} to ${row.first_sequence - 1} are missing`);
  return row.first_sequence + row.count;
}

export function countEntry(
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

export type StateRow = {
  readonly sequence: number;
  readonly destination_no: number;
  readonly ordinal: number;
  readonly state: DeliveryState;
};

export const emptyStates = (): BlockStates => ({ delivered: new Set(), rows: new Map() });

/** `data` is a row of attempts of the block. */
export function addAttempts(states: BlockStates, data: string): void {
  for (const attempt of decodeAttempts(data)) {
    if (attempt.outcome !== "success") continue;
    states.delivered.add(keyOf(attempt.sequence, attempt.destinationNo, attempt.ordinal));
  }
}

export function addStateRow(states: BlockStates, row: StateRow): void {
  states.rows.set(keyOf(row.sequence, row.destination_no, row.ordinal), row.state);
}

/** Replays of a destination in one state, counted by the database. */
export type ReplayRow = {
  readonly destination_no: number;
  readonly state: DeliveryState;
  readonly count: number;
};

export function countReplays(counts: Counts, row: ReplayRow): void {
  tally(counts, { destinationNo: row.destination_no, state: row.state, count: row.count });
}

export function toLedger({ byState, ...rest }: Counts): Ledger {
  return { ...rest, ...byState };
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
