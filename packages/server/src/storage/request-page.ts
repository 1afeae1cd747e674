/**
 * A page of request summaries, filtered: judged by the index of a segment first, so that its bytes are
 * fetched only when something in it may fit, then by the request itself.
 *
 * A page looks at no more than `SCAN_LIMIT` requests, so that no filter can hold a reader for long.
 */
import type { StoredRequest } from "../model/request.ts";
import { OUTCOMES } from "./codec.ts";
import type { IndexRow } from "./segment.ts";
import { ACCEPTED, decodeIndex, type IndexEntry } from "./segment-index.ts";
import type { RequestPage, RequestQuery, RequestSummary } from "./storage.ts";

const SCAN_LIMIT = 10_000;

export type RequestPageBuilder = {
  /** Positions in the segment of the row that may fit, in the query's direction. */
  candidates(row: IndexRow): readonly number[];
  /** Takes the candidates of a row; the page if it is complete with them. */
  take(row: IndexRow, requests: readonly StoredRequest[]): RequestPage | undefined;
  /** The page when there are no more rows. */
  end(): RequestPage;
};

/** To be given the index rows in the query's direction. */
export function createRequestPage(query: RequestQuery): RequestPageBuilder {
  const found: RequestSummary[] = [];
  let scanned = 0;
  return {
    candidates: (row) => candidates(row, query),
    take(row, requests) {
      for (const request of requests) {
        if (!fits(request, query)) continue;
        // Looked at one further than asked for: a next page exists only if it holds something.
        const lastFound = found.at(-1);
        if (found.length === query.limit && lastFound !== undefined) {
          return { requests: found, nextSequence: lastFound.sequence };
        }
        found.push(summaryOf(request));
      }
      scanned += row.count;
      if (isPast(row, query)) return { requests: found };
      return scanned >= SCAN_LIMIT
        ? { requests: found, nextSequence: edgeOf(row, query) }
        : undefined;
    },
    end: () => ({ requests: found }),
  };
}

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
