/** How a decision trace looks to callers of the API. */
import { z } from "@hono/zod-openapi";
import type { RequestOutcome } from "../../model/request.ts";
import { type DeliveryItem, deliveryItemSchema } from "../deliveries/schema.ts";
import { timeOrNull } from "../schema.ts";
import { OUTCOMES, type VerificationView, verificationSchema } from "./schema.ts";

export type TraceStep = {
  readonly step: "received" | "admitted" | "verified" | "deduplicated" | "stored" | "routed";
  /** ok: went on. flagged: went on, with a remark. stopped: went no further. skipped: not looked at. */
  readonly status: "ok" | "flagged" | "stopped" | "skipped";
  readonly summary: string;
  readonly at: string | null;
};

export type RouteStep = {
  readonly route: string;
  readonly routeId: string;
  readonly decision: "matched" | "filtered" | "error" | "disabled" | "already_routed";
  readonly when: string | null;
  readonly reason: string | null;
  readonly destination: string;
  readonly delivery: DeliveryItem | null;
};

export type Trace = {
  readonly requestId: string;
  readonly eventId: string | null;
  readonly outcome: RequestOutcome;
  readonly verification: VerificationView;
  readonly steps: readonly TraceStep[];
  readonly routes: readonly RouteStep[];
  readonly deliveries: readonly DeliveryItem[];
  readonly configVersion: number;
};

const stepSchema: z.ZodType<TraceStep> = z
  .object({
    step: z.enum(["received", "admitted", "verified", "deduplicated", "stored", "routed"]),
    status: z
      .enum(["ok", "flagged", "stopped", "skipped"])
      .describe(
        "ok: it went on. flagged: it went on, with a remark. stopped: it went no further. skipped: not looked at.",
      ),
    summary: z.string().describe("What was found, in a sentence."),
    at: timeOrNull,
  })
  .openapi("TraceStep");

const routeStepSchema: z.ZodType<RouteStep> = z
  .object({
    route: z.string(),
    routeId: z.string(),
    decision: z
      .enum(["matched", "filtered", "error", "disabled", "already_routed"])
      .describe("error: the condition could not be evaluated, which counts as no match."),
    when: z.string().nullable().describe("The condition; null: every event matches."),
    reason: z.string().nullable().describe("Why it was not taken."),
    destination: z.string(),
    // Not `nullable()`: that would make the shared schema itself one that allows null.
    delivery: z.union([deliveryItemSchema, z.null()]),
  })
  .openapi("RouteStep");

export const traceSchema: z.ZodType<Trace> = z
  .object({
    requestId: z.string(),
    eventId: z.string().nullable(),
    outcome: z.enum(OUTCOMES),
    verification: verificationSchema,
    steps: z.array(stepSchema).describe("In the order in which they were taken."),
    routes: z
      .array(routeStepSchema)
      .describe("Every route of the source; empty when it was not routed."),
    deliveries: z.array(deliveryItemSchema).describe("Everything owed for it, replays included."),
    configVersion: z.int().describe("The configuration it was judged by."),
  })
  .openapi("Trace");
