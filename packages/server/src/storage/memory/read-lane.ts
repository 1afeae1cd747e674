/** Reads what waits for one destination, oldest first. */
import type { StoredRequest } from "../../model/request.ts";
import type { LanePage, LaneRead } from "../storage.ts";
import type { DiskContents } from "./disk.ts";
import { hasTarget } from "./read-requests.ts";

/** Requests looked at in one call, however few of them name the destination. */
const SCAN_LIMIT = 10_000;

export function readLane(contents: DiskContents, query: LaneRead): LanePage {
  const requests: StoredRequest[] = [];
  const last = contents.requests.length;
  const scanEnd = Math.min(last, query.afterSequence + SCAN_LIMIT);
  let bytes = 0;
  for (let sequence = query.afterSequence + 1; sequence <= scanEnd; sequence++) {
    const request = contents.requests[sequence - 1];
    if (request?.outcome !== "accepted" || !hasTarget(request, query.destinationNo)) continue;
    if (requests.length > 0 && (requests.length >= query.limit || bytes >= query.maxBytes)) {
      return { requests, upToSequence: sequence - 1, atEnd: false };
    }
    requests.push(request);
    bytes += request.body.length;
  }
  const upToSequence = Math.max(query.afterSequence, scanEnd);
  return { requests, upToSequence, atEnd: upToSequence >= last };
}
