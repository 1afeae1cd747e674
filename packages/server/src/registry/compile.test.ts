import { createSigner, headersFromRaw, stripe } from "@ringdown/receiver";
import { describe, expect, test } from "vitest";
import { compileDepsWith, documentWith } from "../../tests/support/registry-world.ts";
import type { ActiveDestination, ActiveSource } from "../model/active.ts";
import { formatProblem } from "../model/config-problem.ts";
import { parseResource } from "../model/config-schema.ts";
import { createEventContext } from "../routing/event-context.ts";
import { checkDocument } from "./check-document.ts";
import type { CompileDeps } from "./compile-deps.ts";

const SIGNING_SECRET = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;

const environment = {
  STRIPE: "whsec_stripe_current",
  STRIPE_OLD: "whsec_stripe_previous",
  KEY: "a-long-enough-key",
  SIGN: SIGNING_SECRET,
  SHORT: "tiny!",
  PADDED: "long-enough-key ",
  HOST: "hooks.example.com",
};

function check(parts: Parameters<typeof documentWith>[0], more: Partial<CompileDeps> = {}) {
  const deps = { ...compileDepsWith(environment), ...more };
  const { active, problems } = checkDocument(documentWith(parts), deps);
  return { active, lines: problems.map(formatProblem) };
}

function sourceOf(spec: object): ActiveSource {
  const { active, lines } = check({ sources: { s: spec } });
  expect(lines).toEqual([]);
  return active.sourcesByName.get("s")!;
}

function destinationOf(spec: object): ActiveDestination {
  const { active, lines } = check({ destinations: { d: { url: "https://a.example", ...spec } } });
  expect(lines).toEqual([]);
  return active.destinationsByNo.get(1)!;
}

function sourceProblem(spec: object): string {
  return check({ sources: { s: spec } }).lines.join("; ");
}

function destinationProblem(spec: object): string {
  return check({ destinations: { d: { url: "https://a.example", ...spec } } }).lines.join("; ");
}

const NOW_MS = 1_800_000_000_000;

function requestOf(body: string, headers: readonly string[] = []) {
  const bytes = Buffer.from(body);
  const input = {
    method: "POST",
    url: "https://hooks.example.com/in/s",
    headers: headersFromRaw(headers),
    body: bytes,
    nowMs: NOW_MS,
    remoteAddress: "10.1.2.3",
  };
  const context = createEventContext({
    method: "POST",
    path: "",
    query: "",
    headers,
    body: bytes,
    source: "s",
    eventType: "",
  });
  return { input, context };
}

function stripeRequest(secret: string, body = '{"id":"evt_1","type":"invoice.paid"}') {
  const signed = createSigner(stripe.recipe, [secret]).sign({
    method: "POST",
    url: "",
    body: Buffer.from(body),
    nowMs: NOW_MS,
  });
  return requestOf(body, Object.entries(signed).flat());
}

describe("verification", () => {
  test("[I4] any of several secrets verifies, empty ones are left out", () => {
    const { verify } = sourceOf({
      provider: "stripe",
      verify: { secrets: ["${env:STRIPE}", "${env:STRIPE_OLD}", "${env:NONE:-}"] },
    });
    expect(verify(stripeRequest(environment.STRIPE).input)).toMatchObject({
      status: "verified",
      secretIndex: 0,
    });
    expect(verify(stripeRequest(environment.STRIPE_OLD).input)).toMatchObject({
      status: "verified",
      secretIndex: 1,
    });
    expect(verify(stripeRequest("whsec_somebody_else").input)).toMatchObject({ status: "failed" });
    const modified = { ...stripeRequest(environment.STRIPE).input, body: Buffer.from("{}") };
    expect(verify(modified)).toMatchObject({ status: "failed" });
  });

  test("[I4] nothing fails open: what cannot be verified is refused when it is configured", () => {
    expect(sourceProblem({ provider: "stripe" })).toMatch(
      /^sources.s.verify: stripe signs its requests: give verify.secret/,
    );
    expect(sourceProblem({ provider: "stripe", verify: {} })).toBe(
      "sources.s.verify: needs a secret",
    );
    expect(sourceProblem({ verify: {} })).toBe("sources.s.verify: needs a secret");
    expect(sourceProblem({ verify: { secrets: ["${env:NONE:-}"] } })).toBe(
      "sources.s.verify: all of its secrets are empty",
    );
    expect(sourceProblem({ verify: { secret: "${env:NONE:-}" } })).toMatch(/is empty/);
    expect(sourceProblem({ verify: { secret: "${env:SHORT}" } })).toMatch(
      /has 5 bytes; at least 8 are needed/,
    );
    expect(sourceProblem({ verify: { secret: "${env:PADDED}" } })).toMatch(/white space/);
    expect(sourceProblem({ verify: { secret: "${env:KEY}", key: "hex" } })).toMatch(
      /is not valid hex/,
    );
    expect(sourceProblem({ verify: { secret: "${env:NONE}" } })).toBe(
      "sources.s.verify.secret: the environment variable NONE is not set",
    );
    expect(sourceProblem({ verify: { scheme: "bearer", token: "${env:NONE:-}" } })).toMatch(
      /is empty/,
    );
  });

  test("[I8] no problem repeats a secret", () => {
    const problems = [
      sourceProblem({ verify: { secret: "${env:SHORT}" } }),
      sourceProblem({ verify: { secret: "${env:PADDED}" } }),
      sourceProblem({ verify: { secret: "${env:KEY}", key: "hex" } }),
      destinationProblem({ sign: { secret: "${env:KEY}" } }),
      destinationProblem({ url: "ftp://${env:KEY}" }),
      destinationProblem({ headers: { authorization: "${env:KEY}\n" } }),
    ].join();
    for (const secret of [environment.SHORT, environment.PADDED.trim(), environment.KEY]) {
      expect(problems).not.toContain(secret);
    }
  });

  test("none must be said; a sender of one's own may leave verification out", () => {
    for (const spec of [
      {},
      { verify: "none" },
      { provider: "stripe", verify: "none" },
      { verify: { scheme: "none" } },
    ]) {
      expect(sourceOf(spec).verify(requestOf("{}").input)).toEqual({ status: "unverified" });
    }
  });

  test("a provider's recipe cannot be changed piece by piece", () => {
    expect(
      sourceProblem({ provider: "stripe", verify: { secret: "${env:KEY}", header: "x" } }),
    ).toBe(
      "sources.s.verify.header: is set by the provider stripe; use provider generic to change it",
    );
    expect(
      sourceProblem({ provider: "stripe", verify: { scheme: "hmac", secret: "${env:KEY}" } }),
    ).toMatch(/stripe has a scheme of its own/);
  });

  test.each([
    [{ scheme: "bearer", token: "${env:KEY}" }, ["Authorization", `Bearer ${environment.KEY}`]],
    [{ scheme: "api-key", header: "X-Key", secret: "${env:KEY}" }, ["x-key", environment.KEY]],
    [{ scheme: "api-key", secret: "${env:KEY}" }, ["x-api-key", environment.KEY]],
    [
      { scheme: "basic", username: "ada", password: "${env:KEY}" },
      ["authorization", `Basic ${Buffer.from(`ada:${environment.KEY}`).toString("base64")}`],
    ],
    [{ scheme: "address", allow: ["10.0.0.0/8"] }, []],
    [{ allow: ["10.0.0.0/8"] }, []],
  ])("%j authenticates", (verify, headers) => {
    const { verify: check_ } = sourceOf({ verify });
    expect(check_(requestOf("{}", headers).input)).toMatchObject({ status: "authenticated" });
    const stranger = {
      ...requestOf("{}", ["authorization", "Basic x"]).input,
      remoteAddress: "192.0.2.1",
    };
    expect(check_(stranger)).toMatchObject({ status: "failed" });
  });

  test("a generic signature can be described part by part, its tolerance set or switched off", () => {
    const verify = {
      secret: "${env:STRIPE}",
      header: "Stripe-Signature",
      list: { separator: ",", assign: "=", key: "v1" },
      timestamp: { field: "t" },
      signed: "{timestamp}.{body}",
    };
    const { input } = stripeRequest(environment.STRIPE);
    const late = { ...input, nowMs: NOW_MS + 600_000 };
    expect(sourceOf({ verify }).verify(input)).toMatchObject({ status: "verified" });
    expect(sourceOf({ verify }).verify(late)).toMatchObject({ reason: "timestamp_too_old" });
    expect(sourceOf({ verify: { ...verify, tolerance: "15m" } }).verify(late)).toMatchObject({
      status: "verified",
    });
    expect(sourceOf({ verify: { ...verify, tolerance: "off" } }).verify(late)).toMatchObject({
      status: "verified",
    });
    expect(sourceProblem({ verify: { ...verify, signed: "{body}" } })).toMatch(
      /it declares a timestamp/,
    );
  });

  test("addresses restrict any scheme", () => {
    const source = sourceOf({ verify: { secret: "${env:KEY}", allow: ["10.0.0.0/8", "::1"] } });
    expect(source.addressAllowed?.("10.9.9.9")).toBe(true);
    expect(source.addressAllowed?.("192.0.2.1")).toBe(false);
    expect(sourceProblem({ verify: { secret: "${env:KEY}", allow: ["10.0.0.0/99"] } })).toMatch(
      /^sources.s.verify.allow: "10.0.0.0\/99" is not an IP address/,
    );
  });
});

describe("events", () => {
  test("type and key come from the provider", () => {
    const source = sourceOf({ provider: "stripe", verify: { secret: "${env:STRIPE}" } });
    const { input, context } = stripeRequest(environment.STRIPE);
    expect(source.eventTypeOf(input, context)).toBe("invoice.paid");
    expect(source.idempotencyKeyOf(input, context)).toBe("evt_1");
    expect(source.dedupeWindowMs).toBe(72 * 3_600_000);
  });

  test("or from expressions, and de-duplication can be switched off", () => {
    const source = sourceOf({
      eventType: 'body.meta.action + "." + body.meta.entity',
      dedupe: { key: "body.meta.id", window: "1h" },
    });
    const { input, context } = requestOf('{"meta":{"action":"create","entity":"lead","id":7}}');
    expect(source.eventTypeOf(input, context)).toBe("create.lead");
    expect(source.idempotencyKeyOf(input, context)).toBe("7");
    expect(source.dedupeWindowMs).toBe(3_600_000);
    const other = requestOf("<xml/>");
    expect(source.eventTypeOf(other.input, other.context)).toBe("");
    expect(source.idempotencyKeyOf(other.input, other.context)).toBe("");
    expect(sourceOf({ dedupe: false }).dedupeWindowMs).toBe(0);
  });

  test("the id of a thing in a generic body is not taken for the id of an event", () => {
    const source = sourceOf({});
    const body = requestOf('{"id":"customer-1"}');
    expect(source.idempotencyKeyOf(body.input, body.context)).toBe("");
    const header = requestOf("{}", ["Idempotency-Key", "k1"]);
    expect(source.idempotencyKeyOf(header.input, header.context)).toBe("k1");
  });

  test("a form of GitHub is understood by its provider and by expressions", () => {
    const source = sourceOf({ provider: "github", verify: { secret: "${env:KEY}" } });
    const { input, context } = requestOf("payload=%7B%22action%22%3A%22opened%22%7D", [
      "content-type",
      "application/x-www-form-urlencoded",
      "x-github-event",
      "issues",
    ]);
    expect(source.eventTypeOf(input, context)).toBe("issues.opened");
    expect(context.json()).toEqual({ payload: { action: "opened" } });
  });

  test("[I12] types are cleaned of control characters and cut", () => {
    const source = sourceOf({ eventType: "body.t" });
    const typeOf = (t: string) => {
      const { input, context } = requestOf(JSON.stringify({ t }));
      return source.eventTypeOf(input, context);
    };
    expect(typeOf("a\r\nb\u0000c")).toBe("abc");
    expect(typeOf("größe")).toBe("größe");
    expect(typeOf("x".repeat(5000))).toHaveLength(200);
  });

  test("handshakes are answered by the provider's rules", () => {
    const source = sourceOf({ provider: "slack", verify: { secret: "${env:KEY}" } });
    const { input, context } = requestOf('{"type":"url_verification","challenge":"abc"}');
    const answer = source.handshake(input, { status: "verified", secretIndex: 0 }, context);
    expect(answer).toMatchObject({ status: 200 });
    expect(Buffer.from(answer!.body).toString()).toBe("abc");
    expect(source.handshake(input, { status: "unverified" }, context)).toBeUndefined();
  });
});

describe("answers and limits of a source", () => {
  test("a status, or status, headers and body", () => {
    expect(sourceOf({}).response).toEqual({ status: 200, headers: [] });
    expect(sourceOf({ respond: 202 }).response).toEqual({ status: 202, headers: [] });
    expect(
      sourceOf({ respond: { status: 201, headers: { "X-A": "1" }, body: '{"ok":true}' } }).response,
    ).toEqual({
      status: 201,
      headers: ["content-type", "application/json", "X-A", "1"],
      body: Buffer.from('{"ok":true}'),
    });
    expect(
      sourceOf({ respond: { body: "ok", headers: { "Content-Type": "text/x" } } }).response.headers,
    ).toEqual(["Content-Type", "text/x"]);
    expect(sourceProblem({ respond: { status: 204, body: "x" } })).toMatch(
      /status 204 has no body/,
    );
    expect(sourceProblem({ respond: { headers: { "x-a": "1\r\nset-cookie: a" } } })).toMatch(
      /line break/,
    );
    expect(sourceProblem({ respond: { headers: { "content-length": "1" } } })).toMatch(
      /may not be set/,
    );
  });

  test("methods, body and rate", () => {
    const source = sourceOf({ methods: ["POST", "PUT"], limits: { body: "1KiB", rate: "600/m" } });
    expect(source).toMatchObject({ bodyLimitBytes: 1024, ratePerSecond: 10 });
    expect(source.methods?.has("GET")).toBe(false);
    expect(sourceOf({})).toMatchObject({
      bodyLimitBytes: 5_000_000,
      enabled: true,
      onFailed: "reject",
    });
  });
});

describe("destinations", () => {
  test("defaults", () => {
    expect(destinationOf({})).toMatchObject({
      appendPath: true,
      headers: [],
      limits: { connectMs: 5000, headersMs: 15_000, totalMs: 30_000 },
      maxConcurrency: 64,
      circuit: true,
      enabled: true,
    });
  });

  test("URL, headers and secrets may be references", () => {
    const destination = destinationOf({
      url: "https://${env:HOST}/x?y=1#z",
      headers: { Authorization: "Bearer ${env:KEY}", "X-Kind": "a" },
      sign: { secrets: ["${env:SIGN}"] },
    });
    expect(destination.url.href).toBe("https://hooks.example.com/x?y=1");
    expect(destination.headers).toEqual([
      "Authorization",
      `Bearer ${environment.KEY}`,
      "X-Kind",
      "a",
    ]);
    const signature = destination.sign?.({ id: "evt_1", timestampS: 1, body: Buffer.from("{}") });
    expect(signature).toMatch(/^v1,[A-Za-z0-9+/]{43}=$/);
  });

  test("attempts are signed with every secret while rotating", () => {
    const { sign } = destinationOf({ sign: { secrets: ["${env:SIGN}", "${env:SIGN}"] } });
    expect(sign?.({ id: "e", timestampS: 1, body: Buffer.from("") }).split(" ")).toHaveLength(2);
  });

  test("a short total cuts the other limits", () => {
    expect(destinationOf({ timeout: "2s" }).limits).toEqual({
      connectMs: 2000,
      headersMs: 2000,
      totalMs: 2000,
    });
    const timeouts = { connect: "1s", headers: "3s", total: "10s" };
    expect(destinationOf({ timeouts }).limits).toEqual({
      connectMs: 1000,
      headersMs: 3000,
      totalMs: 10_000,
    });
    expect(destinationProblem({ timeout: "1s", timeouts: { connect: "2s" } })).toMatch(
      /timeouts.connect: is longer than the total/,
    );
  });

  test("order keys are texts or absent", () => {
    const { orderKeyOf } = destinationOf({ orderBy: "body.id" });
    expect(orderKeyOf?.(requestOf('{"id":5}').context)).toBe("5");
    expect(orderKeyOf?.(requestOf("{}").context)).toBeUndefined();
  });

  test.each([
    [{ url: "ftp://a.example" }, /^destinations.d.url: a URL starts with http/],
    [{ url: "https://u:p@a.example" }, /holds no user name/],
    [
      { url: "https://${env:NONE}" },
      "destinations.d.url: the environment variable NONE is not set",
    ],
    [{ url: "http://127.0.0.1:3000" }, /set allowPrivate: true to mean it/],
    [{ url: "http://localhost:3000" }, /set allowPrivate: true to mean it/],
    [{ url: "http://[::1]:3000" }, /set allowPrivate: true to mean it/],
    [{ url: "http://0x7f.1:3000" }, /set allowPrivate: true to mean it/],
    [{ url: "http://10.0.0.1" }, /set allowPrivate: true to mean it/],
    [{ url: "http://169.254.169.254", allowPrivate: true }, /nothing is ever sent to this address/],
    [{ headers: { "webhook-id": "x" } }, /the gateway sets this header itself/],
    [{ headers: { "Ringdown-Attempt": "x" } }, /the gateway sets this header itself/],
    [{ headers: { Host: "x" } }, /may not be set/],
    [{ headers: { "Transfer-Encoding": "chunked" } }, /may not be set/],
    [{ headers: { "x-a": "a\r\nb" } }, /line break/],
    [{ headers: { Authorization: "Bearer literal" } }, /secrets are given by reference only/],
    [{ sign: { secret: "${env:KEY}" } }, /^destinations.d.sign: secret 1 /],
    [{ sign: { secret: "whsec_literal" } }, /secrets are given by reference only/],
    [{ orderBy: "body.a ==" }, "destinations.d.orderBy: unexpected token: EOF"],
  ])("%j is refused", (spec, expected) => {
    expect(destinationProblem(spec)).toMatch(expected);
  });

  test("private targets are possible when they are meant", () => {
    expect(destinationOf({ url: "http://localhost:3000", allowPrivate: true }).url.host).toBe(
      "localhost:3000",
    );
  });
});

describe("routes", () => {
  const base = { sources: { a: {}, b: {} }, destinations: { d: { url: "https://d.example" } } };

  test("belong to each of their sources, in the order of the configuration", () => {
    const { active, lines } = check({
      ...base,
      routes: {
        second: { from: ["a", "b"], to: "d", forward: "body" },
        first: { from: "b", to: "d", when: 'body.x == "1"', enabled: false },
      },
    });
    expect(lines).toEqual([]);
    const namesOf = (source: string) =>
      active.sourcesByName.get(source)?.routes.map(({ name }) => name);
    expect(namesOf("a")).toEqual(["second"]);
    expect(namesOf("b")).toEqual(["second", "first"]);
    expect(active.routesByNo.get(2)).toMatchObject({
      when: 'body.x == "1"',
      enabled: false,
      forward: "raw",
    });
  });

  test("debounce", () => {
    const routeOf = (debounce: object, to: object = {}) =>
      check({
        sources: { a: {} },
        destinations: { d: { url: "https://d.example", ...to } },
        routes: { r: { from: "a", to: "d", debounce } },
      });
    const { active, lines } = routeOf({ wait: "30s", key: "body.ref" });
    expect(lines).toEqual([]);
    const debounce = active.routesByNo.get(1)?.debounce;
    expect(debounce).toMatchObject({ waitMs: 30_000, maxMs: 300_000 });
    expect(debounce?.keyOf?.(requestOf('{"ref":"main"}').context)).toBe("main");
    expect(debounce?.keyOf?.(requestOf("{}").context)).toBeUndefined();
    expect(active.destinationsByNo.get(1)?.debounced).toBe(true);
    const whole = routeOf({ wait: "1s", max: "5m" }).active.routesByNo.get(1)?.debounce;
    expect(whole).toEqual({ waitMs: 1_000, maxMs: 300_000 });
    expect(routeOf({ wait: "10s", max: "5s" }).lines).toEqual([
      "routes.r.debounce.max: is shorter than the wait",
    ]);
    expect(routeOf({ wait: "10s", key: "body." }).lines).toEqual([
      expect.stringMatching(/^routes\.r\.debounce\.key: /),
    ]);
    expect(routeOf({ wait: "10s" }, { orderBy: "body.id" }).lines).toEqual([
      "routes.r.debounce: cannot be had for a destination with orderBy, which owes every event",
    ]);
  });

  test("a disabled destination disables its routes", () => {
    const { active } = check({
      ...base,
      destinations: { d: { url: "https://d.example", enabled: false } },
      routes: { r: { from: "a", to: "d" } },
    });
    expect(active.routesByNo.get(1)?.enabled).toBe(false);
  });

  test("a URL makes a destination of the route's name", () => {
    const { active, lines } = check({
      ...base,
      routes: { direct: { from: "a", to: "https://x.example/y" } },
    });
    expect(lines).toEqual([]);
    expect(active.routesByNo.get(1)).toMatchObject({ destinationName: "direct" });
    expect(
      [...active.destinationsByNo.values()].map(({ name, url }) => [name, url.href]),
    ).toContainEqual(["direct", "https://x.example/y"]);
    const taken = check({ ...base, routes: { d: { from: "a", to: "https://x.example" } } });
    expect(taken.lines).toEqual([
      'routes.d.to: a URL makes a destination "d", which exists; give that one the URL',
    ]);
  });

  test("unknown names are told with what was probably meant", () => {
    const { lines } = check({
      sources: { stripe: {} },
      destinations: { inventory: { url: "https://d.example" } },
      routes: { r: { from: ["strip", "other"], to: "inventry", when: "body.a = 1" } },
    });
    expect(lines).toEqual([
      'routes.r.from[0]: unknown source "strip". Did you mean "stripe"?',
      'routes.r.from[1]: unknown source "other"',
      'routes.r.to: unknown destination "inventry". Did you mean "inventory"?',
      "routes.r.when: unexpected character: =",
    ]);
  });

  test("a malformed resource is not reported a second time by who names it", () => {
    const { lines } = check({
      sources: { a: { nonsense: 1 } },
      destinations: { d: 5 },
      routes: { r: { from: "a", to: "d" } },
    });
    expect(lines).toEqual([]);
  });

  test("names that are elsewhere are known", () => {
    const document = documentWith({ routes: { r: { from: "far", to: "away" } } });
    const elsewhere = { sources: ["far"], destinations: ["away"] };
    expect(checkDocument(document, compileDepsWith(), elsewhere).problems).toEqual([]);
  });
});

describe("configurations of earlier days", () => {
  test("need no secrets, verify nothing and keep what they can still tell", () => {
    const { active, lines } = check(
      {
        sources: { s: { provider: "stripe", verify: { secret: "${env:GONE}" } } },
        destinations: { d: { url: "${env:GONE}", sign: { secret: "${env:GONE}" } } },
        routes: {
          r: { from: "s", to: "d", when: "gone(1)" },
          ok: { from: "s", to: "d", when: "body.a == 1" },
        },
      },
      { purpose: "history" },
    );
    expect(lines).toEqual([]);
    const source = active.sourcesByName.get("s")!;
    const { input, context } = requestOf('{"a":1}');
    expect(source.verify(input)).toMatchObject({ status: "failed" });
    expect(source.routes.map((route) => route.matches(context))).toEqual([
      {
        matched: false,
        kind: "error",
        reason: 'the expression cannot be used: unknown function "gone"',
      },
      { matched: true },
    ]);
    expect(active.destinationsByNo.get(1)?.sign).toBeUndefined();
  });
});

describe("transformations and success conditions", () => {
  const base = {
    sources: { s: {} },
    destinations: { d: { url: "https://a.example" } },
  };
  const routeLines = (transform: unknown) =>
    check({ ...base, routes: { r: { from: "s", to: "d", transform } } }).lines;

  test("are compiled with the configuration", () => {
    const transform = { body: { text: "${{ body.a }}" } };
    const { active, lines } = check({ ...base, routes: { r: { from: "s", to: "d", transform } } });
    expect(lines).toEqual([]);
    const { context } = requestOf('{"a":1}');
    const names = { eventId: "evt_1", eventTime: "" };
    const result = active.routesByNo.get(1)!.transform!(context, names);
    expect(result).toMatchObject({ body: Buffer.from('{"text":1}') });
    const accepts = destinationOf({ success: "status == 204" }).accepts!;
    expect(accepts({ status: 204, headers: [], body: Buffer.alloc(0), truncated: false })).toEqual({
      matched: true,
    });
  });

  test("mistakes are told with their place and what was probably meant", () => {
    expect(routeLines({ body: { list: ["${{ bdy.a }}"] } })).toEqual([
      expect.stringMatching(
        /^routes\.r\.transform\.body\.list\[0\]: unknown variable "bdy".*Did you mean "body"\?$/,
      ),
    ]);
    expect(routeLines({ headers: { Host: "x" } })[0]).toMatch(
      /^routes\.r\.transform\.headers\.Host: .*may not be set/,
    );
    expect(destinationProblem({ success: "statsu == 200" })).toMatch(
      /destinations\.d\.success: unknown variable "statsu".*Did you mean "status"\?/,
    );
    expect(destinationProblem({ success: '"ok"' })).toMatch(/must be true or false/);
  });

  test("a source tells which headers prove its sender", () => {
    expect(sourceOf({ verify: { secret: "${env:KEY}", header: "X-Sig" } }).proofHeaders).toEqual([
      "x-sig",
    ]);
    expect(
      sourceOf({ provider: "stripe", verify: { secret: "${env:STRIPE}" } }).proofHeaders,
    ).toEqual(["stripe-signature"]);
    const basic = { scheme: "basic", username: "u", password: "${env:KEY}" };
    expect(sourceOf({ verify: basic }).proofHeaders).toEqual(["authorization"]);
  });

  test("[I10] a body may not nest without end", () => {
    let body: unknown = "x";
    for (let depth = 0; depth < 40; depth++) body = [body];
    expect(parseResource("routes", { from: "s", to: "d", transform: { body } })).toMatchObject({
      ok: false,
      problems: [{ path: ["transform", "body"], message: "nested deeper than 32" }],
    });
  });
});
