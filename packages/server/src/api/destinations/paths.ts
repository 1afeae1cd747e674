/** Destinations: configured targets, and holding back or letting go what is owed to them (I11). */
import { z } from "@hono/zod-openapi";
import { type ApiContext, resourceOf } from "../context.ts";
import { operation, type Operation } from "../operation.ts";
import { resourceOperations } from "../resources/operations.ts";
import {
  destinationStatusSchema,
  type DestinationStatusView,
  destinationStatusView,
} from "./schema.ts";

const TAG = "destinations";

const params = z.strictObject({ nameOrId: z.string() });
const answer = {
  status: 200,
  description: "The destination's state.",
  schema: destinationStatusSchema,
} as const;

export function destinationOperations(context: ApiContext): readonly Operation[] {
  return [
    ...resourceOperations(context, {
      kind: "destinations",
      one: "destination",
      title: "Destination",
      fields: {},
      fieldsOf: () => ({}),
    }),
    getDestinationStatus(context),
    pauseDestination(context),
    resumeDestination(context),
  ];
}

function statusOf(context: ApiContext, nameOrId: string): DestinationStatusView {
  const destination = resourceOf(context, "destinations", nameOrId);
  return destinationStatusView(destination, context.deps.control.status(destination.no));
}

function getDestinationStatus(context: ApiContext): Operation {
  return operation({
    method: "get",
    path: "/api/v1/destinations/{nameOrId}/status",
    id: "getDestinationStatus",
    tag: TAG,
    summary: "Show how a destination is doing",
    params,
    answer,
    handle: ({ params: { nameOrId } }) => statusOf(context, nameOrId),
  });
}

function pauseDestination(context: ApiContext): Operation {
  return operation({
    method: "post",
    path: "/api/v1/destinations/{nameOrId}/pause",
    id: "pauseDestination",
    tag: TAG,
    summary: "Hold everything for a destination",
    description: "Attempts in flight finish; nothing that waits is lost.",
    params,
    body: z.strictObject({ reason: z.string().max(500).default("") }).openapi("PauseReason"),
    bodyPresence: "optional",
    answer,
    async handle({ params: { nameOrId }, body }) {
      await context.deps.control.pause(resourceOf(context, TAG, nameOrId).no, body.reason);
      return statusOf(context, nameOrId);
    },
  });
}

function resumeDestination(context: ApiContext): Operation {
  return operation({
    method: "post",
    path: "/api/v1/destinations/{nameOrId}/resume",
    id: "resumeDestination",
    tag: TAG,
    summary: "Go on with a paused or suspended destination",
    description: "Oldest first, starting slowly.",
    params,
    answer,
    async handle({ params: { nameOrId } }) {
      await context.deps.control.resume(resourceOf(context, TAG, nameOrId).no);
      return statusOf(context, nameOrId);
    },
  });
}
