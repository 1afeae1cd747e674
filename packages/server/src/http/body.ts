/**
 * Reads the body of a request whole, up to a limit, byte for byte (I3, I10).
 *
 * A declared length above the limit is refused before a byte is read; a body without a length as
 * soon as it passes the limit. What was read of a refused body is let go at once. How long a sender
 * may take is the server's `requestTimeout`, not this file's business.
 *
 * Cost: no copy when the body arrives in one chunk, which is what a body under 64 KB does.
 */
import type { IncomingMessage } from "node:http";

export type BodyResult =
  | { readonly kind: "complete"; readonly body: Uint8Array }
  /** The rest of the body has not been read: answer, then close (`refuseAndClose`). */
  | { readonly kind: "too_large" }
  /** The sender went away; nobody is there to answer. */
  | { readonly kind: "aborted" };

const EMPTY: Uint8Array = new Uint8Array(0);

/** Calls back exactly once; synchronously when the declared length already decides. */
export function readBody(
  httpRequest: IncomingMessage,
  limitBytes: number,
  done: (result: BodyResult) => void,
): void {
  const declared = httpRequest.headers["content-length"];
  if (declared !== undefined && Number(declared) > limitBytes) {
    done({ kind: "too_large" });
    return;
  }

  let chunks: Uint8Array[] = [];
  let byteCount = 0;

  function finish(result: BodyResult): void {
    httpRequest.off("data", take);
    httpRequest.off("end", complete);
    httpRequest.off("close", abort);
    chunks = [];
    done(result);
  }
  function take(chunk: Uint8Array): void {
    byteCount += chunk.length;
    if (byteCount > limitBytes) {
      httpRequest.pause();
      finish({ kind: "too_large" });
      return;
    }
    chunks.push(chunk);
  }
  function complete(): void {
    finish({ kind: "complete", body: joined(chunks, byteCount) });
  }
  function abort(): void {
    finish({ kind: "aborted" });
  }

  httpRequest.on("data", take);
  httpRequest.on("end", complete);
  // A broken connection emits "close" without "end"; its "error" would be unhandled otherwise.
  httpRequest.on("close", abort);
  httpRequest.on("error", ignore);
}

function joined(chunks: readonly Uint8Array[], byteCount: number): Uint8Array {
  const [only] = chunks;
  if (only === undefined) return EMPTY;
  return chunks.length === 1 ? only : Buffer.concat(chunks, byteCount);
}

function ignore(): void {
  // "close" follows and tells.
}
