/** Requests, attempts and rows to store, and the few steps every suite takes with them. */
import type { AttemptRecord, DeliveryKey, DeliveryRow } from "../../../src/model/delivery.ts";
import type { NewRequest, StoredRequest, Target } from "../../../src/model/request.ts";
import type {
  AppendResult,
  AttemptPage,
  AttemptQuery,
  RequestPage,
  RequestQuery,
  RequestSummary,
  Storage,
} from "../../../src/storage/storage.ts";

export const NOON_MS: number = Date.UTC(2026, 10, 24, 12);

export function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** One route to each destination, numbered like it. */
export function targetsTo(...destinations: readonly number[]): readonly Target[] {
  return destinations.map((destinationNo) => ({ routeNo: destinationNo, destinationNo }));
}

/** An accepted, verified event of source 1 without key or targets. */
export function newRequest(changes: Partial<NewRequest> = {}): NewRequest {
  return {
    receivedAtMs: NOON_MS,
    sourceNo: 1,
    method: "POST",
    path: "",
    query: "",
    headers: ["Content-Type", "application/json"],
    remoteAddress: "192.0.2.1",
    body: bytesOf('{"n":1}'),
    outcome: "accepted",
    verification: { status: "verified" },
    eventType: "thing.made",
    idempotencyKey: "",
    dedupeWindowMs: 0,
    targets: [],
    configVersion: 1,
    ...changes,
  };
}

export const DEDUPE_WINDOW_MS = 60_000;

/** A request with a key that counts for a minute. */
export function keyedRequest(
  idempotencyKey: string,
  changes: Partial<NewRequest> = {},
): NewRequest {
  return newRequest({ idempotencyKey, dedupeWindowMs: DEDUPE_WINDOW_MS, ...changes });
}

export function append(storage: Storage, request: NewRequest): Promise<AppendResult> {
  return new Promise((resolve) => storage.append(request, resolve));
}

/** All handed over in one turn: they may share a commit. */
export function appendAll(
  storage: Storage,
  requests: readonly NewRequest[],
): Promise<readonly AppendResult[]> {
  return Promise.all(requests.map((request) => append(storage, request)));
}

/** Sequences of requests that had to be stored. */
export async function store(
  storage: Storage,
  ...requests: readonly NewRequest[]
): Promise<readonly number[]> {
  const results = await appendAll(storage, requests);
  return results.map((result) => {
    if (result.kind === "failed") throw result.error;
    return result.sequence;
  });
}

export async function storeOne(storage: Storage, request: NewRequest): Promise<number> {
  const [sequence] = await store(storage, request);
  if (sequence === undefined) throw new Error("nothing was stored");
  return sequence;
}

/** The first delivery of an event to a destination. */
export function firstDelivery(sequence: number, destinationNo: number): DeliveryKey {
  return { sequence, destinationNo, ordinal: 0 };
}

/** A first attempt that succeeded. */
export function successOf(key: DeliveryKey, changes: Partial<AttemptRecord> = {}): AttemptRecord {
  return {
    ...key,
    number: 1,
    trigger: "initial",
    startedAtMs: NOON_MS,
    durationMs: 12.5,
    outcome: "success",
    status: 200,
    ...changes,
  };
}

/** A first attempt that found the destination failing. */
export function failureOf(key: DeliveryKey, changes: Partial<AttemptRecord> = {}): AttemptRecord {
  return successOf(key, { outcome: "failure", cause: "status_5xx", status: 503, ...changes });
}

/** Pending after one failed attempt, without a due time. */
export function rowOf(key: DeliveryKey, changes: Partial<DeliveryRow> = {}): DeliveryRow {
  return {
    ...key,
    state: "pending",
    attemptCount: 1,
    lastAttemptNumber: 1,
    createdAtMs: NOON_MS,
    updatedAtMs: NOON_MS,
    ...changes,
  };
}

/** Reads a lane to its end in pages and gives every request in it, as the delivery engine would. */
export async function drainLane(
  storage: Storage,
  lane: { readonly destinationNo: number; readonly afterSequence?: number },
): Promise<readonly StoredRequest[]> {
  const requests: StoredRequest[] = [];
  let afterSequence = lane.afterSequence ?? 0;
  for (;;) {
    const page = await storage.readLane({
      destinationNo: lane.destinationNo,
      afterSequence,
      limit: 100,
      maxBytes: 1_000_000,
    });
    requests.push(...page.requests);
    if (page.atEnd) return requests;
    if (page.upToSequence <= afterSequence) throw new Error("a lane read made no progress");
    afterSequence = page.upToSequence;
  }
}

/** Every page of a list, one after the other. */
export async function listPages(
  storage: Storage,
  query: RequestQuery,
): Promise<readonly RequestPage[]> {
  const pages: RequestPage[] = [];
  const seen = new Set<number>();
  for (let next: RequestQuery = query; ;) {
    const page = await storage.listRequests(next);
    pages.push(page);
    if (page.nextSequence === undefined) return pages;
    if (seen.has(page.nextSequence)) throw new Error("a list made no progress");
    seen.add(page.nextSequence);
    next = from(query, page.nextSequence);
  }
}

export async function listAll(
  storage: Storage,
  query: RequestQuery,
): Promise<readonly RequestSummary[]> {
  return (await listPages(storage, query)).flatMap((page) => page.requests);
}

function from(query: RequestQuery, sequence: number): RequestQuery {
  return query.ascending === true
    ? { ...query, afterSequence: sequence }
    : { ...query, beforeSequence: sequence };
}

export type RecordedAttempt = AttemptPage["attempts"][number];

/** Attempts of every page of a list. */
export async function listAllAttempts(
  storage: Storage,
  query: AttemptQuery,
): Promise<readonly RecordedAttempt[]> {
  const found: RecordedAttempt[] = [];
  const seen = new Set<number>();
  for (let next: AttemptQuery = query; ;) {
    const page = await storage.listAttempts(next);
    found.push(...page.attempts);
    if (page.nextRecord === undefined) return found;
    if (seen.has(page.nextRecord)) throw new Error("a list made no progress");
    seen.add(page.nextRecord);
    next = { ...query, fromRecord: page.nextRecord };
  }
}

export function sequencesOf(records: readonly { readonly sequence: number }[]): readonly number[] {
  return records.map((record) => record.sequence);
}

/** Plain bytes, whatever kind of view a backend gives, so that equality compares contents only. */
export function plain(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes);
}

/** A stored thing with its bytes made plain. */
export function comparable<Thing extends object>(thing: Thing): Thing {
  const entries = Object.entries(thing).map(([name, value]: [string, unknown]) => [
    name,
    value instanceof Uint8Array ? plain(value) : value,
  ]);
  return Object.fromEntries(entries) as Thing;
}
