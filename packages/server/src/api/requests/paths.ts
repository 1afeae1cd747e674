/** Requests: what was received, what was decided about it, and letting go of what was held back. */
import { z } from "@hono/zod-openapi";
import { RingdownError } from "../../errors/ringdown-error.ts";
import { type ApiContext, filterNo } from "../context.ts";
import { defined } from "../defined.ts";
import { eventDetail } from "../events/view.ts";
import { eventDetailSchema } from "../events/schema.ts";
import { operation, type Operation } from "../operation.ts";
import { listCall, readPage } from "../paging.ts";
import { listParam, pageOf, paging, timeParam } from "../schema.ts";
import { bodyAnswer } from "./body-answer.ts";
import { findRecord, findSummary } from "./find.ts";
import { OUTCOMES, requestDetailSchema, requestItemSchema } from "./schema.ts";
import { traceSchema } from "./trace-schema.ts";
import { buildTrace } from "./trace.ts";
import { requestDetail, requestItem, summaryOf } from "./view.ts";

const TAG = "requests";
const params = z.strictObject({ id: z.string().openapi({ description: "`req_…`" }) });

export function requestOperations(context: ApiContext): readonly Operation[] {
  return [
    listRequests(context),
    getRequest(context),
    getRequestBody(context),
    traceRequest(context),
    releaseRequest(context),
  ];
}

function listRequests(context: ApiContext): Operation {
  return operation({
    method: "get",
    path: "/api/v1/requests",
    id: "listRequests",
    tag: TAG,
    summary: "List requests, newest first",
    query: z.strictObject({
      source: z.string().optional().openapi({ description: "Name or id." }),
      outcome: listParam(OUTCOMES, "What became of it."),
      eventType: z.string().optional(),
      idempotencyKey: z.string().optional(),
      from: timeParam("Received at or after."),
      to: timeParam("Received before."),
      ...paging,
    }),
    errors: ["invalid_cursor"],
    answer: {
      status: 200,
      description: "Requests without headers and bodies.",
      schema: pageOf(requestItemSchema, "RequestItem"),
    },
    handle({ query }) {
      const { source, outcome, from, to, eventType, idempotencyKey } = query;
      const filters = defined({
        sourceNo: filterNo(context, "sources", source),
        outcomes: outcome,
        eventType,
        idempotencyKey,
        fromMs: from,
        toMs: to,
      });
      return readPage(context, listCall("requests", query), {
        read: async (position, count) => {
          const before = defined({ beforeSequence: position });
          const page = await context.deps.storage.listRequests({
            ...filters,
            ...before,
            limit: count,
          });
          return { items: page.requests, ...defined({ next: page.nextSequence }) };
        },
        view: (summary) => requestItem(context, summary),
      });
    },
  });
}

function getRequest(context: ApiContext): Operation {
  return operation({
    method: "get",
    path: "/api/v1/requests/{id}",
    id: "getRequest",
    tag: TAG,
    summary: "Show one request",
    params,
    answer: {
      status: 200,
      description: "The request with its headers, without its body.",
      schema: requestDetailSchema,
    },
    handle: async ({ params: { id } }) =>
      requestDetail(context, await findSummary(context, "req", id)),
  });
}

function getRequestBody(context: ApiContext): Operation {
  return operation({
    method: "get",
    path: "/api/v1/requests/{id}/body",
    id: "getRequestBody",
    tag: TAG,
    summary: "Download the body, byte for byte",
    description: "With the content type it was received with, as an attachment.",
    params,
    answer: {
      status: 200,
      description: "The bytes as received.",
      contentType: "application/octet-stream",
    },
    handle: async ({ params: { id } }) => bodyAnswer(await findRecord(context, "req", id), id),
  });
}

function traceRequest(context: ApiContext): Operation {
  return operation({
    method: "get",
    path: "/api/v1/requests/{id}/trace",
    id: "traceRequest",
    tag: TAG,
    summary: "Explain what happened to a request, and why",
    description:
      "Every decision in order: arrival, verification, duplicate check, storage, each route, each delivery. Routes are judged again by the configuration that was in force.",
    params,
    answer: { status: 200, description: "The decision trace.", schema: traceSchema },
    handle: async ({ params: { id } }) => buildTrace(context, await findRecord(context, "req", id)),
  });
}

function releaseRequest(context: ApiContext): Operation {
  return operation({
    method: "post",
    path: "/api/v1/requests/{id}/release",
    id: "releaseRequest",
    tag: TAG,
    summary: "Release a quarantined or conflicting request",
    description:
      "Makes an event of it, which is routed and delivered like any other. It is verified again with the source's secrets of today, unless `force` says that a person vouches for it. Releasing it again within 72 hours answers with the same event.",
    params,
    body: z.strictObject({ force: z.boolean().default(false) }),
    bodyPresence: "optional",
    errors: ["state_conflict", "storage_full", "storage_busy"],
    answer: { status: 201, description: "The new event.", schema: eventDetailSchema },
    async handle({ params: { id }, body }) {
      const request = await findRecord(context, "req", id);
      const result = await context.deps.releaseRequest(request, body.force ? "force" : "verify");
      if (result.kind === "released") return eventDetail(context, summaryOf(result.event));
      const { message, hint } = result.verification;
      const why = [message, hint].filter((sentence) => sentence !== undefined).join(" ");
      throw new RingdownError("state_conflict", `It still does not verify. ${why}`.trim());
    },
  });
}
