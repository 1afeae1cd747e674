/** Events: accepted requests, seen as facts that are owed to destinations. */
import { z } from "@hono/zod-openapi";
import { type ApiContext, filterNo } from "../context.ts";
import { defined } from "../defined.ts";
import { deriveDeliveries } from "../deliveries/derive.ts";
import { deliveryItemSchema } from "../deliveries/schema.ts";
import { deliveryItem } from "../deliveries/view.ts";
import { operation, type Operation } from "../operation.ts";
import { listCall, readPage, slicePage } from "../paging.ts";
import { bodyAnswer } from "../requests/body-answer.ts";
import { findRecord, findSummary } from "../requests/find.ts";
import { flagParam, pageOf, paging, timeParam } from "../schema.ts";
import { eventDetailSchema, eventItemSchema } from "./schema.ts";
import { eventDetail, eventItem } from "./view.ts";

const TAG = "events";
const params = z.strictObject({ id: z.string().openapi({ description: "`evt_…`" }) });

export function eventOperations(context: ApiContext): readonly Operation[] {
  return [
    listEvents(context),
    getEvent(context),
    getEventBody(context),
    listEventDeliveries(context),
  ];
}

function listEvents(context: ApiContext): Operation {
  return operation({
    method: "get",
    path: "/api/v1/events",
    id: "listEvents",
    tag: TAG,
    summary: "List events, newest first",
    query: z.strictObject({
      source: z.string().optional().openapi({ description: "Name or id." }),
      destination: z
        .string()
        .optional()
        .openapi({ description: "Name or id: only events routed to it." }),
      eventType: z.string().optional(),
      idempotencyKey: z.string().optional(),
      unmatched: flagParam("`true`: only events that matched no route."),
      from: timeParam("Received at or after."),
      to: timeParam("Received before."),
      ...paging,
    }),
    errors: ["invalid_cursor"],
    answer: {
      status: 200,
      description: "Events without headers and bodies.",
      schema: pageOf(eventItemSchema, "EventItem"),
    },
    handle({ query }) {
      const filters = defined({
        sourceNo: filterNo(context, "sources", query.source),
        destinationNo: filterNo(context, "destinations", query.destination),
        eventType: query.eventType,
        idempotencyKey: query.idempotencyKey,
        unmatched: query.unmatched === "true" ? (true as const) : undefined,
        fromMs: query.from,
        toMs: query.to,
      });
      return readPage(context, listCall("events", query), {
        read: async (position, limit) => {
          const page = await context.deps.storage.listRequests({
            ...filters,
            ...defined({ beforeSequence: position }),
            outcomes: ["accepted"],
            limit,
          });
          return { items: page.requests, ...defined({ next: page.nextSequence }) };
        },
        view: (summary) => eventItem(context, summary),
      });
    },
  });
}

function getEvent(context: ApiContext): Operation {
  return operation({
    method: "get",
    path: "/api/v1/events/{id}",
    id: "getEvent",
    tag: TAG,
    summary: "Show one event",
    params,
    answer: {
      status: 200,
      description: "The event with its headers, without its body.",
      schema: eventDetailSchema,
    },
    handle: async ({ params: { id } }) =>
      eventDetail(context, await findSummary(context, "evt", id)),
  });
}

function getEventBody(context: ApiContext): Operation {
  return operation({
    method: "get",
    path: "/api/v1/events/{id}/body",
    id: "getEventBody",
    tag: TAG,
    summary: "Download the body, byte for byte",
    description: "With the content type it was received with, as an attachment.",
    params,
    answer: {
      status: 200,
      description: "The bytes as received.",
      contentType: "application/octet-stream",
    },
    handle: async ({ params: { id } }) => bodyAnswer(await findRecord(context, "evt", id), id),
  });
}

function listEventDeliveries(context: ApiContext): Operation {
  return operation({
    method: "get",
    path: "/api/v1/events/{id}/deliveries",
    id: "listEventDeliveries",
    tag: TAG,
    summary: "List everything owed for an event, replays included",
    params,
    query: z.strictObject(paging),
    errors: ["invalid_cursor"],
    answer: {
      status: 200,
      description: "The event's deliveries.",
      schema: pageOf(deliveryItemSchema, "DeliveryItem"),
    },
    async handle({ params: { id }, query }) {
      const event = await findSummary(context, "evt", id);
      return slicePage(context, listCall(`deliveries of ${id}`, query), {
        items: await deriveDeliveries(context, event),
        growsAt: "end",
        view: (delivery) => deliveryItem(context, delivery),
      });
    },
  });
}
