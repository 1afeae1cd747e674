/**
 * Decides, in commit order, whether a request repeats an event (port: "De-duplication").
 *
 * The window is the event's own: it ends `dedupeWindowMs` after the event was received, and a request
 * received at that very moment is an event again. Only accepted requests are looked up or remembered,
 * so a refused or quarantined one can never take a key from the genuine request.
 */
import type { NewRequest, StoredRequest } from "../../model/request.ts";
import type { DiskContents } from "./disk.ts";

export type KeyEntry = { readonly sequence: number; readonly expiresAtMs: number };

/** The event that has the request's key, or nothing: then the request is the event from now on. */
export function findOriginal(
  contents: DiskContents,
  request: NewRequest,
): StoredRequest | undefined {
  if (!isDeduplicated(request)) return undefined;
  const entry = contents.keys.get(keyOf(request));
  if (entry === undefined || entry.expiresAtMs <= request.receivedAtMs) return undefined;
  return contents.requests[entry.sequence - 1];
}

export function rememberKey(contents: DiskContents, request: NewRequest, sequence: number): void {
  if (!isDeduplicated(request)) return;
  const expiresAtMs = request.receivedAtMs + request.dedupeWindowMs;
  contents.keys.set(keyOf(request), { sequence, expiresAtMs });
}

function isDeduplicated(request: NewRequest): boolean {
  return (
    request.outcome === "accepted" && request.idempotencyKey !== "" && request.dedupeWindowMs > 0
  );
}

function keyOf(request: NewRequest): string {
  return `${request.sourceNo} ${request.idempotencyKey}`;
}
