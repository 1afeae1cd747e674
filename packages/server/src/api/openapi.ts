/**
 * The OpenAPI 3.1 document, made from the operations that the server runs. The schemas of sources,
 * destinations and routes are the configuration file's: file and API have one shape.
 */
import { OpenAPIHono } from "@hono/zod-openapi";
import type { ApiContext } from "./context.ts";
import { type ErrorCode, errorTable } from "../errors/table.ts";
import { PROBLEM_TYPE } from "../http/problem.ts";
import { allOperations } from "./operations.ts";
import { errorAnswerName, type Operation } from "./operation.ts";
import { sharedSchemas } from "./resources/schema.ts";
import { problemSchema } from "./schema.ts";

const DESCRIPTION = `The API of a Ringdown gateway: everything the command line and the dashboard do.

JSON in camelCase, times in RFC 3339, ids with a prefix that names their kind. Lists take \`limit\`
and \`cursor\` and answer \`{ "data": [...], "nextCursor": ... }\`; bodies are never part of a list.
Errors are \`application/problem+json\` (RFC 9457) with a stable \`code\` and a \`requestId\`.
A field that has no value is null, not missing.`;

const TAGS = [
  ["sources", "Configured ways in: an ingest URL with its verification."],
  ["destinations", "Configured targets: URL, signing, limits, retry schedule."],
  ["routes", "Which events of which sources go to which destination."],
  ["requests", "What was received, byte for byte, and what was decided about it."],
  ["events", "Accepted, de-duplicated requests."],
  ["deliveries", "The obligation to bring one event to one destination."],
  ["attempts", "One exchange made for a delivery."],
  ["replays", "New deliveries made from stored events."],
  ["config", "The configuration as one document."],
  ["stream", "What happens, as it happens."],
  ["keys", "API keys."],
  ["gateway", "The gateway itself."],
] as const;

export function openApiDocument(operations: readonly Operation[], version: string): object {
  const documented = new OpenAPIHono();
  const registry = documented.openAPIRegistry;
  registry.registerComponent("securitySchemes", "apiKey", {
    type: "http",
    scheme: "bearer",
    description: "An API key: `Authorization: Bearer rd_…`. Not needed by `ringdown dev`.",
  });
  registry.register("Problem", problemSchema);
  for (const [name, schema] of sharedSchemas()) {
    registry.registerComponent("schemas", name, schema as object);
  }
  for (const [status, description] of errorAnswers()) {
    registry.registerComponent("responses", errorAnswerName(status), {
      description,
      content: { [PROBLEM_TYPE]: { schema: { $ref: "#/components/schemas/Problem" } } },
    });
  }
  for (const { config } of operations) registry.registerPath(config);
  return documented.getOpenAPI31Document({
    openapi: "3.1.0",
    info: {
      title: "Ringdown",
      version,
      description: DESCRIPTION,
      license: { name: "Apache-2.0", url: "https://www.apache.org/licenses/LICENSE-2.0" },
    },
    servers: [{ url: "/" }],
    tags: TAGS.map(([name, description]) => ({ name, description })),
  });
}

/** Every status that an error can have, with the codes that have it. */
function errorAnswers(): readonly (readonly [number, string])[] {
  const codes = Object.keys(errorTable) as readonly ErrorCode[];
  const byStatus = Map.groupBy(codes, (code) => errorTable[code].status);
  return [...byStatus]
    .toSorted(([a], [b]) => a - b)
    .map(([status, ofStatus]) => [status, `One of: ${ofStatus.toSorted().join(", ")}.`]);
}

/** The document without a gateway. */
export function describeApi(version: string): object {
  return openApiDocument(describedOperations(), version);
}

/** Every operation, only to be looked at: describing one touches nothing that it works with. */
export function describedOperations(): readonly Operation[] {
  const untouched = new Proxy({}, { get: refuseToRun });
  const stream = { open: refuseToRun, stop: refuseToRun };
  return allOperations(untouched as ApiContext, { stream, openApiDocument: refuseToRun });
}

function refuseToRun(): never {
  throw new Error("an operation that is only described must not run");
}
