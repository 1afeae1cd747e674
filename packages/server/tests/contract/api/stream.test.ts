/** The live stream: nothing missed, nothing repeated, whoever reads it and however slowly. */
import { once } from "node:events";
import { get, type IncomingMessage } from "node:http";
import { connect, type Socket } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type ApiWorld, createApiWorld } from "../../support/api-world.ts";
import { createVirtualClock } from "../../support/virtual-clock.ts";

type Received = { readonly event: string; readonly id: string; readonly data: string };

type Reader = {
  readonly headers: IncomingMessage["headers"];
  readonly received: readonly Received[];
  /** Resolves once this many items of the type came. */
  count(event: string, atLeast: number): Promise<void>;
  /** Resolves when the server has ended it. */
  readonly ended: Promise<void>;
  close(): void;
};

let world: ApiWorld;
let key: string;
const readers: Reader[] = [];

beforeEach(async () => {
  world = await createApiWorld();
  for (const name of ["a", "b"]) {
    await world.call("POST", "/api/v1/sources", {
      body: { name, verify: "none", eventType: "body.type" },
    });
  }
  await world.call("POST", "/api/v1/destinations", {
    body: { name: "out", url: "https://out.example" },
  });
  await world.call("POST", "/api/v1/routes", { body: { name: "a-out", from: "a", to: "out" } });
  key = (await world.keys.create({ name: "stream" })).plain;
});
afterEach(async () => {
  for (const reader of readers.splice(0)) reader.close();
  await world.stop();
});

async function open(query = "", lastEventId?: string): Promise<Reader> {
  const request = get({
    port: world.port,
    host: "127.0.0.1",
    path: `/api/v1/stream${query}`,
    agent: false,
    headers: {
      authorization: `Bearer ${key}`,
      ...(lastEventId === undefined ? {} : { "last-event-id": lastEventId }),
    },
  });
  const [response] = (await once(request, "response")) as [IncomingMessage];
  if (response.statusCode !== 200) throw new Error(`answered ${String(response.statusCode)}`);
  const received: Received[] = [];
  const waiting = new Set<() => void>();
  let text = "";
  response.on("data", (chunk: Buffer) => {
    text += chunk.toString();
    const blocks = text.split("\n\n");
    text = blocks.pop() ?? "";
    for (const block of blocks) received.push(parse(block));
    for (const look of waiting) look();
  });
  const ended = new Promise<void>((resolve) => response.once("close", resolve));
  response.on("error", () => undefined);
  const reader: Reader = {
    headers: response.headers,
    received,
    ended,
    count: (event, atLeast) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (received.filter((item) => item.event === event).length < atLeast) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
    close: () => request.destroy(),
  };
  readers.push(reader);
  // The first block says where it begins.
  await reader.count("", 1);
  return reader;
}

function parse(block: string): Received {
  const field = (name: string): string => new RegExp(`^${name}: (.*)$`, "m").exec(block)?.[1] ?? "";
  return { event: field("event"), id: field("id"), data: field("data") };
}

function send(source: string, type = "t"): Promise<unknown> {
  return world.call("POST", `/in/${source}`, { raw: JSON.stringify({ type }) });
}

const items = ({ received }: Reader) => received.filter(({ event }) => event !== "");

test("requests and attempts come as they become durable, in the lists' own shape", async () => {
  const reader = await open();
  expect(reader.headers).toMatchObject({
    "content-type": "text/event-stream; charset=utf-8",
    "x-accel-buffering": "no",
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
  });
  await send("a");
  await reader.count("attempt", 1);
  const [request, attempt] = items(reader);
  const listed = await world.call("GET", "/api/v1/requests?limit=1");
  expect(JSON.parse(request!.data)).toEqual(listed.json<{ data: unknown[] }>().data[0]);
  const attempts = await world.call("GET", "/api/v1/attempts?limit=1");
  expect(JSON.parse(attempt!.data)).toEqual(attempts.json<{ data: unknown[] }>().data[0]);
});

test("it begins now, not with what was", async () => {
  await send("a");
  const reader = await open();
  await send("b");
  await reader.count("request", 1);
  expect(JSON.parse(items(reader)[0]!.data)).toMatchObject({ source: "b" });
});

test("it goes on after the last item seen, whichever that was", async () => {
  const first = await open();
  for (let i = 0; i < 5; i++) await send("a");
  await first.count("attempt", 5);
  const all = items(first);
  for (const [at, { id }] of all.entries()) {
    const resumed = await open("", id);
    const rest = all.slice(at + 1).map(({ event, data }) => event + data);
    await resumed.count("request", rest.filter((item) => item.startsWith("request")).length);
    await resumed.count("attempt", rest.filter((item) => item.startsWith("attempt")).length);
    expect(new Set(items(resumed).map(({ event, data }) => event + data))).toEqual(new Set(rest));
    resumed.close();
  }
});

test("many items come in order and once", async () => {
  const reader = await open("?types=request");
  for (let i = 0; i < 350; i++) await send("b", `type-${i}`);
  await reader.count("request", 350);
  const types = items(reader).map(
    ({ data }) => (JSON.parse(data) as { eventType: string }).eventType,
  );
  expect(types).toEqual(Array.from({ length: 350 }, (_, i) => `type-${i}`));
});

test("filters by type, source, destination and event type", async () => {
  const attempts = await open("?types=attempt");
  const ofB = await open("?source=b");
  const out = await open("?destination=out");
  const typed = await open("?eventType=wanted&types=request");
  await send("a", "other");
  await send("b", "wanted");
  await send("a", "wanted");
  await attempts.count("attempt", 2);
  await out.count("attempt", 2);
  await out.count("request", 2);
  await ofB.count("request", 1);
  await typed.count("request", 2);
  expect(items(attempts).every(({ event }) => event === "attempt")).toBe(true);
  expect(items(ofB)).toHaveLength(1);
  expect(items(out)).toHaveLength(4);
});

test.each(["x", "1", "-1.0", "1.2.3", "99999.0", "0.99999", "1.1\u00a0"])(
  "the position %j is refused",
  async (lastEventId) => {
    const answer = await world.call("GET", "/api/v1/stream", {
      headers: { "last-event-id": lastEventId },
    });
    expect(answer.json()).toMatchObject({ status: 400, code: "invalid_cursor" });
  },
);

test("a stopping gateway says so and ends every stream; new ones are refused", async () => {
  const reader = await open();
  world.api.stop();
  await reader.ended;
  expect(reader.received.at(-1)).toMatchObject({
    event: "closing",
    data: expect.stringContaining("shutting_down"),
  });
  const refused = await world.call("GET", "/api/v1/stream");
  expect(refused.json()).toMatchObject({ status: 503, code: "shutting_down" });
});

test("[I10] a hundred streams are open at most", async () => {
  await Promise.all(Array.from({ length: 100 }, () => open()));
  const refused = await world.call("GET", "/api/v1/stream");
  expect(refused.json()).toMatchObject({ status: 429, code: "rate_limited" });
  expect(Number(refused.headers["retry-after"])).toBeGreaterThan(0);
});

test("a client that has left frees its place", async () => {
  const full = await Promise.all(Array.from({ length: 100 }, () => open()));
  full[0]!.close();
  await full[0]!.ended;
  let status = 429;
  while (status === 429) ({ status } = await world.call("HEAD", "/api/v1/stream"));
  expect(status).toBe(200);
});

/** Opens a stream and does not read it. */
async function openUnread(port: number, withKey: string): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => undefined);
  socket.write(
    `GET /api/v1/stream?types=request HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${withKey}\r\n\r\n`,
  );
  await once(socket, "readable");
  socket.pause();
  return socket;
}

/** More than any socket buffer holds. */
async function flood(of: ApiWorld, count: number): Promise<void> {
  const filler = "x".repeat(8000);
  for (let i = 0; i < count; i++) await of.call("POST", `/in/b?n=${filler}`, { raw: "{}" });
}

test("[I10] a client that reads nothing costs one batch, and misses nothing when it reads again", async () => {
  const socket = await openUnread(world.port, key);
  const sent = 400;
  await flood(world, sent);
  let text = "";
  const whole = new Promise<void>((resolve) => {
    socket.on("data", (chunk: Buffer) => {
      text += chunk.toString();
      if (text.split("event: request").length > sent) resolve();
    });
  });
  socket.resume();
  await whole;
  expect(text.split("event: request")).toHaveLength(sent + 1);
  socket.destroy();
});

test("[I10] a client that stands still is ended and can resume", async () => {
  const clock = createVirtualClock();
  const own = await createApiWorld({ apiClock: clock });
  await own.call("POST", "/api/v1/sources", { body: { name: "b", verify: "none" } });
  const { plain } = await own.keys.create({ name: "slow" });
  const socket = await openUnread(own.port, plain);
  await flood(own, 1500);
  // Until a batch does not fit, then for as long as it is waited for, then until it is cut off.
  for (let seconds = 0; seconds < 60; seconds++) await clock.advance(1000);
  let text = "";
  socket.on("data", (chunk: Buffer) => (text += chunk.toString()));
  const closed = once(socket, "close");
  socket.resume();
  await closed;
  expect(text.split("event: request").length - 1).toBeLessThan(1500);
  await own.stop();
});

test("a silent stream sends a comment every 15 seconds, with its position", async () => {
  const clock = createVirtualClock();
  const own = await createApiWorld({ apiClock: clock });
  const { plain } = await own.keys.create({ name: "silent" });
  const socket = await openUnread(own.port, plain);
  let text = "";
  socket.on("data", (chunk: Buffer) => (text += chunk.toString()));
  socket.resume();
  const beats = (): number => text.split(": heartbeat\nid: 0.0\n\n").length - 1;
  const beginMs = clock.monotonicMs();
  while (beats() < 3) await clock.advance(1000);
  expect(clock.monotonicMs() - beginMs).toBeGreaterThanOrEqual(45_000);
  socket.destroy();
  await own.stop();
});

test("a stream ends when its key is revoked", async () => {
  const clock = createVirtualClock();
  const own = await createApiWorld({ apiClock: clock });
  const { info, plain } = await own.keys.create({ name: "revoked" });
  const socket = await openUnread(own.port, plain);
  let text = "";
  socket.on("data", (chunk: Buffer) => (text += chunk.toString()));
  socket.resume();
  await own.call("DELETE", `/api/v1/keys/${info.id}`);
  while (!text.includes("event: closing")) await clock.advance(1000);
  expect(text).toContain('"code":"unauthorized"');
  socket.destroy();
  await own.stop();
});
