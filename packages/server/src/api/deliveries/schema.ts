/** How a delivery looks to callers of the API. */
import { z } from "@hono/zod-openapi";
import type { ShownDeliveryState } from "../../model/delivery.ts";
import { time, timeOrNull } from "../schema.ts";

export const SHOWN_STATES: readonly [
  "pending",
  "delivering",
  "held",
  "delivered",
  "dead",
  "cancelled",
] = ["pending", "delivering", "held", "delivered", "dead", "cancelled"];

export type DeliveryItem = {
  readonly id: string;
  readonly eventId: string;
  readonly eventType: string | null;
  readonly source: string | null;
  readonly sourceId: string | null;
  readonly destination: string | null;
  readonly destinationId: string | null;
  readonly route: string | null;
  readonly routeId: string | null;
  readonly state: ShownDeliveryState;
  readonly attemptCount: number;
  readonly nextAttemptAt: string | null;
  readonly cause: string | null;
  readonly causeText: string | null;
  readonly orderKey: string | null;
  readonly replayId: string | null;
  readonly createdAt: string;
  readonly updatedAt: string;
};

export const deliveryItemSchema: z.ZodType<DeliveryItem> = z
  .object({
    id: z.string().openapi({ example: "dlv_01JDC00000000000010000G000" }),
    eventId: z.string(),
    eventType: z.string().nullable(),
    source: z.string().nullable(),
    sourceId: z.string().nullable(),
    destination: z.string().nullable().describe("Name; null once it is deleted."),
    destinationId: z.string().nullable(),
    route: z.string().nullable().describe("The route that led here; null for some replays."),
    routeId: z.string().nullable(),
    state: z
      .enum(SHOWN_STATES)
      .describe(
        "pending: waits for its first attempt or a retry. delivering: an attempt is being made. held: its destination is paused or suspended. dead: nothing will attempt it again without a person or a replay.",
      ),
    attemptCount: z.int().describe("Attempts made that count against the retry schedule."),
    nextAttemptAt: timeOrNull.describe("When the next retry is due; null when none is planned."),
    cause: z.string().nullable().describe("Why it is dead, cancelled or being retried."),
    causeText: z.string().nullable().describe("The cause as a sentence."),
    orderKey: z.string().nullable(),
    replayId: z.string().nullable().describe("The replay that made it."),
    createdAt: time,
    updatedAt: time,
  })
  .openapi("DeliveryItem");
