/**
 * Reads what waits for one destination, oldest first: the index says which requests name it, and
 * only their segments are fetched.
 *
 * A call looks at a bounded number of index rows, so a destination with nothing waiting behind a
 * million events of others is walked through in steps and never holds the reader for long.
 */
import type { StoredRequest } from "../../model/request.ts";
import type { LanePage, LaneRead } from "../storage.ts";
import type { Query } from "./reader.ts";
import { lanePositions } from "../segment.ts";
import { indexRowsFrom, type SegmentReader } from "./read-requests.ts";

/** Index rows looked at in one call. */
const ROW_LIMIT = 4096;

export async function readLane(
  sql: Query,
  segments: SegmentReader,
  query: LaneRead,
): Promise<LanePage> {
  const requests: StoredRequest[] = [];
  let bytes = 0;
  let upToSequence = query.afterSequence;
  let rowCount = 0;
  for await (const row of indexRowsFrom(sql, query.afterSequence + 1)) {
    if (rowCount === ROW_LIMIT) return { requests, upToSequence, atEnd: false };
    rowCount += 1;
    for (const request of await segments.readMany(sql, row, lanePositions(row, query))) {
      // A request that would exceed the limits is left for the next page.
      if (requests.length > 0 && (requests.length >= query.limit || bytes >= query.maxBytes))
        return { requests, upToSequence: request.sequence - 1, atEnd: false };
      requests.push(request);
      bytes += request.body.length;
    }
    upToSequence = Math.max(upToSequence, row.first_sequence + row.count - 1);
  }
  return { requests, upToSequence, atEnd: true };
}
