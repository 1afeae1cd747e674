/**
 * Reads requests back: one by its sequence, and pages of summaries for lists.
 */
import type { DatabaseSync } from "node:sqlite";
import type { StoredRequest } from "../../model/request.ts";
import { createRequestPage } from "../request-page.ts";
import { decodeSegment, type IndexRow, requestAt, type Segment } from "../segment.ts";
import type { RequestPage, RequestQuery } from "../storage.ts";

export type SegmentReader = {
  read(sequence: number): StoredRequest | undefined;
  /** Every request of the index row whose position is asked for, ascending. */
  readMany(row: IndexRow, positions: readonly number[]): StoredRequest[];
  /** To be called when a transaction was rolled back: what was read inside it never existed. */
  forget(): void;
};

/** Remembers the last segment it opened: neighbours are asked for together. */
export function createSegmentReader(db: DatabaseSync): SegmentReader {
  const findRow = db.prepare(
    "SELECT first_sequence, count, entries FROM segment_index WHERE first_sequence <= ? ORDER BY first_sequence DESC LIMIT 1",
  );
  const readData = db.prepare("SELECT data FROM segments WHERE first_sequence = ?");
  let last: Segment | undefined;

  function open(row: IndexRow): Segment | undefined {
    if (last?.first === row.first_sequence) return last;
    const found = readData.get(row.first_sequence) as { data: Uint8Array } | undefined;
    if (found === undefined) return undefined;
    const { data } = found;
    last = decodeSegment(row, Buffer.from(data.buffer, data.byteOffset, data.length));
    return last;
  }

  function read(sequence: number): StoredRequest | undefined {
    const row = findRow.get(sequence) as IndexRow | undefined;
    if (row === undefined || sequence >= row.first_sequence + row.count) return undefined;
    return readAt(open(row), sequence - row.first_sequence);
  }

  function readAt(segment: Segment | undefined, position: number): StoredRequest | undefined {
    const found = requestAt(segment, position);
    if (found?.bodyOf === undefined) return found?.request;
    return { ...found.request, body: read(found.bodyOf)?.body ?? found.request.body };
  }

  return {
    read,
    readMany(row, positions) {
      const segment = open(row);
      return positions.flatMap((position) => readAt(segment, position) ?? []);
    },
    forget() {
      last = undefined;
    },
  };
}

export type RequestLister = (query: RequestQuery) => RequestPage;

export function createRequestLister(db: DatabaseSync, segments: SegmentReader): RequestLister {
  const columns = "SELECT first_sequence, count, entries FROM segment_index";
  const startAt = db.prepare(
    "SELECT first_sequence FROM segment_index WHERE first_sequence <= ? ORDER BY first_sequence DESC LIMIT 1",
  );
  const ascendingFrom = db.prepare(
    `${columns} WHERE first_sequence >= ? ORDER BY first_sequence LIMIT 64`,
  );
  const descending = db.prepare(
    `${columns} WHERE first_sequence < ? ORDER BY first_sequence DESC LIMIT 64`,
  );

  /** Index rows in the query's direction, starting with the one that holds `from`. */
  function* rows(query: RequestQuery): Generator<IndexRow> {
    if (query.ascending === true) {
      let from = (query.afterSequence ?? 0) + 1;
      from = (startAt.get(from) as { first_sequence: number } | undefined)?.first_sequence ?? from;
      for (;;) {
        const page = ascendingFrom.all(from) as unknown as IndexRow[];
        yield* page;
        const lastRow = page.at(-1);
        if (lastRow === undefined) return;
        from = lastRow.first_sequence + 1;
      }
    }
    let before = query.beforeSequence ?? Number.MAX_SAFE_INTEGER;
    for (;;) {
      const page = descending.all(before) as unknown as IndexRow[];
      yield* page;
      const lastRow = page.at(-1);
      if (lastRow === undefined) return;
      before = lastRow.first_sequence;
    }
  }

  return (query) => {
    const page = createRequestPage(query);
    for (const row of rows(query)) {
      const done = page.take(row, segments.readMany(row, page.candidates(row)));
      if (done !== undefined) return done;
    }
    return page.end();
  };
}
