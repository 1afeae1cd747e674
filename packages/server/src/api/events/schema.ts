/** How an event looks to callers of the API, in a list and by itself. */
import { z } from "@hono/zod-openapi";
import type { Verification } from "../../model/request.ts";
import { type TargetView, targetSchema } from "../requests/schema.ts";
import { headerPairs, time } from "../schema.ts";

export type EventItem = {
  readonly id: string;
  readonly requestId: string;
  readonly source: string | null;
  readonly sourceId: string | null;
  readonly eventType: string | null;
  readonly idempotencyKey: string | null;
  readonly receivedAt: string;
  readonly verification: Verification["status"];
  readonly contentType: string | null;
  readonly bodyBytes: number;
  readonly targets: readonly TargetView[];
};

export type EventDetail = EventItem & {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: readonly (readonly [string, string])[];
};

const item = {
  id: z.string().openapi({ example: "evt_01JDC0000000000001ABCDEFGH" }),
  requestId: z.string(),
  source: z.string().nullable().describe("Name of the source; null once it is deleted."),
  sourceId: z.string().nullable(),
  eventType: z.string().nullable(),
  idempotencyKey: z.string().nullable(),
  receivedAt: time,
  verification: z.enum(["verified", "authenticated", "failed", "unverified"]),
  contentType: z.string().nullable(),
  bodyBytes: z.int(),
  targets: z.array(targetSchema).describe("Where it was routed; empty: it matched no route."),
};

export const eventItemSchema: z.ZodType<EventItem> = z.object(item).openapi("EventItem");

export const eventDetailSchema: z.ZodType<EventDetail> = z
  .object({
    ...item,
    method: z.string(),
    path: z.string(),
    query: z.string(),
    headers: headerPairs,
  })
  .openapi("EventDetail");
