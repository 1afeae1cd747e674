/** The gateway itself: is it alive, ready and sound, and what describes it. */
import { z } from "@hono/zod-openapi";
import type { ApiContext } from "../context.ts";
import { operation, type Operation } from "../operation.ts";
import { pageAnswer } from "../page/page.ts";
import { metricsText } from "./metrics.ts";

const TAG = "gateway";

type LedgerView = {
  readonly requests: Readonly<Record<string, number>>;
  readonly events: number;
  readonly unmatched: number;
  readonly owed: number;
  readonly delivered: number;
  readonly pending: number;
  readonly dead: number;
  readonly cancelled: number;
  readonly pendingByDestination: readonly {
    readonly destination: string | null;
    readonly destinationId: string | null;
    readonly pending: number;
  }[];
  readonly problems: readonly string[];
};

const ledgerSchema: z.ZodType<LedgerView> = z
  .object({
    requests: z.record(z.string(), z.int()).describe("By outcome."),
    events: z.int().describe("Accepted requests."),
    unmatched: z.int().describe("Events that matched no route."),
    owed: z.int().describe("Deliveries: one per event and destination, plus replays."),
    delivered: z.int(),
    pending: z.int().describe("Waiting for a first attempt or a retry; held ones included."),
    dead: z.int(),
    cancelled: z.int(),
    pendingByDestination: z.array(
      z.object({
        destination: z.string().nullable(),
        destinationId: z.string().nullable(),
        pending: z.int(),
      }),
    ),
    problems: z.array(z.string()).describe("Contradictions found; empty when everything adds up."),
  })
  .openapi("Ledger");

const readinessSchema = z
  .object({ ready: z.boolean(), reasons: z.array(z.string()).describe("Codes of errors.") })
  .openapi("Readiness");

const anyObject = z.record(z.string(), z.unknown());

export function gatewayOperations(
  context: ApiContext,
  openApiDocument: () => object,
): readonly Operation[] {
  return [
    getLedger(context),
    getMetrics(context),
    getLiveness(),
    getReadiness(context),
    getOpenApi(openApiDocument),
    getConfigSchema(context),
    getPage(context),
  ];
}

function getLedger(context: ApiContext): Operation {
  return operation({
    method: "get",
    path: "/api/v1/ledger",
    id: "getLedger",
    tag: TAG,
    summary: "Count everything that was accepted and what became of it",
    description:
      "owed = delivered + pending + dead + cancelled, at all times. Counts the whole store: it takes longer the more there is.",
    answer: { status: 200, description: "The ledger.", schema: ledgerSchema },
    handle: () => ledgerView(context),
  });
}

function getMetrics(context: ApiContext): Operation {
  return operation({
    method: "get",
    path: "/metrics",
    id: "getMetrics",
    tag: TAG,
    summary: "Metrics in Prometheus text format",
    answer: { status: 200, description: "Metrics.", contentType: "text/plain" },
    handle: () =>
      new Response(metricsText(context), {
        headers: { "content-type": "text/plain; version=0.0.4; charset=utf-8" },
      }),
  });
}

function getLiveness(): Operation {
  return operation({
    method: "get",
    path: "/livez",
    id: "getLiveness",
    tag: TAG,
    access: "public",
    summary: "Whether the process answers",
    answer: { status: 200, description: "ok", contentType: "text/plain" },
    handle: () => new Response("ok\n", { headers: { "content-type": "text/plain" } }),
  });
}

function getReadiness(context: ApiContext): Operation {
  return operation({
    method: "get",
    path: "/readyz",
    id: "getReadiness",
    tag: TAG,
    access: "public",
    summary: "Whether requests are accepted; 503 with the reasons when not",
    answer: { status: 200, description: "It is ready.", schema: readinessSchema },
    handle() {
      const readiness = context.deps.ready();
      if (readiness.ready) return { ready: true, reasons: [] };
      return Response.json({ ready: false, reasons: readiness.reasons }, { status: 503 });
    },
  });
}

function getOpenApi(openApiDocument: () => object): Operation {
  return operation({
    method: "get",
    path: "/openapi.json",
    id: "getOpenApi",
    tag: TAG,
    access: "public",
    summary: "This document",
    answer: { status: 200, description: "OpenAPI 3.1.", schema: anyObject },
    handle: () => openApiDocument() as Record<string, unknown>,
  });
}

function getConfigSchema(context: ApiContext): Operation {
  return operation({
    method: "get",
    path: "/schema/v1.json",
    id: "getConfigSchema",
    tag: TAG,
    access: "public",
    summary: "JSON Schema of the configuration file, for editors",
    answer: { status: 200, description: "JSON Schema 2020-12.", schema: anyObject },
    handle: () => ({ ...context.deps.config.schema }),
  });
}

function getPage(context: ApiContext): Operation {
  return operation({
    method: "get",
    path: "/",
    id: "getPage",
    tag: TAG,
    access: "public",
    summary: "A page that tells where everything is",
    answer: { status: 200, description: "HTML.", contentType: "text/html" },
    handle: () => pageAnswer(context),
  });
}

async function ledgerView({ deps }: ApiContext): Promise<LedgerView> {
  const ledger = await deps.storage.ledger();
  const { requests, unmatched, owed, delivered, pending, dead, cancelled, problems } = ledger;
  return {
    requests,
    events: requests.accepted,
    unmatched,
    owed,
    delivered,
    pending,
    dead,
    cancelled,
    pendingByDestination: [...ledger.pendingByDestination].map(([no, count]) => {
      const destination = deps.registry.findByNo("destinations", no);
      return {
        destination: destination?.name ?? null,
        destinationId: destination?.id ?? null,
        pending: count,
      };
    }),
    problems,
  };
}
