/**
 * [I8] A stored secret never leaves: canaries in every place that holds one, and every answer that a
 * GET of the OpenAPI document can give is searched for them.
 */
import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ApiWorld, createApiWorld } from "../support/api-world.ts";
import { exchange } from "../support/exchange.ts";

const base64 = (text: string): string => Buffer.from(text.padEnd(32, "=")).toString("base64");
const CANARY = {
  hmac: "canary-hmac-secret-0123456789abcdef",
  hmacRotated: "canary-rotated-secret-0123456789ab",
  stripe: "whsec_canaryStripe0123456789abcdefghij",
  basicPassword: "canary-basic-password-0123456789",
  bearer: "canary-bearer-token-0123456789abc",
  apiKey: "canary-api-key-0123456789abcdefgh",
  sign: `whsec_${base64("canary signing secret 0123456789")}`,
  header: "canary-destination-header-01234567",
  environment: "canary-environment-0123456789abcdef",
} as const;

let world: ApiWorld;
/** Everything a path's parameters can be filled with. */
const ids: Record<string, string[]> = {};

beforeAll(async () => {
  world = await createApiWorld({ environment: { FROM_ENV: CANARY.environment } });
  const create = async (kind: string, body: object): Promise<void> => {
    const answer = await world.call("POST", `/api/v1/${kind}`, { body });
    if (answer.status !== 201) throw new Error(answer.text());
  };
  await create("sources", { name: "hmac", verify: { secrets: [CANARY.hmac, CANARY.hmacRotated] } });
  await create("sources", {
    name: "stripe",
    provider: "stripe",
    verify: { secret: CANARY.stripe },
  });
  await create("sources", {
    name: "basic",
    verify: { scheme: "basic", username: "shop", password: CANARY.basicPassword },
  });
  await create("sources", { name: "bearer", verify: { scheme: "bearer", token: CANARY.bearer } });
  await create("sources", {
    name: "api-key",
    verify: { scheme: "api-key", header: "x-odd-one", secret: CANARY.apiKey },
  });
  await create("sources", { name: "environment", verify: { secret: "${env:FROM_ENV}" } });
  await create("destinations", {
    name: "out",
    url: "https://out.example",
    retry: { schedule: [] },
    sign: { secret: CANARY.sign },
    headers: { authorization: `Bearer ${CANARY.header}`, "x-plain": "shown" },
  });
  const sources = ["hmac", "stripe", "basic", "bearer", "api-key", "environment"];
  await create("routes", { name: "all", from: sources, to: "out" });
  world.replyTo(() => ({ status: 500 }));
  await send();
});
afterAll(() => world.stop());

async function send(): Promise<void> {
  const body = '{"type":"x"}';
  const signed = (secret: string): Record<string, string> => ({
    "x-signature": createHmac("sha256", secret).update(body).digest("hex"),
  });
  const headers: Record<string, Record<string, string>> = {
    hmac: signed(CANARY.hmac),
    environment: signed(CANARY.environment),
    stripe: { "stripe-signature": "t=1,v1=00" },
    basic: { authorization: `Basic ${base64Plain(`shop:${CANARY.basicPassword}`)}` },
    bearer: { authorization: `Bearer ${CANARY.bearer}` },
    "api-key": { "x-odd-one": CANARY.apiKey },
  };
  for (const [source, own] of Object.entries(headers)) {
    await world.call("POST", `/in/${source}?token=${CANARY.bearer}`, { raw: body, headers: own });
  }
  await world.until(async () => {
    const { data } = (await world.call("GET", "/api/v1/deliveries")).json<{
      data: { state: string }[];
    }>();
    return data.length === 5 && data.every(({ state }) => state === "dead");
  });
  await world.call("POST", "/api/v1/replays", { body: { filter: {} } });
  await world.call("GET", "/api/v1/requests");
}

function base64Plain(text: string): string {
  return Buffer.from(text).toString("base64");
}

/** In plain text, and as basic authentication and JSON would have them. */
const SEARCHED = [
  ...Object.values(CANARY),
  base64Plain(`shop:${CANARY.basicPassword}`),
  CANARY.sign.slice("whsec_".length),
];

function leaksIn(text: string): readonly string[] {
  return SEARCHED.filter((secret) => text.includes(secret));
}

async function allOf(list: string): Promise<readonly { id: string; name?: string }[]> {
  return (await world.call("GET", `/api/v1/${list}?limit=200`)).json<{ data: { id: string }[] }>()
    .data;
}

test("[I8] the canaries are really there: verification and signing use them", async () => {
  const verified = (await world.call("GET", "/api/v1/requests?outcome=accepted")).json<{
    data: { source: string }[];
  }>();
  expect(verified.data.map(({ source }) => source).toSorted()).toEqual([
    "api-key",
    "basic",
    "bearer",
    "environment",
    "hmac",
  ]);
  const [first] = world.sent;
  expect(first!.request.headers).toContain("webhook-signature");
  expect(first!.request.headers).toContain(`Bearer ${CANARY.header}`);
});

test("[I8] no GET of the document answers a secret", async () => {
  const document = JSON.parse(
    readFileSync(new URL("../../../../spec/openapi.json", import.meta.url), "utf8"),
  ) as { paths: Record<string, Record<string, unknown>> };
  for (const list of ["requests", "events", "deliveries", "attempts", "replays", "keys"]) {
    ids[list] = (await allOf(list)).map(({ id }) => id);
  }
  for (const list of ["sources", "destinations", "routes"]) {
    ids[list] = (await allOf(list)).map(({ name }) => name ?? "");
  }

  const paths = Object.keys(document.paths).filter((path) => "get" in document.paths[path]!);
  let answers = 0;
  for (const path of paths.filter((each) => each !== "/api/v1/stream")) {
    const list = /^\/api\/v1\/(\w+)\/\{/.exec(path)?.[1];
    const filled =
      list === undefined ? [path] : ids[list]!.map((id) => path.replace(/\{\w+\}/, id));
    expect(filled.length).toBeGreaterThan(0);
    for (const target of filled) {
      const answer = await world.call("GET", target);
      // A body is what a sender sent, not a secret of ours.
      expect([target, answer.status, leaksIn(answer.text())]).toEqual([target, 200, []]);
      expect([target, leaksIn(JSON.stringify(answer.headers))]).toEqual([target, []]);
      answers += 1;
    }
  }
  const yaml = await world.call("GET", "/api/v1/config?format=yaml");
  expect(leaksIn(yaml.text())).toEqual([]);
  expect(answers).toBeGreaterThan(60);
});

test("[I8] changing, planning and failing answer no secret either", async () => {
  const texts: string[] = [];
  for (const kind of ["sources", "destinations"]) {
    for (const { name } of await allOf(kind)) {
      const shown = (await world.call("GET", `/api/v1/${kind}/${name}`)).json();
      texts.push((await world.call("PUT", `/api/v1/${kind}/${name}`, { body: shown })).text());
      const wrong = { ...shown, enabled: "maybe" };
      texts.push((await world.call("PUT", `/api/v1/${kind}/${name}`, { body: wrong })).text());
    }
  }
  const pruned = { version: 1 };
  texts.push(
    (
      await world.call("PUT", "/api/v1/config?dryRun=true&owner=api&prune=true", { body: pruned })
    ).text(),
  );
  const short = { name: "short", verify: { secret: "${env:FROM_ENV}x", tolerance: "never" } };
  texts.push((await world.call("POST", "/api/v1/sources", { body: short })).text());
  expect(texts.flatMap(leaksIn)).toEqual([]);
});

test("[I8] the live stream shows no secret", async () => {
  const seen: string[] = [];
  const { plain } = await world.keys.create({ name: "stream" });
  const controller = new AbortController();
  const response = await fetch(`${world.url}/api/v1/stream`, {
    headers: { authorization: `Bearer ${plain}`, "last-event-id": "0.0" },
    signal: controller.signal,
  });
  for await (const chunk of response.body!) {
    seen.push(Buffer.from(chunk).toString());
    if (seen.join("").split("event: attempt").length > 5) break;
  }
  controller.abort();
  expect(seen.join("")).toContain("event: request");
  expect(leaksIn(seen.join(""))).toEqual([]);
});

test("[I8] a key is in the answer that made it, and nowhere else", async () => {
  const created = await world.call("POST", "/api/v1/keys", { body: { name: "once" } });
  const { key, id } = created.json<{ key: string; id: string }>();
  expect((await world.call("GET", "/api/v1/keys")).text()).not.toContain(key.slice(10));
  const target = { port: world.port, method: "DELETE", path: `/api/v1/keys/${id}` };
  const used = await exchange(target, { headers: { authorization: `Bearer ${key}` } });
  expect(used.status).toBe(204);
});
