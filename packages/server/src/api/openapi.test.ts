import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { errorTable } from "../errors/table.ts";
import { describeApi } from "./openapi.ts";

type Json = Readonly<Record<string, unknown>>;
type Operation = {
  readonly operationId: string;
  readonly summary: string;
  readonly tags: readonly string[];
  readonly parameters?: readonly { readonly name: string }[];
  readonly responses: Readonly<Record<string, { readonly content?: Json; readonly $ref?: string }>>;
};
type Document = {
  readonly tags: readonly { readonly name: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, Json>>;
    readonly responses: Json;
  };
};

const document = JSON.parse(JSON.stringify(describeApi("1.2.3"))) as Document;
const operations = Object.values(document.paths).flatMap((path) => Object.values(path));

test("the committed document is what the server describes", () => {
  const committed = JSON.parse(
    readFileSync(new URL("../../../../spec/openapi.json", import.meta.url), "utf8"),
  ) as Json;
  const { info: committedInfo, ...rest } = committed;
  const { info, ...described } = document as unknown as Json;
  expect(rest).toEqual(described);
  expect({ ...(info as Json), version: "" }).toEqual({ ...(committedInfo as Json), version: "" });
});

test("every reference leads somewhere", () => {
  const references = [...JSON.stringify(document).matchAll(/"#\/components\/(\w+)\/(\w+)"/g)];
  expect(references.length).toBeGreaterThan(100);
  for (const [, group = "", name = ""] of references) {
    expect(document.components).toHaveProperty([group, name]);
  }
});

test("every operation has a name of its own, a known tag and a one-line summary", () => {
  const names = operations.map(({ operationId }) => operationId);
  expect(new Set(names).size).toBe(names.length);
  const tags = new Set(document.tags.map(({ name }) => name));
  for (const { summary, tags: own } of operations) {
    expect(own.every((tag) => tags.has(tag))).toBe(true);
    expect(summary).toMatch(/^[A-Z][^\n]{5,80}[^.]$/);
  }
});

test("every list takes limit and cursor", () => {
  const lists = operations.filter(({ responses }) =>
    JSON.stringify(responses["200"] ?? {}).includes("Page"),
  );
  expect(lists.length).toBeGreaterThan(10);
  for (const { operationId, parameters = [] } of lists) {
    const names = parameters.map(({ name }) => name);
    expect([operationId, names]).toEqual([
      operationId,
      expect.arrayContaining(["limit", "cursor"]),
    ]);
  }
});

test("[I7] every status of the error table is described, with its codes", () => {
  for (const [code, { status }] of Object.entries(errorTable)) {
    const answer = document.components.responses[`Error${status}`] as { description: string };
    expect(answer.description).toContain(code);
  }
});

test("a shared schema is never null by itself", () => {
  for (const [name, schema] of Object.entries(document.components.schemas)) {
    expect([name, schema["type"]]).not.toEqual([name, expect.arrayContaining(["null"])]);
  }
});
