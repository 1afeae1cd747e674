/**
 * Who may call what. The table of operations is the OpenAPI document itself, so that a new path
 * without protection fails here without anybody having thought of it.
 */
import { readFileSync } from "node:fs";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { type ApiWorld, createApiWorld } from "../support/api-world.ts";
import { exchange } from "../support/exchange.ts";

type Operation = { readonly security?: readonly unknown[] };
type Document = { readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>> };

const DOCUMENT = JSON.parse(
  readFileSync(new URL("../../../../spec/openapi.json", import.meta.url), "utf8"),
) as Document;
const OPERATIONS = Object.entries(DOCUMENT.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, { security }]) => ({
    method: method.toUpperCase(),
    path: path.replaceAll(/\{\w+\}/g, "x"),
    isPublic: security?.length === 0,
  })),
);
const PUBLIC = ["/livez", "/readyz", "/openapi.json", "/schema/v1.json", "/"];
const HOUR_MS = 3_600_000;

let world: ApiWorld;
const tokens = new Map<string, string | undefined>();

beforeAll(async () => {
  world = await createApiWorld();
  const { plain: valid } = await world.keys.create({ name: "valid" });
  const revoked = await world.keys.create({ name: "revoked" });
  const expired = await world.keys.create({
    name: "expired",
    expiresAtMs: world.clock.nowMs() + HOUR_MS,
  });
  await world.keys.remove(revoked.info.id);
  world.leap(HOUR_MS);
  tokens
    .set("no", undefined)
    .set(
      "a wrong",
      valid.replace(/.$/, (last) => (last === "0" ? "1" : "0")),
    )
    .set("an expired", expired.plain)
    .set("a revoked", revoked.plain);
});
// The throttle of failed keys has tests of its own.
afterEach(() => world.leap(HOUR_MS));
afterAll(() => world.stop());

function authorization(token: string | undefined): Record<string, string> {
  return token === undefined ? {} : { authorization: `Bearer ${token}` };
}

test("the document lists every operation, and only these need no key", () => {
  expect(OPERATIONS.filter(({ isPublic }) => isPublic).map(({ path }) => path)).toEqual(PUBLIC);
  expect(OPERATIONS.length).toBeGreaterThan(45);
});

test.each(["no", "a wrong", "an expired", "a revoked"])(
  "every operation of the document refuses %s key, all in the same words",
  async (kind) => {
    let tested = 0;
    const answers = new Set<string>();
    for (const { method, path, isPublic } of OPERATIONS) {
      const answer = await exchange(
        { port: world.port, method, path },
        { headers: authorization(tokens.get(kind)) },
      );
      world.leap(HOUR_MS);
      tested += 1;
      if (isPublic) {
        expect(answer.status).toBe(200);
        continue;
      }
      expect([path, answer.status]).toEqual([path, 401]);
      expect(answer.headers["www-authenticate"]).toBe('Bearer realm="ringdown"');
      const { requestId: _, ...problem } = answer.json();
      answers.add(JSON.stringify(problem));
    }
    expect(tested).toBe(OPERATIONS.length);
    expect(answers.size).toBe(1);
  },
);

test.each([
  "Basic cmQ6cmQ=",
  "Bearer",
  "Bearer ",
  "bearer  x",
  "Bearer a b",
  `Bearer ${"x".repeat(5000)}`,
  "rd_x",
  "Bearer rd_",
  "Bearer \u00e9",
])("the header %j is not a key", async (header) => {
  const target = { port: world.port, method: "GET", path: "/api/v1/keys" };
  const answer = await exchange(target, { headers: { authorization: header } });
  expect(answer.status).toBe(401);
});

test("without a key nobody learns which paths and methods exist", async () => {
  for (const [method, path] of [
    ["GET", "/api/v1/nothing"],
    ["PATCH", "/api/v1/sources"],
    ["GET", "/nothing"],
    ["GET", "/api/v1/requests/%00"],
    ["GET", "//api/v1/requests"],
    ["GET", "/livez/../api/v1/keys"],
    ["GET", "/livez%2f..%2fapi/v1/keys"],
    ["GET", "/livez;/api/v1/keys"],
  ] as const) {
    const answer = await exchange({ port: world.port, method, path });
    expect([path, answer.status]).toEqual([path, 401]);
  }
});

test("[I12] the page tells strangers no names", async () => {
  await world.call("POST", "/api/v1/sources", { body: { name: "hush-hush", verify: "none" } });
  const page = await exchange({ port: world.port, method: "GET", path: "/" });
  expect(page.status).toBe(200);
  expect(page.text()).not.toContain("hush-hush");
});

test("failed keys are throttled per address, and a valid key is let in all the same", async () => {
  const own = await createApiWorld();
  const { plain } = await own.keys.create({ name: "valid" });
  const tryKey = async (token: string): Promise<number> => {
    const target = { port: own.port, method: "GET", path: "/api/v1/keys" };
    const { status, headers } = await exchange(target, { headers: authorization(token) });
    if (status === 429) expect(Number(headers["retry-after"])).toBeGreaterThan(0);
    return status;
  };
  const statuses: number[] = [];
  for (let i = 0; i < 12; i++) statuses.push(await tryKey("guess"));
  expect(statuses).toEqual([...Array.from({ length: 10 }, () => 401), 429, 429]);
  expect(await tryKey(plain)).toBe(200);
  expect(await tryKey(plain.replace(/.$/, "!"))).toBe(429);
  own.leap(6000);
  expect(await tryKey("guess")).toBe(401);
  await own.stop();
});

test("an operator's own key cannot be guessed past the throttle", async () => {
  const adminKey = "correct-horse-battery";
  const own = await createApiWorld({ adminKey });
  const tryKey = async (token: string): Promise<number> => {
    const target = { port: own.port, method: "GET", path: "/api/v1/keys" };
    return (await exchange(target, { headers: authorization(token) })).status;
  };
  expect(await tryKey(adminKey)).toBe(200);
  for (let i = 0; i < 10; i++) await tryKey(`guess-${i}`);
  expect(await tryKey(adminKey)).toBe(429);
  own.leap(6000);
  expect(await tryKey(adminKey)).toBe(200);
  await own.stop();
});
