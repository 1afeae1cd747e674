/**
 * Writes the answers of the ingest port. Every answer carries the request's id, so that what a
 * sender saw can be found again, and a policy that keeps a browser from running what it gets: the
 * bytes of an answer may be chosen by whoever configures the source, on an origin that others share.
 */
import type { ServerResponse } from "node:http";
import type { HandshakeAnswer, SourceResponse } from "../model/active.ts";
import type { RejectionCause } from "../model/request.ts";
import { REJECTION_CAUSES } from "../model/request.ts";
import type { RingdownError } from "../errors/ringdown-error.ts";

const SANDBOX = ["content-security-policy", "sandbox; default-src 'none'"] as const;
const SAFE_HEADERS = [...SANDBOX, "x-content-type-options", "nosniff"] as const;

/** What a sender is told to wait when the store cannot take more. */
const RETRY_AFTER_S = "5";

export type StoredAnswer = {
  readonly requestId: string;
  readonly eventId: string;
  readonly duplicate: boolean;
};

export function answerStored(
  httpResponse: ServerResponse,
  response: SourceResponse,
  stored: StoredAnswer,
): void {
  const headers = ["ringdown-request", stored.requestId, ...SAFE_HEADERS];
  if (stored.duplicate) headers.push("ringdown-duplicate", "true");
  if (response.body === undefined) {
    headers.push("content-type", "application/json");
    const duplicate = stored.duplicate ? ',"duplicate":true' : "";
    send(
      httpResponse,
      { status: response.status, headers: [...headers, ...response.headers] },
      `{"id":"${stored.eventId}"${duplicate}}\n`,
    );
    return;
  }
  send(
    httpResponse,
    { status: response.status, headers: [...headers, ...response.headers] },
    response.body,
  );
}

export function answerHandshake(
  httpResponse: ServerResponse,
  answer: HandshakeAnswer,
  requestId: string,
): void {
  send(
    httpResponse,
    {
      status: answer.status,
      // The receiver's answers say themselves that nothing is to be guessed.
      headers: ["ringdown-request", requestId, ...SANDBOX, ...answer.headers],
    },
    answer.body,
  );
}

export type Refusal = {
  readonly status: number;
  readonly cause: RejectionCause | "source_not_found" | "bad_request" | "shutting_down";
  readonly requestId?: string;
  /** Whether the rest of the sender's bytes may be read from this socket. */
  readonly close: boolean;
};

export function answerRefused(httpResponse: ServerResponse, refusal: Refusal): void {
  const headers: string[] = ["content-type", "application/problem+json", ...SAFE_HEADERS];
  if (refusal.requestId !== undefined) headers.push("ringdown-request", refusal.requestId);
  if (refusal.close) headers.push("connection", "close");
  if (refusal.status === 429 || refusal.status === 503) headers.push("retry-after", RETRY_AFTER_S);
  const problem = {
    title: titleOf(refusal.cause),
    status: refusal.status,
    code: refusal.cause,
    ...(refusal.requestId !== undefined && { requestId: refusal.requestId }),
  };
  send(httpResponse, { status: refusal.status, headers }, JSON.stringify(problem));
}

/** The store could not take it: nothing was kept, and the sender is asked to come again (I1). */
export function answerUnavailable(httpResponse: ServerResponse, error: RingdownError): void {
  const headers = [
    "content-type",
    "application/problem+json",
    "retry-after",
    RETRY_AFTER_S,
    ...SAFE_HEADERS,
  ];
  const problem = { title: "Not stored; send it again later.", status: 503, code: error.code };
  send(httpResponse, { status: 503, headers }, JSON.stringify(problem));
}

function titleOf(cause: Refusal["cause"]): string {
  if (cause === "source_not_found") return "No source has this address.";
  if (cause === "bad_request") return "The request is malformed.";
  if (cause === "shutting_down") return "The gateway is stopping; send it again.";
  return REJECTION_CAUSES[cause];
}

function send(
  httpResponse: ServerResponse,
  head: { status: number; headers: string[] },
  body: string | Uint8Array,
): void {
  if (httpResponse.headersSent || httpResponse.destroyed) return;
  const bytes = typeof body === "string" ? Buffer.byteLength(body) : body.length;
  if (head.status !== 204 && head.status !== 304)
    head.headers.push("content-length", String(bytes));
  httpResponse.writeHead(head.status, head.headers);
  httpResponse.end(body);
}
