/**
 * Writes a JSON Schema (2020-12, the part of it that our OpenAPI document uses) as a TypeScript type.
 *
 * What it does not know it refuses: a keyword that is silently ignored would make a type that lies.
 */
export type Schema = {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly prefixItems?: readonly Schema[];
  /** Whatever else a schema has; see `IGNORED`. */
  readonly [keyword: string]: unknown;
};

/** Restrictions that a type cannot say, and words for people. */
const IGNORED: ReadonlySet<string> = new Set([
  "default",
  "description",
  "example",
  "examples",
  "exclusiveMaximum",
  "exclusiveMinimum",
  "format",
  "maximum",
  "maxItems",
  "maxLength",
  "minimum",
  "minItems",
  "minLength",
  "pattern",
  "propertyNames",
  "title",
]);
const KNOWN: ReadonlySet<string> = new Set([
  "$ref",
  "additionalProperties",
  "anyOf",
  "const",
  "enum",
  "items",
  "oneOf",
  "prefixItems",
  "properties",
  "required",
  "type",
]);

/** One type expression; objects span lines, which the formatter puts right. */
export function typeOf(schema: Schema): string {
  for (const keyword of Object.keys(schema)) {
    if (!KNOWN.has(keyword) && !IGNORED.has(keyword)) {
      throw new Error(`no TypeScript type is known for the keyword ${keyword}`);
    }
  }
  if (schema.$ref !== undefined) return nameOf(schema.$ref);
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) return union(schema.enum.map((value) => JSON.stringify(value)));
  const options = schema.anyOf ?? schema.oneOf;
  if (options !== undefined) return union(options.map(typeOf));
  if (schema.type === undefined) return "unknown";
  const types = typeof schema.type === "string" ? [schema.type] : schema.type;
  return union(types.map((type) => typeNamed(type, schema)));
}

function typeNamed(type: string, schema: Schema): string {
  switch (type) {
    case "string":
    case "boolean":
    case "null":
      return type;
    case "integer":
    case "number":
      return "number";
    case "array":
      return arrayType(schema);
    case "object":
      return objectType(schema);
    default:
      throw new Error(`no TypeScript type is known for ${type}`);
  }
}

function arrayType({ items, prefixItems }: Schema): string {
  if (prefixItems !== undefined) return `readonly [${prefixItems.map(typeOf).join(", ")}]`;
  const item = items === undefined ? "unknown" : typeOf(items);
  return `readonly (${item})[]`;
}

function objectType({ properties = {}, required = [], additionalProperties }: Schema): string {
  const fields = Object.entries(properties).map(([name, property]) => {
    const optional = required.includes(name) ? "" : "?";
    return `${comment(property.description)}readonly ${quoted(name)}${optional}: ${typeOf(property)};`;
  });
  if (fields.length === 0 && additionalProperties !== false) {
    return `Readonly<Record<string, ${recordValue(additionalProperties)}>>`;
  }
  return `{\n${fields.join("\n")}\n}`;
}

function recordValue(additional: boolean | Schema | undefined): string {
  return typeof additional === "object" ? typeOf(additional) : "unknown";
}

function union(types: readonly string[]): string {
  return [...new Set(types)].join(" | ");
}

function nameOf(reference: string): string {
  return reference.replace("#/components/schemas/", "");
}

function quoted(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);
}

/** A documentation comment, or nothing. */
export function comment(text: string | undefined): string {
  return text === undefined ? "" : `/** ${text.replaceAll("*/", "* /")} */\n`;
}
