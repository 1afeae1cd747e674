import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { connect, type AddressInfo, type Socket } from "node:net";
import { once } from "node:events";
import { afterEach, expect, test } from "vitest";
import { systemClock } from "../support/clock.ts";
import { type BodyResult, readBody } from "./body.ts";
import { refuseAndClose, respond } from "./respond.ts";

const LIMIT = 100_000;
const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

type Handler = (httpRequest: IncomingMessage, httpResponse: ServerResponse) => void;

/** A server that hands each request to `handler`, and a raw connection to it. */
async function connected(handler: Handler): Promise<Socket> {
  const server = createServer(handler).listen(0, "127.0.0.1");
  await once(server, "listening");
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  cleanups.push(async () => {
    socket.destroy();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  await once(socket, "connect");
  return socket;
}

async function resultOf(send: (socket: Socket) => void): Promise<BodyResult> {
  const { promise, resolve } = Promise.withResolvers<BodyResult>();
  const socket = await connected((httpRequest) => {
    readBody(httpRequest, LIMIT, resolve);
  });
  send(socket);
  return promise;
}

const HEAD = "POST / HTTP/1.1\r\nHost: a\r\n";

test("a body is read byte for byte, in one or many chunks", async () => {
  const body = Buffer.alloc(LIMIT, 0xff);
  const result = await resultOf((socket) => {
    socket.write(`${HEAD}Content-Length: ${String(body.length)}\r\n\r\n`);
    socket.write(body);
  });
  expect(result.kind).toBe("complete");
  expect(result.kind === "complete" && Buffer.compare(result.body, body)).toBe(0);
});

test("a request without a body has an empty one", async () => {
  const result = await resultOf((socket) => socket.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
  expect(result).toEqual({ kind: "complete", body: new Uint8Array(0) });
});

test("a declared length above the limit is refused before a byte of it arrives", async () => {
  const result = await resultOf((socket) =>
    socket.write(`${HEAD}Content-Length: ${String(LIMIT + 1)}\r\n\r\n`),
  );
  expect(result).toEqual({ kind: "too_large" });
});

test("a body without a length is refused as soon as it passes the limit", async () => {
  const result = await resultOf((socket) => {
    socket.write(`${HEAD}Transfer-Encoding: chunked\r\n\r\n`);
    socket.write(`${(LIMIT + 1).toString(16)}\r\n`);
    socket.write(Buffer.alloc(LIMIT + 1));
  });
  expect(result).toEqual({ kind: "too_large" });
});

test("a sender that goes away in the middle is told apart from one that is done", async () => {
  const result = await resultOf((socket) => {
    socket.write(`${HEAD}Content-Length: 50\r\n\r\nhalf`, () => socket.destroy());
  });
  expect(result).toEqual({ kind: "aborted" });
});

test("a refused sender that goes on writing still reads the whole refusal", async () => {
  const socket = await connected((httpRequest, httpResponse) => {
    readBody(httpRequest, 10, () => {
      const answer = { status: 413, headers: ["content-type", "text/plain"], body: "too much" };
      refuseAndClose(httpRequest, httpResponse, { answer, clock: systemClock });
    });
  });
  let received = "";
  socket.on("data", (chunk) => (received += chunk.toString()));
  const megabyte = Buffer.alloc(1024 * 1024);
  socket.write(`${HEAD}Content-Length: ${String(3 * megabyte.length)}\r\n\r\n`);
  for (let i = 0; i < 3; i++) socket.write(megabyte);
  await once(socket, "end");
  expect(received).toMatch(/^HTTP\/1\.1 413 /);
  expect(received.toLowerCase()).toContain("connection: close");
  expect(received).toMatch(/too much$/);
});

test("a refused sender that never stops is cut off", async () => {
  const socket = await connected((httpRequest, httpResponse) => {
    readBody(httpRequest, 10, () => {
      refuseAndClose(httpRequest, httpResponse, {
        answer: { status: 413, headers: [], body: "" },
        clock: systemClock,
      });
    });
  });
  const closed = new Promise((resolve) => socket.once("close", resolve));
  socket.on("error", () => undefined);
  socket.resume();
  socket.write(`${HEAD}Content-Length: ${String(2 ** 40)}\r\n\r\n`);
  const chunk = Buffer.alloc(256 * 1024);
  const pump = (): void => {
    while (!socket.destroyed && socket.write(chunk));
  };
  socket.on("drain", pump);
  pump();
  await closed;
  expect(socket.bytesWritten).toBeLessThan(64 * 1024 * 1024);
});

test("a raw answer keeps its headers' order and case", async () => {
  const socket = await connected((_, httpResponse) => {
    respond(httpResponse, { status: 202, headers: ["X-B", "1", "x-A", "2"], body: "é" });
  });
  let received = "";
  socket.on("data", (chunk) => (received += chunk.toString()));
  socket.write("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  await once(socket, "end");
  expect(received).toContain("X-B: 1\r\nx-A: 2\r\ncontent-length: 2\r\n");
});
