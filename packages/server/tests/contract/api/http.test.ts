/** How the API speaks HTTP: what it refuses, how, and what every answer carries. */
import { once } from "node:events";
import { connect } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { RingdownError } from "../../../src/errors/ringdown-error.ts";
import { type ApiWorld, createApiWorld } from "../../support/api-world.ts";

let world: ApiWorld;
beforeAll(async () => {
  world = await createApiWorld({ bodyLimitBytes: 10_000 });
});
afterAll(() => world.stop());

const SOURCE = { name: "x", verify: "none" };
const JSON_TYPE = { "content-type": "application/json" };

test.each(["/api/v1/nothing", "/api", "/api/v1/", "/nothing", "/api/v1/requests/", "//"])(
  "%s is not found",
  async (path) => {
    const answer = await world.call("GET", path);
    expect(answer.json()).toMatchObject({ status: 404, code: "not_found" });
  },
);

test.each([
  ["DELETE", "/api/v1/requests", "GET, HEAD"],
  ["POST", "/api/v1/requests/req_1", "GET, HEAD"],
  ["PATCH", "/api/v1/sources/x", "GET, PUT, DELETE, HEAD"],
  ["GET", "/api/v1/replays/x/cancel", "POST"],
  ["OPTIONS", "/api/v1/sources", "GET, POST, HEAD"],
])("%s %s is not possible, and says what is", async (method, path, allow) => {
  const answer = await world.call(method, path);
  expect(answer.json()).toMatchObject({ status: 405, code: "method_not_allowed" });
  expect(answer.headers["allow"]).toBe(allow);
});

test("every answer has an id of its own and the headers that keep browsers from guessing", async () => {
  const ids = new Set<unknown>();
  for (const path of ["/livez", "/api/v1/requests", "/nothing", "/", "/openapi.json"]) {
    const { headers } = await world.call("GET", path);
    ids.add(headers["x-request-id"]);
    expect(headers).toMatchObject({
      "x-request-id": expect.stringMatching(/^[0-9a-f-]{36}$/),
      "content-security-policy": expect.stringContaining("default-src 'none'"),
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-resource-policy": "same-origin",
      "cache-control": "no-store",
    });
    expect(headers).not.toHaveProperty("access-control-allow-origin");
    expect(headers).not.toHaveProperty("x-powered-by");
  }
  expect(ids.size).toBe(5);
});

test("HEAD answers like GET, without the body", async () => {
  const answer = await world.call("HEAD", "/api/v1/requests");
  expect(answer.status).toBe(200);
  expect(answer.bytes).toHaveLength(0);
});

test.each([
  ["text/plain", "{}", 415],
  ["application/x-www-form-urlencoded", "name=x", 415],
  ["", "{}", 415],
  ["application/json", "", 400],
  ["application/json", "{", 400],
  ["application/json", "null", 400],
  ["application/json", "[]", 400],
  ["application/json", '"x"', 400],
  ["application/json; charset=utf-8", '{"name":"","verify":"none"}', 400],
])("a body of type %j with %j is answered %i", async (type, raw, status) => {
  const answer = await world.call("POST", "/api/v1/sources", {
    raw,
    headers: { "content-type": type },
  });
  expect(answer.status).toBe(status);
});

test("[I12] a body that is not UTF-8, too deep, or compressed is refused", async () => {
  const refused = async (raw: string | Uint8Array, headers = {}): Promise<unknown> =>
    (
      await world.call("POST", "/api/v1/sources", { raw, headers: { ...JSON_TYPE, ...headers } })
    ).json();
  const broken = Buffer.concat([Buffer.from('{"name":"'), Buffer.from([0xff]), Buffer.from('"}')]);
  expect(await refused(broken)).toMatchObject({
    status: 400,
    detail: expect.stringContaining("UTF-8"),
  });
  const deep = `{"name":"x","verify":${"[".repeat(2000)}${"]".repeat(2000)}}`;
  expect(await refused(deep)).toMatchObject({
    status: 400,
    detail: expect.stringContaining("nested"),
  });
  const coded = await refused("{}", { "content-encoding": "gzip" });
  expect(coded).toMatchObject({ status: 415 });
});

test("[I12] a key that would change the prototype is an unknown key", async () => {
  const raw = '{"name":"proto","verify":"none","__proto__":{"enabled":false}}';
  const answer = await world.call("POST", "/api/v1/sources", { raw, headers: JSON_TYPE });
  expect(answer.json()).toMatchObject({ status: 400, code: "invalid_request" });
  const key = await world.call("POST", "/api/v1/keys", {
    raw: '{"name":"x","constructor":1}',
    headers: JSON_TYPE,
  });
  expect(key.json()).toMatchObject({ status: 400, code: "invalid_request" });
});

test("[I10] a body over the limit is refused, declared or not, and its sender can read why", async () => {
  const raw = JSON.stringify({ ...SOURCE, description: "x".repeat(20_000) });
  const declared = await world.call("POST", "/api/v1/sources", {
    raw,
    headers: { ...JSON_TYPE, "content-length": String(raw.length) },
  });
  const chunked = await world.call("POST", "/api/v1/sources", {
    raw,
    headers: { ...JSON_TYPE, "transfer-encoding": "chunked" },
  });
  for (const answer of [declared, chunked]) {
    expect(answer.json()).toMatchObject({ status: 413, code: "body_too_large" });
    expect(answer.headers["connection"]).toBe("close");
    expect(answer.headers["content-security-policy"]).toContain("default-src 'none'");
  }
});

test("an action without input takes no body, or an empty object", async () => {
  await world.call("POST", "/api/v1/destinations", {
    body: { name: "d", url: "https://d.example" },
  });
  const path = "/api/v1/destinations/d/resume";
  expect((await world.call("POST", path)).status).toBe(200);
  expect((await world.call("POST", path, { body: {} })).status).toBe(200);
  const refused = await world.call("POST", path, { body: { now: true } });
  expect(refused.json()).toMatchObject({
    status: 400,
    problems: [{ message: expect.stringContaining("now") }],
  });
});

test.each([
  "GET http://[x/ HTTP/1.1\r\nHost: a\r\n\r\n",
  "GET / HTTP/1.1\r\nHost: a b\r\n\r\n",
  "GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n",
  "GET /api/v1/requests/%ff HTTP/1.1\r\nHost: a\r\n\r\n",
])("[I12] %j is answered and breaks nothing", async (head) => {
  const socket = connect(world.port, "127.0.0.1");
  socket.write(head.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n"));
  let text = "";
  socket.on("data", (chunk: Buffer) => (text += chunk.toString()));
  await once(socket, "close");
  expect(text).toMatch(/^HTTP\/1\.1 4\d\d /);
  expect(text).toContain("application/problem+json");
  expect((await world.call("GET", "/livez")).status).toBe(200);
});

test("a defect is answered without a word about itself, and reported", async () => {
  const broken = await createApiWorld({
    storageOf: (storage) => ({
      ...storage,
      listRequests: () => Promise.reject(new Error("secret whsec_x at /home/somebody")),
      ledger: () => Promise.reject(new RingdownError("storage_unavailable", "No answer.")),
    }),
  });
  const answer = await broken.call("GET", "/api/v1/requests");
  expect(answer.json()).toMatchObject({ status: 500, code: "internal_error" });
  expect(answer.text()).not.toMatch(/whsec|somebody|at \//);
  expect(broken.takeDefects()).toHaveLength(1);
  const unavailable = await broken.call("GET", "/api/v1/ledger");
  expect(unavailable.json()).toMatchObject({
    status: 503,
    code: "storage_unavailable",
    retryable: true,
  });
  expect(unavailable.headers["retry-after"]).toBe("1");
  await broken.stop();
});

test("readiness says why not; liveness does not care", async () => {
  const full = await createApiWorld({ ready: () => ({ ready: false, reasons: ["storage_full"] }) });
  const answer = await full.call("GET", "/readyz");
  expect(answer.status).toBe(503);
  expect(answer.json()).toEqual({ ready: false, reasons: ["storage_full"] });
  expect((await full.call("GET", "/livez")).text()).toBe("ok\n");
  expect((await world.call("GET", "/readyz")).json()).toEqual({ ready: true, reasons: [] });
  await full.stop();
});

test("the file's schema is served as editors want it", async () => {
  const schema = (await world.call("GET", "/schema/v1.json")).json();
  expect(schema).toMatchObject({
    $schema: "https://json-schema.org/draft/2020-12/schema",
    additionalProperties: false,
  });
});

test("metrics are in the text format, with names escaped", async () => {
  await world.call("POST", "/api/v1/destinations", {
    body: { name: "measured", url: "https://m.example" },
  });
  const answer = await world.call("GET", "/metrics");
  expect(answer.headers["content-type"]).toBe("text/plain; version=0.0.4; charset=utf-8");
  const lines = answer.text().trim().split("\n");
  for (const line of lines) {
    expect(line).toMatch(
      /^(# (HELP|TYPE) ringdown_\w+ .+|ringdown_\w+(\{\w+="[^"]*"(,\w+="[^"]*")*\})? [\d.e-]+)$/,
    );
  }
  expect(lines).toContain('ringdown_requests_total{outcome="accepted",cause=""} 1');
  expect(lines).toContain('ringdown_destination_held{destination="measured"} 0');
});
