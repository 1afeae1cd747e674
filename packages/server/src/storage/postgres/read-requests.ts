/**
 * Reads requests back: one by its sequence, and pages of summaries for lists.
 *
 * A list looks at the index first and fetches a segment's bytes only when something in it may fit; it
 * looks at no more than `SCAN_LIMIT` requests a page, so that no filter can hold the reader for long.
 */
import type { StoredRequest } from "../../model/request.ts";
import { type EncodedHead, readHead, readStoredRequest, type StoredOverlay } from "../codec.ts";
import { decodeIndex, type IndexEntry } from "../segment-index.ts";
import type { Query } from "./reader.ts";

export type IndexRow = {
  readonly first_sequence: number;
  readonly count: number;
  readonly entries: Buffer;
};

/** One segment, decoded as far as its heads. */
type Segment = {
  readonly first: number;
  readonly buffer: Buffer;
  readonly heads: readonly EncodedHead[];
  readonly entries: readonly IndexEntry[];
};

export type SegmentReader = {
  read(query: Query, sequence: number): Promise<StoredRequest | undefined>;
  /** Every request of the index row whose position is asked for, in that order. */
  readMany(query: Query, row: IndexRow, positions: readonly number[]): Promise<StoredRequest[]>;
};

const FIND_ROW = {
  name: "segments-find",
  text: `SELECT first_sequence, count, entries FROM segments
    WHERE first_sequence <= $1 ORDER BY first_sequence DESC LIMIT 1`,
};
const READ_DATA = {
  name: "segments-data",
  text: "SELECT data FROM segments WHERE first_sequence = $1",
};

/** Segments kept at hand, because neighbours are asked for together; large ones are not kept. */
const KEPT_SEGMENTS = 4;
const KEPT_SEGMENT_BYTES = 1024 * 1024;

/** Segments never change once they can be read, so what is kept is never out of date. */
export function createSegmentReader(): SegmentReader {
  const kept = new Map<number, Segment>();

  async function open(query: Query, row: IndexRow): Promise<Segment | undefined> {
    const known = kept.get(row.first_sequence);
    if (known !== undefined) return known;
    const [found] = await query<{ data: Buffer }>(READ_DATA, [row.first_sequence]);
    if (found === undefined) return undefined;
    const segment = decodeSegment(row, found.data);
    if (segment.buffer.length <= KEPT_SEGMENT_BYTES) keep(segment);
    return segment;
  }

  function keep(segment: Segment): void {
    kept.set(segment.first, segment);
    const [oldest] = kept.keys();
    if (kept.size > KEPT_SEGMENTS && oldest !== undefined) kept.delete(oldest);
  }

  async function read(query: Query, sequence: number): Promise<StoredRequest | undefined> {
    const [row] = await query<IndexRow>(FIND_ROW, [sequence]);
    if (row === undefined || sequence >= row.first_sequence + row.count) return undefined;
    return readAt(query, await open(query, row), sequence - row.first_sequence);
  }

  async function readAt(
    query: Query,
    segment: Segment | undefined,
    position: number,
  ): Promise<StoredRequest | undefined> {
    const head = segment?.heads[position];
    const entry = segment?.entries[position];
    if (segment === undefined || head === undefined || entry === undefined) return undefined;
    const request = readStoredRequest(
      segment.buffer,
      head,
      overlayOf(segment.first + position, entry),
    );
    if (entry.duplicateOf === undefined || entry.conflict === true) return detached(request);
    const original = await read(query, entry.duplicateOf);
    return detached({ ...request, body: original?.body ?? request.body });
  }

  return {
    read,
    async readMany(query, row, positions) {
      if (positions.length === 0) return [];
      const segment = await open(query, row);
      const requests: StoredRequest[] = [];
      for (const position of positions) {
        const request = await readAt(query, segment, position);
        if (request !== undefined) requests.push(request);
      }
      return requests;
    },
  };
}

function decodeSegment(row: IndexRow, buffer: Buffer): Segment {
  const heads: EncodedHead[] = [];
  for (let at = 0; at < buffer.length; at = heads.at(-1)?.end ?? at)
    heads.push(readHead(buffer, at));
  const entries = decodeIndex(row.first_sequence, row.count, row.entries);
  return { first: row.first_sequence, buffer, heads, entries };
}

/** A body of its own: a view would keep its whole segment alive, and could be written into. */
function detached(request: StoredRequest): StoredRequest {
  return { ...request, body: new Uint8Array(request.body) };
}

function overlayOf(sequence: number, entry: IndexEntry): StoredOverlay {
  return {
    sequence,
    outcome: entry.outcome,
    ...(entry.duplicateOf !== undefined && { duplicateOf: entry.duplicateOf }),
    ...(entry.conflict !== undefined && { conflict: entry.conflict }),
  };
}

const COLUMNS = "SELECT first_sequence, count, entries FROM segments";
/** Index rows fetched at once. */
const PAGE_ROWS = 64;
const ASCENDING = {
  name: "segments-ascending",
  text: `${COLUMNS} WHERE first_sequence >= $1 ORDER BY first_sequence LIMIT ${PAGE_ROWS}`,
};
const DESCENDING = {
  name: "segments-descending",
  text: `${COLUMNS} WHERE first_sequence < $1 ORDER BY first_sequence DESC LIMIT ${PAGE_ROWS}`,
};

/** Index rows from the one that holds `sequence` on, ascending. */
export async function* indexRowsFrom(query: Query, sequence: number): AsyncGenerator<IndexRow> {
  const [holder] = await query<IndexRow>(FIND_ROW, [sequence]);
  let from = holder?.first_sequence ?? sequence;
  for (;;) {
    const page = await query<IndexRow>(ASCENDING, [from]);
    yield* page;
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE_ROWS) return;
    from = last.first_sequence + 1;
  }
}

/** Index rows that begin below `sequence`, descending. */
export async function* indexRowsBelow(query: Query, sequence: number): AsyncGenerator<IndexRow> {
  let before = sequence;
  for (;;) {
    const page = await query<IndexRow>(DESCENDING, [before]);
    yield* page;
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE_ROWS) return;
    before = last.first_sequence;
  }
}
