/**
 * Reads requests back: one by its sequence, and pages of summaries for lists.
 *
 * A list looks at the index first and opens a segment only when something in it may fit; it looks at
 * no more than `SCAN_LIMIT` requests a page, so that no filter can hold the reader for long.
 */
import type { DatabaseSync } from "node:sqlite";
import {
  type EncodedHead,
  OUTCOMES,
  readHead,
  readStoredRequest,
  type StoredOverlay,
} from "../codec.ts";
import { ACCEPTED, decodeIndex, type IndexEntry } from "../segment-index.ts";
import type { RequestPage, RequestQuery, RequestSummary } from "../storage.ts";
import type { StoredRequest } from "../../model/request.ts";

/** Requests looked at for one page. */
const SCAN_LIMIT = 10_000;

export type IndexRow = {
  readonly first_sequence: number;
  readonly count: number;
  readonly entries: Uint8Array;
};

/** One segment, decoded as far as its heads. */
type Segment = {
  readonly first: number;
  readonly buffer: Buffer;
  readonly heads: readonly EncodedHead[];
  readonly entries: readonly IndexEntry[];
};

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
    const buffer = Buffer.from(found.data.buffer, found.data.byteOffset, found.data.length);
    const heads: EncodedHead[] = [];
    for (let at = 0; at < buffer.length; at = heads.at(-1)?.end ?? at)
      heads.push(readHead(buffer, at));
    last = {
      first: row.first_sequence,
      buffer,
      heads,
      entries: decodeIndex(row.first_sequence, row.count, row.entries),
    };
    return last;
  }

  function read(sequence: number): StoredRequest | undefined {
    const row = findRow.get(sequence) as IndexRow | undefined;
    if (row === undefined || sequence >= row.first_sequence + row.count) return undefined;
    return readAt(open(row), sequence - row.first_sequence);
  }

  function readAt(segment: Segment | undefined, position: number): StoredRequest | undefined {
    const head = segment?.heads[position];
    const entry = segment?.entries[position];
    if (segment === undefined || head === undefined || entry === undefined) return undefined;
    const request = readStoredRequest(
      segment.buffer,
      head,
      overlayOf(segment.first + position, entry),
    );
    if (entry.duplicateOf === undefined || entry.conflict === true) return request;
    return { ...request, body: read(entry.duplicateOf)?.body ?? request.body };
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

function overlayOf(sequence: number, entry: IndexEntry): StoredOverlay {
  return {
    sequence,
    outcome: entry.outcome,
    ...(entry.duplicateOf !== undefined && { duplicateOf: entry.duplicateOf }),
    ...(entry.conflict !== undefined && { conflict: entry.conflict }),
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
    const found: RequestSummary[] = [];
    let scanned = 0;
    for (const row of rows(query)) {
      const positions = candidates(row, query);
      for (const request of segments.readMany(row, positions)) {
        if (!fits(request, query)) continue;
        const lastFound = found.at(-1);
        if (found.length === query.limit && lastFound !== undefined) {
          return { requests: found, nextSequence: lastFound.sequence };
        }
        found.push(summaryOf(request));
      }
      scanned += row.count;
      if (isPast(row, query)) break;
      if (scanned >= SCAN_LIMIT) return { requests: found, nextSequence: edgeOf(row, query) };
    }
    return { requests: found };
  };
}

/** Positions that may fit, judged by the index alone, in the query's direction. */
function candidates(row: IndexRow, query: RequestQuery): number[] {
  const entries = decodeIndex(row.first_sequence, row.count, row.entries);
  const positions: number[] = [];
  entries.forEach((entry, position) => {
    const sequence = row.first_sequence + position;
    if (query.beforeSequence !== undefined && sequence >= query.beforeSequence) return;
    if (query.afterSequence !== undefined && sequence <= query.afterSequence) return;
    if (entryFits(entry, query)) positions.push(position);
  });
  return query.ascending === true ? positions : positions.reverse();
}

function entryFits(entry: IndexEntry, query: RequestQuery): boolean {
  if (query.sourceNo !== undefined && entry.sourceNo !== query.sourceNo) return false;
  const outcome = OUTCOMES[entry.outcome];
  if (query.outcomes !== undefined && (outcome === undefined || !query.outcomes.includes(outcome)))
    return false;
  if (query.unmatched === true && (entry.outcome !== ACCEPTED || entry.destinations.length > 0))
    return false;
  return query.destinationNo === undefined || entry.destinations.includes(query.destinationNo);
}

function fits(request: StoredRequest, query: RequestQuery): boolean {
  if (query.eventType !== undefined && request.eventType !== query.eventType) return false;
  if (query.idempotencyKey !== undefined && request.idempotencyKey !== query.idempotencyKey)
    return false;
  if (query.fromMs !== undefined && request.receivedAtMs < query.fromMs) return false;
  return query.toMs === undefined || request.receivedAtMs < query.toMs;
}

/** Whether nothing beyond this row can be within the query's sequence bounds. */
function isPast(row: IndexRow, query: RequestQuery): boolean {
  if (query.ascending === true) {
    return (
      query.beforeSequence !== undefined && row.first_sequence + row.count >= query.beforeSequence
    );
  }
  return query.afterSequence !== undefined && row.first_sequence <= query.afterSequence + 1;
}

function edgeOf(row: IndexRow, query: RequestQuery): number {
  return query.ascending === true ? row.first_sequence + row.count - 1 : row.first_sequence;
}

function summaryOf(request: StoredRequest): RequestSummary {
  const { body, ...summary } = request;
  return { ...summary, bodyBytes: body.length };
}
