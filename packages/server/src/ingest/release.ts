/**
 * Releases a request that was kept back: one in quarantine after its secret was put right, or one
 * that repeated a key with another body. The original stays as it was; a copy of it, byte for byte,
 * is appended and becomes an event of its own, routed by today's configuration.
 *
 * Releasing twice within 72 hours makes one event: the copy claims a key of its own, and who comes second
 * gets the event of the first, whatever happened between (two people, a retry after a lost answer, a
 * crash).
 */
import { headersFromRaw } from "@ringdown/receiver";
import type { ActiveConfig } from "../model/active.ts";
import type { NewRequest, StoredRequest, Verification } from "../model/request.ts";
import type { AppendResult, Storage } from "../storage/storage.ts";
import { RingdownError } from "../errors/ringdown-error.ts";
import { judge, type ReceivedRequest, RESERVED_KEY_START } from "./judge.ts";

export type ReleaseDeps = {
  readonly storage: Storage;
  readonly config: () => ActiveConfig;
  readonly handOff: (event: StoredRequest) => void;
  readonly onStored?: (request: StoredRequest) => void;
  readonly publicUrl: () => string;
};

/** verify: only if today's secrets verify it. force: a person vouches for it. */
export type ReleaseMode = "verify" | "force";

export type ReleaseResult =
  | { readonly kind: "released"; readonly event: StoredRequest }
  | { readonly kind: "refused"; readonly verification: Verification };

/** No sender's key begins like this (judge.ts). */
const RELEASE_KEY = `${RESERVED_KEY_START}release:`;
/**
 * As long as keys of sources count by default. No longer, for keys are dropped in runs of many thousands
 * when the last of a run has expired: one that lives for months would keep all of its run.
 */
const RELEASE_WINDOW_MS = 72 * 3_600_000;

type StoredResult = Exclude<AppendResult, { kind: "failed" }>;

/** @throws not_found, state_conflict, storage_full, storage_failed */
export async function releaseRequest(
  deps: ReleaseDeps,
  request: StoredRequest,
  mode: ReleaseMode,
): Promise<ReleaseResult> {
  if (request.outcome !== "quarantined" && request.conflict !== true) {
    throw new RingdownError(
      "state_conflict",
      "only quarantined requests and conflicting duplicates can be released",
    );
  }
  const config = deps.config();
  const source = config.sourcesByNo.get(request.sourceNo);
  if (source === undefined)
    throw new RingdownError("not_found", "the source of this request no longer exists");

  // Judged at the time it came, so that the age of its signature is what it was then.
  const received = toReceived(request, `${deps.publicUrl()}/in/${source.name}`);
  const verified = judge({ ...source, onFailed: "flag" }, received, config.version).request;
  if (verified.verification.status === "failed" && mode === "verify") {
    return { kind: "refused", verification: verified.verification };
  }
  if (verified.outcome !== "accepted") {
    throw new RingdownError(
      "state_conflict",
      `the source refuses it now: ${verified.cause ?? "unknown"}`,
    );
  }
  const copy: NewRequest = {
    ...verified,
    idempotencyKey: `${RELEASE_KEY}${request.sequence}`,
    dedupeWindowMs: RELEASE_WINDOW_MS,
    releases: request.sequence,
  };
  const result = await append(deps.storage, copy);
  if (result.kind === "duplicate") return { kind: "released", event: await first(deps, result) };
  const event = { ...copy, sequence: result.sequence };
  if (event.targets.length > 0) deps.handOff(event);
  deps.onStored?.(event);
  return { kind: "released", event };
}

function append(storage: Storage, copy: NewRequest): Promise<StoredResult> {
  return new Promise((resolve, reject) => {
    storage.append(copy, (result) => {
      if (result.kind === "failed") reject(result.error);
      else resolve(result);
    });
  });
}

/** The event that an earlier release made. */
async function first(
  { storage }: ReleaseDeps,
  { original }: { readonly original: number },
): Promise<StoredRequest> {
  const event = await storage.readRequest(original);
  if (event === undefined) throw new RingdownError("not_found", "its event is no longer kept");
  return event;
}

function toReceived(request: StoredRequest, sourceUrl: string): ReceivedRequest {
  const search = request.query === "" ? "" : `?${request.query}`;
  return {
    method: request.method,
    path: request.path,
    query: request.query,
    rawHeaders: request.headers,
    headers: headersFromRaw(request.headers),
    body: request.body,
    remoteAddress: request.remoteAddress,
    receivedAtMs: request.receivedAtMs,
    url: `${sourceUrl}${request.path}${search}`,
  };
}
