/**
 * Receivers that hang, drip, flood or break off: every exchange ends within its named limits, says
 * how far it came, and leaves nothing behind (reliability matrix B1 to B6).
 */
import { execFile } from "node:child_process";
import { createServer } from "node:http";
import { Socket } from "node:net";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";

import { afterEach, describe, expect, test } from "vitest";

import { dialTcp } from "../../src/outbound/connect.ts";
import { DEFAULT_OUTBOUND_LIMITS } from "../../src/outbound/index.ts";
import {
  closeAll,
  closeLater,
  expectFailed,
  expectResponse,
  listen,
  OK,
  openOutbound,
  requestTo,
  send,
  startAnswering,
  startReceiver,
  until,
} from "./outbound-harness.ts";
import type { MemoryReport } from "./outbound-memory-probe.ts";

afterEach(closeAll);

/** Short enough for a test, far enough apart to tell which one ended an exchange. */
const LIMITS = { connectMs: 300, headersMs: 400, totalMs: 800 };

/** What a deadline may be late by (reliability matrix B1). */
const SLACK_MS = 250;

/** Writes one piece after the other, until the socket is gone. */
function drip(socket: Socket, piece: string, everyMs: number): void {
  const timer = setInterval(() => socket.write(piece), everyMs);
  socket.on("close", () => clearInterval(timer));
}

describe("time limits", () => {
  test("[I10] a receiver that accepts and says nothing is left at the header limit", async () => {
    const receiver = await startReceiver();
    const outbound = openOutbound();
    const failed = await expectFailed(send(outbound, requestTo(receiver.url, { limits: LIMITS })));
    expect(failed).toMatchObject({ cause: "timeout", phase: "headers", ambiguous: true });
    expect(failed.timings.totalMs).toBeGreaterThanOrEqual(LIMITS.headersMs);
    expect(failed.timings.totalMs).toBeLessThan(LIMITS.headersMs + SLACK_MS);
    await until(() => receiver.openCount === 0);
    expect(outbound.stats()).toMatchObject({ connections: 0, inFlight: 0 });
  });

  test("[I10] a receiver that never reads is left at the header limit", async () => {
    const receiver = await startReceiver({ onConnection: (socket) => void socket.pause() });
    const outbound = openOutbound();
    const body = Buffer.alloc(16 * 1024 * 1024);
    const request = requestTo(receiver.url, { body, limits: LIMITS });
    const failed = await expectFailed(send(outbound, request));
    expect(failed).toMatchObject({ cause: "timeout", phase: "headers" });
    expect(failed.timings.totalMs).toBeLessThan(LIMITS.headersMs + SLACK_MS);
  });

  test("[I10] headers that drip are left at the header limit", async () => {
    const receiver = await startReceiver({
      onRequest(socket) {
        socket.write("HTTP/1.1 200 OK\r\nx-slow: ");
        drip(socket, "a", 20);
      },
    });
    const failed = await expectFailed(
      send(openOutbound(), requestTo(receiver.url, { limits: LIMITS })),
    );
    expect(failed).toMatchObject({ cause: "timeout", phase: "headers", status: undefined });
    expect(failed.timings.firstByteMs).toBeDefined();
    expect(failed.timings.totalMs).toBeLessThan(LIMITS.headersMs + SLACK_MS);
  });

  test("[I10] 1xx answers do not extend the header limit", async () => {
    const receiver = await startReceiver({
      onRequest: (socket) => drip(socket, "HTTP/1.1 102 Processing\r\n\r\n", 100),
    });
    const failed = await expectFailed(
      send(openOutbound(), requestTo(receiver.url, { limits: LIMITS })),
    );
    expect(failed).toMatchObject({ cause: "timeout", phase: "headers" });
    expect(failed.timings.totalMs).toBeLessThan(LIMITS.headersMs + SLACK_MS);
  });

  test("[I10] a body that drips is left at the total limit: a failure that knows its status", async () => {
    const receiver = await startReceiver({
      onRequest(socket) {
        socket.write("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n");
        drip(socket, "1\r\na\r\n", 20);
      },
    });
    const failed = await expectFailed(
      send(openOutbound(), requestTo(receiver.url, { limits: LIMITS })),
    );
    expect(failed).toMatchObject({ cause: "timeout", phase: "body", status: 200, ambiguous: true });
    expect(failed.timings.totalMs).toBeGreaterThanOrEqual(LIMITS.totalMs);
    expect(failed.timings.totalMs).toBeLessThan(LIMITS.totalMs + SLACK_MS);
  });

  test("[I10] a connection that is never made is left at the connect limit", async () => {
    const outbound = openOutbound({}, { dial: () => new Socket() });
    const request = requestTo("http://127.0.0.1:9999/", { limits: LIMITS });
    const failed = await expectFailed(send(outbound, request));
    expect(failed).toMatchObject({ cause: "timeout", phase: "connect", ambiguous: false });
    expect(failed.timings.totalMs).toBeLessThan(LIMITS.connectMs + SLACK_MS);
  });

  test("[I10] a name server that does not answer is left at the connect limit", async () => {
    const outbound = openOutbound({}, { lookup: () => undefined });
    const request = requestTo("http://silent.example/", { limits: LIMITS });
    const failed = await expectFailed(send(outbound, request));
    expect(failed).toMatchObject({ cause: "timeout", phase: "dns", ambiguous: false });
    expect(failed.timings.totalMs).toBeLessThan(LIMITS.connectMs + SLACK_MS);
  });

  test("[I10] the total limit ends connecting as well, and says that it was connecting", async () => {
    const outbound = openOutbound({}, { dial: () => new Socket() });
    const limits = { connectMs: 5_000, headersMs: 5_000, totalMs: 200 };
    const failed = await expectFailed(
      send(outbound, requestTo("http://127.0.0.1:9999/", { limits })),
    );
    expect(failed).toMatchObject({ cause: "timeout", phase: "connect", ambiguous: false });
    expect(failed.timings.totalMs).toBeLessThan(200 + SLACK_MS);
    expect(outbound.stats().connections).toBe(0);
  });

  test("[I6] a silent receiver does not hold up the others", async () => {
    const silent = await startReceiver();
    const healthy = await startAnswering(OK);
    const outbound = openOutbound();
    const hanging = Array.from({ length: 32 }, () =>
      expectFailed(send(outbound, requestTo(silent.url, { limits: LIMITS }))),
    );
    const startedAtMs = performance.now();
    for (let index = 0; index < 20; index += 1) {
      await expectResponse(send(outbound, requestTo(healthy.url)));
    }
    expect(performance.now() - startedAtMs).toBeLessThan(LIMITS.headersMs);
    await Promise.all(hanging);
  });
});

/** A server whose answers never end. */
async function startEndless(): Promise<string> {
  const chunk = Buffer.alloc(64 * 1024, "x");
  const server = createServer((request, response) => {
    const writeMore = (): void => {
      while (response.write(chunk));
    };
    request.resume();
    response.on("drain", writeMore);
    writeMore();
  });
  await listen(server, "127.0.0.1");
  closeLater(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

async function probeMemory(url: string): Promise<MemoryReport> {
  const script = fileURLToPath(new URL("./outbound-memory-probe.ts", import.meta.url));
  const run = promisify(execFile);
  const { stdout } = await run(process.execPath, ["--expose-gc", script, url]);
  return JSON.parse(stdout) as MemoryReport;
}

/** What a socket may have read beyond what was looked at: its buffer and one more read. */
const READ_AHEAD_BYTES = 2 * 64 * 1024;

describe("response bodies", () => {
  test("[I10] an endless body is cut off, its status honoured, and its memory freed", async () => {
    const report = await probeMemory(await startEndless());
    const { captureBytes, drainBytes } = DEFAULT_OUTBOUND_LIMITS;
    expect(report.outcomes).toEqual([`200 truncated ${captureBytes}`]);
    expect(report.exchangeCount).toBe(501);
    expect(report.mostReadBytes).toBeGreaterThan(captureBytes + drainBytes);
    expect(report.mostReadBytes).toBeLessThanOrEqual(captureBytes + drainBytes + READ_AHEAD_BYTES);
    expect(report.heldGrowthBytes).toBeLessThan(8 * 1024 * 1024);
  });

  test("[I10] a body within the drain limit is cut in the result, and its connection is kept", async () => {
    const body = "x".repeat(100_000);
    const receiver = await startAnswering(
      `HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    );
    const outbound = openOutbound();
    for (let index = 0; index < 3; index += 1) {
      const limits = { captureBytes: 1_000, drainBytes: 200_000 };
      const response = await expectResponse(send(outbound, requestTo(receiver.url, { limits })));
      expect(response.truncated).toBe(true);
      expect(Buffer.from(response.body).toString()).toBe("x".repeat(1_000));
    }
    expect(receiver.connectionCount).toBe(1);
  });

  test("[I10] a body of exactly the limit is not truncated", async () => {
    const receiver = await startAnswering(OK);
    const limits = { captureBytes: 2, drainBytes: 0 };
    const response = await expectResponse(
      send(openOutbound(), requestTo(receiver.url, { limits })),
    );
    expect(response.truncated).toBe(false);
    expect(Buffer.from(response.body).toString()).toBe("ok");
  });

  test("[I10] a compressed body is kept as it came, whatever it would unpack to", async () => {
    const bomb = gzipSync(Buffer.alloc(10 * 1024 * 1024));
    const head =
      "HTTP/1.1 200 OK\r\ncontent-encoding: gzip, gzip, gzip\r\n" +
      `content-length: ${bomb.length}\r\n\r\n`;
    const receiver = await startAnswering(Buffer.concat([Buffer.from(head), bomb]));
    const response = await expectResponse(send(openOutbound(), requestTo(receiver.url)));
    expect(Buffer.from(response.body).equals(bomb.subarray(0, 16 * 1024))).toBe(true);
    expect(response.headers).toEqual([
      "content-encoding",
      "gzip, gzip, gzip",
      "content-length",
      String(bomb.length),
    ]);
  });

  test("a body without a length ends with the connection", async () => {
    const receiver = await startReceiver({
      onRequest: (socket) => void socket.end("HTTP/1.1 200 OK\r\n\r\nuntil the end"),
    });
    const response = await expectResponse(send(openOutbound(), requestTo(receiver.url)));
    expect(Buffer.from(response.body).toString()).toBe("until the end");
  });

  test.each([
    ["204", "HTTP/1.1 204 No Content\r\n\r\n"],
    ["304", "HTTP/1.1 304 Not Modified\r\ncontent-length: 10\r\n\r\n"],
    ["200 with nothing", "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"],
  ])("a %s has an empty body", async (_what, answer) => {
    const receiver = await startAnswering(answer);
    const response = await expectResponse(send(openOutbound(), requestTo(receiver.url)));
    expect(response.body.length).toBe(0);
  });
});

describe("broken connections", () => {
  const BREAKS: readonly {
    readonly what: string;
    readonly onRequest: (socket: Socket) => void;
    readonly status?: number;
  }[] = [
    { what: "a reset before any answer", onRequest: (socket) => socket.resetAndDestroy() },
    { what: "an end before any answer", onRequest: (socket) => socket.end() },
    {
      what: "a reset in the status line",
      onRequest: (socket) => socket.write("HTTP/1.1 2", () => socket.resetAndDestroy()),
    },
    {
      what: "an end in the headers",
      onRequest: (socket) => socket.end("HTTP/1.1 200 OK\r\nx"),
    },
    {
      what: "an end in a body of known length",
      onRequest: (socket) => socket.end("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc"),
      status: 200,
    },
    {
      what: "an end in a chunked body",
      onRequest: (socket) =>
        socket.end("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nabc"),
      status: 200,
    },
    {
      what: "an end before the last chunk",
      onRequest: (socket) =>
        socket.end(
          "HTTP/1.1 200 OK\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n",
        ),
      status: 200,
    },
  ];

  test.each(BREAKS)("$what is a failure that may have arrived", async ({ onRequest, status }) => {
    const receiver = await startReceiver({ onRequest });
    const outbound = openOutbound();
    const failed = await expectFailed(send(outbound, requestTo(receiver.url)));
    expect(["reset", "protocol"]).toContain(failed.cause);
    expect(failed).toMatchObject({ ambiguous: true, status, resent: false });
    expect(receiver.connectionCount).toBe(1);
    expect(outbound.stats()).toMatchObject({ connections: 0, inFlight: 0 });
  });

  test("an early answer to a large request is honoured", async () => {
    const receiver = await startReceiver({
      onConnection: (socket) =>
        void socket.once("data", () =>
          socket.write("HTTP/1.1 413 Too Large\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"),
        ),
    });
    const body = Buffer.alloc(4 * 1024 * 1024);
    const response = await expectResponse(send(openOutbound(), requestTo(receiver.url, { body })));
    expect(response.status).toBe(413);
  });

  test("a refused port is a failure that cannot have arrived", async () => {
    const receiver = await startReceiver();
    await receiver.close();
    const failed = await expectFailed(send(openOutbound(), requestTo(receiver.url)));
    expect(failed).toMatchObject({
      cause: "connect",
      phase: "connect",
      detail: "ECONNREFUSED",
      ambiguous: false,
      remoteAddress: undefined,
    });
  });

  test("the next address of a name is tried when one refuses", async () => {
    const receiver = await startAnswering(OK);
    const outbound = openOutbound(
      {},
      { lookup: (_hostname, done) => done(null, ["127.0.0.9", "127.0.0.8", "127.0.0.1"]) },
    );
    const request = requestTo(`http://several.example:${receiver.port}/`);
    const response = await expectResponse(send(outbound, request));
    expect(response.remoteAddress).toBe("127.0.0.1");
  });

  test("a silent address leaves time for the next one", async () => {
    const receiver = await startAnswering(OK);
    const outbound = openOutbound(
      {},
      {
        lookup: (_hostname, done) => done(null, ["127.0.0.9", "127.0.0.1"]),
        dial: (address, port) => (address === "127.0.0.9" ? new Socket() : dialTcp(address, port)),
      },
    );
    const request = requestTo(`http://several.example:${receiver.port}/`, {
      limits: { connectMs: 1_000 },
    });
    const response = await expectResponse(send(outbound, request));
    expect(response.timings.connectMs).toBeGreaterThanOrEqual(499);
    expect(response.timings.connectMs).toBeLessThan(950);
  });

  test("[I10] no more than four addresses of a name are tried", async () => {
    const dialled: string[] = [];
    const closed = await startReceiver();
    await closed.close();
    const outbound = openOutbound(
      {},
      {
        lookup: (_hostname, done) =>
          done(
            null,
            Array.from({ length: 100 }, (_, index) => `127.0.1.${index + 1}`),
          ),
        dial(address, port) {
          dialled.push(address);
          return dialTcp(address, port);
        },
      },
    );
    const request = requestTo(`http://many.example:${closed.port}/`);
    const failed = await expectFailed(send(outbound, request));
    expect(failed.cause).toBe("connect");
    expect(dialled).toHaveLength(4);
  });

  test("a name that does not exist is a failure that cannot have arrived", async () => {
    const error = Object.assign(new Error("getaddrinfo ENOTFOUND"), { code: "ENOTFOUND" });
    const outbound = openOutbound({}, { lookup: (_hostname, done) => done(error, []) });
    const failed = await expectFailed(send(outbound, requestTo("http://missing.example/")));
    expect(failed).toMatchObject({
      cause: "dns",
      phase: "dns",
      detail: "ENOTFOUND",
      ambiguous: false,
    });
  });
});
