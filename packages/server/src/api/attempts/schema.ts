/** How an attempt looks to callers of the API, in a list and by itself. */
import { z } from "@hono/zod-openapi";
import {
  type AttemptRecord,
  type AttemptTrigger,
  FAILURE_CAUSES,
  type FailureCause,
} from "../../model/delivery.ts";
import { headerPairs, time } from "../schema.ts";

export type AttemptItem = {
  readonly id: string;
  readonly deliveryId: string;
  readonly eventId: string;
  readonly eventType: string | null;
  readonly source: string | null;
  readonly sourceId: string | null;
  readonly destination: string | null;
  readonly destinationId: string | null;
  readonly number: number;
  readonly trigger: AttemptTrigger;
  readonly startedAt: string;
  readonly durationMs: number;
  readonly outcome: AttemptRecord["outcome"];
  readonly cause: FailureCause | null;
  readonly causeText: string | null;
  readonly detail: string | null;
  readonly status: number | null;
  readonly remoteAddress: string | null;
};

export type CapturedResponse = {
  readonly status: number | null;
  readonly headers: readonly (readonly [string, string])[];
  readonly bodyBase64: string;
  readonly bodyText: string | null;
  readonly truncated: boolean;
};

export type AttemptDetail = AttemptItem & { readonly response: CapturedResponse | null };

const item = {
  id: z.string().openapi({ example: "att_01JDC00000000000010000G001" }),
  deliveryId: z.string(),
  eventId: z.string(),
  eventType: z.string().nullable(),
  source: z.string().nullable(),
  sourceId: z.string().nullable(),
  destination: z.string().nullable(),
  destinationId: z.string().nullable(),
  number: z.int().describe("Counted from 1 within its delivery."),
  trigger: z.enum(["initial", "retry", "manual", "probe", "replay"]),
  startedAt: time,
  durationMs: z.number(),
  outcome: z.enum(["success", "failure"]),
  cause: z
    .enum(Object.keys(FAILURE_CAUSES) as [FailureCause, ...FailureCause[]])
    .nullable()
    .describe("Why it failed."),
  causeText: z.string().nullable().describe("The cause as a sentence."),
  detail: z
    .string()
    .nullable()
    .describe(
      "What happened, in the words of the resolver, the socket, the parser, the template or the success condition.",
    ),
  status: z.int().nullable().describe("What the destination answered; null when it did not."),
  remoteAddress: z.string().nullable().describe("The address actually connected to."),
};

export const attemptItemSchema: z.ZodType<AttemptItem> = z.object(item).openapi("AttemptItem");

export const attemptDetailSchema: z.ZodType<AttemptDetail> = z
  .object({
    ...item,
    response: z
      .object({
        status: z.int().nullable(),
        headers: headerPairs,
        bodyBase64: z.string().describe("The first bytes of the answer."),
        bodyText: z.string().nullable().describe("The same as text; null when it is not UTF-8."),
        truncated: z.boolean(),
      })
      .nullable()
      .describe("What was kept of the answer; null when nothing was."),
  })
  .openapi("AttemptDetail");
