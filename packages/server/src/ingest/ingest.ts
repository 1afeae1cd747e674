/**
 * Hot path 1: a request comes in at `/in/<source>`, is judged, becomes durable, is answered, and is
 * handed to delivery from memory.
 *
 *   received ─▶ judged ─▶ appended ─▶ (fsync) ─▶ answered 2xx ─▶ handed off
 *                  │ refused                      │ store refused
 *                  └─▶ appended ─▶ 4xx            └─▶ 503, Retry-After
 *
 * Invariants: the answer is written in the append's callback and nowhere else, so a 2xx always means
 * "on disk" (I1). Bodies are neither decoded nor copied on the way (I3). Refusals are kept with
 * their cause (I7), up to a rate, so that a flood of forged requests cannot fill the disk (I10).
 *
 * Cost per accepted 2 KB request beyond node:http itself: verification 4-6 us, encoding 4 us, the
 * rest about 5 us (profile of bench/, 2026-11).
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { headersFromRaw } from "@ringdown/receiver";
import { readBody } from "../http/body.ts";
import type { ActiveConfig, ActiveSource } from "../model/active.ts";
import { formatRecordId } from "../model/ids.ts";
import type {
  NewRequest,
  RejectionCause,
  RequestOutcome,
  StoredRequest,
} from "../model/request.ts";
import type { RingdownError } from "../errors/ringdown-error.ts";
import type { AppendResult, Storage } from "../storage/storage.ts";
import type { Clock } from "../support/clock.ts";
import { createTokenBucket, type TokenBucket } from "../support/token-bucket.ts";
import {
  answerHandshake,
  answerRefused,
  answerStored,
  answerUnavailable,
  type Refusal,
} from "./answer.ts";
import { type Judgement, judge, type ReceivedRequest, refuse, REJECTION_STATUS } from "./judge.ts";

export type IngestDeps = {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly config: () => ActiveConfig;
  /** Part of every request id. */
  readonly storeTag: number;
  readonly remoteAddress: (httpRequest: IncomingMessage) => string;
  /** An accepted event, durable: delivery takes it from here. */
  readonly handOff: (event: StoredRequest) => void;
  /** Anything that became durable, for the live stream and the log. Must not throw. */
  readonly onStored?: (request: StoredRequest) => void;
};

export type IngestOptions = {
  /** What source URLs start with, without a trailing slash; asked per request, cheap. */
  readonly publicUrl: () => string;
  /** Refused requests kept per second and source; more are answered and counted only. */
  readonly keptRefusalsPerSecond: number;
};

export type IngestStats = ReadonlyMap<string, number>;

export type Ingest = {
  /** Whether the URL is the ingest port's. */
  owns(url: string): boolean;
  handle(httpRequest: IncomingMessage, httpResponse: ServerResponse): void;
  /** Refuses what comes from now on with 503 and closes its connections. */
  drain(): void;
  /** Requests by "outcome cause", since start. */
  stats(): IngestStats;
};

const PREFIX = "/in/";

export function createIngest(deps: IngestDeps, options: IngestOptions): Ingest {
  const core: Core = {
    deps,
    options,
    draining: false,
    counts: new Map(),
    rates: new Map(),
    kept: new Map(),
  };
  return {
    owns: (url) => url.startsWith(PREFIX),
    handle: (httpRequest, httpResponse) => handle(core, httpRequest, httpResponse),
    drain() {
      core.draining = true;
    },
    stats: () => core.counts,
  };
}

type Core = {
  readonly deps: IngestDeps;
  readonly options: IngestOptions;
  draining: boolean;
  readonly counts: Map<string, number>;
  /** Token buckets by source number: of requests, and of refusals that are kept. */
  readonly rates: Map<number, TokenBucket>;
  readonly kept: Map<number, TokenBucket>;
};

function count(
  core: Core,
  outcome: RequestOutcome | "unknown_source" | "aborted" | "failed",
  cause = "",
): void {
  const key = `${outcome} ${cause}`;
  core.counts.set(key, (core.counts.get(key) ?? 0) + 1);
}

/** Takes one from the source's bucket; a changed rate starts a new one. */
function takeFrom(
  core: Core,
  buckets: Map<number, TokenBucket>,
  limit: { readonly source: ActiveSource; readonly perSecond: number },
): boolean {
  let bucket = buckets.get(limit.source.no);
  if (bucket === undefined || bucket.perSecond !== limit.perSecond) {
    bucket = createTokenBucket({ perSecond: limit.perSecond, burst: Math.max(1, limit.perSecond) });
    buckets.set(limit.source.no, bucket);
  }
  return bucket.take(core.deps.clock.monotonicMs());
}

function mayKeepRefusal(core: Core, source: ActiveSource): boolean {
  return takeFrom(core, core.kept, { source, perSecond: core.options.keptRefusalsPerSecond });
}

function exceedsRate(core: Core, source: ActiveSource): boolean {
  if (source.ratePerSecond === undefined) return false;
  return !takeFrom(core, core.rates, { source, perSecond: source.ratePerSecond });
}

function handle(core: Core, httpRequest: IncomingMessage, httpResponse: ServerResponse): void {
  const config = core.deps.config();
  const place = parsePlace(httpRequest.url ?? "");
  const source = config.sourcesByName.get(place.name);
  if (core.draining || source === undefined || hasRepeatedHost(httpRequest.rawHeaders)) {
    httpRequest.resume();
    answerRefused(httpResponse, refusalUnread(core, source));
    return;
  }
  const exchange: Exchange = { httpRequest, httpResponse, source, place, config };
  if (exceedsRate(core, source)) {
    refuseEarly(core, exchange, "rate_limited");
    return;
  }
  readBody(httpRequest, source.bodyLimitBytes, (result) => {
    if (result.kind === "complete") receive(core, exchange, result.body);
    else if (result.kind === "too_large") refuseEarly(core, exchange, "body_too_large");
    else count(core, "aborted");
  });
}

/** Nothing about it is kept: there is no source it belongs to, or no store to keep it in. */
function refusalUnread(core: Core, source: ActiveSource | undefined): Refusal {
  if (core.draining) return { status: 503, cause: "shutting_down", close: true };
  if (source !== undefined) return { status: 400, cause: "bad_request", close: true };
  count(core, "unknown_source");
  return { status: 404, cause: "source_not_found", close: false };
}

/** Refused before its body was read: kept without one. */
function refuseEarly(core: Core, exchange: Exchange, cause: RejectionCause): void {
  const { source, config, httpRequest, httpResponse } = exchange;
  httpRequest.resume();
  count(core, "rejected", cause);
  const received = toReceived(core, exchange, EMPTY);
  const refusal = { status: REJECTION_STATUS[cause], cause, close: cause === "body_too_large" };
  if (!mayKeepRefusal(core, source)) {
    answerRefused(httpResponse, refusal);
    return;
  }
  const subject = { source, received, configVersion: config.version };
  const request = refuse(subject, cause, { status: "unverified" });
  core.deps.storage.append(request, (result) => {
    if (result.kind === "failed") {
      answerRefused(httpResponse, refusal);
      return;
    }
    const requestId = idOf(core, "req", {
      timeMs: request.receivedAtMs,
      sequence: result.sequence,
    });
    answerRefused(httpResponse, { ...refusal, requestId });
    core.deps.onStored?.(toStored(request, result));
  });
}

function receive(core: Core, exchange: Exchange, body: Uint8Array): void {
  const received = toReceived(core, exchange, body);
  const judgement = judge(exchange.source, received, exchange.config.version);
  const { request } = judgement;
  if (request.outcome === "rejected" && !mayKeepRefusal(core, exchange.source)) {
    count(core, "rejected", request.cause);
    answerRefusedRequest(exchange.httpResponse, request);
    return;
  }
  if (judgement.unverified === true && !mayKeepRefusal(core, exchange.source)) {
    count(core, "rejected", "rate_limited");
    answerRefused(exchange.httpResponse, { status: 429, cause: "rate_limited", close: false });
    return;
  }
  core.deps.storage.append(request, (result) => {
    if (result.kind === "failed") finishFailed(core, exchange, { request, error: result.error });
    else finishStored(core, exchange, { ...judgement, result });
  });
}

/** The store refused it: nothing was kept, so nobody may believe it was (I1). */
function finishFailed(
  core: Core,
  { httpResponse }: Exchange,
  { request, error }: { request: NewRequest; error: RingdownError },
): void {
  count(core, "failed", error.code);
  if (request.outcome === "rejected") answerRefusedRequest(httpResponse, request);
  else answerUnavailable(httpResponse, error);
}

type StoredJudgement = Judgement & { readonly result: StoredResult };

/** Called once the request is durable: answers, then hands off. */
function finishStored(
  core: Core,
  exchange: Exchange,
  { request, handshake, result }: StoredJudgement,
): void {
  const stored = toStored(request, result);
  count(core, stored.outcome, stored.cause);
  const { httpResponse, source } = exchange;
  const requestId = idOf(core, "req", { timeMs: request.receivedAtMs, sequence: result.sequence });
  if (request.outcome === "rejected") {
    answerRefusedRequest(httpResponse, request, requestId);
  } else if (source.refusedStatus !== undefined && request.verification.status === "failed") {
    const cause = request.cause ?? "verification_failed";
    answerRefused(httpResponse, { status: source.refusedStatus, cause, requestId, close: false });
  } else if (handshake === undefined) {
    const eventId = idOf(core, "evt", eventAddress(request, result));
    answerStored(httpResponse, source.response, {
      requestId,
      eventId,
      duplicate: result.kind === "duplicate",
    });
  } else {
    answerHandshake(httpResponse, handshake, requestId);
  }
  if (stored.outcome === "accepted" && stored.targets.length > 0) core.deps.handOff(stored);
  core.deps.onStored?.(stored);
}

/** Time and sequence of the event that the request is, or repeats. */
function eventAddress(
  request: NewRequest,
  result: StoredResult,
): { timeMs: number; sequence: number } {
  if (result.kind === "stored") return { timeMs: request.receivedAtMs, sequence: result.sequence };
  return { timeMs: result.originalReceivedAtMs, sequence: result.original };
}

function idOf(
  core: Core,
  prefix: "req" | "evt",
  address: { timeMs: number; sequence: number },
): string {
  return formatRecordId(prefix, { ...address, tag: core.deps.storeTag });
}

function toReceived(core: Core, exchange: Exchange, body: Uint8Array): ReceivedRequest {
  const { httpRequest, place, source } = exchange;
  const rawHeaders = httpRequest.rawHeaders;
  const search = place.query === "" ? "" : `?${place.query}`;
  return {
    method: httpRequest.method ?? "GET",
    path: place.path,
    query: place.query,
    rawHeaders,
    headers: headersFromRaw(rawHeaders),
    body,
    remoteAddress: core.deps.remoteAddress(httpRequest),
    receivedAtMs: core.deps.clock.nowMs(),
    url: `${core.options.publicUrl()}${PREFIX}${source.name}${place.path}${search}`,
  };
}

type Exchange = {
  readonly httpRequest: IncomingMessage;
  readonly httpResponse: ServerResponse;
  readonly source: ActiveSource;
  readonly place: Place;
  readonly config: ActiveConfig;
};

const EMPTY = new Uint8Array(0);

/** Where below the ingest port a request arrived. */
type Place = { readonly name: string; readonly path: string; readonly query: string };

/** `/in/<name><path>?<query>`; path and query stay as they came (I3). */
export function parsePlace(url: string): Place {
  const question = url.indexOf("?");
  const pathEnd = question < 0 ? url.length : question;
  const slash = url.indexOf("/", PREFIX.length);
  const nameEnd = slash < 0 || slash > pathEnd ? pathEnd : slash;
  return {
    name: url.slice(PREFIX.length, nameEnd),
    path: url.slice(nameEnd, pathEnd),
    query: question < 0 ? "" : url.slice(question + 1),
  };
}

/** Node lets a second Host header pass; two readers may then disagree about where a request went. */
function hasRepeatedHost(rawHeaders: readonly string[]): boolean {
  let seen = 0;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] ?? "";
    if (name.length === 4 && name.toLowerCase() === "host") seen += 1;
  }
  return seen > 1;
}

function answerRefusedRequest(
  httpResponse: ServerResponse,
  request: NewRequest,
  requestId?: string,
): void {
  const cause = request.cause ?? "verification_failed";
  answerRefused(httpResponse, {
    status: REJECTION_STATUS[cause],
    cause,
    close: false,
    ...(requestId !== undefined && { requestId }),
  });
}

type StoredResult = Exclude<AppendResult, { kind: "failed" }>;

function toStored(request: NewRequest, result: StoredResult): StoredRequest {
  const { sequence } = result;
  if (result.kind === "stored") return { ...request, sequence };
  const duplicate = {
    ...request,
    sequence,
    outcome: "duplicate" as const,
    duplicateOf: result.original,
  };
  return result.conflict ? { ...duplicate, conflict: true } : duplicate;
}
