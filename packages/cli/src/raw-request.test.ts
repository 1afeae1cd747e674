import * as fc from "fast-check";
import { expect, test } from "vitest";
import { parseRawRequest } from "./raw-request.ts";

test("method, target and headers are kept in their order and spelling", () => {
  const text = "PUT /in/a?b=c HTTP/1.1\r\nX-One: 1\r\nx-one:2 \r\nEmpty:\r\n\r\n";
  expect(parseRawRequest(Buffer.from(text))).toMatchObject({
    method: "PUT",
    target: "/in/a?b=c",
    headers: ["X-One", "1", "x-one", "2", "Empty", ""],
    surplusBytes: 0,
    missingBytes: 0,
  });
});

test("a head without a request line is a POST", () => {
  const { method, target, headers } = parseRawRequest(Buffer.from("X-One: 1\n\nbody"));
  expect({ method, target, headers }).toEqual({
    method: "POST",
    target: "/",
    headers: ["X-One", "1"],
  });
});

test("bytes of a header that are not ASCII survive", () => {
  const bytes = Buffer.concat([Buffer.from("X: "), Buffer.from([0xff, 0xe9]), Buffer.from("\n\n")]);
  expect(parseRawRequest(bytes).headers[1]).toBe("\u00ff\u00e9");
});

test("[I3] the body is the bytes after the first empty line, whatever they are", () => {
  const property = fc.property(fc.uint8Array(), fc.constantFrom("\r\n", "\n"), (body, lineEnd) => {
    const head = ["POST / HTTP/1.1", "a: b", "", ""].join(lineEnd);
    const parsed = parseRawRequest(Buffer.concat([Buffer.from(head), body]));
    expect(Buffer.from(parsed.body)).toEqual(Buffer.from(body));
  });
  fc.assert(property);
});

test("content-length decides where the body ends", () => {
  const read = (length: number): ReturnType<typeof parseRawRequest> =>
    parseRawRequest(Buffer.from(`POST /\nContent-Length: ${String(length)}\n\nhello`));
  expect(Buffer.from(read(4).body).toString()).toBe("hell");
  expect(read(4).surplusBytes).toBe(1);
  expect(read(9)).toMatchObject({ missingBytes: 4, surplusBytes: 0 });
});
