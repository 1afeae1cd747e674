/**
 * Baseline 2: an in-memory relay. node:http in, HMAC checked, HMAC-signed and sent on through undici,
 * answered when the destination has answered. Nothing is stored and nothing is retried.
 *
 * Answering last keeps it from drowning in its own queue: the variant that answers first was four
 * times slower here (2,900 against 12,000 delivered a second), so this is the stronger baseline.
 */
import { createHmac, randomUUID } from "node:crypto";
import { createServer, type ServerResponse } from "node:http";
import { Pool } from "undici";
import { isGenuine } from "../lib/check-signature.ts";
import { announce } from "../lib/child.ts";

/** 16, 32, 64 and 128 were tried. */
const CONNECTIONS = Number(process.env["BENCH_RELAY_CONNECTIONS"] ?? 64);
const sink = new URL(process.env["BENCH_SINK"] ?? "");
const pool = new Pool(sink.origin, { connections: CONNECTIONS, pipelining: 1 });
const key = Buffer.from("0123456789abcdef0123456789abcdef");

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    const body = chunks.length === 1 ? (chunks[0] ?? Buffer.alloc(0)) : Buffer.concat(chunks);
    const genuine = isGenuine(request.headers["stripe-signature"] as string | undefined, body);
    if (genuine) relay(request.rawHeaders, body, (status) => answer(response, status));
    else answer(response, 401);
  });
});

function answer(response: ServerResponse, status: number): void {
  response.writeHead(status, ["content-length", "2"]);
  response.end("ok");
}

function relay(rawHeaders: readonly string[], body: Buffer, done: (status: number) => void): void {
  const id = randomUUID();
  const timestamp = Math.floor(Date.now() / 1000);
  const signature = createHmac("sha256", key)
    .update(`${id}.${timestamp}.`)
    .update(body)
    .digest("base64");
  const headers = [
    "webhook-id",
    id,
    "webhook-timestamp",
    String(timestamp),
    "webhook-signature",
    `v1,${signature}`,
  ];
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = (rawHeaders[i] ?? "").toLowerCase();
    if (name !== "host" && name !== "content-length" && name !== "connection")
      headers.push(name, rawHeaders[i + 1] ?? "");
  }
  let status = 0;
  pool.dispatch(
    { path: sink.pathname, method: "POST", headers, body },
    {
      onRequestStart() {},
      onResponseStart(_controller, statusCode) {
        status = statusCode;
      },
      onResponseData() {},
      onResponseEnd() {
        done(status);
      },
      onResponseError() {
        done(502);
      },
    },
  );
}

server.listen(0, "127.0.0.1", () => announce(server));
