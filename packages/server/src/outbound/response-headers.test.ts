import { expect, test } from "vitest";

import { decodeHeaders } from "./response-headers.ts";

function fieldsOf(block: Buffer, texts: readonly string[]): Buffer[] {
  let from = 0;
  return texts.map((text) => {
    const at = block.indexOf(text, from, "latin1");
    from = at + text.length;
    return block.subarray(at, from);
  });
}

const TEXTS = ["Server", "a", "x-empty", "", "X-Latin", "caf\u00e9\u00ff", "server", "b"];

test("fields that lie in one buffer keep order, case and repetition", () => {
  const block = Buffer.from(
    "Server: a\r\nx-empty:\r\nX-Latin: caf\u00e9\u00ff\r\nserver: b",
    "latin1",
  );
  expect(decodeHeaders(fieldsOf(block, TEXTS))).toEqual(TEXTS);
});

test("fields of different buffers are decoded one by one", () => {
  const fields = TEXTS.map((text) => Buffer.from(new Uint8Array(Buffer.from(text, "latin1"))));
  expect(decodeHeaders(fields)).toEqual(TEXTS);
});

test("fields out of order are decoded one by one", () => {
  const block = Buffer.from("value name", "latin1");
  const fields = [block.subarray(6), block.subarray(0, 5)];
  expect(decodeHeaders(fields)).toEqual(["name", "value"]);
});

test("no fields are no headers", () => {
  expect(decodeHeaders([])).toEqual([]);
});
