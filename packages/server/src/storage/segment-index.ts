/**
 * The index of one segment (a batch of requests committed together): for each of its requests the
 * outcome, the source and the set of destinations, in two to four bytes.
 *
 * A destination that has fallen behind finds its events here: a million waiting events are about
 * two megabytes to look through, while their bodies stay untouched on disk. The outcome here is the
 * one that counts, because only the store knows which requests are duplicates.
 *
 *   setCount | per set: size, destination numbers … | per request: flags, source, set, (original distance)
 *
 * Every number is an unsigned LEB128 varint.
 */
import assert from "node:assert/strict";

export type IndexEntry = {
  /** Index into `OUTCOMES`. */
  readonly outcome: number;
  readonly sourceNo: number;
  /** Ascending order is not promised. Shared between entries: do not change. */
  readonly destinations: readonly number[];
  readonly duplicateOf?: number;
  readonly conflict?: true;
};

const OUTCOME_MASK = 0b011;
const CONFLICT_FLAG = 0b100;
/** As OUTCOMES.indexOf("duplicate"). */
export const DUPLICATE = 1;
export const ACCEPTED = 0;

export function encodeIndex(firstSequence: number, entries: readonly IndexEntry[]): Buffer {
  const bytes: number[] = [];
  const setNumbers = new Map<string, number>();
  const sets: (readonly number[])[] = [];
  const body: number[] = [];
  entries.forEach((entry, position) => {
    const key = entry.destinations.join();
    let setNumber = setNumbers.get(key);
    if (setNumber === undefined) {
      setNumber = sets.length;
      setNumbers.set(key, setNumber);
      sets.push(entry.destinations);
    }
    pushVarint(body, entry.outcome | (entry.conflict === true ? CONFLICT_FLAG : 0));
    pushVarint(body, entry.sourceNo);
    pushVarint(body, setNumber);
    if (entry.outcome === DUPLICATE) {
      assert(entry.duplicateOf !== undefined);
      pushVarint(body, firstSequence + position - entry.duplicateOf);
    }
  });
  pushVarint(bytes, sets.length);
  for (const set of sets) {
    pushVarint(bytes, set.length);
    for (const destinationNo of set) pushVarint(bytes, destinationNo);
  }
  return Buffer.from(bytes.concat(body));
}

export function decodeIndex(firstSequence: number, count: number, bytes: Uint8Array): IndexEntry[] {
  const reader = createVarintReader(bytes);
  const sets: number[][] = [];
  const setCount = reader();
  for (let i = 0; i < setCount; i++) {
    const set: number[] = [];
    const size = reader();
    for (let k = 0; k < size; k++) set.push(reader());
    sets.push(set);
  }
  const entries: IndexEntry[] = [];
  for (let position = 0; position < count; position++) {
    const flags = reader();
    const sourceNo = reader();
    const destinations = sets[reader()];
    assert(destinations !== undefined);
    const outcome = flags & OUTCOME_MASK;
    if (outcome === DUPLICATE) {
      const duplicateOf = firstSequence + position - reader();
      entries.push({
        outcome,
        sourceNo,
        destinations,
        duplicateOf,
        ...((flags & CONFLICT_FLAG) !== 0 && { conflict: true as const }),
      });
    } else {
      entries.push({ outcome, sourceNo, destinations });
    }
  }
  return entries;
}

function pushVarint(bytes: number[], value: number): void {
  let rest = value;
  while (rest >= 128) {
    bytes.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest);
}

function createVarintReader(bytes: Uint8Array): () => number {
  let at = 0;
  return () => {
    let value = 0;
    let factor = 1;
    for (;;) {
      const byte = bytes[at++];
      assert(byte !== undefined);
      value += (byte % 128) * factor;
      if (byte < 128) return value;
      factor *= 128;
    }
  };
}
