/**
 * The shape of a configuration document: what the file, the API and `apply` agree on.
 *
 * Parsing a resource fills in its defaults; what is stored and shown is what was written. The
 * `server` block belongs to the process, not to the document (config/options.ts).
 */
import { z } from "zod";
import { type ConfigProblem, formatPath } from "./config-problem.ts";
import { type DestinationSpec, destinationSchema } from "./destination-schema.ts";
import { isName, NAME_FORM } from "./field-schema.ts";
import type { ResourceKind } from "./registry.ts";
import { RESOURCE_KINDS } from "./registry.ts";
import { type RouteSpec, routeSchema } from "./route-schema.ts";
import { problemsOf } from "./schema-problems.ts";
import { type SourceSpec, sourceSchema } from "./source-schema.ts";
import { type TestSpec, testSchema } from "./test-schema.ts";

export type ResourceSpecs = {
  readonly sources: SourceSpec;
  readonly destinations: DestinationSpec;
  readonly routes: RouteSpec;
};

export const resourceSchemas: { readonly [K in ResourceKind]: z.ZodType<ResourceSpecs[K]> } = {
  sources: sourceSchema,
  destinations: destinationSchema,
  routes: routeSchema,
};

/** Resources of one kind that one project may have (I10). */
export const MAX_RESOURCES = 10_000;

const byName = <T>(schema: z.ZodType<T>) => z.record(z.string(), schema).default({});

/** The fields of a document; the file's schema adds `server` to them. */
export const documentFields: {
  readonly version: z.ZodLiteral<1>;
  readonly sources: z.ZodDefault<z.ZodRecord<z.ZodString, z.ZodType<SourceSpec>>>;
  readonly destinations: z.ZodDefault<z.ZodRecord<z.ZodString, z.ZodType<DestinationSpec>>>;
  readonly routes: z.ZodDefault<z.ZodRecord<z.ZodString, z.ZodType<RouteSpec>>>;
  readonly tests: z.ZodDefault<z.ZodArray<z.ZodType<TestSpec>>>;
} = {
  version: z.literal(1).describe("Version of this format."),
  sources: byName(sourceSchema).describe("Ways in, by name."),
  destinations: byName(destinationSchema).describe("Where deliveries go, by name."),
  routes: byName(routeSchema).describe(
    "Which events go where, by name. An event goes to a destination once, by the route that was configured first.",
  ),
  tests: z
    .array(testSchema)
    .max(10_000)
    .default([])
    .describe("Requests and the routes they must take, for ringdown test."),
};

export type ParsedDocument = {
  readonly version: 1;
  readonly sources: Readonly<Record<string, SourceSpec>>;
  readonly destinations: Readonly<Record<string, DestinationSpec>>;
  readonly routes: Readonly<Record<string, RouteSpec>>;
  readonly tests: readonly TestSpec[];
};

const documentSchema: z.ZodType<ParsedDocument> = z.strictObject(documentFields);

export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly ConfigProblem[] };

/** Checks one resource and fills in its defaults. Paths of problems start at the resource. */
export function parseResource<K extends ResourceKind>(
  kind: K,
  input: unknown,
): Parsed<ResourceSpecs[K]> {
  return parseWith(resourceSchemas[kind], input, [kind, "*"]);
}

/** Checks a whole document and fills in its defaults. */
export function parseDocument(input: unknown): Parsed<ParsedDocument> {
  const parsed = parseWith(documentSchema, input, []);
  const problems = [...(parsed.ok ? [] : parsed.problems), ...nameProblems(input)];
  return problems.length === 0 ? parsed : { ok: false, problems };
}

/** `place` is where the schema stands in a document, for words about keys that come later. */
export function parseWith<T>(
  schema: z.ZodType<T>,
  input: unknown,
  place: readonly string[],
): Parsed<T> {
  const hidden = hiddenKeyProblems(input);
  const result = schema.safeParse(input);
  if (result.success && hidden.length === 0) return { ok: true, value: result.data };
  const shown = result.success ? [] : problemsOf(result.error.issues, { schema, input, place });
  const told = new Set(shown.map((problem) => formatPath(problem.path)));
  const untold = hidden.filter((problem) => !told.has(formatPath(problem.path)));
  return { ok: false, problems: [...untold, ...shown] };
}

/** Names are keys, which the schema leaves alone so that the message can be ours. */
function nameProblems(input: unknown): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  for (const kind of RESOURCE_KINDS) {
    const names = keysOf(fieldOf(input, kind));
    for (const name of names) {
      const problem = nameProblem(name);
      if (problem !== undefined) problems.push({ path: [kind, name], at: "key", message: problem });
    }
    if (names.length > MAX_RESOURCES) {
      problems.push({ path: [kind], message: `more than ${MAX_RESOURCES} ${kind}` });
    }
  }
  return problems;
}

/** Why a resource may not have this name. */
export function nameProblem(name: string): string | undefined {
  return isName(name) ? undefined : `not a name: use ${NAME_FORM}; not src_, dst_ or rte_`;
}

/** zod skips a key `__proto__` of maps; nothing that was written may be skipped (I12). */
function hiddenKeyProblems(input: unknown): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const visit = (value: unknown, path: readonly (string | number)[]): void => {
    if (typeof value !== "object" || value === null) return;
    const isList = Array.isArray(value);
    for (const [key, inner] of Object.entries(value)) {
      const innerPath = [...path, isList ? Number(key) : key];
      if (key === "__proto__") {
        problems.push({ path: innerPath, at: "key", message: 'unknown key "__proto__"' });
      }
      visit(inner, innerPath);
    }
  };
  visit(input, []);
  return problems;
}

function fieldOf(input: unknown, key: string): unknown {
  const isObject = typeof input === "object" && input !== null && Object.hasOwn(input, key);
  return isObject ? (input as Readonly<Record<string, unknown>>)[key] : undefined;
}

function keysOf(value: unknown): string[] {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.keys(value)
    : [];
}
