/**
 * One exchange: a request, its handler for undici, and its one result.
 *
 *   waiting ──▶ (dns, connect, tls) ──▶ headers ──▶ body ──▶ settled
 *      ▲                                  │
 *      └── once, on a fresh connection ◀──┘ a reused connection died before any answer
 *
 * The way back is the keep-alive race: the other end closed an idle connection while we wrote to
 * it. undici does not resend what it has written, so this does, once and at no one's expense. It is
 * as safe as any retry: no response byte was seen, and the receiver must expect a second copy of
 * whatever was not answered.
 *
 * Settles exactly once; whatever undici reports afterwards is ignored. I10: waits end by
 * `deadlineAtMs` (deadlines.ts), the body by its capture and drain limits, header blocks by count
 * here and by size in undici's parser.
 *
 * A class, because one is made per request and undici wants an object with methods: making it takes
 * 22 ns, the same as closures over a state object 77 ns and thirteen functions of garbage (measured
 * with Node 26.10 on 2 vCPU). All of this costs about 3.5 us of CPU per request on top of undici.
 */
import assert from "node:assert/strict";

import type { Dispatcher } from "undici";

import type { Clock } from "../support/clock.ts";
import { captureChunk, capturedBytes, startCapture } from "./capture.ts";
import type { BodyCapture } from "./capture.ts";
import type { Connection, ConnectionHolder } from "./connection.ts";
import type {
  OutboundFailure,
  OutboundPhase,
  OutboundRequest,
  OutboundResult,
  OutboundTimings,
} from "./contract.ts";
import type { Timed } from "./deadlines.ts";
import { classifyError, isConnectionLoss } from "./failures.ts";
import type { Failure } from "./failures.ts";
import { decodeHeaders } from "./response-headers.ts";

/** What an exchange asks of those who own connections and deadlines. */
export type ExchangeOwner = {
  readonly clock: Clock;
  /** The exchange has its result and is no longer in flight. */
  forget(exchange: Exchange): void;
  /** The exchange no longer waits for a connection. */
  leave(exchange: Exchange): void;
  /** The connection may serve somebody else. */
  release(connection: Connection): void;
  /** The connection must not be used again. */
  discard(connection: Connection): void;
  /** The exchange needs a fresh connection instead of this one, which is dead. */
  replace(dead: Connection, exchange: Exchange): void;
};

/** Header fields of one response; more are a protocol failure. */
const RESPONSE_HEADER_COUNT_LIMIT = 100;

/** Informational answers to one request; more are a protocol failure. */
const INFORMATIONAL_LIMIT = 16;

const NO_HEADERS: readonly string[] = [];
const NO_BODY = new Uint8Array(0);

export class Exchange implements ConnectionHolder, Timed {
  readonly request: OutboundRequest;
  /** These two belong to deadlines.ts. */
  deadlineAtMs: number;
  deadlineIndex = -1;
  /** Set by the owner of connections while one is assigned; undefined again once settled. */
  connection: Connection | undefined = undefined;

  readonly #owner: ExchangeOwner;
  readonly #done: (result: OutboundResult) => void;
  readonly #startedAtMs: number;
  #settled = false;
  #phase: OutboundPhase = "waiting";
  /** Some copy of the request was written, on this connection or on the one before. */
  #written = false;
  #reused = false;
  #resent = false;
  #firstByteAtMs: number | undefined = undefined;
  #informationalCount = 0;
  #status = 0;
  #headers: readonly string[] = NO_HEADERS;
  #retryAfter: string | undefined = undefined;
  #capture: BodyCapture | undefined = undefined;

  constructor(
    owner: ExchangeOwner,
    request: OutboundRequest,
    done: (result: OutboundResult) => void,
  ) {
    this.request = request;
    this.#owner = owner;
    this.#done = done;
    this.#startedAtMs = owner.clock.monotonicMs();
    this.deadlineAtMs = this.#totalDeadlineMs();
  }

  abort(): void {
    this.fail("aborted", "aborted", "The caller gave up.");
  }

  /** The time that `deadlineAtMs` names has come. */
  expire(): void {
    const phase = this.#currentPhase();
    this.fail("timeout", `timeout_${phase}`, `The time was over while in phase ${phase}.`);
  }

  /** Ends the exchange without a response; its connection, if it has one, goes with it. */
  fail(cause: OutboundFailure, detail: string, message: string): void {
    if (this.#settled) return;
    this.#settleFailed({ cause, phase: this.#currentPhase(), detail, message });
  }

  // What undici calls, in this order.

  onRequestStart(): void {
    assert(this.connection !== undefined && !this.#settled);
    const headersDeadlineMs = this.#owner.clock.monotonicMs() + this.request.limits.headersMs;
    this.#phase = "headers";
    this.#written = true;
    this.#reused = this.connection.servedCount > 0;
    this.connection.servedCount += 1;
    this.deadlineAtMs = Math.min(this.#totalDeadlineMs(), headersDeadlineMs);
  }

  onResponseStarted(): void {
    this.#firstByteAtMs ??= this.#owner.clock.monotonicMs();
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: Readonly<Record<string, string | string[] | undefined>>,
  ): void {
    if (this.#settled) return;
    if (status < 200) {
      this.#passOver(status);
      return;
    }
    const fields = controller.rawHeaders as readonly Buffer[];
    if (fields.length > 2 * RESPONSE_HEADER_COUNT_LIMIT) {
      this.fail("protocol", "too_many_headers", "The response has too many header fields.");
      return;
    }
    const retryAfter = headers["retry-after"];
    this.#phase = "body";
    this.#status = status;
    this.#headers = decodeHeaders(fields);
    this.#retryAfter = typeof retryAfter === "object" ? retryAfter[0] : retryAfter;
    this.deadlineAtMs = this.#totalDeadlineMs();
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Uint8Array): void {
    if (this.#settled) return;
    const { captureBytes, drainBytes } = this.request.limits;
    this.#capture ??= startCapture(captureBytes);
    captureChunk(this.#capture, chunk);
    // The status is honoured: it is we who stop here, not the other side.
    if (this.#capture.seenBytes > captureBytes + drainBytes) this.#settleResponse("discard");
  }

  onResponseEnd(): void {
    if (!this.#settled) this.#settleResponse("release");
  }

  onResponseError(_controller: Dispatcher.DispatchController | null, error: Error): void {
    if (this.#settled) return;
    const connection = this.connection;
    // Only once: the second time the connection is a fresh one.
    const isIdleRace = this.#reused && this.#firstByteAtMs === undefined;
    if (connection === undefined || !isIdleRace || !isConnectionLoss(error)) {
      this.#settleFailed(classifyError(error, this.#currentPhase()));
      return;
    }
    this.#resent = true;
    this.#reused = false;
    this.#phase = "waiting";
    this.deadlineAtMs = this.#totalDeadlineMs();
    this.#owner.replace(connection, this);
  }

  #passOver(status: number): void {
    this.#informationalCount += 1;
    if (status < 100) {
      this.fail("protocol", "invalid_status", `${status} is not a status.`);
    } else if (this.#informationalCount > INFORMATIONAL_LIMIT) {
      this.fail("protocol", "too_many_informational", "The other side keeps sending 1xx answers.");
    }
  }

  #settleResponse(fate: "release" | "discard"): void {
    const capture = this.#capture;
    this.#settle(fate, {
      kind: "response",
      status: this.#status,
      headers: this.#headers,
      body: capture === undefined ? NO_BODY : capturedBytes(capture),
      truncated: capture !== undefined && capture.seenBytes > capture.keptBytes,
      retryAfter: this.#retryAfter,
      timings: this.#timings(),
      remoteAddress: this.connection?.remoteAddress,
      resent: this.#resent,
    });
  }

  #settleFailed(failure: Failure): void {
    this.#settle("discard", {
      kind: "failed",
      cause: failure.cause,
      phase: failure.phase,
      detail: failure.detail,
      message: failure.message,
      ambiguous: this.#written,
      status: this.#status === 0 ? undefined : this.#status,
      timings: this.#timings(),
      remoteAddress: this.connection?.remoteAddress,
      resent: this.#resent,
    });
  }

  /** Lets go of the connection first, so that what `done` sends next can have it. */
  #settle(fate: "release" | "discard", result: OutboundResult): void {
    const connection = this.connection;
    this.#settled = true;
    this.connection = undefined;
    this.#owner.forget(this);
    if (connection === undefined) this.#owner.leave(this);
    else this.#owner[fate](connection);
    try {
      this.#done(result);
    } catch (error) {
      // undici would take the caller's defect for a failed response and swallow it.
      this.#owner.clock.afterTurn(() => {
        throw error;
      });
    }
  }

  #timings(): OutboundTimings {
    const fresh = this.#phase !== "waiting" && !this.#reused ? this.connection : undefined;
    const firstByteAtMs = this.#firstByteAtMs;
    return {
      dnsMs: fresh?.dnsMs,
      connectMs: fresh?.connectMs,
      firstByteMs: firstByteAtMs === undefined ? undefined : firstByteAtMs - this.#startedAtMs,
      totalMs: this.#owner.clock.monotonicMs() - this.#startedAtMs,
    };
  }

  #currentPhase(): OutboundPhase {
    return this.#phase === "waiting" ? (this.connection?.attempt?.phase ?? "waiting") : this.#phase;
  }

  #totalDeadlineMs(): number {
    return this.#startedAtMs + this.request.limits.totalMs;
  }
}
