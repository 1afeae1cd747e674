/** The configuration as one document over the API. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { type ApiWorld, createApiWorld } from "../../support/api-world.ts";

let world: ApiWorld;
beforeEach(async () => {
  world = await createApiWorld({ environment: { KEY: "whsec_c29tZXRoaW5nLXNlY3JldC1vZi0yNA" } });
});
afterEach(() => world.stop());

const YAML = `version: 1
sources:
  in: { verify: none }
destinations:
  out: { url: "https://out.example" }
routes:
  all: { from: in, to: out }
`;

const put = (query: string, raw: string, headers: Record<string, string> = {}) =>
  world.call("PUT", `/api/v1/config${query}`, {
    raw,
    headers: { "content-type": "application/yaml", ...headers },
  });

type Plan = {
  readonly version: number | null;
  readonly baseVersion: number;
  readonly changes: readonly { readonly name: string; readonly action: string }[];
};
const actions = ({ changes }: Plan) => changes.map(({ name, action }) => `${action} ${name}`);

test("a document is planned, applied, and exported in a form that can be applied again", async () => {
  const planned: Plan = (await put("?dryRun=true", YAML)).json();
  expect(planned).toMatchObject({ dryRun: true, version: null });
  expect(actions(planned).toSorted()).toEqual(["add all", "add in", "add out"]);
  expect((await world.call("GET", "/api/v1/sources")).json()["data"]).toEqual([]);

  const applied = await put("", YAML);
  expect(applied.json()).toMatchObject({ dryRun: false, version: planned.baseVersion + 1 });
  expect(applied.headers["etag"]).toBe(`"${planned.baseVersion + 1}"`);

  const yaml = await world.call("GET", "/api/v1/config?format=yaml");
  expect(yaml.headers["content-type"]).toBe("application/yaml; charset=utf-8");
  expect(yaml.headers["etag"]).toBe(applied.headers["etag"]);
  const again: Plan = (await put("?dryRun=true", yaml.text())).json();
  expect(new Set(again.changes.map(({ action }) => action))).toEqual(new Set(["keep"]));

  const json = await world.call("GET", "/api/v1/config");
  const fromJson = await world.call("PUT", "/api/v1/config?dryRun=true", { body: json.json() });
  expect(fromJson.status).toBe(200);
});

test("a plan is played on past requests only when asked, and within a limit", async () => {
  await put("", YAML);
  const change = YAML.replace("to: out }", 'to: out, when: "method == \\"GET\\"" }');
  expect((await put("?dryRun=true", change)).json()).toMatchObject({ effect: null });
  expect((await put("?dryRun=true&past=10", change)).json()).toMatchObject({
    effect: {
      requestCount: 0,
      routes: [{ route: "all", before: 0, after: 0, gained: 0, lost: 0 }],
    },
  });
  expect((await put("?dryRun=true&past=10001", change)).status).toBe(400);
  expect((await put("?past=10", change)).json()).toMatchObject({
    status: 400,
    code: "invalid_request",
  });
  expect((await world.call("GET", "/api/v1/config/history")).json()["data"]).toHaveLength(1);
});

test("with If-Match a change that came in between is not overwritten", async () => {
  const { headers } = await put("", YAML);
  const version = headers["etag"]!;
  await world.call("POST", "/api/v1/sources", { body: { name: "meanwhile", verify: "none" } });
  const refused = await put("", YAML, { "if-match": version });
  expect(refused.json()).toMatchObject({ status: 409, code: "config_conflict" });
  const current = (await world.call("GET", "/api/v1/config")).headers["etag"]!;
  expect((await put("", YAML, { "if-match": current })).status).toBe(200);
  const nonsense = await put("", YAML, { "if-match": "W/x" });
  expect(nonsense.json()).toMatchObject({ status: 400, code: "invalid_request" });
});

test("an owner changes and prunes only what it owns", async () => {
  await put("?owner=file:a", YAML);
  await world.call("POST", "/api/v1/sources", { body: { name: "by-hand", verify: "none" } });
  const refused = await world.call("DELETE", "/api/v1/routes/all");
  expect(refused.json()).toMatchObject({ status: 409, code: "not_owner" });
  const pruned: Plan = (await put("?owner=file:a&prune=true", "version: 1\n")).json();
  expect(actions(pruned)).toEqual(
    expect.arrayContaining(["remove all", "remove in", "remove out"]),
  );
  const left = (await world.call("GET", "/api/v1/sources")).json<{ data: { name: string }[] }>();
  expect(left.data.map(({ name }) => name)).toEqual(["by-hand"]);
});

test("[I7] what is wrong is told with line and column", async () => {
  const refused = await put("", YAML.replace("url:", "ulr:"));
  const { code, problems } = refused.json<{ code: string; problems: unknown[] }>();
  expect(code).toBe("config_invalid");
  expect(problems).toContainEqual(
    expect.objectContaining({ line: 5, suggestion: "url", path: expect.stringContaining("ulr") }),
  );
});

test("versions are listed, newest first", async () => {
  await put("?owner=file:a", YAML);
  await world.call("POST", "/api/v1/sources", { body: { name: "second", verify: "none" } });
  const { data } = (await world.call("GET", "/api/v1/config/history")).json<{
    data: { version: number; owner: string }[];
  }>();
  expect(data.slice(0, 2)).toMatchObject([
    { version: 2, owner: "api" },
    { version: 1, owner: "file:a" },
  ]);
});

test("[I8] neither export nor plan shows a secret", async () => {
  const literal = "whsec_YS1saXRlcmFsLXNlY3JldC1vZi0yNC1ieXRlcw";
  await world.call("POST", "/api/v1/sources", {
    body: { name: "stripe", provider: "stripe", verify: { secrets: [literal, "${env:KEY}"] } },
  });
  const exported = await world.call("GET", "/api/v1/config?format=yaml");
  expect(exported.text()).toContain("${env:KEY}");
  expect(exported.text()).not.toContain(literal);
  const changed =
    'version: 1\nsources:\n  stripe: { provider: stripe, verify: { secrets: ["${env:KEY}"] } }\n';
  const plan = await put("?dryRun=true", changed);
  expect(plan.status).toBe(200);
  expect(plan.text()).not.toContain(literal);
});

test.each([
  ["text/plain", "version: 1", 415],
  ["application/yaml", "", 400],
  ["application/yaml", "a: [", 400],
  ["application/yaml", "a: &a [*a]", 400],
  ["application/json", "{", 400],
  ["application/json", "[]", 400],
  ["application/json", '{"version":2}', 400],
])("a %s body %j is answered %i", async (type, raw, status) => {
  const answer = await put("", raw, { "content-type": type });
  expect(answer.status).toBe(status);
});

test("an owner that is none is refused", async () => {
  for (const owner of ["", "somebody", "file:", "file:%0a"]) {
    expect((await put(`?owner=${owner}`, YAML)).status).toBe(400);
  }
});
