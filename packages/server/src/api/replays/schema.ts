/** How a replay looks to callers of the API, and what they ask one with. */
import { z } from "@hono/zod-openapi";
import type { Replay, ReplayAim, ReplayPlan, ReplayState } from "../../model/replay.ts";
import { time } from "../schema.ts";
import { formatTime } from "../../support/time.ts";

export type ReplayPlanView = {
  readonly dryRun: true;
  readonly eventCount: number;
  readonly deliveryCount: number;
  readonly skipped: Readonly<Record<string, number>>;
};

export type ReplayView = {
  readonly dryRun: false;
  readonly id: string;
  readonly state: ReplayState;
  readonly aim: ReplayAim["kind"];
  readonly eventCount: number;
  readonly deliveryCount: number;
  readonly skipped: Readonly<Record<string, number>>;
  readonly madeCount: number;
  readonly ratePerSecond: number | null;
  readonly cause: string | null;
  readonly createdAt: string;
  readonly updatedAt: string;
};

const counts = {
  eventCount: z.int().describe("Events selected."),
  deliveryCount: z.int().describe("Deliveries to be made."),
  skipped: z.record(z.string(), z.int()).describe("Deliveries that are not made, by reason."),
};

export const replayPlanSchema: z.ZodType<ReplayPlanView> = z
  .object({ dryRun: z.literal(true), ...counts })
  .openapi("ReplayPlan");

export const replaySchema: z.ZodType<ReplayView> = z
  .object({
    dryRun: z.literal(false),
    id: z.string().openapi({ example: "op_01JDC0000000000001ABCDEFGH" }),
    state: z.enum(["running", "done", "cancelled", "failed"]),
    aim: z.enum(["original", "current", "destination"]),
    ...counts,
    madeCount: z.int().describe("Deliveries made so far."),
    ratePerSecond: z.number().nullable(),
    cause: z.string().nullable().describe("Why it failed."),
    createdAt: time,
    updatedAt: time,
  })
  .openapi("Replay");

export function replayView(replay: Replay): ReplayView {
  return {
    dryRun: false,
    id: replay.id,
    state: replay.state,
    aim: replay.spec.aim.kind,
    eventCount: replay.eventCount,
    deliveryCount: replay.deliveryCount,
    skipped: replay.skipped,
    madeCount: replay.madeCount,
    ratePerSecond: replay.spec.ratePerSecond ?? null,
    cause: replay.cause ?? null,
    createdAt: formatTime(replay.createdAtMs),
    updatedAt: formatTime(replay.updatedAtMs),
  };
}

export function replayPlanView({ eventCount, deliveryCount, skipped }: ReplayPlan): ReplayPlanView {
  return { dryRun: true, eventCount, deliveryCount, skipped };
}
