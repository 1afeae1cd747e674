/**
 * Translates what a socket, the resolver, TLS or the HTTP parser reports into one of our causes.
 *
 * Their codes are kept as `detail` and their words as `message`; only the cause is decided here.
 * What is not recognised on an established connection counts as `reset`: the connection is gone and
 * nothing more can be said.
 *
 * Pure; runs for failures only.
 */
import type { OutboundFailure, OutboundPhase } from "./contract.ts";

export type Failure = {
  readonly cause: OutboundFailure;
  readonly phase: OutboundPhase;
  readonly detail: string;
  readonly message: string;
};

/** Carries a failure through undici's connect callback, which takes nothing but an Error. */
export class ConnectError extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.message);
    this.name = "ConnectError";
    this.failure = failure;
  }
}

/** Codes that undici gives to what the other side sent; a parser error may have only its name. */
const PROTOCOL_CODES: ReadonlySet<string> = new Set([
  "HTTPParserError",
  "UND_ERR_HEADERS_OVERFLOW",
  "UND_ERR_RES_CONTENT_LENGTH_MISMATCH",
  "UND_ERR_RESPONSE",
]);

/** undici's words for a `100` nobody asked for, and for a switch of protocols. */
const PROTOCOL_MESSAGES: ReadonlySet<string> = new Set(["bad response", "bad upgrade"]);

const INVALID_REQUEST_CODES: ReadonlySet<string> = new Set([
  "UND_ERR_INVALID_ARG",
  "UND_ERR_NOT_SUPPORTED",
  "UND_ERR_REQ_CONTENT_LENGTH_MISMATCH",
]);

/** What a closed socket looks like from this side. */
const CLOSED_CODES: ReadonlySet<string> = new Set(["UND_ERR_SOCKET", "ECONNRESET", "EPIPE"]);

/** The failure of an exchange that has a connection, or of one undici refused to start. */
export function classifyError(error: Error, phase: OutboundPhase): Failure {
  if (error instanceof ConnectError) return error.failure;
  const detail = errorCode(error);
  return { cause: causeOf(error, detail), phase, detail, message: error.message };
}

/** Whether the connection was closed under us, as an idle one may be by its other end. */
export function isConnectionLoss(error: Error): boolean {
  return CLOSED_CODES.has(errorCode(error)) && !PROTOCOL_MESSAGES.has(error.message);
}

export function errorCode(error: Error): string {
  const code: unknown = "code" in error ? error.code : undefined;
  return typeof code === "string" ? code : error.name;
}

function causeOf(error: Error, code: string): OutboundFailure {
  if (INVALID_REQUEST_CODES.has(code)) return "invalid_request";
  if (PROTOCOL_CODES.has(code) || code.startsWith("HPE_")) return "protocol";
  if (PROTOCOL_MESSAGES.has(error.message)) return "protocol";
  if (code.startsWith("ERR_SSL") || code.startsWith("ERR_TLS")) return "tls";
  return "reset";
}
