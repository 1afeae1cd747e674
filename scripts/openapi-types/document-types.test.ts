/** JSON Schema and OpenAPI as TypeScript: one line per keyword, and what is refused. */
import { expect, test } from "vitest";
import { type Document, documentTypes } from "./document-types.ts";
import { type Schema, typeOf } from "./schema-type.ts";

/** Layout is the formatter's business. */
const compact = (text: string): string => text.replaceAll(/\s+/g, " ").trim();

const TYPES: readonly (readonly [Schema, string])[] = [
  [{ type: "string", minLength: 1, format: "date-time" }, "string"],
  [{ type: "integer" }, "number"],
  [{ type: ["string", "null"] }, "string | null"],
  [{ enum: ["a", "b"], type: "string" }, '"a" | "b"'],
  [{ const: false, type: "boolean" }, "false"],
  [{ $ref: "#/components/schemas/Thing" }, "Thing"],
  [{ anyOf: [{ $ref: "#/components/schemas/Thing" }, { type: "null" }] }, "Thing | null"],
  [{ type: "array", items: { type: ["string", "null"] } }, "readonly (string | null)[]"],
  [
    { type: "array", prefixItems: [{ type: "string" }, { type: "number" }] },
    "readonly [string, number]",
  ],
  [
    { type: "object", additionalProperties: { type: "number" } },
    "Readonly<Record<string, number>>",
  ],
  [{ type: "object" }, "Readonly<Record<string, unknown>>"],
  [{ type: "object", additionalProperties: false }, "{ }"],
  [{}, "unknown"],
];

test.each(TYPES)("%j is %s", (schema, expected) => {
  expect(compact(typeOf(schema))).toBe(expected);
});

test("an object's fields keep their words, and what is not required may be missing", () => {
  const schema: Schema = {
    type: "object",
    required: ["id"],
    properties: { id: { type: "string", description: "Ends a comment */ too." }, "a-b": {} },
  };
  expect(compact(typeOf(schema))).toBe(
    '{ /** Ends a comment * / too. */ readonly id: string; readonly "a-b"?: unknown; }',
  );
});

test.each<Schema>([{ type: "date" }, { allOf: [] } as Schema, { not: {} } as Schema])(
  "%j is refused rather than guessed",
  (schema) => {
    expect(() => typeOf(schema)).toThrow(/no TypeScript type is known/);
  },
);

const json = (schema: Schema) => ({ content: { "application/json": { schema } } });

test("each path says what it takes and answers", () => {
  const document: Document = {
    components: {
      schemas: { Thing: { type: "object", properties: {}, additionalProperties: false } },
    },
    paths: {
      "/things/{id}": {
        put: {
          summary: "Replace",
          parameters: [
            { name: "id", in: "path", required: true, schema: { type: "string" } },
            { name: "dry", in: "query", schema: { type: "boolean" } },
          ],
          requestBody: { required: true, ...json({ $ref: "#/components/schemas/Thing" }) },
          responses: { "200": json({ $ref: "#/components/schemas/Thing" }), "400": {} },
        },
        delete: { responses: { "204": {} } },
      },
      "/text": {
        get: { responses: { "200": { content: { "text/plain": {} } } } },
        put: {
          requestBody: { content: { "application/json": {}, "application/yaml": {} } },
          responses: { "202": json({ type: "null" }) },
        },
      },
    },
  };
  expect(compact(documentTypes(document))).toContain(
    compact(`
      export type Thing = { };
      /** What each call takes and answers: \`json\`, or \`bytes\` when it is anything else. */
      export type Paths = {
      "/things/{id}": {
      /** Replace */
      readonly put: { readonly input: {
        readonly path: { readonly id: string; };
        readonly query?: { readonly dry?: boolean | undefined; };
        readonly body: Thing; };
        readonly json: Thing; };
      readonly delete: { readonly input: { }; readonly json: undefined; };
      };
      "/text": {
      readonly get: { readonly input: { }; readonly bytes: Uint8Array; };
      readonly put: { readonly input: {
        readonly text: { readonly type: "application/json" | "application/yaml"; readonly content: string };
        }; readonly json: null; };
      };
      };`),
  );
});
