/**
 * Transformations under any body: never an exception, what comes out is JSON, and what is inserted
 * is exactly what was received.
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Transform } from "../../src/model/active.ts";
import type { TransformSpec } from "../../src/model/transform-schema.ts";
import { headerProblem } from "../../src/outbound/index.ts";
import { createEventContext } from "../../src/routing/event-context.ts";
import type { ExpressionError } from "../../src/routing/expression.ts";
import { compileTransform } from "../../src/routing/transform.ts";

const NAMES = { eventId: "evt_1", eventTime: "2026-01-01T00:00:00.000Z" };

function compile(spec: TransformSpec): Transform {
  return compileTransform(spec, { headerProblem, report: () => {} });
}

function apply(transform: Transform, body: string) {
  const headers = ["content-type", "application/json"];
  const parts = { method: "POST", path: "", query: "", source: "s", eventType: "" };
  return transform(createEventContext({ ...parts, headers, body: Buffer.from(body) }), NAMES);
}

const everything = compile({
  body: {
    whole: "${{ default(body.v, 'none') }}",
    joined: "<${{ default(body.v, 'none') }}>",
    text: "${{ json(body) }}",
    escaped: "${{ slackEscape(default(body.v, '')).truncate(20) }}",
  },
  headers: { "x-v": "${{ default(body.v, null) }}" },
  path: "/a/${{ default(body.v, 'x') }}/b",
  query: { v: "${{ default(body.v, null) }}" },
});

const whole = compile({ body: { v: "${{ body.v }}" } });
const joined = compile({ body: { v: "a${{ body.v }}b" } });
const inUrl = compile({ path: "/x${{ body.v }}", query: { q: "${{ body.v }}" } });

const anyText = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string(),
  fc.constantFrom("\ud800", '"}', "${{ 1 }}", "\r\nx: 1", "..", "a/b?c#d\\", "__proto__"),
);

test("[I12] any body, JSON or not: a result or a sentence, never an exception", () => {
  const bodies = fc.oneof(
    fc.json({ maxDepth: 5 }),
    fc.record({ v: fc.oneof(anyText, fc.jsonValue()) }).map((value) => JSON.stringify(value)),
    anyText,
  );
  fc.assert(
    fc.property(bodies, (body) => {
      const result = apply(everything, body);
      if (result.kind === "failed") {
        expect(result.reason).toMatch(/^transform\.[\w.-]+: ./);
        return;
      }
      JSON.parse(Buffer.from(result.body ?? []).toString());
      expect(result.path).toMatch(/^\/a\/[\x21-\x7e]*\/b$/);
      for (let index = 0; index < result.headers.length; index += 2) {
        expect(headerProblem(result.headers[index]!, result.headers[index + 1]!)).toBeUndefined();
      }
    }),
  );
});

test("[I12] a value comes out as it went in", () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 5 }), (v) => {
      const result = apply(whole, JSON.stringify({ v }));
      // Numbers that JSON text holds and a double does not are refused.
      if (result.kind === "failed") expect(result.reason).toContain("cannot be written exactly");
      else expect(Buffer.from(result.body!).toString()).toBe(JSON.stringify({ v }));
    }),
  );
});

test("[I12] a text that is joined, or put into a URL, changes nothing around it", () => {
  fc.assert(
    fc.property(anyText, (v) => {
      const made = apply(joined, JSON.stringify({ v }));
      if (made.kind === "failed") throw new Error(made.reason);
      expect(JSON.parse(Buffer.from(made.body!).toString())).toEqual({ v: `a${v}b` });
      const url = apply(inUrl, JSON.stringify({ v }));
      if (url.kind === "failed") {
        expect(url.reason).toContain("longer than");
        return;
      }
      expect(decodeURIComponent(url.path!)).toBe(`/x${v.toWellFormed()}`);
      expect([...new URLSearchParams(url.query)]).toEqual([["q", v.toWellFormed()]]);
    }),
  );
});

test("any text is a template, or is refused with a position in it", () => {
  const pieces = fc.constantFrom("${{", "}}", "$", "{", "}", "'", '"', "\\", " body.v ", "x", "1");
  const texts = fc.array(pieces, { maxLength: 12 }).map((parts) => parts.join(""));
  fc.assert(
    fc.property(texts, (text) => {
      let offset: number | undefined;
      const report = (_: unknown, error: ExpressionError) => void (offset = error.offset);
      const transform = compileTransform({ body: { text } }, { headerProblem, report });
      if (offset !== undefined) {
        expect(offset).toBeGreaterThanOrEqual(0);
        expect(offset).toBeLessThanOrEqual(text.length);
      }
      apply(transform, '{"v":1}');
    }),
  );
});
