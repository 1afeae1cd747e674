/** Without keys: only this machine, by its own name, and no page of another site (F3, F4). */
import { once } from "node:events";
import { connect } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ApiWorld, createApiWorld } from "../support/api-world.ts";

let world: ApiWorld;
beforeAll(async () => {
  world = await createApiWorld({ auth: "loopback", mode: "dev", allowedHosts: ["dev.internal"] });
  await world.call("POST", "/api/v1/sources", {
    body: { name: "inbox", verify: "none", description: "<script>alert(1)</script>" },
  });
});
afterAll(() => world.stop());

const body = { name: "new", verify: "none" };

test.each([
  "localhost",
  "localhost:8484",
  "LOCALHOST:1",
  "127.0.0.1",
  "[::1]:8484",
  "dev.internal",
])("the host %s is this machine", async (host) => {
  const answer = await world.call("GET", "/api/v1/sources", { headers: { host } });
  expect(answer.status).toBe(200);
});

test.each([
  "attacker.example",
  "attacker.example:8484",
  "localhost.attacker.example",
  "127.0.0.1.nip.io",
  "localhost@attacker.example",
  "0.0.0.0:8484",
  "169.254.169.254",
  "[::ffff:127.0.0.1]",
  "dev.internal.",
])("a page that calls itself %s is refused, whatever it asks for (DNS rebinding)", async (host) => {
  for (const path of ["/api/v1/sources", "/", "/openapi.json", "/nothing"]) {
    const answer = await world.call("GET", path, { headers: { host } });
    // 400 where the name is not even one.
    expect([400, 403]).toContain(answer.status);
  }
});

test.each([
  "GET / HTTP/1.1\r\nHost: localhost\r\nHost: attacker.example\r\n",
  "GET / HTTP/1.1\r\nHost: attacker.example\r\nHost: localhost\r\n",
  "GET / HTTP/1.1\r\nHost:\r\n",
  "GET / HTTP/1.0\r\n",
  "GET http://attacker.example/ HTTP/1.1\r\nHost: attacker.example\r\n",
])("%j is refused", async (head) => {
  const socket = connect(world.port, "127.0.0.1");
  socket.write(`${head}Connection: close\r\n\r\n`);
  let text = "";
  socket.on("data", (chunk: Buffer) => (text += chunk.toString()));
  await once(socket, "close");
  expect(text).toMatch(/^HTTP\/1\.1 40[03] /);
});

test.each([
  { origin: "https://attacker.example" },
  { origin: "null" },
  { origin: "http://localhost:1" },
  { origin: "http://127.0.0.1.attacker.example" },
  { "sec-fetch-site": "cross-site" },
  { "sec-fetch-site": "same-site" },
  { "sec-fetch-site": "Cross-Site" },
])("a page with %j changes nothing", async (headers) => {
  for (const [method, path] of [
    ["POST", "/api/v1/sources"],
    ["PUT", "/api/v1/sources/inbox"],
    ["DELETE", "/api/v1/sources/inbox"],
  ] as const) {
    const answer = await world.call(method, path, {
      headers: headers as Record<string, string>,
      ...(method === "DELETE" ? {} : { body }),
    });
    expect(answer.json()).toMatchObject({ status: 403, code: "forbidden" });
  }
  const { data } = (await world.call("GET", "/api/v1/sources")).json<{ data: unknown[] }>();
  expect(data).toHaveLength(1);
});

test("a form of another site cannot declare JSON, so it changes nothing either", async () => {
  const answer = await world.call("POST", "/api/v1/sources", {
    raw: JSON.stringify(body),
    headers: { "content-type": "text/plain" },
  });
  expect(answer.status).toBe(415);
});

test("the page's own calls and those of tools go through", async () => {
  const host = `127.0.0.1:${world.port}`;
  const own: Record<string, string>[] = [
    {},
    { host, origin: `http://${host}`, "sec-fetch-site": "same-origin" },
    { "sec-fetch-site": "none" },
  ];
  for (const [at, headers] of own.entries()) {
    const answer = await world.call("POST", "/api/v1/sources", {
      headers,
      body: { ...body, name: `own-${at}` },
    });
    expect(answer.status).toBe(201);
  }
});

test("no answer lets another origin read it", async () => {
  const answer = await world.call("GET", "/api/v1/sources", {
    headers: { origin: "https://attacker.example" },
  });
  expect(Object.keys(answer.headers).filter((name) => name.startsWith("access-control"))).toEqual(
    [],
  );
});

test("[I12] the page shows names as text, and can run nothing", async () => {
  const page = await world.call("GET", "/");
  expect(page.headers["content-type"]).toBe("text/html; charset=utf-8");
  const policy = String(page.headers["content-security-policy"]);
  expect(policy).toMatch(/^default-src 'none'; style-src 'sha256-[\w+/=]{44}'; /);
  expect(policy).not.toContain("unsafe");
  expect(page.text()).toContain(`${world.url}/in/inbox`);
  expect(page.text()).not.toMatch(/<script|\{\{|\son[a-z]+=/);
});
