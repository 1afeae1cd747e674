/**
 * The error for a body that somebody read before the receiver could.
 *
 * What a parser leaves is an object or text; the bytes that were signed cannot be made from it again,
 * only guessed (I4). So the request is answered with 500, and the error says, for the framework at
 * hand, what to change.
 */
import { ReceiverError } from "../errors.ts";
import type { BodyRead } from "../receive/incoming.ts";

export type Framework = {
  readonly name: string;
  /** What to change when a parser was faster, in one sentence or two. */
  readonly hint: string;
};

export function bodyConsumed({ name, hint }: Framework): BodyRead {
  const error = new ReceiverError(
    "body_already_read",
    `Something read the body before the receiver (${name}), so the bytes that were signed are gone.`,
    hint,
  );
  return { kind: "consumed", error };
}

/** Not instanceof: bytes made in another realm, as test runners do, are bytes too. */
export function isBytes(value: unknown): value is Uint8Array {
  return ArrayBuffer.isView(value) && (value as Uint8Array).BYTES_PER_ELEMENT === 1;
}

/** Bytes that are there already, within the limit. */
export function bytesRead(bytes: Uint8Array, maxBytes: number): BodyRead {
  return bytes.byteLength > maxBytes ? { kind: "too_large" } : { kind: "read", bytes };
}
