/** The live stream from the client's side: connected again wherever it broke, until it is refused. */
import { once } from "node:events";
import { expect, test } from "vitest";
import { createClient, isApiError, type StreamItem } from "../src/index.ts";
import { json, problem, type Reply, scriptedServer } from "./scripted-server.ts";

const begin = (response: Parameters<Reply>[0]): void => {
  response.writeHead(200, { "content-type": "text/event-stream" });
  response.write("retry: 1\nid: 0.0\n\n");
};
const request = (id: string): string => `event: request\nid: ${id}\ndata: {"id":"${id}"}\n\n`;

async function take(items: AsyncGenerator<StreamItem>, count: number): Promise<string[]> {
  const ids: string[] = [];
  for await (const item of items) {
    ids.push(item.id);
    if (ids.length === count) break;
  }
  return ids;
}

test("it goes on after the last item seen when the connection breaks", async () => {
  const server = await scriptedServer(
    (response) => {
      begin(response);
      response.write(request("1.0") + request("2.0") + "event: request\nid: 3.0\ndata: cut");
      setImmediate(() => response.destroy());
    },
    (response) => {
      begin(response);
      response.end(`${request("3.0")}id: 7.0\n\n`);
    },
    (response) => {
      begin(response);
      response.write(request("8.0"));
    },
  );
  const client = createClient({ baseUrl: server.url, apiKey: "rd_x" });
  let connected = 0;
  const stream = client.stream({
    types: "request",
    source: "a",
    onConnected: () => (connected += 1),
  });
  expect(await take(stream, 4)).toEqual(["1.0", "2.0", "3.0", "8.0"]);
  expect(connected).toBe(3);
  expect(server.asked.map(({ url, headers }) => [url, headers["last-event-id"]])).toEqual([
    ["/api/v1/stream?types=request&source=a", undefined],
    ["/api/v1/stream?types=request&source=a", "2.0"],
    ["/api/v1/stream?types=request&source=a", "7.0"],
  ]);
});

test("it begins after the item it is told", async () => {
  const server = await scriptedServer((response) => {
    begin(response);
    response.write(request("5.1"));
  });
  const client = createClient({ baseUrl: server.url });
  await take(client.stream({ lastEventId: "4.1" }), 1);
  expect(server.asked[0]!.headers["last-event-id"]).toBe("4.1");
});

test("a server that says it ends the stream is connected to again", async () => {
  const server = await scriptedServer(
    (response) => {
      begin(response);
      response.end(`${request("1.0")}event: closing\ndata: {"code":"shutting_down"}\n\n`);
    },
    problem(503, "shutting_down", { retryable: true }),
    (response) => {
      begin(response);
      response.write(request("2.0"));
    },
  );
  const client = createClient({ baseUrl: server.url });
  expect(await take(client.stream(), 2)).toEqual(["1.0", "2.0"]);
});

test.each([
  [401, "unauthorized"],
  [400, "invalid_cursor"],
] as const)("a refusal with %i ends it with the error", async (status, code) => {
  const server = await scriptedServer(problem(status, code));
  const client = createClient({ baseUrl: server.url });
  const error: unknown = await client
    .stream()
    .next()
    .catch((reason: unknown) => reason);
  expect(isApiError(error) && error.code).toBe(code);
  expect(server.asked).toHaveLength(1);
});

test("giving up ends the loop without an error, connected or not", async () => {
  const server = await scriptedServer((response) => {
    begin(response);
    response.write(request("1.0"));
  });
  const controller = new AbortController();
  const seen: string[] = [];
  const client = createClient({ baseUrl: server.url });
  for await (const item of client.stream({ signal: controller.signal })) {
    seen.push(item.type);
    controller.abort();
  }
  expect(seen).toEqual(["request"]);
  const nobody = createClient({ baseUrl: "http://127.0.0.1:1" });
  const waiting = new AbortController();
  const ended = nobody.stream({ signal: waiting.signal }).next();
  waiting.abort();
  expect(await ended).toEqual({ done: true, value: undefined });
});

test("leaving the loop closes the connection", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const server = await scriptedServer((response) => {
    begin(response);
    response.write(request("1.0"));
    void once(response, "close").then(() => resolve());
  });
  await take(createClient({ baseUrl: server.url }).stream(), 1);
  await expect(promise).resolves.toBeUndefined();
});

test("items of a type this client does not know are passed over", async () => {
  const server = await scriptedServer((response) => {
    begin(response);
    response.write(`event: novelty\nid: 1.0\ndata: x\n\n${request("2.0")}`);
  });
  expect(await take(createClient({ baseUrl: server.url }).stream(), 1)).toEqual(["2.0"]);
});

test("an answer that is no stream is connected to again, not read", async () => {
  const server = await scriptedServer(json({}), (response) => {
    begin(response);
    response.write(request("2.0"));
  });
  expect(await take(createClient({ baseUrl: server.url }).stream(), 1)).toEqual(["2.0"]);
});
