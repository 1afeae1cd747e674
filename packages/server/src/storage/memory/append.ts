/** Gives requests their sequences and their outcome, in commit order. */
import type { NewRequest, StoredRequest } from "../../model/request.ts";
import type { AppendResult } from "../storage.ts";
import { findOriginal, rememberKey } from "./dedupe.ts";
import type { DiskContents } from "./disk.ts";

/** What a request without body, headers and query takes, roughly. */
const RECORD_BYTES = 256;

/** What a request is counted with, against the waiting limit and the disk's capacity. */
export function sizeOf(request: NewRequest): number {
  const headerChars = request.headers.reduce((sum, text) => sum + text.length, 0);
  return RECORD_BYTES + headerChars + request.query.length + request.body.length;
}

/** `request` belongs to the store from here on. */
export function appendRequest(
  contents: DiskContents,
  request: NewRequest,
): Exclude<AppendResult, { kind: "failed" }> {
  const sequence = contents.requests.length + 1;
  contents.requestBytes += sizeOf(request);
  const { dedupeWindowMs: _, ...received } = request;
  const original = findOriginal(contents, request);
  if (original === undefined) {
    rememberKey(contents, request, sequence);
    contents.requests.push({ ...received, sequence });
    return { kind: "stored", sequence };
  }

  const conflict = Buffer.compare(original.body, request.body) !== 0;
  const duplicate: StoredRequest = {
    ...received,
    sequence,
    outcome: "duplicate",
    duplicateOf: original.sequence,
    // The same bytes are kept once.
    ...(conflict ? { conflict } : { body: original.body }),
  };
  contents.requests.push(duplicate);
  return {
    kind: "duplicate",
    sequence,
    original: original.sequence,
    originalReceivedAtMs: original.receivedAtMs,
    conflict,
  };
}
