/** Reads requests back: one by its sequence, and pages of summaries for lists. */
import type { StoredRequest } from "../../model/request.ts";
import type { RequestPage, RequestQuery, RequestSummary } from "../storage.ts";
import type { DiskContents } from "./disk.ts";

/** Requests looked at for one page, so that no filter can hold the process for long. */
const SCAN_LIMIT = 10_000;

export function readRequest(contents: DiskContents, sequence: number): StoredRequest | undefined {
  return contents.requests[sequence - 1];
}

export function readRequests(
  contents: DiskContents,
  sequences: readonly number[],
): readonly StoredRequest[] {
  return sequences.flatMap((sequence) => readRequest(contents, sequence) ?? []);
}

export function listRequests(contents: DiskContents, query: RequestQuery): RequestPage {
  const step = query.ascending === true ? 1 : -1;
  const lowest = Math.max(query.afterSequence ?? 0, 0) + 1;
  const highest = Math.min(query.beforeSequence ?? Infinity, contents.requests.length + 1) - 1;
  const found: RequestSummary[] = [];
  let scanned = 0;
  let sequence = step === 1 ? lowest : highest;
  for (; sequence >= lowest && sequence <= highest; sequence += step) {
    if (scanned === SCAN_LIMIT) return { requests: found, nextSequence: sequence - step };
    scanned += 1;
    const request = readRequest(contents, sequence);
    if (request === undefined || !fits(request, query)) continue;
    // Looked at one further than asked for: a next page exists only if it holds something.
    const last = found.at(-1);
    if (found.length === query.limit && last !== undefined) {
      return { requests: found, nextSequence: last.sequence };
    }
    found.push(summaryOf(request));
  }
  return { requests: found };
}

function fits(request: StoredRequest, query: RequestQuery): boolean {
  return (
    fitsOutcome(request, query) &&
    (query.sourceNo === undefined || request.sourceNo === query.sourceNo) &&
    (query.eventType === undefined || request.eventType === query.eventType) &&
    (query.idempotencyKey === undefined || request.idempotencyKey === query.idempotencyKey) &&
    (query.fromMs === undefined || request.receivedAtMs >= query.fromMs) &&
    (query.toMs === undefined || request.receivedAtMs < query.toMs)
  );
}

function fitsOutcome(request: StoredRequest, query: RequestQuery): boolean {
  if (query.outcomes !== undefined && !query.outcomes.includes(request.outcome)) return false;
  if (query.unmatched === true && !isUnmatched(request)) return false;
  return query.destinationNo === undefined || hasTarget(request, query.destinationNo);
}

export function isUnmatched(request: StoredRequest): boolean {
  return request.outcome === "accepted" && request.targets.length === 0;
}

export function hasTarget(request: StoredRequest, destinationNo: number): boolean {
  return request.targets.some((target) => target.destinationNo === destinationNo);
}

function summaryOf(request: StoredRequest): RequestSummary {
  const { body, ...summary } = request;
  return { ...summary, bodyBytes: body.length };
}
