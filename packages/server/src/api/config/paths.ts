/**
 * The configuration as one document: exported, planned, applied, with its history.
 *
 * The version is the ETag, so a change can be made conditional on what its author saw (`If-Match`).
 */
import { z } from "@hono/zod-openapi";
import { RingdownError } from "../../errors/ringdown-error.ts";
import {
  RESOURCE_KINDS,
  type Plan,
  type PlannedChange,
  type ResourceKind,
} from "../../model/registry.ts";
import type { DiffEffect } from "../../model/diff-effect.ts";
import type { ApiContext } from "../context.ts";
import { defined } from "../defined.ts";
import { type Exchange, operation, type Operation } from "../operation.ts";
import { listCall, slicePage } from "../paging.ts";
import { flagParam, pageOf, paging, time } from "../schema.ts";
import { formatTime } from "../../support/time.ts";

const TAG = "config";
/** Requests a plan may be played on: a second or so of work. */
const PAST_LIMIT = 10_000;
const YAML_TYPES: ReadonlySet<string> = new Set([
  "application/yaml",
  "application/x-yaml",
  "text/yaml",
]);
const CONFIG_TYPES: ReadonlySet<string> = new Set(["application/json", ...YAML_TYPES]);

type ChangeView = {
  readonly kind: ResourceKind;
  readonly name: string;
  readonly action: PlannedChange["action"];
  readonly owner: string | null;
  readonly fields: readonly {
    readonly path: string;
    readonly before: unknown;
    readonly after: unknown;
  }[];
};
type PlanView = {
  readonly dryRun: boolean;
  readonly baseVersion: number;
  readonly version: number | null;
  readonly changes: readonly ChangeView[];
  readonly effect: DiffEffect | null;
};
type VersionView = {
  readonly version: number;
  readonly at: string;
  readonly owner: string | null;
  readonly summary: string | null;
};

const changeSchema: z.ZodType<ChangeView> = z
  .object({
    kind: z.enum(RESOURCE_KINDS),
    name: z.string(),
    action: z
      .enum(["add", "change", "remove", "keep", "foreign"])
      .describe("foreign: it has another owner and is not touched."),
    owner: z.string().nullable().describe("Who owns it, when foreign."),
    fields: z
      .array(z.object({ path: z.string(), before: z.unknown(), after: z.unknown() }))
      .describe("What changes; null where it is not set. Secrets are not shown."),
  })
  .openapi("PlannedChange");

const effectSchema: z.ZodType<DiffEffect> = z
  .object({
    requestCount: z.int().describe("Accepted requests that were looked at, the newest ones."),
    routes: z.array(
      z.object({
        route: z.string(),
        before: z.int().describe("Requests that take the route today."),
        after: z.int().describe("Requests that would take it."),
        gained: z.int(),
        lost: z.int(),
      }),
    ),
  })
  .openapi("PlanEffect");

const planSchema: z.ZodType<PlanView> = z
  .object({
    dryRun: z.boolean(),
    baseVersion: z.int().describe("The version the plan was made against."),
    version: z.int().nullable().describe("The new version; null for a dry run."),
    changes: z.array(changeSchema),
    effect: z
      .union([effectSchema, z.null()])
      .describe("What it would have meant for past requests; null unless `past` asked for it."),
  })
  .openapi("Plan");

const versionSchema: z.ZodType<VersionView> = z
  .object({
    version: z.int(),
    at: time,
    owner: z.string().nullable(),
    summary: z.string().nullable(),
  })
  .openapi("ConfigVersion");

export function configOperations(context: ApiContext): readonly Operation[] {
  return [getConfig(context), applyConfig(context), listConfigVersions(context)];
}

function getConfig(context: ApiContext): Operation {
  return operation({
    method: "get",
    path: "/api/v1/config",
    id: "getConfig",
    tag: TAG,
    summary: "Export the configuration",
    description:
      "A document that can be applied elsewhere. Secrets are references or masks, never values. The ETag is its version.",
    query: z.strictObject({ format: z.enum(["json", "yaml"]).default("json") }),
    answer: {
      status: 200,
      description: "The configuration file, as JSON or YAML.",
      schema: z.record(z.string(), z.unknown()).openapi("ConfigFile"),
    },
    handle({ query, setHeader }) {
      setHeader("etag", etagOf(context.deps.registry.active().version));
      const document = context.deps.registry.export();
      if (query.format === "json") return { ...document };
      return new Response(context.deps.config.formatYaml(document), {
        headers: {
          "content-type": "application/yaml; charset=utf-8",
          etag: etagOf(context.deps.registry.active().version),
        },
      });
    },
  });
}

function applyConfig(context: ApiContext): Operation {
  return operation({
    method: "put",
    path: "/api/v1/config",
    id: "applyConfig",
    tag: TAG,
    summary: "Apply a configuration document, or plan to",
    description:
      "All of it or nothing. Only what `owner` owns is changed; with `prune` what it owns and the document lacks is removed. With `If-Match` it is refused when the configuration has changed since.",
    query: z.strictObject({
      owner: z
        .string()
        .regex(/^(?:api|file:[\w.@/-]{1,200})$/, "Expected api or file:<name>")
        .default("api")
        .openapi({ description: "Who owns what the document describes: api or file:<name>." }),
      prune: flagParam("`true`: remove what the owner has and the document lacks."),
      dryRun: flagParam("`true`: only answer what would change."),
      past: z.coerce.number().int().min(0).max(PAST_LIMIT).default(0).openapi({
        description:
          "With `dryRun`: play so many of the newest accepted requests through the configuration of today and the planned one.",
      }),
    }),
    textTypes: CONFIG_TYPES,
    errors: ["config_invalid", "config_conflict", "secret_unresolved", "resource_in_use"],
    answer: { status: 200, description: "What was or would be changed.", schema: planSchema },
    async handle(call) {
      const { owner, prune, dryRun, past } = call.query;
      if (past > 0 && dryRun !== "true") {
        throw new RingdownError("invalid_request", "`past` is for plans: add dryRun=true.");
      }
      const document = await documentOf(context, call);
      const options = {
        owner,
        prune: prune === "true" ? ("yes" as const) : ("no" as const),
        ...defined({ ifVersion: ifMatch(call) }),
      };
      if (dryRun === "true") {
        const plan = await context.deps.registry.plan(document, options);
        const effect = past === 0 ? null : await context.deps.backTest(plan.active, past);
        return { ...planView(plan, null), effect };
      }
      const applied = await context.deps.registry.apply(document, options);
      call.setHeader("etag", etagOf(applied.version));
      return planView(applied, applied.version);
    },
  });
}

function listConfigVersions(context: ApiContext): Operation {
  return operation({
    method: "get",
    path: "/api/v1/config/history",
    id: "listConfigVersions",
    tag: TAG,
    summary: "List versions of the configuration, newest first",
    query: z.strictObject(paging),
    errors: ["invalid_cursor"],
    answer: {
      status: 200,
      description: "The versions that are kept.",
      schema: pageOf(versionSchema, "ConfigVersion"),
    },
    handle: async ({ query }) =>
      slicePage(context, listCall("config versions", query), {
        items: await context.deps.config.history(),
        growsAt: "start",
        view: ({ version, atMs, owner, summary }) => ({
          version,
          at: formatTime(atMs),
          owner: owner ?? null,
          summary: summary ?? null,
        }),
      }),
  });
}

async function documentOf(
  { deps }: ApiContext,
  exchange: Exchange,
): Promise<ReturnType<ApiContext["deps"]["config"]["parse"]>> {
  const received = await exchange.readText(CONFIG_TYPES);
  if (received === undefined) {
    throw new RingdownError("invalid_request", "A configuration document is needed.");
  }
  return deps.config.parse(received.text, YAML_TYPES.has(received.contentType) ? "yaml" : "json");
}

function etagOf(version: number): string {
  return `"${String(version)}"`;
}

/** The version in `If-Match`; undefined without one or for `*`. @throws invalid_request */
function ifMatch({ httpRequest }: Exchange): number | undefined {
  const given = httpRequest.headers["if-match"];
  if (given === undefined || given === "*") return undefined;
  const version = /^"(\d{1,15})"$/.exec(given)?.[1];
  if (version === undefined) {
    throw new RingdownError("invalid_request", "If-Match must be the ETag of GET /api/v1/config.");
  }
  return Number(version);
}

function planView(plan: Plan, version: number | null): PlanView {
  return {
    dryRun: version === null,
    baseVersion: plan.baseVersion,
    version,
    effect: null,
    changes: plan.changes.map(({ kind, name, action, owner, fields }) => ({
      kind,
      name,
      action,
      owner: owner ?? null,
      fields: fields.map(({ path, before = null, after = null }) => ({ path, before, after })),
    })),
  };
}
