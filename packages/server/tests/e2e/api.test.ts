/** The API of a whole gateway on SQLite: keys from the first start on, and what holds over restarts. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { loadSettings } from "../../src/config/settings.ts";
import { createGateway, type Gateway, type GatewayAddress } from "../../src/gateway.ts";
import { createAnswerCheck } from "../support/answer-check.ts";
import { type Answer, exchange, type Sending } from "../support/exchange.ts";

type Item = { readonly id: string };
type Page = { readonly data: readonly Item[]; readonly nextCursor: string | null };
type Call = (method: string, path: string, sending?: Sending) => Promise<Answer>;

const checkAnswer = createAnswerCheck();
let folder: string;
const running: Gateway[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "ringdown-api-"));
});
afterEach(async () => {
  for (const gateway of running.splice(0)) await gateway.stop({ graceMs: 0 });
  rmSync(folder, { recursive: true, force: true });
});

async function start(
  environment: Readonly<Record<string, string>> = {},
): Promise<GatewayAddress & { readonly port: number }> {
  for (const gateway of running.splice(0)) await gateway.stop({ graceMs: 0 });
  const gateway = createGateway(
    "serve",
    loadSettings({
      mode: "serve",
      flags: { data: join(folder, "data"), port: "0", host: "127.0.0.1", logLevel: "silent" },
      environment,
      workingDir: folder,
    }),
  );
  running.push(gateway);
  const address = await gateway.start();
  return { ...address, port: Number(new URL(address.url).port) };
}

/** Calls with a key; every answer is held against its description. */
function caller(port: number, key: string | undefined): Call {
  return async (method, path, sending = {}) => {
    const own = key === undefined ? {} : { authorization: `Bearer ${key}` };
    const headers = { ...own, ...sending.headers };
    const answer = await exchange({ port, method, path }, { ...sending, headers });
    checkAnswer(method, path, answer);
    return answer;
  };
}

test("the first start makes one key, which works after every further start", async () => {
  const first = await start();
  expect(first.adminKey).toMatch(/^rd_[0-9A-Za-z]{49}$/);
  const call = caller(first.port, first.adminKey);
  const { id, key } = (await call("POST", "/api/v1/keys", { body: { name: "ci" } })).json<{
    id: string;
    key: string;
  }>();

  const second = await start();
  expect(second.adminKey).toBeUndefined();
  expect((await caller(second.port, key)("GET", "/api/v1/keys")).status).toBe(200);
  const again = caller(second.port, first.adminKey);
  expect((await again("DELETE", `/api/v1/keys/${id}`)).status).toBe(204);

  const third = await start();
  expect((await caller(third.port, key)("GET", "/api/v1/keys")).status).toBe(401);
  expect((await caller(third.port, first.adminKey)("GET", "/api/v1/keys")).status).toBe(200);
  expect((await caller(third.port, undefined)("GET", "/livez")).status).toBe(200);
});

test("RINGDOWN_ADMIN_KEY lets in for as long as it is set, and no key is made beside it", async () => {
  const adminKey = "chosen-by-the-operator";
  const first = await start({ RINGDOWN_ADMIN_KEY: adminKey });
  expect(first.adminKey).toBeUndefined();
  expect((await caller(first.port, adminKey)("GET", "/api/v1/sources")).status).toBe(200);
  const second = await start();
  expect(second.adminKey).toBeDefined();
  expect((await caller(second.port, adminKey)("GET", "/api/v1/sources")).status).toBe(401);
});

test("cursors and positions of the stream lead on after a restart", async () => {
  const first = await start();
  const key = first.adminKey;
  const before = caller(first.port, key);
  await before("POST", "/api/v1/sources", { body: { name: "in", verify: "none" } });
  for (let i = 0; i < 5; i++) await before("POST", "/in/in", { raw: `{"n":${i}}` });
  const whole: Page = (await before("GET", "/api/v1/requests")).json();
  const page: Page = (await before("GET", "/api/v1/requests?limit=2")).json();

  const second = await start();
  const after = caller(second.port, key);
  const rest: Page = (
    await after("GET", `/api/v1/requests?limit=200&cursor=${page.nextCursor}`)
  ).json();
  expect([...page.data, ...rest.data]).toEqual(whole.data);

  const response = await fetch(`${second.url}/api/v1/stream`, {
    headers: { authorization: `Bearer ${key}`, "last-event-id": "2.0" },
  });
  let text = "";
  for await (const chunk of response.body ?? []) {
    text += Buffer.from(chunk).toString();
    if (text.split("event: request").length === 4) break;
  }
  const ids = [...text.matchAll(/^data: (.*)$/gm)].map(
    ([, data = ""]) => (JSON.parse(data) as Item).id,
  );
  expect(ids).toEqual(
    whole.data
      .slice(0, 3)
      .map(({ id }) => id)
      .toReversed(),
  );
});

test("everything the API can show is the same after a restart", async () => {
  const first = await start();
  const before = caller(first.port, first.adminKey);
  const yaml = `version: 1
sources: { in: { verify: none, eventType: body.type } }
destinations: { out: { url: "https://out.example", retry: { schedule: none } } }
routes: { paid: { from: in, to: out, when: 'body.type == "paid"' } }
`;
  const applied = await before("PUT", "/api/v1/config?owner=file:e2e", {
    raw: yaml,
    headers: { "content-type": "application/yaml" },
  });
  expect(applied.status).toBe(200);
  await before("POST", "/api/v1/destinations/out/pause", { body: { reason: "restart" } });
  for (const type of ["paid", "other"])
    await before("POST", "/in/in", { raw: `{"type":"${type}"}` });

  const { data } = (await before("GET", "/api/v1/requests")).json<Page>();
  const paths = [
    ...["requests", "events", "deliveries", "attempts", "replays", "routes", "destinations"].map(
      (list) => `/api/v1/${list}`,
    ),
    ...data.flatMap(({ id }) =>
      ["", "/trace", "/body"].map((part) => `/api/v1/requests/${id}${part}`),
    ),
    "/api/v1/config?format=yaml",
    "/api/v1/config/history",
    "/api/v1/ledger",
  ];
  const texts: string[] = [];
  for (const path of paths) texts.push(stable(await before("GET", path)));

  const second = await start();
  const after = caller(second.port, first.adminKey);
  for (const [i, path] of paths.entries()) {
    expect([path, stable(await after("GET", path))]).toEqual([path, texts[i]]);
  }
});

/** Its port is the only thing that a gateway may change from start to start. */
function stable(answer: Answer): string {
  expect(answer.status).toBe(200);
  return answer.text().replaceAll(/127\.0\.0\.1:\d{2,5}\b/g, "…");
}
