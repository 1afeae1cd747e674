import { describe, expect, test } from "vitest";
import { documentWith } from "../../tests/support/registry-world.ts";
import { runConfigTests } from "./config-tests.ts";

const routing = {
  sources: {
    stripe: { provider: "stripe", verify: { secret: "${env:NOT_NEEDED_HERE}" } },
    other: {},
  },
  destinations: { d: { url: "${env:NOT_NEEDED_HERE}" }, e: { url: "https://e.example" } },
  routes: {
    paid: {
      from: "stripe",
      to: "d",
      when: 'eventType == "checkout.paid" && body.data.status == "paid"',
    },
    all: { from: "stripe", to: "e" },
    again: { from: "stripe", to: "e" },
    kind: {
      from: "other",
      to: "e",
      when: 'headers["x-kind"] == "a" && method == "PUT" && query.q == "1" && path == "/p"',
    },
  },
};

const fixtures: Readonly<Record<string, string>> = {
  "paid.json": '{"type":"checkout.paid","data":{"status":"paid","items":[{"id":1}]}}',
  "request.json":
    '{"method":"PUT","path":"/p","query":"q=1","headers":{"X-Kind":"a"},"body":"text"}',
  "wrong.json": '{"method":"PUT","hedaers":{},"headers":{},"body":{}}',
  "broken.json": "{",
};

function readFixture(path: string): string {
  const text = fixtures[path];
  if (text === undefined) throw new Error(`${path} does not exist`);
  return text;
}

function run(spec: object, base: object = routing) {
  const document = documentWith({
    ...base,
    tests: [{ name: "t", expect: { routes: [] }, ...spec }],
  });
  const [result] = runConfigTests(document, readFixture);
  return result!;
}

describe("tests of a configuration", () => {
  test("a fixture that is a body arrives at the named source; no secret is needed", () => {
    const routes = ["paid", "all", "again"];
    const result = run({ source: "stripe", request: "paid.json", expect: { routes } });
    expect(result).toEqual({
      name: "t",
      outcome: "passed",
      expected: ["again", "all", "paid"],
      actual: ["again", "all", "paid"],
      missed: [],
      transformed: [],
    });
  });

  test("what a transformation makes is shown, and compared as far as it is expected", () => {
    const transform = {
      body: { text: "paid: ${{ body.data.status }}", id: "${{ eventId }}" },
      headers: { "X-Kind": "${{ eventType }}" },
    };
    const base = { ...routing, routes: { slack: { from: "stripe", to: "d", transform } } };
    const expecting = (transformed: object, patch = {}) =>
      run(
        {
          source: "stripe",
          request: "paid.json",
          patch,
          expect: { routes: ["slack"], transformed: { slack: transformed } },
        },
        base,
      );
    const body = { text: "paid: paid", id: "evt_00000000000000000000000000" };
    const passed = expecting({ body, headers: { "X-Kind": "checkout.paid" } });
    expect(passed).toMatchObject({
      outcome: "passed",
      transformed: [{ route: "slack", contentType: "application/json", problems: [] }],
    });
    const failed = expecting({ body: { text: "x" }, method: "PUT" });
    expect(failed.outcome).toBe("failed");
    expect(failed.transformed[0]?.problems).toEqual([
      'method is as it came, not "PUT"',
      `body is ${JSON.stringify(body)}, not {"text":"x"}`,
    ]);
    expect(expecting({}, { "body.data.status": null })).toMatchObject({
      outcome: "failed",
      transformed: [{ problems: [expect.stringContaining("body.data.status is null")] }],
    });
    const plain = { routes: ["slack"], transformed: { paid: {} } };
    const broken = { ...base, routes: { ...routing.routes, ...base.routes } };
    expect(run({ source: "stripe", request: "paid.json", expect: plain }, broken).problem).toBe(
      'the route "paid" transforms nothing',
    );
  });

  test("a failed one tells why routes were missed", () => {
    const patch = { "body.data.status": "unpaid" };
    const result = run({
      source: "stripe",
      request: "paid.json",
      patch,
      expect: { routes: ["paid"] },
    });
    expect(result).toMatchObject({
      outcome: "failed",
      actual: ["again", "all"],
      missed: [{ route: "paid", reason: 'body.data.status == "paid": was "unpaid"' }],
    });
  });

  test("a fixture or the test itself can be a whole request", () => {
    const expected = { routes: ["kind"] };
    expect(run({ source: "other", request: "request.json", expect: expected })).toMatchObject({
      outcome: "passed",
    });
    const request = {
      source: "other",
      method: "PUT",
      path: "/p",
      query: "q=1",
      headers: { "x-kind": "b" },
    };
    const patch = { "headers.x-kind": "a" };
    expect(run({ request, patch, expect: expected })).toMatchObject({ outcome: "passed" });
  });

  test("lists can be patched by position", () => {
    const base = {
      ...routing,
      routes: { r: { from: "other", to: "e", when: "body.data.items[0].id == 7" } },
    };
    const patch = { "body.data.items.0.id": 7 };
    expect(
      run({ source: "other", request: "paid.json", patch, expect: { routes: ["r"] } }, base),
    ).toMatchObject({
      outcome: "passed",
    });
  });

  test("the only source needs no name", () => {
    const base = { ...routing, sources: { only: {} }, routes: { r: { from: "only", to: "e" } } };
    expect(run({ request: { body: { a: 1 } }, expect: { routes: ["r"] } }, base)).toMatchObject({
      outcome: "passed",
    });
  });

  test("disabled routes are not taken", () => {
    const base = { ...routing, routes: { r: { from: "other", to: "e", enabled: false } } };
    expect(run({ source: "other", request: {} }, base)).toMatchObject({
      outcome: "passed",
      missed: [{ route: "r", reason: "it is disabled" }],
    });
  });

  test.each([
    [{ request: "paid.json" }, "says no source, and there are 2"],
    [{ source: "gone", request: "paid.json" }, 'there is no source "gone"'],
    [{ source: "stripe", request: "gone.json" }, "gone.json does not exist"],
    [{ source: "stripe", request: "broken.json" }, "broken.json is not JSON"],
    [
      { source: "stripe", request: "wrong.json" },
      /^wrong.json is no request: hedaers: unknown key/,
    ],
    [
      { source: "stripe", request: "paid.json", expect: { routes: ["payd"] } },
      'there is no route "payd"',
    ],
    [
      { source: "stripe", request: "paid.json", patch: { "body.gone.x": 1 } },
      'there is nothing at "body.gone.x" to patch',
    ],
    [
      { source: "stripe", request: "paid.json", patch: { body: 1 } },
      'there is nothing at "body" to patch',
    ],
    [{ source: "stripe", request: "paid.json", patch: { "body.__proto__.x": 1 } }, /nothing at/],
  ])("%j cannot be run", (spec, problem) => {
    const result = run(spec);
    expect(result.outcome).toBe("broken");
    expect(result.problem).toMatch(problem);
  });

  test("a malformed document is refused", () => {
    expect(() => runConfigTests(documentWith({ tests: [{}] }), readFixture)).toThrow(
      /tests\[0\].name: is required/,
    );
  });
});
