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
import type { AppendResult, Storage } from "../storage/storage.ts";
import type { Clock } from "../support/clock.ts";
import { createTokenBucket, type TokenBucket } from "../support/token-bucket.ts";
import { answerHandshake, answerRefused, answerStored, answerUnavailable } from "./answer.ts";
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
  const state = {
    draining: false,
    counts: new Map<string, number>(),
    /** By source number. */
    rates: new Map<number, TokenBucket>(),
    kept: new Map<number, TokenBucket>(),
  };

  function count(
    outcome: RequestOutcome | "unknown_source" | "aborted" | "failed",
    cause = "",
  ): void {
    const key = `${outcome} ${cause}`;
    state.counts.set(key, (state.counts.get(key) ?? 0) + 1);
  }

  function mayKeepRefusal(source: ActiveSource): boolean {
    return takeFrom(state.kept, { source, perSecond: options.keptRefusalsPerSecond });
  }

  function takeFrom(
    buckets: Map<number, TokenBucket>,
    limit: { source: ActiveSource; perSecond: number },
  ): boolean {
    let bucket = buckets.get(limit.source.no);
    if (bucket === undefined || bucket.perSecond !== limit.perSecond) {
      bucket = createTokenBucket({
        perSecond: limit.perSecond,
        burst: Math.max(1, limit.perSecond),
      });
      buckets.set(limit.source.no, bucket);
    }
    return bucket.take(deps.clock.monotonicMs());
  }

  function exceedsRate(source: ActiveSource): boolean {
    if (source.ratePerSecond === undefined) return false;
    return !takeFrom(state.rates, { source, perSecond: source.ratePerSecond });
  }

  function handle(httpRequest: IncomingMessage, httpResponse: ServerResponse): void {
    const config = deps.config();
    const place = parsePlace(httpRequest.url ?? "");
    const source = config.sourcesByName.get(place.name);
    if (state.draining || source === undefined || hasRepeatedHost(httpRequest.rawHeaders)) {
      refuseUnread(httpRequest, httpResponse, source);
      return;
    }
    const exchange: Exchange = { httpRequest, httpResponse, source, place, config };
    if (exceedsRate(source)) {
      refuseEarly(exchange, "rate_limited");
      return;
    }
    readBody(httpRequest, source.bodyLimitBytes, (result) => {
      if (result.kind === "complete") receive(exchange, result.body);
      else if (result.kind === "too_large") refuseEarly(exchange, "body_too_large");
      else count("aborted");
    });
  }

  /** Nothing about it is kept: there is no source it belongs to, or no store to keep it in. */
  function refuseUnread(
    httpRequest: IncomingMessage,
    httpResponse: ServerResponse,
    source: ActiveSource | undefined,
  ): void {
    httpRequest.resume();
    if (source === undefined) {
      count("unknown_source");
      answerRefused(httpResponse, { status: 404, cause: "source_not_found", close: false });
    } else if (state.draining) {
      answerRefused(httpResponse, { status: 503, cause: "shutting_down", close: true });
    } else {
      answerRefused(httpResponse, { status: 400, cause: "bad_request", close: true });
    }
  }

  /** Refused before its body was read: kept without one. */
  function refuseEarly(exchange: Exchange, cause: RejectionCause): void {
    const { source, config, httpRequest, httpResponse } = exchange;
    httpRequest.resume();
    count("rejected", cause);
    const received = toReceived(exchange, EMPTY);
    const refusal = { status: REJECTION_STATUS[cause], cause, close: cause === "body_too_large" };
    if (!mayKeepRefusal(source)) {
      answerRefused(httpResponse, refusal);
      return;
    }
    const request = refuse({ source, received, configVersion: config.version }, cause, {
      status: "unverified",
    });
    deps.storage.append(request, (result) => {
      if (result.kind !== "failed") deps.onStored?.(toStored(request, result));
      answerRefused(httpResponse, { ...refusal, ...requestIdOf(request, result) });
    });
  }

  function receive(exchange: Exchange, body: Uint8Array): void {
    const judgement = judge(exchange.source, toReceived(exchange, body), exchange.config.version);
    const { request } = judgement;
    if (request.outcome === "rejected" && !mayKeepRefusal(exchange.source)) {
      count("rejected", request.cause);
      answerRefusedRequest(exchange.httpResponse, request);
      return;
    }
    deps.storage.append(request, (result) => finish(exchange, judgement, result));
  }

  /** Called once the request is durable, or was refused by the store. */
  function finish(exchange: Exchange, judgement: Judgement, result: AppendResult): void {
    const { request, handshake } = judgement;
    if (result.kind === "failed") {
      count("failed", result.error.code);
      if (request.outcome === "rejected") answerRefusedRequest(exchange.httpResponse, request);
      else answerUnavailable(exchange.httpResponse, result.error);
      return;
    }
    const stored = toStored(request, result);
    count(stored.outcome, stored.cause);
    const requestId = idOf("req", request.receivedAtMs, result.sequence);
    if (request.outcome === "rejected") {
      answerRefusedRequest(exchange.httpResponse, request, requestId);
    } else if (handshake !== undefined) {
      answerHandshake(exchange.httpResponse, handshake, requestId);
    } else {
      const eventId =
        result.kind === "duplicate"
          ? idOf("evt", result.originalReceivedAtMs, result.original)
          : idOf("evt", request.receivedAtMs, result.sequence);
      const duplicate = result.kind === "duplicate";
      answerStored(exchange.httpResponse, exchange.source.response, {
        requestId,
        eventId,
        duplicate,
      });
    }
    if (stored.outcome === "accepted" && stored.targets.length > 0) deps.handOff(stored);
    deps.onStored?.(stored);
  }

  function idOf(prefix: "req" | "evt", timeMs: number, sequence: number): string {
    return formatRecordId(prefix, { timeMs, sequence, tag: deps.storeTag });
  }

  function requestIdOf(request: NewRequest, result: AppendResult): { requestId?: string } {
    return result.kind === "failed"
      ? {}
      : { requestId: idOf("req", request.receivedAtMs, result.sequence) };
  }

  function toReceived(exchange: Exchange, body: Uint8Array): ReceivedRequest {
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
      remoteAddress: deps.remoteAddress(httpRequest),
      receivedAtMs: deps.clock.nowMs(),
      url: `${options.publicUrl()}${PREFIX}${source.name}${place.path}${search}`,
    };
  }

  return {
    owns: (url) => url.startsWith(PREFIX),
    handle,
    drain() {
      state.draining = true;
    },
    stats: () => state.counts,
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

function toStored(
  request: NewRequest,
  result: Exclude<AppendResult, { kind: "failed" }>,
): StoredRequest {
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
