import { listProviders } from "@ringdown/receiver";
import { describe, expect, test } from "vitest";
import { configInvalid, formatPath, formatProblem, unlocatedProblems } from "./config-problem.ts";
import { nameProblem, parseDocument, parseResource } from "./config-schema.ts";
import { MAX_ATTEMPTS, waitsOf } from "./destination-schema.ts";
import { PROVIDER_NAMES } from "./provider-names.ts";
import type { ResourceKind } from "./registry.ts";

/** The problems of one resource, as lines. */
function problemsOf(kind: ResourceKind, spec: unknown): string[] {
  const parsed = parseResource(kind, spec);
  return parsed.ok ? [] : parsed.problems.map(formatProblem);
}

const source = (spec: unknown) => problemsOf("sources", spec);
const destination = (spec: object) =>
  problemsOf("destinations", { url: "https://a.example", ...spec });

test("the providers are those that the receiver knows", () => {
  expect([...PROVIDER_NAMES]).toEqual(listProviders().map(({ name }) => name));
});

describe("defaults are filled in", () => {
  test("of a source", () => {
    expect(parseResource("sources", {})).toEqual({
      ok: true,
      value: {
        enabled: true,
        provider: "generic",
        onFailed: "reject",
        dedupe: { window: "72h" },
        respond: 200,
      },
    });
  });

  test("of a destination", () => {
    expect(parseResource("destinations", { url: "https://a.example" })).toEqual({
      ok: true,
      value: {
        enabled: true,
        url: "https://a.example",
        path: "append",
        allowPrivate: false,
        retry: { schedule: "standard" },
        concurrency: 64,
        circuit: true,
      },
    });
  });

  test("of a route", () => {
    expect(parseResource("routes", { from: "a", to: "b" })).toEqual({
      ok: true,
      value: { enabled: true, from: "a", to: "b", forward: "raw" },
    });
  });
});

describe("what is wrong is told with path, expectation and suggestion", () => {
  test.each([
    [{ provider: "strip" }, /^provider: expected one of adobe, .*Did you mean "stripe"\?$/],
    [{ verfy: {} }, 'verfy: unknown key "verfy". Did you mean "verify"?'],
    [{ verify: "non" }, 'verify: expected an object, or "none"'],
    [{ verify: { secrt: "x" } }, 'verify.secrt: unknown key "secrt". Did you mean "secret"?'],
    [{ verify: { secrets: [] } }, "verify.secrets: must have at least 1 entries"],
    [{ verify: { secret: "${x}" } }, /^verify.secret: not a reference: write \$\{env:NAME\}/],
    [{ verify: { token: "b" } }, /"token" belongs to scheme bearer or api-key, not hmac/],
    [
      { verify: { scheme: "basic", username: "a" } },
      "verify: username and password belong together",
    ],
    [
      { verify: { scheme: "basic", header: "x" } },
      /"header" belongs to scheme hmac or api-key, not basic/,
    ],
    [{ verify: { scheme: "address" } }, 'verify: scheme address needs "allow"'],
    [
      { verify: { secret: "a", secrets: ["b"] } },
      "verify: only one of secret and secrets can be given",
    ],
    [{ verify: { timestamp: {} } }, "verify: timestamp needs either header or field"],
    [
      { verify: { prefix: "a", list: { separator: ",", assign: "=", key: "v" } } },
      "verify: prefix is not used in a list",
    ],
    [{ verify: { tolerance: 5 } }, "verify.tolerance: expected a duration such as 5m, or off"],
    [{ verify: { tolerance: "0s" } }, "verify.tolerance: must be 1s to 30d"],
    [{ dedupe: true }, "dedupe: expected an object, or false"],
    [{ dedupe: { window: "90d" } }, "dedupe.window: must be 1s to 30d"],
    [{ respond: 99 }, "respond: must be at least 200"],
    [{ respond: { statsu: 200 } }, 'respond.statsu: unknown key "statsu". Did you mean "status"?'],
    [{ methods: ["post"] }, "methods[0]: expected a method such as POST"],
    [{ limits: { body: "5XB" } }, "limits.body: expected a size such as 5MB, 512KB or 1KiB"],
    [{ limits: { rate: 5 } }, "limits.rate: expected a rate such as 20/s, 500/m or 1000/h, got 5"],
    [{ limits: { rate: "0/s" } }, "limits.rate: must be 1/h to 100000/s"],
    [{ enabled: "yes" }, "enabled: expected true or false, got a text"],
    [{ eventType: "" }, "eventType: must have at least 1 characters"],
    [5, "expected an object, got 5"],
    [null, "expected an object, got nothing"],
  ])("source %j", (spec, expected) => {
    const lines = source(spec);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(expected);
  });

  test.each([
    [{ timeout: 15 }, "timeout: expected a duration such as 500ms, 15s, 5m, 72h or 7d, got 15"],
    [
      { timeout: "1s", timeouts: { total: "1s" } },
      "timeout: timeout and timeouts.total are the same; give one",
    ],
    [
      { retry: { schedule: "standrd" } },
      "retry.schedule: expected standard, none, a list of waits such as [1s, 5m], or exponential",
    ],
    [
      { retry: { schedule: ["5s", "x"] } },
      "retry.schedule[1]: expected a duration such as 500ms, 15s, 5m, 72h or 7d",
    ],
    [
      { retry: { schedule: Array.from({ length: 254 }, () => "1s") } },
      "retry.schedule: must have at most 253 entries",
    ],
    [
      { retry: { schedule: { exponential: { first: "1s", factr: 2 } } } },
      /exponential.factr: unknown key "factr". Did you mean "factor"/,
    ],
    [{ sign: {} }, "sign: needs either secret or secrets"],
    [{ sign: { scheme: "v2", secret: "a" } }, "sign.scheme: expected standard-webhooks"],
    [{ headers: { "a b": "x" } }, "headers.a b: not a header name"],
    [{ method: "HEAD" }, /^method: expected one of POST, PUT/],
    [{ concurrency: 0 }, "concurrency: must be at least 1"],
    [{ type: "x" }, 'type: "type" is not supported yet'],
  ])("destination %j", (spec, expected) => {
    const lines = destination(spec);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(expected);
  });

  test.each([
    [{ wait: "30" }, /^debounce\.wait: expected a duration/],
    [{ wait: "10ms" }, "debounce.wait: must be 100ms to 1h"],
    [{ wait: "2h" }, "debounce.wait: must be 100ms to 1h"],
    [{ wait: "1s", max: "1d" }, "debounce.max: must be 100ms to 12h"],
    [{ wait: "1s", maximum: "5m" }, /^debounce\.maximum: unknown key "maximum"/],
    [{ wiat: "1s", wait: "1s" }, 'debounce.wiat: unknown key "wiat". Did you mean "wait"?'],
    [{ wait: "1s", key: 5 }, "debounce.key: expected an expression in quotes"],
  ])("debounce %j", (debounce, expected) => {
    const parsed = parseResource("routes", { from: "a", to: "b", debounce });
    const lines = parsed.ok ? [] : parsed.problems.map(formatProblem);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(expected);
  });

  test("all problems of a document are told at once, also of names and of what comes later", () => {
    const parsed = parseDocument({
      version: 2,
      channels: {},
      sorces: {},
      sources: { "Bad Name": {}, ok: { verfy: {} } },
      routes: { r: { form: "x", split: {} } },
      tests: [{ name: "t", request: 5, expect: {} }],
    });
    const lines = parsed.ok ? [] : parsed.problems.map(formatProblem);
    expect(lines.map((line) => line.split(":")[0])).toEqual([
      "version",
      "sources.ok.verfy",
      "routes.r.from",
      "routes.r.to",
      "routes.r.form",
      "routes.r.split",
      "tests[0].request",
      "tests[0].expect.routes",
      "channels",
      "sorces",
      "sources.Bad Name",
    ]);
    expect(lines).toContain('channels: "channels" is not supported yet');
    expect(lines).toContain('routes.r.split: "split" is not supported yet');
  });

  test("[I12] no key is skipped, not even __proto__", () => {
    const hostile: unknown = JSON.parse('{"version":1,"sources":{"__proto__":{"x":1}}}');
    const parsed = parseDocument(hostile);
    expect(parsed.ok).toBe(false);
    const inside: unknown = JSON.parse('{"__proto__":{"verify":"none"}}');
    expect(source(inside)).toEqual(['__proto__: unknown key "__proto__"']);
  });

  test("[I8] a value in the wrong place is not repeated", () => {
    expect(source({ enabled: "whsec_abcdef" }).join()).not.toContain("whsec_abcdef");
    expect(source({ verify: { secrets: "whsec_abcdef" } }).join()).not.toContain("whsec_abcdef");
  });
});

test("names are lower case, 1 to 63 characters, and never look like ids", () => {
  for (const name of ["a", "paid-orders", "a.b_c", "1", "x".repeat(63)]) {
    expect(nameProblem(name)).toBeUndefined();
  }
  for (const name of [
    "",
    "A",
    "a b",
    "-a",
    "a-",
    "x".repeat(64),
    "src_1",
    "dst_x",
    "rte_x",
    "a/b",
  ]) {
    expect(nameProblem(name)).toMatch(/^not a name/);
  }
});

describe("schedules", () => {
  test("standard is the table of Standard Webhooks", () => {
    const minutes = waitsOf("standard").map((waitMs) => waitMs / 60_000);
    expect(minutes).toEqual([5 / 60, 5, 30, 120, 300, 600, 840, 1200, 1440]);
  });

  test("none, a list, and growing waits up to a limit", () => {
    expect(waitsOf("none")).toEqual([]);
    expect(waitsOf(["1s", "5m"])).toEqual([1000, 300_000]);
    const exponential = { first: "1s", factor: 3, max: "10s", attempts: 5 };
    expect(waitsOf({ exponential })).toEqual([1000, 3000, 9000, 10_000]);
  });

  test("the longest growing schedule has as many attempts as are allowed", () => {
    const exponential = { first: "1s", factor: 10, max: "24h", attempts: MAX_ATTEMPTS };
    expect(waitsOf({ exponential })).toHaveLength(MAX_ATTEMPTS - 1);
  });
});

describe("problems", () => {
  test("paths and lines read like those of a compiler", () => {
    expect(formatPath(["sources", "a", "verify", "secrets", 0])).toBe(
      "sources.a.verify.secrets[0]",
    );
    const problem = { path: ["routes", "paid", "to"], message: 'unknown destination "inventry"' };
    expect(
      formatProblem({ ...problem, suggestion: "inventory", file: "a.yaml", line: 34, column: 11 }),
    ).toBe(
      'a.yaml:34:11 routes.paid.to: unknown destination "inventry". Did you mean "inventory"?',
    );
    expect(formatProblem({ path: [], message: "empty" })).toBe("empty");
  });

  test("the error tells all of them, and keeps them for whoever knows positions", () => {
    const problems = [
      { path: ["a"], message: "x" },
      { path: ["b", 1], message: "y", suggestion: "z" },
    ];
    const error = configInvalid(problems);
    expect(error).toMatchObject({
      code: "config_invalid",
      message: 'a: x\nb[1]: y. Did you mean "z"?',
    });
    expect(error.details["problems"]).toEqual([
      { path: "a", message: "x", line: null, column: null, suggestion: null },
      { path: "b[1]", message: "y", line: null, column: null, suggestion: "z" },
    ]);
    expect(unlocatedProblems(error)).toBe(problems);
    expect(unlocatedProblems(new Error("other"))).toBeUndefined();
  });

  test("a configuration that only lacks secrets has a code of its own", () => {
    const unresolved = { path: ["a"], message: "x", code: "secret_unresolved" as const };
    expect(configInvalid([unresolved]).code).toBe("secret_unresolved");
    expect(configInvalid([unresolved, { path: [], message: "y" }]).code).toBe("config_invalid");
  });
});
