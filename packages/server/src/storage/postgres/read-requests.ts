/**
 * Reads requests back: one by its sequence, and pages of summaries for lists.
 */
import type { StoredRequest } from "../../model/request.ts";
import { decodeSegment, type IndexRow, requestAt, type Segment } from "../segment.ts";
import type { Query } from "./reader.ts";

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
    const found = requestAt(segment, position);
    if (found === undefined) return undefined;
    if (found.bodyOf === undefined) return detached(found.request);
    const original = await read(query, found.bodyOf);
    return detached({ ...found.request, body: original?.body ?? found.request.body });
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

/** A body of its own: a view would keep its whole segment alive, and could be written into. */
function detached(request: StoredRequest): StoredRequest {
  return { ...request, body: new Uint8Array(request.body) };
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
