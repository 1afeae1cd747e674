/**
 * Reads what waits for one destination, oldest first: the index says which requests name it, and
 * only their segments are opened.
 *
 * A call looks at a bounded number of index rows, so a destination with nothing waiting behind a
 * million events of others is walked through in steps and never holds the reader for long.
 */
import type { DatabaseSync } from "node:sqlite";
import type { StoredRequest } from "../../model/request.ts";
import type { LanePage, LaneRead } from "../storage.ts";
import { type IndexRow, lanePositions } from "../segment.ts";
import type { SegmentReader } from "./read-requests.ts";

/** Index rows looked at in one call: about 2 ms. */
const ROW_LIMIT = 4096;

export function createLaneReader(
  db: DatabaseSync,
  segments: SegmentReader,
): (query: LaneRead) => LanePage {
  const rowAt = db.prepare(
    "SELECT first_sequence FROM segment_index WHERE first_sequence <= ? ORDER BY first_sequence DESC LIMIT 1",
  );
  const rowsFrom = db.prepare(
    "SELECT first_sequence, count, entries FROM segment_index WHERE first_sequence >= ? ORDER BY first_sequence LIMIT ?",
  );

  return (query) => {
    const wanted = query.afterSequence + 1;
    const from =
      (rowAt.get(wanted) as { first_sequence: number } | undefined)?.first_sequence ?? wanted;
    const page = createPage(query);
    let rowCount = 0;
    for (const each of rowsFrom.iterate(from, ROW_LIMIT)) {
      const row = each as unknown as IndexRow;
      rowCount += 1;
      if (page.addRow(row, segments) === "full") return page.result("more");
    }
    return page.result(rowCount < ROW_LIMIT ? "end" : "more");
  };
}

/** Collects one page; a request that would exceed the limits is left for the next. */
function createPage(query: LaneRead) {
  const requests: StoredRequest[] = [];
  let bytes = 0;
  let upTo = query.afterSequence;

  return {
    addRow(row: IndexRow, segments: SegmentReader): "full" | "room" {
      const positions = lanePositions(row, query);
      for (const request of segments.readMany(row, positions)) {
        if (requests.length >= query.limit || (requests.length > 0 && bytes >= query.maxBytes)) {
          upTo = request.sequence - 1;
          return "full";
        }
        requests.push(request);
        bytes += request.body.length;
      }
      upTo = Math.max(upTo, row.first_sequence + row.count - 1);
      return "room";
    },
    result(end: "end" | "more"): LanePage {
      return { requests, upToSequence: upTo, atEnd: end === "end" };
    },
  };
}
