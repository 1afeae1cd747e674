/**
 * A batch of requests as the databases keep it: its bytes, and beside them an index that says what is to
 * be known without them.
 */
import type { StoredRequest } from "../model/request.ts";
import { type EncodedHead, readHead, readStoredRequest, type StoredOverlay } from "./codec.ts";
import { ACCEPTED, decodeIndex, type IndexEntry } from "./segment-index.ts";
import type { LaneRead } from "./storage.ts";

/** The index of a segment as a database gives it. */
export type IndexRow = {
  readonly first_sequence: number;
  readonly count: number;
  readonly entries: Uint8Array;
};

/** One segment, decoded as far as its heads. */
export type Segment = {
  readonly first: number;
  readonly buffer: Buffer;
  readonly heads: readonly EncodedHead[];
  readonly entries: readonly IndexEntry[];
};

export function decodeSegment(row: IndexRow, buffer: Buffer): Segment {
  const heads: EncodedHead[] = [];
  for (let at = 0; at < buffer.length; at = heads.at(-1)?.end ?? at)
    heads.push(readHead(buffer, at));
  const entries = decodeIndex(row.first_sequence, row.count, row.entries);
  return { first: row.first_sequence, buffer, heads, entries };
}

export type Found = {
  /** Its body is a view on the segment. */
  readonly request: StoredRequest;
  /** A duplicate is kept without its body: it is that of this request. */
  readonly bodyOf: number | undefined;
};

export function requestAt(segment: Segment | undefined, position: number): Found | undefined {
  const head = segment?.heads[position];
  const entry = segment?.entries[position];
  if (segment === undefined || head === undefined || entry === undefined) return undefined;
  const overlay = overlayOf(segment.first + position, entry);
  return {
    request: readStoredRequest(segment.buffer, head, overlay),
    bodyOf: entry.conflict === true ? undefined : entry.duplicateOf,
  };
}

/** Positions in the segment of the row that are owed to the destination, ascending. */
export function lanePositions(row: IndexRow, query: LaneRead): number[] {
  if (row.first_sequence + row.count - 1 <= query.afterSequence) return [];
  const positions: number[] = [];
  decodeIndex(row.first_sequence, row.count, row.entries).forEach((entry, position) => {
    const isNew = row.first_sequence + position > query.afterSequence;
    if (isNew && entry.outcome === ACCEPTED && entry.destinations.includes(query.destinationNo))
      positions.push(position);
  });
  return positions;
}

function overlayOf(sequence: number, entry: IndexEntry): StoredOverlay {
  return {
    sequence,
    outcome: entry.outcome,
    ...(entry.duplicateOf !== undefined && { duplicateOf: entry.duplicateOf }),
    ...(entry.conflict !== undefined && { conflict: entry.conflict }),
  };
}
