import { describe, expect, test } from "vitest";
import type { TransformResult } from "../model/active.ts";
import { formatPath } from "../model/config-problem.ts";
import type { TransformSpec } from "../model/transform-schema.ts";
import { headerProblem } from "../outbound/headers.ts";
import { createEventContext } from "./event-context.ts";
import { compileTransform, TRANSFORM_LIMITS } from "./transform.ts";

const NAMES = { eventId: "evt_1", eventTime: "2026-01-01T00:00:00.000Z" };

const BODY = {
  name: 'Ann "A" <b> & Co',
  amount: 1250,
  half: 0.5,
  paid: true,
  nothing: null,
  id: "a/../b?c#d",
  tags: ["x", "y"],
  customer: { id: "c_1", __proto__key: 1 },
  huge: 2 ** 70,
};

function compile(spec: TransformSpec) {
  const problems: string[] = [];
  const transform = compileTransform(spec, {
    headerProblem,
    report: (path, { message, offset, suggestion }) => {
      const more = suggestion === undefined ? "" : ` (${suggestion}?)`;
      problems.push(`${formatPath(path)}@${offset}: ${message}${more}`);
    },
  });
  return { transform, problems };
}

function run(spec: TransformSpec, body: unknown = BODY): TransformResult {
  const { transform, problems } = compile(spec);
  expect(problems).toEqual([]);
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const event = createEventContext({
    method: "POST",
    path: "/received",
    query: "a=1",
    headers: ["Content-Type", "application/json", "X-Kind", "lead"],
    body: Buffer.from(text),
    source: "crm",
    eventType: "lead.created",
  });
  return transform(event, NAMES);
}

function bodyOf(spec: TransformSpec, body?: unknown): string {
  const result = run(spec, body);
  return result.kind === "failed" ? result.reason : Buffer.from(result.body ?? []).toString();
}

function reasonOf(spec: TransformSpec, body?: unknown): string {
  const result = run(spec, body);
  return result.kind === "failed" ? result.reason : "transformed";
}

describe("bodies", () => {
  test("a text that is one expression keeps the value's type; others are joined", () => {
    const body = {
      amount: "${{ body.amount }}",
      half: "${{body.half}}",
      paid: "${{ body.paid }}",
      none: "${{ body.nothing }}",
      customer: "${{ body.customer }}",
      tags: "${{ body.tags.map(t, t + '!') }}",
      title: "${{ eventType }}: ${{ body.amount / 100 }} EUR",
      plain: ["as it is", 5, true, null, {}],
      known:
        "${{ eventId }} ${{ eventTime }} ${{ source }} ${{ method }} ${{ path }} ${{ query.a }}",
      kind: "${{ headers['x-kind'] }}",
    };
    expect(JSON.parse(bodyOf({ body }))).toEqual({
      amount: 1250,
      half: 0.5,
      paid: true,
      none: null,
      customer: BODY.customer,
      tags: ["x!", "y!"],
      title: "lead.created: 12.5 EUR",
      plain: ["as it is", 5, true, null, {}],
      known: "evt_1 2026-01-01T00:00:00.000Z crm POST /received 1",
      kind: "lead",
    });
    expect(run({ body })).toMatchObject({ contentType: "application/json", headers: [] });
  });

  test("a body of text is sent as text, one that is an object as JSON", () => {
    expect(bodyOf({ body: "Hello ${{ body.tags[0] }}" })).toBe("Hello x");
    expect(run({ body: "x" })).toMatchObject({ contentType: "text/plain; charset=utf-8" });
    expect(bodyOf({ body: "${{ body.customer }}" })).toBe(JSON.stringify(BODY.customer));
    expect(run({ body: "${{ body.customer }}" })).toMatchObject({
      contentType: "application/json",
    });
    expect(run({ body: "<x/>", contentType: "application/xml" })).toMatchObject({
      contentType: "application/xml",
    });
  });

  test("an expression may hold braces and quotes; $${{ is no expression", () => {
    expect(bodyOf({ body: "${{ {'a': {'b': '}}'}} }}" })).toBe('{"a":{"b":"}}"}}');
    expect(bodyOf({ body: `\${{ '\\'}}' + """"}}""" }} $\${{ x }}` })).toBe(`'}}"}} \${{ x }}`);
  });

  test("[I12] values are data: no injection into JSON, and none into templates", () => {
    const hostile = '"},{"admin":true,"x":"${{ 1 + 1 }}';
    expect(JSON.parse(bodyOf({ body: { a: "<${{ body.v }}>" } }, { v: hostile }))).toEqual({
      a: `<${hostile}>`,
    });
    const made = bodyOf({ body: "${{ body.v }}" }, '{"v":{"__proto__":{"a":1}}}');
    expect(made).toBe('{"__proto__":{"a":1}}');
  });

  test("json, slackEscape, truncate and default", () => {
    expect(bodyOf({ body: '{"n": ${{ json(body.name) }}}' })).toBe(
      `{"n": ${JSON.stringify(BODY.name)}}`,
    );
    expect(bodyOf({ body: "${{ slackEscape(body.name) }}" })).toBe('Ann "A" &lt;b&gt; &amp; Co');
    expect(bodyOf({ body: "${{ body.name.truncate(5) }}|${{ body.name.truncate(99) }}" })).toBe(
      `Ann …|${BODY.name}`,
    );
    expect(bodyOf({ body: "${{ '😀😀😀'.truncate(2) }}" })).toBe("😀…");
    const parts = [
      "${{ default(body.gone.deeper, 'a') }}",
      "${{ default(body.nothing, 'b') }}",
      "${{ default(body.tags[1], 'c') }}",
    ];
    expect(JSON.parse(bodyOf({ body: parts }))).toEqual(["a", "b", "y"]);
  });

  test.each([
    ["${{ body.gone }}", "transform.body: body.gone is missing"],
    ["x ${{ body.nothing }}", "transform.body: body.nothing is null; write default(…, …)"],
    ["x ${{ body.tags }}", "transform.body: body.tags is a list; write json(…)"],
    ["${{ body }}", "transform.body: the number 1.1805916207174113e+21 cannot be written exactly"],
    ["x ${{ body.huge }}", "transform.body: body.huge is a number too large to be exact"],
    ["${{ 1.0 / 0.0 }}", "transform.body: "],
  ])("[I7] %s fails with a sentence", (body, reason) => {
    expect(reasonOf({ body })).toContain(reason);
    expect(reasonOf({ body: { deep: [body] } })).toContain(reason);
  });

  test("a body that is no JSON is a failure only where it is looked at", () => {
    expect(reasonOf({ body: { a: "${{ body.x }}" } }, "not json")).toBe(
      "transform.body: the body is neither JSON nor a form",
    );
    expect(bodyOf({ body: { a: "${{ eventId }}" } }, "not json")).toBe('{"a":"evt_1"}');
  });
});

describe("[I10] limits of what comes out", () => {
  const long = "x".repeat(900_000);

  test("a text, a body, a header, a path, a query and the steps", () => {
    expect(reasonOf({ body: "${{ body.v }}${{ body.v }}" }, { v: long })).toContain("longer than");
    const five = ["v", "v", "v", "v", "v"].map((key) => `\${{ body.${key} }}`);
    expect(reasonOf({ body: five }, { v: long })).toContain(
      `longer than ${TRANSFORM_LIMITS.bodyBytes}`,
    );
    const umlauts = "ä".repeat(900_000);
    expect(reasonOf({ body: five.slice(0, 3) }, { v: umlauts })).toContain(
      `longer than ${TRANSFORM_LIMITS.bodyBytes} bytes`,
    );
    expect(reasonOf({ headers: { "x-a": "${{ body.v }}" } }, { v: long })).toBe(
      "transform.headers.x-a: longer than 8192 characters",
    );
    expect(reasonOf({ path: "/${{ body.v }}" }, { v: long })).toBe(
      "transform.path: longer than 8192 characters",
    );
    const query = { a: "${{ body.v }}", b: "${{ body.v }}" };
    expect(reasonOf({ query }, { v: "x".repeat(5_000) })).toBe(
      "transform.query: longer than 8192 characters",
    );
    const body = "${{ body.l.map(a, body.l.map(b, body.l.map(c, c))) }}";
    const list = Array.from({ length: 300 }, () => 1);
    expect(reasonOf({ body }, { l: list })).toContain("it took more than");
  });
});

describe("everything but the body", () => {
  test("headers, method, content type, path and query", () => {
    const result = run({
      headers: { "X-Amount": "${{ body.amount }}", "x-none": "${{ body.nothing }}" },
      method: "${{ body.paid ? 'PUT' : 'POST' }}",
      path: "/orders/${{ body.id }}/${{ body.amount }}",
      query: { "a b": "${{ body.name }}", none: "${{ body.nothing }}", c: "1" },
    });
    expect(result).toEqual({
      kind: "transformed",
      headers: ["X-Amount", "1250"],
      method: "PUT",
      path: "/orders/a%2F..%2Fb%3Fc%23d/1250",
      query: "a%20b=Ann%20%22A%22%20%3Cb%3E%20%26%20Co&c=1",
    });
  });

  test.each([
    [{ headers: { "x-a": "${{ body.v }}" } }, "a\r\nx-b: 1", "transform.headers.x-a: the value"],
    [{ headers: { "x-a": "${{ body.v }}" } }, "日本", "transform.headers.x-a: the value of x-a"],
    [{ headers: { "x-a": "${{ body.v }}" } }, ["a"], "transform.headers.x-a: a list is not a text"],
    [{ contentType: "${{ body.v }}" }, "a\nb", "transform.contentType: the value"],
    [{ method: "${{ body.v }}" }, "CONNECT", "transform.method: expected one of"],
    [{ path: "/a/${{ body.v }}/b" }, "..", "transform.path: has a segment of dots"],
    [{ path: "${{ body.v }}" }, "x", "transform.path: must begin with"],
  ] satisfies [TransformSpec, unknown, string][])("[I12] %j with %j", (spec, v, reason) => {
    const text = reasonOf(spec, { v });
    expect(text.toLowerCase()).toContain(reason.toLowerCase());
  });
});

describe("problems are told when compiling, each at its place", () => {
  test.each([
    [{ body: { a: ["x", "12 ${{ body.type = 1 }}"] } }, /^body\.a\[1\]@\d+: /],
    [{ body: "${{ bdy.type }}" }, /^body@4: unknown variable "bdy"; .* \(body\?\)$/],
    [{ body: "${{ status }}" }, /^body@4: unknown variable "status"/],
    [{ body: "a ${{ body.type" }, "body@2: ${{ is not closed by }}"],
    [{ body: "${{ }}" }, "body@3: empty"],
    [{ body: { "${{ x }}": 1 } }, "body.${{ x }}@0: keys are no templates"],
    [{ body: "${env:TOKEN}" }, /^body@0: references are not looked up here/],
    [{ headers: { "content-length": "1" } }, /^headers.content-length@0: .* may not be set/i],
    [
      { headers: { "webhook-id": "1" } },
      "headers.webhook-id@0: the gateway sets this header itself",
    ],
    [{ headers: { "Content-Type": "1" } }, "headers.Content-Type@0: is given as contentType"],
    [{ method: "TRACE" }, /^method@0: expected one of/],
    [{ path: "orders" }, /^path@0: must begin with/],
  ] satisfies [TransformSpec, string | RegExp][])("%j", (spec, expected) => {
    const { problems, transform } = compile(spec);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(expected);
    const event = { body: Buffer.alloc(0), headers: [], method: "", path: "", query: "" };
    const result = transform({ ...event, source: "", eventType: "", json: () => 1 }, NAMES);
    expect(result.kind).toBe("failed");
  });
});
