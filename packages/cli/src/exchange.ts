/**
 * One HTTP exchange with an ingest URL, as a provider makes it: the headers go out in the order and
 * the spelling given, and the body byte for byte. `fetch` does neither.
 */
import type { IncomingMessage } from "node:http";

export type OutgoingRequest = {
  readonly url: URL;
  readonly method: string;
  /** Name and value; `host` and `content-length` are added where missing. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Uint8Array;
  readonly timeoutMs: number;
};

export type ReceivedAnswer = {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
  readonly durationMs: number;
};

/** An answer is shown to a person; what is longer is cut. */
const ANSWER_LIMIT_BYTES = 64 * 1024;

/** @throws the system's error when nothing answers; a `TimeoutError` after `timeoutMs` */
export async function exchange(outgoing: OutgoingRequest): Promise<ReceivedAnswer> {
  const { url, body } = outgoing;
  const { request } = await (url.protocol === "https:"
    ? import("node:https")
    : import("node:http"));
  const startedMs = performance.now();
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const outgoingRequest = request(url, {
      method: outgoing.method,
      headers: rawHeaders(outgoing),
      signal: AbortSignal.timeout(outgoing.timeoutMs),
    });
    outgoingRequest.once("response", resolve).once("error", reject);
    outgoingRequest.end(body);
  });
  return {
    status: answer.statusCode ?? 0,
    headers: answer.headers,
    body: await readStart(answer),
    durationMs: performance.now() - startedMs,
  };
}

function rawHeaders({ url, headers, body, method }: OutgoingRequest): string[] {
  const names = new Set(headers.map(([name]) => name.toLowerCase()));
  const raw = headers.flat();
  if (!names.has("host")) raw.unshift("Host", url.host);
  const takesBody = body.length > 0 || (method !== "GET" && method !== "HEAD");
  if (takesBody && !names.has("content-length") && !names.has("transfer-encoding")) {
    raw.push("Content-Length", String(body.length));
  }
  return raw;
}

async function readStart(answer: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of answer as AsyncIterable<Buffer>) {
    parts.push(part);
    length += part.length;
    if (length >= ANSWER_LIMIT_BYTES) break;
  }
  return Buffer.concat(parts).subarray(0, ANSWER_LIMIT_BYTES);
}
