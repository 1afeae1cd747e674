/**
 * Answers with bytes and raw headers, past any framework: for the ingest path, for streams, and for
 * refusals in the middle of a body.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Clock } from "../support/clock.ts";

export type RawAnswer = {
  readonly status: number;
  /** Name, value, name, value …; `content-length` is added. */
  readonly headers: readonly string[];
  readonly body: Uint8Array | string;
};

/** Sends a whole answer. */
export function respond(httpResponse: ServerResponse, answer: RawAnswer): void {
  httpResponse.writeHead(answer.status, withLength(answer));
  httpResponse.end(answer.body);
}

/** How long, and how much, a refused sender may go on before the socket is cut. */
const LINGER_MS = 2000;
const LINGER_BYTES = 4 * 1024 * 1024;

/**
 * Answers a request whose body was not read to the end, then closes the connection.
 *
 * Closing a socket with unread bytes makes the kernel send a reset, and a sender that is still
 * writing never sees the answer. So the answer goes out whole first, the rest of the body is thrown
 * away for a moment, and only then is the connection ended (a lingering close).
 */
export function refuseAndClose(
  httpRequest: IncomingMessage,
  httpResponse: ServerResponse,
  refusal: { readonly answer: RawAnswer; readonly clock: Clock },
): void {
  const { answer, clock } = refusal;
  httpResponse.writeHead(answer.status, [...withLength(answer), "connection", "close"]);
  httpResponse.write(answer.body);

  let discardedBytes = 0;
  const timer = clock.startTimer(LINGER_MS, cut);

  function discard(chunk: Uint8Array): void {
    discardedBytes += chunk.length;
    if (discardedBytes > LINGER_BYTES) cut();
  }
  function finish(): void {
    clock.cancelTimer(timer);
    httpRequest.off("data", discard);
    httpResponse.end();
  }
  function cut(): void {
    finish();
    httpRequest.destroy();
  }

  httpRequest.on("data", discard);
  httpRequest.once("end", finish);
  httpRequest.once("close", finish);
  httpRequest.resume();
}

function withLength(answer: RawAnswer): string[] {
  return [...answer.headers, "content-length", String(Buffer.byteLength(answer.body))];
}
