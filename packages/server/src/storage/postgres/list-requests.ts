/** Pages of request summaries: the rows they are made of, and their segments. */
import { createRequestPage } from "../request-page.ts";
import type { IndexRow } from "../segment.ts";
import type { RequestPage, RequestQuery } from "../storage.ts";
import type { Query } from "./reader.ts";
import { indexRowsBelow, indexRowsFrom, type SegmentReader } from "./read-requests.ts";

export async function listRequests(
  sql: Query,
  segments: SegmentReader,
  query: RequestQuery,
): Promise<RequestPage> {
  const page = createRequestPage(query);
  for await (const row of rowsOf(sql, query)) {
    const done = page.take(row, await segments.readMany(sql, row, page.candidates(row)));
    if (done !== undefined) return done;
  }
  return page.end();
}

function rowsOf(sql: Query, query: RequestQuery): AsyncGenerator<IndexRow> {
  return query.ascending === true
    ? indexRowsFrom(sql, (query.afterSequence ?? 0) + 1)
    : indexRowsBelow(sql, query.beforeSequence ?? Number.MAX_SAFE_INTEGER);
}
