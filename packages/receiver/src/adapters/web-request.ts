/**
 * What the adapters for `Request` and `Response` share (Hono, Next's app router, Workers, Bun, Deno).
 *
 * `Headers` joins what came several times with ", " and forgets the order; a signature header that
 * was sent twice is then malformed instead of repeated, which is refused all the same.
 */
import { headersFromRecord } from "../headers.ts";
import type { Answer } from "../receive/answer.ts";
import type { BodyLimits, BodyRead, IncomingWebhook } from "../receive/incoming.ts";
import { bodyConsumed, bytesRead, type Framework } from "./body-consumed.ts";

export type WebFacts = {
  readonly framework: Framework;
  readonly address?: string | undefined;
  /** The bytes, if the framework has kept them. */
  readonly kept?: Promise<ArrayBuffer> | ArrayBuffer | undefined;
};

export function incomingFromWeb(request: Request, facts: WebFacts): IncomingWebhook {
  return {
    method: request.method,
    url: request.url,
    headers: headersFromRecord(Object.fromEntries(request.headers)),
    address: facts.address,
    readBody: (limits) => readBody(request, limits, facts),
  };
}

export function responseOf(answer: Answer): Response {
  const { status, headers, body } = answer;
  const pairs = headers.map(([name, value]): [string, string] => [name, value]);
  // A status like 204 may have no body, not even an empty one.
  return new Response(body.length === 0 ? null : Uint8Array.from(body), { status, headers: pairs });
}

async function readBody(
  request: Request,
  limits: BodyLimits,
  { framework, kept }: WebFacts,
): Promise<BodyRead> {
  if (request.bodyUsed) {
    if (kept === undefined) return bodyConsumed(framework);
    return bytesRead(new Uint8Array(await kept), limits.maxBytes);
  }
  if (request.body === null) return { kind: "read", bytes: new Uint8Array(0) };
  if (request.body.locked) return bodyConsumed(framework);
  return readWebStream(request.body.getReader(), limits);
}

type Reader = {
  read(): Promise<{ readonly done: boolean; readonly value?: Uint8Array | undefined }>;
  cancel(): Promise<void>;
};

/** Never rejects. Stops at the limit and lets the sender know that nobody reads on. */
async function readWebStream(reader: Reader, limits: BodyLimits): Promise<BodyRead> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const deadline = new Promise<BodyRead>((resolve) => {
    timer = setTimeout(() => resolve({ kind: "timed_out" }), limits.timeoutMs);
  });
  const read = await Promise.race([deadline, collect(reader, limits.maxBytes)]);
  clearTimeout(timer);
  // Not waited for: a sender that is stuck does not notice.
  if (read.kind !== "read") reader.cancel().catch(() => undefined);
  return read;
}

async function collect(reader: Reader, maxBytes: number): Promise<BodyRead> {
  const chunks: Uint8Array[] = [];
  let byteCount = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return { kind: "read", bytes: joined(chunks, byteCount) };
      byteCount += value?.byteLength ?? 0;
      if (byteCount > maxBytes) return { kind: "too_large" };
      if (value !== undefined) chunks.push(value);
    }
  } catch {
    return { kind: "aborted" };
  }
}

function joined(chunks: readonly Uint8Array[], byteCount: number): Uint8Array {
  const bytes = new Uint8Array(byteCount);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return bytes;
}
