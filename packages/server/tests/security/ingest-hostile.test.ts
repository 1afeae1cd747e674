/**
 * Senders that are slow, malformed or too large, byte by byte on raw sockets; and bodies that no
 * parser likes, which are kept and forwarded as they came.
 */
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { eventually } from "../support/eventually.ts";
import {
  type Destination,
  type RunningGateway,
  startDestination,
  startGateway,
} from "../support/running-gateway.ts";

const BODY_LIMIT = 256 * 1024;

let destination: Destination;
let gateway: RunningGateway;
const sockets: Socket[] = [];

beforeAll(async () => {
  destination = await startDestination();
  gateway = await startGateway(
    {
      sources: { open: { verify: "none" } },
      destinations: { target: { url: destination.url, allowPrivate: true } },
      routes: {
        all: { from: "open", to: "target" },
        // Makes every body be parsed.
        parsed: { from: "open", to: "target", when: "body.polluted == true" },
      },
    },
    {
      flags: {
        headersTimeout: "1s",
        requestTimeout: "2s",
        headerLimit: "8KB",
        bodyLimit: `${BODY_LIMIT}B`,
      },
    },
  );
});

afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
});

afterAll(async () => {
  await gateway.dispose();
  await destination.close();
});

async function open(): Promise<Socket> {
  const socket = connect(gateway.port, "127.0.0.1");
  // What is written after the gateway has hung up breaks the socket; the tests look at what came.
  socket.on("error", () => undefined);
  sockets.push(socket);
  await once(socket, "connect");
  return socket;
}

/** Sends the bytes, and resolves with all that came until the gateway hung up. */
async function exchange(bytes: string | Uint8Array): Promise<string> {
  const socket = await open();
  const received = readAll(socket);
  socket.write(bytes);
  return received;
}

async function readAll(socket: Socket): Promise<string> {
  const chunks: Buffer[] = [];
  socket.on("data", (chunk: Buffer) => chunks.push(chunk));
  await new Promise((resolve) => socket.once("close", resolve));
  return Buffer.concat(chunks).toString("latin1");
}

/** Statuses of the answers in what came over one socket. */
function statuses(received: string): number[] {
  return [...received.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
}

function requestText(lines: readonly string[], body = ""): string {
  return `POST /in/open HTTP/1.1\r\n${[...lines, "", ""].join("\r\n")}${body}`;
}

async function storedCount(): Promise<number> {
  const { requests } = (await (await fetch(`${gateway.url}/api/v1/ledger`)).json()) as {
    requests: Record<string, number>;
  };
  return Object.values(requests).reduce((sum, count) => sum + count, 0);
}

async function expectStillWorking(): Promise<void> {
  const answer = await gateway.post("open", { body: "still working" });
  expect(answer.status).toBe(200);
}

const HOST = "Host: x";
const SMUGGLED = "POST /in/open HTTP/1.1\r\nHost: smuggled\r\nContent-Length: 0\r\n\r\n";

test.each([
  {
    name: "Content-Length and Transfer-Encoding together",
    bytes: requestText(
      [HOST, "Content-Length: 6", "Transfer-Encoding: chunked"],
      `0\r\n\r\n${SMUGGLED}`,
    ),
  },
  {
    name: "two different Content-Lengths",
    bytes: requestText([HOST, "Content-Length: 1", "Content-Length: 2"], "ab"),
  },
  {
    name: "two equal Content-Lengths",
    bytes: requestText([HOST, "Content-Length: 1", "Content-Length: 1"], "a"),
  },
  { name: "a negative Content-Length", bytes: requestText([HOST, "Content-Length: -1"]) },
  { name: "a Content-Length of two numbers", bytes: requestText([HOST, "Content-Length: 1, 1"]) },
  {
    name: "a chunk size that is no number",
    bytes: requestText([HOST, "Transfer-Encoding: chunked"], "zz\r\nab\r\n0\r\n\r\n"),
  },
  {
    name: "a chunk longer than its size",
    bytes: requestText([HOST, "Transfer-Encoding: chunked"], "1\r\nabc\r\n0\r\n\r\n"),
  },
  {
    name: "an unknown Transfer-Encoding",
    bytes: requestText([HOST, "Transfer-Encoding: chunked, identity"], "0\r\n\r\n"),
  },
  { name: "two Hosts", bytes: requestText([HOST, "Host: y", "Content-Length: 0"]) },
  { name: "no Host", bytes: requestText(["Content-Length: 0"]) },
  { name: "NUL in a header", bytes: requestText([HOST, "X-Nul: a\0b", "Content-Length: 0"]) },
  { name: "a header folded over two lines", bytes: requestText([HOST, "X-Fold: a", " b"]) },
  { name: "a space before the colon", bytes: requestText([HOST, "Content-Length : 0"]) },
  {
    name: "line feeds without carriage returns",
    bytes: `POST /in/open HTTP/1.1\n${HOST}\nContent-Length: 0\n\n`,
  },
  { name: "no HTTP at all", bytes: "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n" },
])("[I10] [I12] $name is refused once, and nothing is stored", async ({ bytes }) => {
  const before = await storedCount();
  const received = await exchange(bytes);
  expect(statuses(received)).toEqual([400]);
  expect(received.toLowerCase()).toContain("connection: close");
  expect(await storedCount()).toBe(before);
  await expectStillWorking();
});

test("[I10] headers beyond the limit are 431", async () => {
  const received = await exchange(requestText([HOST, `X-Large: ${"x".repeat(9 * 1024)}`]));
  expect(statuses(received)).toEqual([431]);
});

test("[I10] headers that never end are cut off", async () => {
  const socket = await open();
  const received = readAll(socket);
  socket.write(`POST /in/open HTTP/1.1\r\n${HOST}\r\n`);
  const drip = setInterval(() => socket.write("X-Slow: 1\r\n"), 100);
  expect(statuses(await received)).toEqual([408]);
  clearInterval(drip);
  await expectStillWorking();
});

test("[I10] a body that never ends is cut off, and nothing of it is stored", async () => {
  const before = await storedCount();
  const socket = await open();
  const received = readAll(socket);
  socket.write(requestText([HOST, "Content-Length: 100000"]));
  const drip = setInterval(() => socket.write("x"), 100);
  expect(statuses(await received)).toEqual([408]);
  clearInterval(drip);
  expect(await storedCount()).toBe(before);
});

test("[I10] a body that breaks off is not stored", async () => {
  const before = await storedCount();
  const socket = await open();
  const received = readAll(socket);
  socket.end(requestText([HOST, "Content-Length: 10"], "half"));
  expect(statuses(await received)).not.toContain(200);
  await expectStillWorking();
  expect(await storedCount()).toBe(before + 1);
});

test("[I10] a chunked body beyond the limit is 413 while it is still coming", async () => {
  const socket = await open();
  const received = readAll(socket);
  socket.write(requestText([HOST, "Transfer-Encoding: chunked"]));
  const chunk = Buffer.from(`10000\r\n${"x".repeat(65_536)}\r\n`);
  const rssBefore = process.memoryUsage.rss();
  let writtenBytes = 0;
  // Far more than the limit, as fast as the gateway takes it; it must end this itself.
  for (let failed = false; !failed && writtenBytes < 512 * 1024 * 1024;) {
    writtenBytes += chunk.length;
    failed = await new Promise((resolve) => {
      socket.write(chunk, (error) => resolve(error !== undefined && error !== null));
    });
  }
  // The answer may be lost with the broken connection; what is kept tells the same.
  expect(statuses(await received)).not.toContain(200);
  const { data } = await gateway.api("GET", "/requests?outcome=rejected");
  expect(data[0]).toMatchObject({ cause: "body_too_large" });
  expect(writtenBytes).toBeLessThan(64 * 1024 * 1024);
  expect(process.memoryUsage.rss() - rssBefore).toBeLessThan(64 * 1024 * 1024);
});

test("[I10] a declared length beyond the limit is 413 before a byte of the body", async () => {
  const received = await exchange(requestText([HOST, `Content-Length: ${BODY_LIMIT + 1}`]));
  expect(statuses(received)).toEqual([413]);
});

const hostileBodies: readonly (readonly [string, Uint8Array])[] = [
  ["invalid UTF-8", Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0xc0, 0x80, 0x22, 0x7d])],
  ["a lone surrogate, escaped", Buffer.from('{"a":"\\ud800"}')],
  ["a lone surrogate, encoded", Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22])],
  ["a byte order mark", Buffer.from('\ufeff{"a":1}')],
  ["NUL bytes", Buffer.from('{"a":"\0"}\0')],
  ["deep nesting", Buffer.from("[".repeat(100_000) + "]".repeat(100_000))],
  ["deep nesting that never ends", Buffer.from('{"a":'.repeat(40_000))],
  ["duplicate keys", Buffer.from('{"a":1,"a":2,"\\u0061":3}')],
  ["numbers beyond every range", Buffer.from('{"a":1e400,"b":-0,"c":12345678901234567890.10}')],
  ["__proto__", Buffer.from('{"__proto__":{"polluted":true},"constructor":{"prototype":{}}}')],
  ["markup and SQL", Buffer.from(`"<script>alert(1)</script>'; DROP TABLE requests;--"`)],
  ["nothing but white space", Buffer.from(" \r\n\t ")],
];

test.each(hostileBodies)("[I3] [I12] %s is stored and forwarded as it came", async (_, body) => {
  const before = destination.arrivals.length;
  const headers = { "content-type": "application/json" };
  const answer = await gateway.post("open", { body, headers });
  expect(answer.status).toBe(200);
  const arrivals = await destination.got(before + 1);
  expect(arrivals[before]!.body.equals(body)).toBe(true);
  const stored = await fetch(`${gateway.url}/api/v1/events/${answer.json.id}/body`);
  expect(Buffer.from(await stored.arrayBuffer()).equals(body)).toBe(true);
  expect(stored.headers.get("content-disposition")).toContain("attachment");
  expect({}).not.toHaveProperty("polluted");
  await gateway.deliveryIn("delivered", answer.json.id);
});

test.each([
  { method: "GET", sentAs: "POST" },
  { method: "HEAD", sentAs: "POST" },
  { method: "OPTIONS", sentAs: "OPTIONS" },
  { method: "DELETE", sentAs: "DELETE" },
])("a $method is an event like any other, and echoes nothing", async ({ method, sentAs }) => {
  const before = destination.arrivals.length;
  const received = await exchange(
    `${method} /in/open HTTP/1.1\r\n${HOST}\r\nX-Echo: secret\r\nConnection: close\r\n\r\n`,
  );
  expect(statuses(received)).toEqual([200]);
  expect(received).not.toContain("secret");
  const [arrival] = (await destination.got(before + 1)).slice(before);
  expect(arrival!.method).toBe(sentAs);
});

test("[I7] a TRACE is refused with its cause, and echoes nothing", async () => {
  const received = await exchange(
    `TRACE /in/open HTTP/1.1\r\n${HOST}\r\nX-Echo: secret\r\nConnection: close\r\n\r\n`,
  );
  expect(statuses(received)).toEqual([405]);
  expect(received).toContain('"code":"method_not_allowed"');
  expect(received).not.toContain("secret");
});

/** Why the attempts failed that were made for the event which the answer names. */
async function causesOf(received: string): Promise<readonly (string | null)[]> {
  const [eventId = ""] = /evt_\w+/.exec(received) ?? [];
  return eventually(async () => {
    const { id } = await gateway.deliveryOf(eventId);
    const { data } = await gateway.api("GET", `/deliveries/${id}/attempts`);
    return data.length > 0 && data.map(({ cause }) => cause);
  });
}

test("[I9] [I12] dot segments of a path never climb out of the destination's", async () => {
  const received = await exchange(
    `POST /in/open/a/%2e%2E/..\\../admin HTTP/1.1\r\n${HOST}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`,
  );
  expect(statuses(received)).toEqual([200]);
  expect(await causesOf(received)).toEqual(["invalid_request"]);
});

test("[I12] a CONNECT opens no tunnel", async () => {
  const { port } = new URL(destination.url);
  const received = await exchange(
    `CONNECT 127.0.0.1:${port} HTTP/1.1\r\n${HOST}\r\n\r\nGET / HTTP/1.1\r\n\r\n`,
  );
  expect(statuses(received).every((status) => status >= 400)).toBe(true);
});
