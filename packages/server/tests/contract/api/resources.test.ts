/** Sources, destinations and routes over the API: one shape with the file, secrets masked. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ApiWorld, createApiWorld } from "../../support/api-world.ts";

let world: ApiWorld;
beforeAll(async () => {
  world = await createApiWorld({
    environment: { WHSEC: "whsec_bm90LWEtc2VjcmV0LWF0LWFsbC0xMjM0" },
  });
});
afterAll(() => world.stop());

type Listed = { readonly data: readonly { readonly name: string }[]; readonly nextCursor: string };

test("a source is created with the file's shape and has a URL", async () => {
  const created = await world.call("POST", "/api/v1/sources", {
    body: { name: "orders", provider: "generic", verify: "none", description: "Orders" },
  });
  expect(created.status).toBe(201);
  expect(created.json()).toMatchObject({
    id: expect.stringMatching(/^src_[0-9A-Z]{26}$/),
    name: "orders",
    owner: "api",
    provider: "generic",
    verify: "none",
    description: "Orders",
    url: `${world.url}/in/orders`,
  });
  const { id } = created.json<{ id: string }>();
  for (const nameOrId of ["orders", id]) {
    const shown = await world.call("GET", `/api/v1/sources/${nameOrId}`);
    expect(shown.json()).toEqual(created.json());
  }
});

test("what is shown can be edited and sent back", async () => {
  await world.call("POST", "/api/v1/destinations", {
    body: { name: "shop", url: "https://shop.example/hooks", retry: { schedule: ["1s", "2s"] } },
  });
  const shown = (await world.call("GET", "/api/v1/destinations/shop")).json();
  const changed = await world.call("PUT", "/api/v1/destinations/shop", {
    body: { ...shown, concurrency: 3 },
  });
  expect(changed.status).toBe(200);
  expect(changed.json()).toMatchObject({
    id: shown["id"],
    concurrency: 3,
    retry: { schedule: ["1s", "2s"] },
  });
});

test("what is left out of a replacement is no longer set", async () => {
  await world.call("POST", "/api/v1/destinations", {
    body: { name: "plain", url: "https://plain.example", concurrency: 3 },
  });
  const replaced = await world.call("PUT", "/api/v1/destinations/plain", {
    body: { url: "https://plain.example" },
  });
  expect(replaced.json()).not.toHaveProperty("concurrency");
});

test("[I8] a literal secret is masked, and the mask sent back keeps it", async () => {
  const secret = "whsec_dGhpcyBpcyBhIHZlcnkgc2VjcmV0IGtleSBvZiAzMg";
  const created = await world.call("POST", "/api/v1/sources", {
    body: { name: "billing", provider: "stripe", verify: { secrets: [secret, "${env:WHSEC}"] } },
  });
  expect(created.status).toBe(201);
  expect(created.text()).not.toContain(secret);
  const shown = (await world.call("GET", "/api/v1/sources/billing")).json();
  expect(shown).toMatchObject({
    verify: { secrets: [`••••${secret.slice(-4)}`, "${env:WHSEC}"] },
  });
  const changed = await world.call("PUT", "/api/v1/sources/billing", {
    body: { ...shown, description: "still works" },
  });
  expect(changed.status).toBe(200);
  expect(changed.json()).toMatchObject({ verify: shown["verify"], description: "still works" });
});

test("a route connects them, and what it uses cannot be deleted", async () => {
  const created = await world.call("POST", "/api/v1/routes", {
    body: { name: "orders-to-shop", from: "orders", to: "shop", when: 'body.type == "a"' },
  });
  expect(created.status).toBe(201);
  const refused = await world.call("DELETE", "/api/v1/destinations/shop");
  expect(refused.status).toBe(409);
  expect(refused.json()).toMatchObject({ code: "resource_in_use" });
  expect((await world.call("DELETE", "/api/v1/routes/orders-to-shop")).status).toBe(204);
  expect((await world.call("DELETE", "/api/v1/destinations/shop")).status).toBe(204);
  expect((await world.call("GET", "/api/v1/destinations/shop")).status).toBe(404);
});

test("[I7] everything wrong is named at once, with its place", async () => {
  const refused = await world.call("POST", "/api/v1/destinations", {
    body: { name: "wrong", url: "ftp://x.example", concurrency: "many", retires: 3 },
  });
  expect(refused.status).toBe(400);
  const { code, problems } = refused.json<{ code: string; problems: { path: string }[] }>();
  expect(code).toBe("config_invalid");
  expect(problems.map(({ path }) => path)).toEqual(
    expect.arrayContaining(["concurrency", "retires"]),
  );
});

test("a name can be given once, and not changed", async () => {
  const taken = await world.call("POST", "/api/v1/sources", {
    body: { name: "orders", verify: "none" },
  });
  expect(taken.json()).toMatchObject({ status: 409, code: "name_taken" });
  const renamed = await world.call("PUT", "/api/v1/sources/orders", {
    body: { name: "orders-2", verify: "none" },
  });
  expect(renamed.json()).toMatchObject({ status: 400, code: "invalid_request" });
});

test.each([
  ["GET", "/api/v1/sources/nothing"],
  ["PUT", "/api/v1/sources/nothing"],
  ["DELETE", "/api/v1/sources/nothing"],
  ["GET", "/api/v1/destinations/nothing/status"],
  ["POST", "/api/v1/destinations/nothing/pause"],
  ["POST", "/api/v1/destinations/nothing/resume"],
  ["GET", "/api/v1/routes/%00%0d%0a"],
])("%s %s is not found", async (method, path) => {
  const answer = await world.call(method, path, method === "PUT" ? { body: {} } : {});
  expect(answer.json()).toMatchObject({ status: 404, code: "not_found" });
});

test("lists are sorted by name and paged", async () => {
  for (const name of ["page-c", "page-a", "page-b"]) {
    await world.call("POST", "/api/v1/sources", { body: { name, verify: "none" } });
  }
  const names: string[] = [];
  for (let cursor: string | null = ""; cursor !== null;) {
    const query = cursor === "" ? "" : `&cursor=${cursor}`;
    const page: Listed = (await world.call("GET", `/api/v1/sources?limit=2${query}`)).json();
    expect(page.data.length).toBeLessThanOrEqual(2);
    names.push(...page.data.map(({ name }) => name));
    cursor = page.nextCursor;
  }
  expect(names).toEqual(["billing", "orders", "page-a", "page-b", "page-c"]);
});

test("[I11] a destination is paused with a reason, and resumed", async () => {
  await world.call("POST", "/api/v1/destinations", {
    body: { name: "pausable", url: "https://pausable.example" },
  });
  const before = await world.call("GET", "/api/v1/destinations/pausable/status");
  expect(before.json()).toMatchObject({ status: "active", since: null, circuit: "closed" });
  const paused = await world.call("POST", "/api/v1/destinations/pausable/pause", {
    body: { reason: "maintenance" },
  });
  expect(paused.json()).toMatchObject({ status: "paused", reason: "maintenance" });
  const resumed = await world.call("POST", "/api/v1/destinations/pausable/resume");
  expect(resumed.json()).toMatchObject({ status: "active", destination: "pausable" });
});
