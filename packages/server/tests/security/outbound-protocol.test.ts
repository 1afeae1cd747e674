/**
 * What goes over the wire and what may come back: requests byte for byte, header injection refused,
 * malformed and oversized answers recorded instead of trusted (reliability matrix B6, C6).
 */
import type { Socket } from "node:net";

import { afterEach, describe, expect, test } from "vitest";

import {
  closeAll,
  expectFailed,
  expectResponse,
  OK,
  openOutbound,
  requestTo,
  send,
  startAnswering,
  startReceiver,
} from "./outbound-harness.ts";

afterEach(closeAll);

describe("requests", () => {
  test("[I3] headers keep order, case and repetition, and nothing is added but framing", async () => {
    const receiver = await startAnswering(OK);
    const headers = [
      "X-Second",
      "2",
      "x-first",
      "1",
      "X-second",
      "two, three",
      "User-Agent",
      "Ringdown",
      "x-latin",
      "caf\u00e9 \u00ff\ttab",
      "x-empty",
      "",
    ];
    const url = `http://127.0.0.1:${receiver.port}/in/a%20b/?x=1&x=2&y#not-sent`;
    await expectResponse(send(openOutbound(), requestTo(url, { headers })));
    expect(receiver.received).toBe(
      "POST /in/a%20b/?x=1&x=2&y HTTP/1.1\r\n" +
        `host: 127.0.0.1:${receiver.port}\r\n` +
        "connection: keep-alive\r\n" +
        "X-Second: 2\r\nx-first: 1\r\nX-second: two, three\r\nUser-Agent: Ringdown\r\n" +
        "x-latin: caf\u00e9 \u00ff\ttab\r\nx-empty: \r\n" +
        "content-length: 2\r\n\r\n{}",
    );
  });

  test("[I3] a body of any bytes arrives as it is", async () => {
    const receiver = await startAnswering(OK);
    const body = Buffer.from(Array.from({ length: 1024 }, (_, index) => index % 256));
    await expectResponse(send(openOutbound(), requestTo(receiver.url, { body, headers: [] })));
    const sent = receiver.received.slice(receiver.received.indexOf("\r\n\r\n") + 4);
    expect(Buffer.from(sent, "latin1").equals(body)).toBe(true);
  });

  test.each([
    ["POST", new Uint8Array(0), "content-length: 0"],
    ["POST", undefined, "content-length: 0"],
    ["GET", Buffer.from("{}"), "content-length: 2"],
    ["DELETE", Buffer.from("{}"), "content-length: 2"],
    ["PURGE", undefined, "PURGE /in HTTP/1.1"],
  ])("%s with the body %j is framed", async (method, body, expected) => {
    const receiver = await startAnswering(OK);
    const request = requestTo(receiver.url, { method, body });
    expect((await expectResponse(send(openOutbound(), request))).status).toBe(200);
    expect(receiver.received).toContain(expected);
  });

  test("a HEAD answer has no body, whatever its length says", async () => {
    const receiver = await startAnswering("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n");
    const request = requestTo(receiver.url, { method: "HEAD", body: undefined });
    expect((await expectResponse(send(openOutbound(), request))).body.length).toBe(0);
  });

  test.each([
    ["x-a\r\nx-injected", "1"],
    ["x-a", "1\r\nx-injected: 1"],
    ["x-a", "1\nx-injected: 1"],
    ["x-a", "1\r\n\r\nGET /injected HTTP/1.1\r\n"],
    ["x-a", "1\0"],
    ["x a", "1"],
    ["", "1"],
    ["x-wide", "\u010a\u010d"],
    ["Host", "other.example"],
    ["Content-Length", "0"],
    ["Transfer-Encoding", "chunked"],
    ["Connection", "close"],
    ["Keep-Alive", "timeout=1000"],
    ["Upgrade", "websocket"],
    ["TE", "trailers"],
    ["Trailer", "x"],
    ["Expect", "100-continue"],
    ["Proxy-Authorization", "Basic eA=="],
  ])("[I12] the header %j: %j is refused before anything is sent", async (name, value) => {
    const receiver = await startAnswering(OK);
    const headers = ["x-before", "1", name, value];
    const failed = await expectFailed(send(openOutbound(), requestTo(receiver.url, { headers })));
    expect(failed).toMatchObject({
      cause: "invalid_request",
      detail: "invalid_header",
      ambiguous: false,
    });
    expect(receiver.connectionCount).toBe(0);
  });

  test.each(["", "GET ", "G\r\nT", "get", "CONNECT", "TRACE", "POST / HTTP/1.1\r\nx: y"])(
    "[I12] the method %j is refused before anything is sent",
    async (method) => {
      const receiver = await startAnswering(OK);
      const failed = await expectFailed(send(openOutbound(), requestTo(receiver.url, { method })));
      expect(failed).toMatchObject({ cause: "invalid_request", detail: "invalid_method" });
      expect(receiver.connectionCount).toBe(0);
    },
  );

  test.each(["ftp://127.0.0.1/", "file:///etc/passwd", "data:,x", "ws://127.0.0.1:8080/"])(
    "[I9] the URL %s is refused before anything is sent",
    async (url) => {
      const failed = await expectFailed(send(openOutbound(), requestTo(url)));
      expect(failed).toMatchObject({ cause: "invalid_request", detail: "invalid_url" });
    },
  );
});

describe("responses", () => {
  test("headers keep order, case, repetition and bytes; Retry-After is picked out", async () => {
    const receiver = await startAnswering(
      Buffer.from(
        "HTTP/1.1 503 Busy\r\nX-B: 2\r\nx-a:1\r\nX-b: two\r\nx-latin: caf\u00e9\r\n" +
          "Retry-After: 120\r\nretry-after: 7\r\ncontent-length: 4\r\n\r\nbusy",
        "latin1",
      ),
    );
    const response = await expectResponse(send(openOutbound(), requestTo(receiver.url)));
    expect(response).toMatchObject({ status: 503, retryAfter: "120", truncated: false });
    expect(response.headers).toEqual([
      ..."X-B 2 x-a 1 X-b two x-latin caf\u00e9".split(" "),
      ..."Retry-After 120 retry-after 7 content-length 4".split(" "),
    ]);
    expect(Buffer.from(response.body).toString()).toBe("busy");
  });

  test("an answer in many small pieces is the same answer", async () => {
    const answer =
      "HTTP/1.1 200 OK\r\nX-Name: value\r\nx-name: again\r\ncontent-length: 3\r\n\r\nabc";
    const receiver = await startReceiver({
      onRequest(socket) {
        const pieces = [...answer];
        const writeNext = (): void => {
          const piece = pieces.shift();
          if (piece !== undefined) socket.write(piece, () => setImmediate(writeNext));
        };
        socket.setNoDelay(true);
        writeNext();
      },
    });
    const response = await expectResponse(send(openOutbound(), requestTo(receiver.url)));
    expect(response.headers).toEqual(["X-Name", "value", "x-name", "again", "content-length", "3"]);
    expect(Buffer.from(response.body).toString()).toBe("abc");
  });

  test("timings and the remote address tell a fresh connection from a reused one", async () => {
    const receiver = await startAnswering(OK);
    const outbound = openOutbound({}, { lookup: (_name, done) => done(null, ["127.0.0.1"]) });
    const url = `http://timed.example:${receiver.port}/`;
    const fresh = await expectResponse(send(outbound, requestTo(url)));
    const reused = await expectResponse(send(outbound, requestTo(url)));
    expect(fresh.timings.dnsMs).toBeGreaterThanOrEqual(0);
    expect(fresh.timings.connectMs).toBeGreaterThan(0);
    expect(fresh.timings.firstByteMs).toBeLessThanOrEqual(fresh.timings.totalMs);
    expect(reused.timings).toMatchObject({ dnsMs: undefined, connectMs: undefined });
    expect(reused.remoteAddress).toBe("127.0.0.1");
  });

  test("informational answers before the final one are passed over", async () => {
    const receiver = await startAnswering(
      `HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n${OK}`,
    );
    const response = await expectResponse(send(openOutbound(), requestTo(receiver.url)));
    expect(response.status).toBe(200);
    expect(response.headers).toEqual(["content-length", "2"]);
  });

  test.each([
    ["garbage", "\x00\x01\x02\x03garbage\r\n\r\n"],
    ["TLS on a plain port", "\x15\x03\x01\x00\x02\x02\x0a"],
    ["SSH", "SSH-2.0-OpenSSH_9.2\r\n"],
    ["a wrong version", "HTTP/9.9 200 OK\r\n\r\n"],
    ["a status that is too long", "HTTP/1.1 2000 OK\r\n\r\n"],
    ["a status below 100", "HTTP/1.1 099 Odd\r\ncontent-length: 0\r\n\r\n"],
    ["a status of letters", "HTTP/1.1 abc OK\r\n\r\n"],
    ["a space in a header name", "HTTP/1.1 200 OK\r\nx y: z\r\n\r\n"],
    ["NUL in a header", "HTTP/1.1 200 OK\r\nx: a\0b\r\ncontent-length: 0\r\n\r\n"],
    ["a negative length", "HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n"],
    ["two lengths", "HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab"],
    [
      "a length and chunks",
      "HTTP/1.1 200 OK\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
    ],
    ["a bad chunk size", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\nab\r\n"],
    [
      "a huge chunk size",
      "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nffffffffffffffffff\r\na\r\n",
    ],
    [
      "an unasked switch of protocols",
      "HTTP/1.1 101 Up\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n",
    ],
    ["an unasked 100", `HTTP/1.1 100 Continue\r\n\r\n${OK}`],
    ["1xx answers only", "HTTP/1.1 102 Processing\r\n\r\n".repeat(1000)],
    ["a header line of 1 MB", `HTTP/1.1 200 OK\r\nx: ${"a".repeat(1024 * 1024)}\r\n\r\n`],
    ["100,000 headers", `HTTP/1.1 200 OK\r\n${"x: y\r\n".repeat(100_000)}\r\n`],
    ["101 headers", `HTTP/1.1 200 OK\r\n${"x: y\r\n".repeat(100)}content-length: 0\r\n\r\n`],
    ["a 1xx with 1 MB of headers", `HTTP/1.1 102 P\r\n${"x: yyyyyyyy\r\n".repeat(100_000)}\r\n`],
  ])("[I10] %s is a protocol failure", async (_what, answer) => {
    const receiver = await startReceiver({
      onRequest: (socket: Socket) => void socket.end(Buffer.from(answer, "latin1")),
    });
    const outbound = openOutbound();
    const failed = await expectFailed(send(outbound, requestTo(receiver.url)));
    expect(failed).toMatchObject({ cause: "protocol", ambiguous: true, resent: false });
    expect(outbound.stats()).toMatchObject({ connections: 0, inFlight: 0 });
  });

  test("[I10] one hundred headers and a block just under the limit are taken", async () => {
    const receiver = await startAnswering(
      `HTTP/1.1 200 OK\r\n${"x: y\r\n".repeat(99)}content-length: 0\r\n\r\n`,
    );
    const hundred = await expectResponse(send(openOutbound(), requestTo(receiver.url)));
    expect(hundred.headers).toHaveLength(200);

    const large = await startAnswering(
      `HTTP/1.1 200 OK\r\nx: ${"a".repeat(16_000)}\r\ncontent-length: 0\r\n\r\n`,
    );
    expect((await expectResponse(send(openOutbound(), requestTo(large.url)))).status).toBe(200);
  });

  test("[I10] a smaller header limit of one request holds for that request", async () => {
    const receiver = await startAnswering(
      `HTTP/1.1 200 OK\r\nx: ${"a".repeat(2_000)}\r\ncontent-length: 0\r\n\r\n`,
    );
    const outbound = openOutbound();
    const limits = { responseHeaderBytes: 1_024 };
    const failed = await expectFailed(send(outbound, requestTo(receiver.url, { limits })));
    expect(failed).toMatchObject({ cause: "protocol", detail: "UND_ERR_HEADERS_OVERFLOW" });
    expect((await expectResponse(send(outbound, requestTo(receiver.url)))).status).toBe(200);
  });

  test("an answer nobody asked for is not taken for the next request's", async () => {
    const genuine = (text: string): string =>
      `HTTP/1.1 200 OK\r\ncontent-length: ${text.length}\r\n\r\n${text}`;
    let served = 0;
    const receiver = await startReceiver({
      onRequest(socket) {
        served += 1;
        socket.write(served === 1 ? genuine("first") + genuine("poison") : genuine("second"));
      },
    });
    const outbound = openOutbound();
    const bodies = await new Promise<string[]>((resolve) => {
      const seen: string[] = [];
      const next = (): void => {
        outbound.send(requestTo(receiver.url), (result) => {
          seen.push(
            result.kind === "response" ? Buffer.from(result.body).toString() : result.cause,
          );
          if (seen.length === 2) resolve(seen);
          else next();
        });
      };
      next();
    });
    expect(bodies).toEqual(["first", "second"]);
  });
});
