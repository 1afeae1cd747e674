/**
 * Writes an OpenAPI 3.1 document as TypeScript types: one per component, and `Paths`, which says for
 * each path and method what a call takes and what it answers.
 *
 * TypeScript 7 has no compiler API, which the usual generators need; ours writes text.
 */
import { comment, type Schema, typeOf } from "./schema-type.ts";

export type Document = {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
};

type Content = Readonly<Record<string, { readonly schema?: Schema }>>;

type Operation = {
  readonly summary?: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly required?: boolean; readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly content?: Content }>>;
};

type Parameter = {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly description?: string;
  readonly schema: Schema;
};

const HEADER = `/**
 * The types of the Ringdown API. Made from spec/openapi.json by scripts/generators/client-types.ts:
 * change the server's schemas and run \`npm run generate\`.
 */
/* oxlint-disable max-lines -- one file per document */
`;

export function documentTypes(document: Document): string {
  const components = Object.entries(document.components.schemas).map(
    ([name, schema]) => `${comment(schema.description)}export type ${name} = ${typeOf(schema)};\n`,
  );
  const paths = Object.entries(document.paths).map(
    ([path, operations]) => `${JSON.stringify(path)}: ${pathType(operations)};`,
  );
  return [
    HEADER,
    ...components,
    "/** What each call takes and answers: `json`, or `bytes` when it is anything else. */",
    `export type Paths = {\n${paths.join("\n")}\n};\n`,
  ].join("\n");
}

function pathType(operations: Readonly<Record<string, Operation>>): string {
  const methods = Object.entries(operations).map(
    ([method, operation]) =>
      `${comment(operation.summary)}readonly ${method}: { ${inputType(operation)} ${answerType(operation)} };`,
  );
  return `{\n${methods.join("\n")}\n}`;
}

function inputType(operation: Operation): string {
  const { parameters = [], requestBody } = operation;
  const parts = [
    parametersType("path", parameters),
    parametersType("query", parameters),
    ...(requestBody === undefined ? [] : [bodyType(requestBody)]),
  ];
  return `readonly input: { ${parts.join(" ")} };`;
}

function parametersType(place: "path" | "query", parameters: readonly Parameter[]): string {
  const own = parameters.filter((parameter) => parameter.in === place);
  if (own.length === 0) return "";
  const fields = own.map(({ name, required, description, schema }) => {
    const optional = required === true ? "" : "?";
    const orNone = required === true ? "" : " | undefined";
    return `${comment(description)}readonly ${name}${optional}: ${typeOf(schema)}${orNone};`;
  });
  const optional = own.some(({ required }) => required === true) ? "" : "?";
  return `readonly ${place}${optional}: {\n${fields.join("\n")}\n};`;
}

/** A body of several types is text, which the caller names the type of. */
function bodyType({ required, content }: NonNullable<Operation["requestBody"]>): string {
  const types = Object.keys(content);
  const [type = ""] = types;
  if (types.length === 1 && type === "application/json") {
    const optional = required === true ? "" : "?";
    return `readonly body${optional}: ${typeOf(content[type]?.schema ?? {})};`;
  }
  const named = types.map((name) => JSON.stringify(name)).join(" | ");
  return `readonly text: { readonly type: ${named}; readonly content: string };`;
}

function answerType({ responses }: Operation): string {
  const [, answer] = Object.entries(responses).find(([status]) => status.startsWith("2")) ?? [];
  const content = Object.entries(answer?.content ?? {});
  const [type, media] = content[0] ?? [];
  if (type === undefined) return "readonly json: undefined;";
  if (type !== "application/json") return "readonly bytes: Uint8Array;";
  return `readonly json: ${typeOf(media?.schema ?? {})};`;
}
