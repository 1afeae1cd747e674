/**
 * What one outbound exchange takes and gives: the types, the limits and the table of failures.
 *
 * An exchange counts as a response only when the other side finished it, or when we chose to stop
 * reading a body that had become too long. A body that breaks off, is malformed or drips past the
 * total limit is a failure even after a 2xx status line: servers that die half-way through their
 * work (a chunked answer cut short, RFC 9112 section 8) have no other way to say so, and a
 * duplicate is the smaller evil than a loss. The status seen is kept with the failure.
 *
 * Types and constants only; nothing here runs on the hot path.
 */

/** Every wait and every amount of one exchange (I10). */
export type OutboundLimits = {
  /** Resolution of the name, TCP and TLS handshake together. */
  readonly connectMs: number;
  /** From writing the request to the end of the final header block; 1xx answers do not extend it. */
  readonly headersMs: number;
  /** From `send` to the end of the body, waiting for a free connection included. */
  readonly totalMs: number;
  /** How much of the response body is kept. */
  readonly captureBytes: number;
  /** How much more is read and dropped to keep the connection usable, before it is destroyed. */
  readonly drainBytes: number;
  /** Names and values of one response header block; a larger block is a protocol failure. */
  readonly responseHeaderBytes: number;
};

/** The named defaults of reliability.md section 5. */
export const DEFAULT_OUTBOUND_LIMITS: OutboundLimits = Object.freeze({
  connectMs: 5_000,
  headersMs: 15_000,
  totalMs: 30_000,
  captureBytes: 16 * 1024,
  drainBytes: 256 * 1024,
  responseHeaderBytes: 16 * 1024,
});

export type OutboundRequest = {
  /** From `parseTargetUrl`, with path and query as the request needs them; a fragment is not sent. */
  readonly url: URL;
  readonly method: string;
  /** Name, value, name, value …: order, case and repetition stay as they are on the wire. */
  readonly headers: readonly string[];
  /** Not copied: it must not change before the result is there. */
  readonly body: Uint8Array | undefined;
  readonly limits: OutboundLimits;
  /** Opens loopback and private networks to this request; metadata and special ranges stay closed. */
  readonly allowPrivate: boolean;
};

/** How far an exchange had come. */
export type OutboundPhase = "waiting" | "dns" | "connect" | "tls" | "headers" | "body";

/** Why an exchange has no response (I7). */
export const OUTBOUND_FAILURES = {
  invalid_request: "The URL, method or a header cannot be sent.",
  blocked_address: "The target's address is not allowed by the address guard.",
  dns: "The host name could not be resolved.",
  connect: "No TCP connection could be made.",
  tls: "The TLS handshake failed or the certificate was refused.",
  timeout: "A time limit passed; the phase says which.",
  reset: "The connection broke before the response was complete.",
  protocol: "The response was not valid HTTP, or its header block was too large.",
  overloaded: "A local limit on connections or waiting requests was reached; nothing was sent.",
  aborted: "The caller gave up, or the outbound side was closed.",
} as const;

export type OutboundFailure = keyof typeof OUTBOUND_FAILURES;

export type OutboundTimings = {
  /** Absent when the connection was reused, or the host is an address. */
  readonly dnsMs: number | undefined;
  /** TCP and TLS; absent when the connection was reused. */
  readonly connectMs: number | undefined;
  /** From `send` to the first byte of the response. */
  readonly firstByteMs: number | undefined;
  readonly totalMs: number;
};

type ExchangeFacts = {
  readonly timings: OutboundTimings;
  /** The address the socket was connected to; absent when there was no connection. */
  readonly remoteAddress: string | undefined;
  /** A reused connection died before any answer and the request was sent once more. */
  readonly resent: boolean;
};

export type OutboundResponse = ExchangeFacts & {
  readonly kind: "response";
  readonly status: number;
  /** Name, value, … as received, latin1. */
  readonly headers: readonly string[];
  /** The first `captureBytes` of the body, never decompressed. */
  readonly body: Uint8Array;
  /** The body was longer than what was kept. */
  readonly truncated: boolean;
  /** The first `Retry-After` value, uninterpreted. */
  readonly retryAfter: string | undefined;
};

export type OutboundFailed = ExchangeFacts & {
  readonly kind: "failed";
  readonly cause: OutboundFailure;
  readonly phase: OutboundPhase;
  /** A code for machines: `ECONNREFUSED`, `CERT_HAS_EXPIRED`, `loopback`, … */
  readonly detail: string;
  /** A sentence for people. */
  readonly message: string;
  /** The other side may have received the request whole. */
  readonly ambiguous: boolean;
  /** The status seen before the body failed. */
  readonly status: number | undefined;
};

export type OutboundResult = OutboundResponse | OutboundFailed;

export type OutboundStats = {
  readonly origins: number;
  readonly connections: number;
  readonly idleConnections: number;
  /** Requests that have no result yet. */
  readonly inFlight: number;
  /** Those among them that wait for a free connection. */
  readonly waiting: number;
  /** Connection attempts since the start, failed ones included. */
  readonly connectCount: number;
  readonly resendCount: number;
};

export type Outbound = {
  /**
   * Makes one exchange. `done` is called exactly once, never before `send` returns.
   * `abort` after the result does nothing.
   */
  send(request: OutboundRequest, done: (result: OutboundResult) => void): { abort(): void };
  stats(): OutboundStats;
  /** Ends what is in flight as `aborted`, closes every socket; resolves when none is left. */
  close(): Promise<void>;
};
