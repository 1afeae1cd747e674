/**
 * How a configured resource looks to callers: what the configuration file says about it, side by
 * side with what the gateway adds. What it adds may be sent back unchanged, so that the answer of a
 * GET can be edited and PUT.
 *
 * The registry checks specifications; for the OpenAPI document the file's own schemas are taken, so
 * that file and API cannot differ.
 */
import { z } from "@hono/zod-openapi";
import { resourceSchemas } from "../../model/config-schema.ts";
import { RESOURCE_KINDS, type Resource, type ResourceKind } from "../../model/registry.ts";
import { formatTime } from "../../support/time.ts";
import { time } from "../schema.ts";

export type ResourceFields = {
  readonly id: string;
  readonly name: string;
  readonly owner: string;
  readonly version: number;
  readonly createdAt: string;
  readonly updatedAt: string;
};

/** The fields above and those of the configuration file. */
export type ResourceView = ResourceFields & Readonly<Record<string, unknown>>;

const fields: { readonly [Field in keyof ResourceFields]: z.ZodType<ResourceFields[Field]> } = {
  id: z.string().describe("Given by the gateway; stays the same when it is changed."),
  name: z.string().describe("Part of URLs and of other resources' references."),
  owner: z.string().describe("`api`, or `file:<name>` for what a configuration file manages."),
  version: z.int().describe("The configuration version that last changed it."),
  createdAt: time,
  updatedAt: time,
};

export function resourceView(resource: Resource): ResourceView {
  return {
    ...resource.spec,
    id: resource.id,
    name: resource.name,
    owner: resource.owner,
    version: resource.version,
    createdAt: formatTime(resource.createdAtMs),
    updatedAt: formatTime(resource.updatedAtMs),
  };
}

/** Names that callers may send back, though only the gateway sets them. */
export function isAddedField(name: string, more: z.ZodRawShape): boolean {
  return Object.hasOwn(fields, name) || Object.hasOwn(more, name);
}

/** `Source`: what is answered. `more` are fields that only this kind has. */
export function answerSchema(
  kind: ResourceKind,
  title: string,
  more: z.ZodRawShape,
): z.ZodType<ResourceView> {
  const shape = { ...fields, ...more };
  const answered: z.ZodType<ResourceView> = z.looseObject({ ...fields, ...more });
  return answered.openapi(title, documented(kind, z.object(shape)));
}

export type NewResource = { readonly name: string } & Readonly<Record<string, unknown>>;

/** `NewSource`: what creates one. */
export function newSchema(kind: ResourceKind, title: string): z.ZodType<NewResource> {
  const shape = { name: z.string().min(1).max(63) };
  return z.looseObject(shape).openapi(`New${title}`, documented(kind, z.object(shape)));
}

export type ChangedResource = { readonly name?: string | undefined } & Readonly<
  Record<string, unknown>
>;

/** `ChangedSource`: what replaces one; the fields of an answer may be among it. */
export function changedSchema(
  kind: ResourceKind,
  title: string,
  more: z.ZodRawShape,
): z.ZodType<ChangedResource> {
  const documentedShape = z.object({ ...fields, ...more }).partial();
  return z
    .looseObject({ name: z.string().optional() })
    .openapi(`Changed${title}`, documented(kind, documentedShape));
}

type JsonSchema = z.core.JSONSchema.BaseSchema;
type Documentation = { readonly type: "object" } & Readonly<Record<string, unknown>>;

/** The file's schema of one resource with the fields of `added` in front. */
function documented(kind: ResourceKind, added: z.ZodObject): Documentation {
  const spec = jsonSchema(resourceSchemas[kind]);
  const front = jsonSchema(added);
  const own = Object.entries(spec.properties ?? {}).map(([name, schema]) => [
    name,
    isShared(schema) ? { $ref: `#/components/schemas/${sharedName(kind, name)}` } : schema,
  ]);
  return {
    type: "object",
    ...(spec.description === undefined ? {} : { description: spec.description }),
    properties: { ...front.properties, ...Object.fromEntries(own) },
    required: [...(front.required ?? []), ...(spec.required ?? [])],
    additionalProperties: false,
  };
}

/** The large fields of specifications, which three schemas of each kind refer to: name and schema. */
export function sharedSchemas(): readonly (readonly [string, JsonSchema])[] {
  return RESOURCE_KINDS.flatMap((kind) =>
    Object.entries(jsonSchema(resourceSchemas[kind]).properties ?? {})
      .filter(([, schema]) => isShared(schema))
      .map(([name, schema]) => [sharedName(kind, name), schema as JsonSchema] as const),
  );
}

const LARGE = 400;

function isShared(schema: unknown): boolean {
  return JSON.stringify(schema).length > LARGE;
}

/** `verify` of sources is `SourceVerify`. */
function sharedName(kind: ResourceKind, field: string): string {
  const name = kind.replace(/s$/, "") + field.charAt(0).toUpperCase() + field.slice(1);
  return name.charAt(0).toUpperCase() + name.slice(1);
}

function jsonSchema(schema: z.ZodType): JsonSchema {
  return z.toJSONSchema(schema, { io: "input", target: "draft-2020-12" });
}
