/** Calls: what is sent, what comes back, what is tried again. */
import { expect, test } from "vitest";
import { type ApiError, type ClientOptions, createClient, isApiError } from "../src/index.ts";
import { json, problem, type Reply, scriptedServer } from "./scripted-server.ts";

const FAST = { firstWaitMs: 1 };
const EMPTY = { data: [], nextCursor: null };

async function failure(call: Promise<unknown>): Promise<ApiError> {
  const error: unknown = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!isApiError(error)) throw new Error("expected an ApiError", { cause: error });
  return error;
}

async function clientOf(replies: readonly Reply[], options: Partial<ClientOptions> = {}) {
  const server = await scriptedServer(...replies);
  return { server, client: createClient({ ...FAST, baseUrl: `${server.url}/`, ...options }) };
}

test("a GET carries the key, its parameters and its query", async () => {
  const { server, client } = await clientOf([json({ ...EMPTY })], { apiKey: "rd_x" });
  await client.get("/api/v1/requests", { query: { source: "a b", limit: 2, cursor: undefined } });
  expect(server.asked).toMatchObject([
    {
      method: "GET",
      url: "/api/v1/requests?source=a+b&limit=2",
      headers: { authorization: "Bearer rd_x" },
      body: "",
    },
  ]);
});

test("without a key none is sent", async () => {
  const { server, client } = await clientOf([json(EMPTY)]);
  await client.get("/api/v1/requests");
  expect(server.asked[0]!.headers).not.toHaveProperty("authorization");
});

test("a POST sends JSON, and a configuration is sent as text", async () => {
  const { server, client } = await clientOf([json({}, 201)]);
  await client.post("/api/v1/sources", { body: { name: "x", verify: "none" } });
  await client.put("/api/v1/config", {
    query: { dryRun: "true" },
    text: { type: "application/yaml", content: "version: 1\n" },
    headers: { "if-match": '"3"' },
  });
  expect(server.asked).toMatchObject([
    { headers: { "content-type": "application/json" }, body: '{"name":"x","verify":"none"}' },
    {
      url: "/api/v1/config?dryRun=true",
      headers: { "content-type": "application/yaml", "if-match": '"3"' },
      body: "version: 1\n",
    },
  ]);
});

test("an answer without a body is undefined; bytes come as they are", async () => {
  const { client } = await clientOf([
    (response) => response.writeHead(204).end(),
    (response) =>
      response.writeHead(200, { "content-type": "application/json" }).end(Buffer.from([0xff, 0])),
  ]);
  expect(
    await client.delete("/api/v1/sources/{nameOrId}", { path: { nameOrId: "x" } }),
  ).toBeUndefined();
  const bytes = await client.bytes("/api/v1/events/{id}/body", { path: { id: "evt_1" } });
  expect([...bytes]).toEqual([0xff, 0]);
});

test("a problem is an error with code, status, request id and hint", async () => {
  const { client } = await clientOf([problem(404, "not_found")]);
  const error = await failure(
    client.get("/api/v1/sources/{nameOrId}", { path: { nameOrId: "x" } }),
  );
  expect(error).toMatchObject({
    code: "not_found",
    status: 404,
    message: "It was not_found.",
    requestId: "id-1",
    hint: "Do this.",
    retryable: false,
    problems: [],
  });
});

test.each<[string, Reply]>([
  [
    "an HTML page",
    (response) => response.writeHead(200, { "content-type": "text/html" }).end("<p>"),
  ],
  ["a status without a problem", (response) => response.writeHead(404).end("no")],
  [
    "a problem that is none",
    (response) => response.writeHead(400, { "content-type": "application/problem+json" }).end("{"),
  ],
  [
    "a redirect",
    (response) => response.writeHead(302, { location: "https://attacker.example" }).end(),
  ],
])("%s is not taken for an answer of this API", async (_, reply) => {
  const { server, client } = await clientOf([reply], { apiKey: "rd_secret" });
  const error = await failure(client.get("/api/v1/requests"));
  expect(error).toMatchObject({ code: "unexpected_answer" });
  expect(server.asked).toHaveLength(1);
});

test("a GET is tried again after what may pass, and only a GET", async () => {
  const unavailable = problem(503, "storage_unavailable", { retryable: true });
  const { server, client } = await clientOf([unavailable, unavailable, json(EMPTY), unavailable]);
  expect(await client.get("/api/v1/requests")).toEqual(EMPTY);
  expect(server.asked).toHaveLength(3);
  const error = await failure(client.post("/api/v1/replays", { body: { filter: {} } }));
  expect(error).toMatchObject({ code: "storage_unavailable", retryable: true });
  expect(server.asked).toHaveLength(4);
});

test("a GET is tried so many times and no more, and not at all after a refusal", async () => {
  const busy = await clientOf([problem(503, "storage_busy", { retryable: true })], { tries: 2 });
  await failure(busy.client.get("/api/v1/requests"));
  expect(busy.server.asked).toHaveLength(2);
  const refused = await clientOf([problem(401, "unauthorized")]);
  await failure(refused.client.get("/api/v1/requests"));
  expect(refused.server.asked).toHaveLength(1);
});

test("a connection that breaks is tried again", async () => {
  const { server, client } = await clientOf([(response) => response.destroy(), json(EMPTY)]);
  expect(await client.get("/api/v1/requests")).toEqual(EMPTY);
  expect(server.asked).toHaveLength(2);
});

test("a server that asks for too much patience is not waited for", async () => {
  const reply = problem(429, "rate_limited", { retryable: true, headers: { "retry-after": "60" } });
  const { server, client } = await clientOf([reply]);
  expect(await failure(client.get("/api/v1/requests"))).toMatchObject({ code: "rate_limited" });
  expect(server.asked).toHaveLength(1);
});

test("nobody there, no answer in time, and giving up are told apart", async () => {
  const nobody = createClient({ baseUrl: "http://127.0.0.1:1", tries: 1 });
  expect(await failure(nobody.get("/livez" as "/readyz"))).toMatchObject({
    code: "unreachable",
    status: undefined,
  });
  const { client } = await clientOf([() => undefined], { tries: 1 });
  expect(await failure(client.get("/readyz", { timeoutMs: 20 }))).toMatchObject({
    code: "timeout",
  });
  const controller = new AbortController();
  const call = client.get("/readyz", { signal: controller.signal });
  controller.abort();
  expect(await failure(call)).toMatchObject({ code: "aborted" });
});

test("an answer whose end never comes is no answer", async () => {
  const begun: Reply = (response) => {
    response.writeHead(200, { "content-type": "application/json", "content-length": "50" });
    response.write('{"data":');
  };
  const { client } = await clientOf([begun], { tries: 1 });
  expect(await failure(client.get("/readyz", { timeoutMs: 50 }))).toMatchObject({
    code: "timeout",
  });
  const broken: Reply = (response, asked) => {
    begun(response, asked);
    setImmediate(() => response.destroy());
  };
  const { client: other } = await clientOf([broken], { tries: 1 });
  expect(await failure(other.get("/readyz"))).toMatchObject({ code: "unreachable" });
});

test("a list is read page after page, also over empty ones", async () => {
  const { server, client } = await clientOf([
    json({ data: [{ id: "1" }, { id: "2" }], nextCursor: "c1" }),
    json({ data: [], nextCursor: "c2" }),
    json({ data: [{ id: "3" }], nextCursor: null }),
  ]);
  const ids: string[] = [];
  for await (const { id } of client.list("/api/v1/requests", { query: { source: "x" } }))
    ids.push(id);
  expect(ids).toEqual(["1", "2", "3"]);
  expect(server.asked.map(({ url }) => url)).toEqual([
    "/api/v1/requests?source=x",
    "/api/v1/requests?source=x&cursor=c1",
    "/api/v1/requests?source=x&cursor=c2",
  ]);
});

test("leaving the loop asks for no further page", async () => {
  const { server, client } = await clientOf([json({ data: [{ id: "1" }], nextCursor: "c1" })]);
  for await (const { id } of client.list("/api/v1/events")) {
    expect(id).toBe("1");
    break;
  }
  expect(server.asked).toHaveLength(1);
});
