/**
 * Pages of request summaries, filtered: judged by the index first, then by the request itself.
 */
import type { StoredRequest } from "../../model/request.ts";
import { OUTCOMES } from "../codec.ts";
import { ACCEPTED, decodeIndex, type IndexEntry } from "../segment-index.ts";
import type { RequestPage, RequestQuery, RequestSummary } from "../storage.ts";
import type { Query } from "./reader.ts";
import {
  indexRowsBelow,
  indexRowsFrom,
  type IndexRow,
  type SegmentReader,
} from "./read-requests.ts";

/** Requests looked at for one page. */
const SCAN_LIMIT = 10_000;

export async function listRequests(
  sql: Query,
  segments: SegmentReader,
  query: RequestQuery,
): Promise<RequestPage> {
  const found: RequestSummary[] = [];
  let scanned = 0;
  for await (const row of rowsOf(sql, query)) {
    for (const request of await segments.readMany(sql, row, candidates(row, query))) {
      if (!fits(request, query)) continue;
      // Looked at one further than asked for: a next page exists only if it holds something.
      const lastFound = found.at(-1);
      if (found.length === query.limit && lastFound !== undefined)
        return { requests: found, nextSequence: lastFound.sequence };
      found.push(summaryOf(request));
    }
    scanned += row.count;
    if (isPast(row, query)) break;
    if (scanned >= SCAN_LIMIT) return { requests: found, nextSequence: edgeOf(row, query) };
  }
  return { requests: found };
}

function rowsOf(sql: Query, query: RequestQuery): AsyncGenerator<IndexRow> {
  return query.ascending === true
    ? indexRowsFrom(sql, (query.afterSequence ?? 0) + 1)
    : indexRowsBelow(sql, query.beforeSequence ?? Number.MAX_SAFE_INTEGER);
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
