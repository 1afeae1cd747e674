/** How a request looks to callers of the API, in a list and by itself. */
import { z } from "@hono/zod-openapi";
import {
  REJECTION_CAUSES,
  type RejectionCause,
  type RequestOutcome,
  type Verification,
} from "../../model/request.ts";
import { headerPairs, time } from "../schema.ts";

export const OUTCOMES: readonly ["accepted", "duplicate", "rejected", "quarantined"] = [
  "accepted",
  "duplicate",
  "rejected",
  "quarantined",
];

export type VerificationView = {
  readonly status: Verification["status"];
  readonly reason: string | null;
  readonly message: string | null;
  readonly hint: string | null;
  readonly secretIndex: number | null;
  readonly ageMs: number | null;
};

export type RequestItem = {
  readonly id: string;
  readonly eventId: string | null;
  readonly outcome: RequestOutcome;
  readonly cause: RejectionCause | null;
  readonly receivedAt: string;
  readonly source: string | null;
  readonly sourceId: string | null;
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly remoteAddress: string;
  readonly contentType: string | null;
  readonly bodyBytes: number;
  readonly eventType: string | null;
  readonly idempotencyKey: string | null;
  readonly verification: VerificationView;
  readonly duplicateOf: string | null;
  readonly conflict: boolean;
  readonly releases: string | null;
  readonly targets: readonly TargetView[];
};

export type TargetView = {
  readonly route: string | null;
  readonly routeId: string | null;
  readonly destination: string | null;
  readonly destinationId: string | null;
  readonly deliveryId: string;
};

export type RequestDetail = RequestItem & {
  readonly headers: readonly (readonly [string, string])[];
  readonly configVersion: number;
};

export const verificationSchema: z.ZodType<VerificationView> = z
  .object({
    status: z
      .enum(["verified", "authenticated", "failed", "unverified"])
      .describe("authenticated: a credential matched, which does not cover the body."),
    reason: z.string().nullable().describe("Stable code of what failed."),
    message: z.string().nullable(),
    hint: z.string().nullable(),
    secretIndex: z.int().nullable().describe("Which of the source's secrets matched, from 0."),
    ageMs: z.number().nullable().describe("Age of the signed timestamp."),
  })
  .openapi("Verification");

export const targetSchema: z.ZodType<TargetView> = z
  .object({
    route: z.string().nullable(),
    routeId: z.string().nullable(),
    destination: z.string().nullable(),
    destinationId: z.string().nullable(),
    deliveryId: z.string(),
  })
  .openapi("Target");

const item = {
  id: z.string().openapi({ example: "req_01JDC0000000000001ABCDEFGH" }),
  eventId: z.string().nullable().describe("The event it became; null unless accepted."),
  outcome: z
    .enum(OUTCOMES)
    .describe("quarantined: did not verify, kept undelivered until somebody releases it."),
  cause: z
    .enum(Object.keys(REJECTION_CAUSES) as [RejectionCause, ...RejectionCause[]])
    .nullable()
    .describe("Why it was refused."),
  receivedAt: time,
  source: z.string().nullable().describe("Name of the source; null once it is deleted."),
  sourceId: z.string().nullable(),
  method: z.string(),
  path: z.string().describe("What came after /in/<source>, still encoded."),
  query: z.string().describe("Without the question mark, still encoded. Credentials are masked."),
  remoteAddress: z.string(),
  contentType: z.string().nullable(),
  bodyBytes: z.int(),
  eventType: z.string().nullable(),
  idempotencyKey: z.string().nullable(),
  verification: verificationSchema,
  duplicateOf: z.string().nullable().describe("The event whose idempotency key it repeats."),
  conflict: z.boolean().describe("It repeats a key with a different body: kept, not delivered."),
  releases: z.string().nullable().describe("The quarantined or conflicting request it releases."),
  targets: z.array(targetSchema).describe("Where it was routed; empty unless accepted."),
};

export const requestItemSchema: z.ZodType<RequestItem> = z.object(item).openapi("RequestItem");

export const requestDetailSchema: z.ZodType<RequestDetail> = z
  .object({
    ...item,
    headers: headerPairs,
    configVersion: z.int().describe("The configuration it was judged by."),
  })
  .openapi("RequestDetail");
