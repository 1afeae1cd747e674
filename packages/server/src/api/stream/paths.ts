/** The live stream as an operation of the API. */
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import { z } from "@hono/zod-openapi";
import { type ApiContext, filterNo } from "../context.ts";
import { defined } from "../defined.ts";
import { operation, type Operation } from "../operation.ts";
import { listParam } from "../schema.ts";
import type { Stream } from "./stream.ts";

const DESCRIPTION = `Server-Sent Events: \`event: request\` and \`event: attempt\` with the same JSON as in the lists,
as soon as they are durable. Begins now; with \`Last-Event-ID\` (the id of the last item seen) it goes on
from there without a gap. A comment comes every 15 seconds. Before the gateway ends a stream it sends
\`event: closing\` with a code; resume as soon as you like.`;

export function streamOperations(context: ApiContext, stream: Stream): readonly Operation[] {
  return [
    operation({
      method: "get",
      path: "/api/v1/stream",
      id: "stream",
      tag: "stream",
      summary: "Follow what happens, as it happens",
      description: DESCRIPTION,
      query: z.strictObject({
        types: listParam(["request", "attempt"], "What to follow."),
        source: z.string().optional().openapi({ description: "Name or id." }),
        destination: z.string().optional().openapi({ description: "Name or id." }),
        eventType: z.string().optional(),
      }),
      errors: ["invalid_cursor", "rate_limited", "shutting_down"],
      answer: { status: 200, description: "The stream.", contentType: "text/event-stream" },
      async handle(call) {
        const { types, source, destination, eventType } = call.query;
        await stream.open(call, {
          types: types ?? ["request", "attempt"],
          ...defined({
            sourceNo: filterNo(context, "sources", source),
            destinationNo: filterNo(context, "destinations", destination),
            eventType,
          }),
        });
        return RESPONSE_ALREADY_SENT;
      },
    }),
  ];
}
