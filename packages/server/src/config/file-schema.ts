/**
 * The JSON Schema of the whole configuration file, for editors and for `/schema/v1.json`: resources
 * from their zod schemas, the `server` block from the option table.
 */
import { z } from "zod";
import { documentFields } from "../model/config-schema.ts";
import { NAME_PATTERN } from "../model/field-schema.ts";
import { RESOURCE_KINDS } from "../model/registry.ts";
import { type OptionEntry, serverOptions } from "./options.ts";

type JsonSchema = Readonly<Record<string, unknown>>;

/** JSON Schema 2020-12. */
export function configFileSchema(): JsonSchema {
  const generated = z.toJSONSchema(z.strictObject(documentFields), {
    io: "input",
    target: "draft-2020-12",
  });
  const properties: Record<string, unknown> = { ...generated.properties };
  for (const kind of RESOURCE_KINDS) {
    const resources = properties[kind] as JsonSchema;
    properties[kind] = { ...resources, propertyNames: { pattern: NAME_PATTERN.source } };
  }
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "Ringdown configuration",
    description:
      "Sources, destinations and routes of a Ringdown gateway, and the server's options.",
    type: "object",
    required: ["version"],
    additionalProperties: false,
    properties: { ...properties, server: serverBlockSchema() },
  };
}

function serverBlockSchema(): JsonSchema {
  const entries = (Object.values(serverOptions) as OptionEntry<unknown>[]).filter(
    (entry) => entry.inFile === "yes",
  );
  return {
    type: "object",
    description: "Options of the server; flags and environment variables win over them.",
    additionalProperties: false,
    properties: Object.fromEntries(entries.map((entry) => [entry.name, optionSchema(entry)])),
  };
}

function optionSchema({ kind, fallback, doc }: OptionEntry<unknown>): JsonSchema {
  return {
    ...kind.schema,
    description: `${doc} Expected: ${kind.form}.`,
    ...defaultOf(kind, fallback),
  };
}

function defaultOf(
  kind: OptionEntry<unknown>["kind"],
  fallback: OptionEntry<unknown>["fallback"],
): JsonSchema {
  if (fallback === undefined) return {};
  const isText = kind.schema["type"] === "string";
  return { default: isText ? kind.show(fallback.serve) : fallback.serve };
}
