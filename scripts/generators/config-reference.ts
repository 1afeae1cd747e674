/**
 * docs/reference/config.md: every key of the configuration file from its schema, and every option of
 * the server from its table.
 */
import { configFileSchema } from "../../packages/server/src/config/file-schema.ts";
import {
  flagOf,
  type OptionEntry,
  SECRET_OPTIONS,
  serverOptions,
  variableOf,
} from "../../packages/server/src/config/options.ts";

type JsonSchema = {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly JsonSchema[];
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: JsonSchema | boolean;
  readonly description?: string;
  readonly default?: unknown;
};

const INTRODUCTION = `# Configuration

<!-- Generated from the schemas and the option table by \`npm run generate\`. -->

The file is \`ringdown.yaml\`. Its resources (sources, destinations, routes) have the same shape in the
API. Durations, rates and sizes carry their unit: \`15s\`, \`20/s\`, \`5MB\`. Secrets are given by reference:
\`\${env:NAME}\`, \`\${env:NAME:-default}\` or \`\${file:/path}\`; \`$\${\` stands for a literal \`\${\`.
Expressions are CEL, see [Expressions](#expressions).`;

const EXPRESSIONS = `## Expressions

CEL over \`body\` (JSON, or the fields of a form; JSON in a field \`payload\` is unpacked), \`headers\`
(lower-case names), \`query\` (first values), \`method\`, \`path\`, \`eventType\` and \`source\`. A missing field
is no match, and the reason is kept; \`has(body.a.b)\` asks first. Numbers of JSON mix with whole ones.

- Operators: \`== != < <= > >= in && || ! + - * / % ? :\`, fields \`a.b\` and \`a["b"]\`, lists and maps.
- Over lists: \`all exists exists_one filter map\`, as in \`body.items.exists(i, i.price > 10)\`.
- Texts: \`startsWith endsWith contains indexOf lastIndexOf substring charAt replace split join trim lowerAscii upperAscii truncate\`; \`slackEscape(text)\` for Slack's \`& < >\`; \`json(value)\`.
- \`default(body.a.b, other)\` is \`other\` where the field is missing or null.
- Conversions and sizes: \`size string int double bool dyn\`.
- \`re(text, "pattern")\` searches with an RE2 pattern in linear time; the pattern is fixed. \`matches\` is not offered.

Limits: 4096 characters, 32 levels, 1000 parts, and 1,000,000 steps for one evaluation.`;

const KIND_TITLES = [
  ["sources", "Sources"],
  ["destinations", "Destinations"],
  ["routes", "Routes"],
  ["tests", "Tests"],
] as const;

export async function outputs(): Promise<{ path: string; text: string }[]> {
  const schema = configFileSchema() as JsonSchema;
  const sections = KIND_TITLES.map(([kind, title]) =>
    kindSection(title, schema.properties?.[kind]),
  );
  const text = [INTRODUCTION, ...sections, EXPRESSIONS, serverSection()].join("\n\n");
  return [{ path: "docs/reference/config.md", text: `${text}\n` }];
}

function kindSection(title: string, schema: JsonSchema | undefined): string {
  const item =
    schema?.items ??
    (typeof schema?.additionalProperties === "object" ? schema.additionalProperties : {});
  const head = `## ${title}\n\n${item.description ?? ""}`;
  return `${head}\n\n${table(["key", "value", "default", "meaning"], rowsOf(item, ""))}`;
}

/** One row a key; keys of objects follow under a dotted path. */
function rowsOf(schema: JsonSchema, prefix: string): string[][] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const path = `${prefix}${name}`;
    const isRequired = schema.required?.includes(name) === true;
    const fallback = field.default === undefined ? "" : code(JSON.stringify(field.default));
    const row = [
      code(path),
      formOf(field),
      isRequired ? "required" : fallback,
      field.description ?? "",
    ];
    return [row, ...objectsIn(field).flatMap((inner) => rowsOf(inner, `${path}.`))];
  });
}

/** The object forms of a field, of its alternatives or of its elements. */
function objectsIn(schema: JsonSchema): readonly JsonSchema[] {
  if (schema.properties !== undefined) return [schema];
  return (schema.anyOf ?? []).flatMap(objectsIn);
}

function formOf(schema: JsonSchema): string {
  if (schema.const !== undefined) return code(JSON.stringify(schema.const));
  if (schema.enum !== undefined) return schema.enum.map((value) => code(String(value))).join(", ");
  if (schema.anyOf !== undefined) return schema.anyOf.map(formOf).join(" or ");
  if (schema.type === "array") return `list of ${formOf(schema.items ?? {})}`;
  if (schema.type === "object" && schema.properties === undefined) return "map of texts";
  return (
    { string: "text", integer: "whole number" }[schema.type ?? ""] ?? schema.type ?? "anything"
  );
}

function serverSection(): string {
  const entries = Object.values(serverOptions) as OptionEntry<unknown>[];
  const rows = entries.map((entry) => [
    code(entry.name),
    [code(flagOf(entry.name)), ...variablesOf(entry).map(code)].join(" "),
    entry.kind.form,
    defaultOf(entry),
    entry.inFile === "yes" ? "yes" : "no",
    entry.doc,
  ]);
  const secrets = Object.values(SECRET_OPTIONS).map(({ name, doc }) => [
    code(variableOf(name)),
    code(`${variableOf(name)}_FILE`),
    doc,
  ]);
  return [
    "## Server options",
    "A flag wins over an environment variable, that over the `server:` block of the file, that over the default.",
    table(["option", "flag and variables", "value", "default", "in the file", "meaning"], rows),
    "Secrets come from the environment, or from a file that a variable names:",
    table(["variable", "or a file", "meaning"], secrets),
  ].join("\n\n");
}

function variablesOf(entry: OptionEntry<unknown>): string[] {
  return [variableOf(entry.name), ...(entry.otherVariables ?? [])];
}

function defaultOf({ kind, fallback }: OptionEntry<unknown>): string {
  if (fallback === undefined) return "";
  const [dev, serve] = [kind.show(fallback.dev), kind.show(fallback.serve)];
  return dev === serve ? code(dev) : `${code(serve)}; dev: ${code(dev)}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|").replaceAll("\n", " ")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

function code(text: string): string {
  return `\`${text}\``;
}
