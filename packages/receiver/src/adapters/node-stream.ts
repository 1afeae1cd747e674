/**
 * Reads a body from a stream of Node, within limits.
 *
 * Stops at the limit instead of reading on: what is still coming is left in the socket, which the
 * answer then closes. Memory: at most `maxBytes` and one chunk.
 */
import type { Readable } from "node:stream";
import type { BodyLimits, BodyRead } from "../receive/incoming.ts";

/** Whether the bytes are still there, as bytes. */
export function isUnread(stream: Readable): boolean {
  return !stream.readableDidRead && !stream.readableEnded && stream.readableEncoding === null;
}

/** Never rejects. */
export function readNodeStream(stream: Readable, limits: BodyLimits): Promise<BodyRead> {
  if (stream.destroyed || stream.errored) return Promise.resolve({ kind: "aborted" });
  return new Promise((resolve) => {
    const chunks: Uint8Array[] = [];
    let byteCount = 0;

    const finish = (read: BodyRead): void => {
      clearTimeout(timer);
      stream.off("data", keep).off("end", end).off("close", abort);
      // The listener for errors stays: a broken connection must not end the program.
      if (read.kind !== "read") stream.pause();
      resolve(read);
    };
    const keep = (chunk: Uint8Array): void => {
      byteCount += chunk.length;
      if (byteCount > limits.maxBytes) finish({ kind: "too_large" });
      else chunks.push(chunk);
    };
    const end = (): void => {
      finish({ kind: "read", bytes: Buffer.concat(chunks, byteCount) });
    };
    const abort = (): void => {
      finish({ kind: "aborted" });
    };
    const timer = setTimeout(() => {
      finish({ kind: "timed_out" });
    }, limits.timeoutMs);
    stream.on("data", keep).on("end", end).on("close", abort).on("error", abort);
  });
}
