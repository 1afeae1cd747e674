/** How the state of a destination looks to callers of the API. */
import { z } from "@hono/zod-openapi";
import type { DestinationStatus } from "../../model/control.ts";
import { timeOrNull } from "../schema.ts";
import { formatTime, formatTimeOrNull } from "../../support/time.ts";

export type DestinationStatusView = {
  readonly destination: string;
  readonly destinationId: string;
  readonly status: DestinationStatus["status"];
  readonly reason: string | null;
  readonly since: string | null;
  readonly circuit: DestinationStatus["circuit"];
  readonly nextProbeAt: string | null;
  readonly inFlight: number;
  readonly concurrency: number;
  readonly waiting: number;
  readonly retrying: number;
};

export const destinationStatusSchema: z.ZodType<DestinationStatusView> = z
  .object({
    destination: z.string(),
    destinationId: z.string(),
    status: z
      .enum(["active", "paused", "suspended"])
      .describe("paused: by a person. suspended: by a 410 or by policy. Both hold deliveries."),
    reason: z.string().nullable(),
    since: timeOrNull.describe("Since when; null: always."),
    circuit: z
      .enum(["closed", "open", "probing"])
      .describe("open: it fails, so attempts wait. probing: one event tries whether it is back."),
    nextProbeAt: timeOrNull,
    inFlight: z.int().describe("Attempts being made."),
    concurrency: z.int().describe("How many may be made at once, as adapted."),
    waiting: z.int().describe("First attempts not yet made, as far as counted."),
    retrying: z.int().describe("Deliveries that wait for a retry."),
  })
  .openapi("DestinationStatus");

export function destinationStatusView(
  destination: { readonly name: string; readonly id: string },
  status: DestinationStatus,
): DestinationStatusView {
  return {
    destination: destination.name,
    destinationId: destination.id,
    status: status.status,
    reason: status.reason ?? null,
    since: status.sinceMs === 0 ? null : formatTime(status.sinceMs),
    circuit: status.circuit,
    nextProbeAt: formatTimeOrNull(status.nextProbeAtMs),
    inFlight: status.inFlight,
    concurrency: status.concurrency,
    waiting: status.waiting,
    retrying: status.retrying,
  };
}
