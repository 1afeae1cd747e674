import { expect, test } from "vitest";

import { captureChunk, capturedBytes, startCapture } from "./capture.ts";

function bytes(length: number, value = 7): Uint8Array {
  return new Uint8Array(length).fill(value);
}

test("no chunk leaves an empty body", () => {
  expect(capturedBytes(startCapture(10))).toEqual(new Uint8Array(0));
});

test("chunks are kept one behind the other", () => {
  const capture = startCapture(10);
  for (const chunk of [[1, 2], [3], [], [4, 5, 6]]) captureChunk(capture, new Uint8Array(chunk));
  expect(capturedBytes(capture)).toEqual(new Uint8Array([1, 2, 3, 4, 5, 6]));
  expect(capture.seenBytes).toBe(6);
});

test("a kept chunk is a copy: what happens to the read buffer afterwards does not matter", () => {
  const capture = startCapture(10);
  const chunk = new Uint8Array([1, 2, 3]);
  captureChunk(capture, chunk);
  chunk.fill(9);
  expect(capturedBytes(capture)).toEqual(new Uint8Array([1, 2, 3]));
});

test.each([1, 2, 3, 7, 100])(
  "[I10] chunks of %d bytes fill up to the limit and no further",
  (size) => {
    const capture = startCapture(100);
    for (let sent = 0; sent < 1000; sent += size) captureChunk(capture, bytes(size));
    expect(capturedBytes(capture)).toEqual(bytes(100));
    expect(capture.buffer.buffer.byteLength).toBeLessThanOrEqual(100);
    expect(capture.seenBytes).toBeGreaterThanOrEqual(1000);
  },
);

test("[I10] a limit of nothing keeps nothing and still counts", () => {
  const capture = startCapture(0);
  captureChunk(capture, bytes(5));
  expect(capturedBytes(capture).length).toBe(0);
  expect(capture.seenBytes).toBe(5);
});
