/**
 * Keeps the first bytes of a response body, copied out of the socket's buffers so that a few kept
 * bytes do not hold a 64 KiB read buffer alive.
 *
 * Grows one buffer by doubling: a body that arrives byte by byte costs no object per byte. Nothing
 * is decoded: a compressed body is kept compressed, whatever it would unpack to.
 *
 * Cost: one copy of at most `limitBytes`; an empty body costs one small object.
 */

export type BodyCapture = {
  readonly limitBytes: number;
  /** Bytes that came, kept or not. */
  seenBytes: number;
  /** Its first `keptBytes` are the body's; the rest is room to grow. */
  buffer: Uint8Array;
  keptBytes: number;
};

const EMPTY = new Uint8Array(0);

export function startCapture(limitBytes: number): BodyCapture {
  return { limitBytes, seenBytes: 0, buffer: EMPTY, keptBytes: 0 };
}

/** Copies what there is room for; the chunk itself is not held on to. */
export function captureChunk(capture: BodyCapture, chunk: Uint8Array): void {
  capture.seenBytes += chunk.length;
  const room = capture.limitBytes - capture.keptBytes;
  if (room <= 0) return;

  const addition = chunk.length > room ? chunk.subarray(0, room) : chunk;
  const keptBytes = capture.keptBytes + addition.length;
  if (keptBytes > capture.buffer.length) grow(capture, keptBytes);
  capture.buffer.set(addition, capture.keptBytes);
  capture.keptBytes = keptBytes;
}

export function capturedBytes(capture: BodyCapture): Uint8Array {
  return capture.buffer.length === capture.keptBytes
    ? capture.buffer
    : capture.buffer.subarray(0, capture.keptBytes);
}

function grow(capture: BodyCapture, neededBytes: number): void {
  const doubled = Math.min(capture.limitBytes, capture.buffer.length * 2);
  const grown = new Uint8Array(Math.max(neededBytes, doubled));
  grown.set(capturedBytes(capture));
  capture.buffer = grown;
}
