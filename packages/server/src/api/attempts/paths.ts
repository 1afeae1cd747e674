/** Attempts: every exchange that was made with a destination, and what it answered. */
import { z } from "@hono/zod-openapi";
import { RingdownError } from "../../errors/ringdown-error.ts";
import { parseDeliveryId } from "../../model/ids.ts";
import { type ApiContext, filterNo, quoted } from "../context.ts";
import { defined } from "../defined.ts";
import { operation, type Operation } from "../operation.ts";
import { listCall, readPage } from "../paging.ts";
import { pageOf, paging } from "../schema.ts";
import { attemptDetailSchema, attemptItemSchema, type AttemptDetail } from "./schema.ts";
import { attemptDetail, attemptItemOf } from "./view.ts";

const TAG = "attempts";

export function attemptOperations(context: ApiContext): readonly Operation[] {
  return [listAttempts(context), getAttempt(context)];
}

function listAttempts(context: ApiContext): Operation {
  return operation({
    method: "get",
    path: "/api/v1/attempts",
    id: "listAttempts",
    tag: TAG,
    summary: "List attempts, newest first",
    query: z.strictObject({
      destination: z.string().optional().openapi({ description: "Name or id." }),
      outcome: z.enum(["success", "failure"]).optional(),
      ...paging,
    }),
    errors: ["invalid_cursor"],
    answer: {
      status: 200,
      description: "Attempts without the answers they got.",
      schema: pageOf(attemptItemSchema, "AttemptItem"),
    },
    async handle({ query }) {
      const filters = defined({
        destinationNo: filterNo(context, "destinations", query.destination),
        outcome: query.outcome,
      });
      const page = await readPage(context, listCall("attempts", query), {
        read: async (position, limit) => {
          const from = defined({ fromRecord: position });
          const { attempts, nextRecord } = await context.deps.storage.listAttempts({
            ...filters,
            ...from,
            limit,
          });
          return { items: attempts, ...defined({ next: nextRecord }) };
        },
        view: ({ attempt }) => attemptItemOf(context, attempt),
      });
      return { ...page, data: page.data.filter((item) => item !== undefined) };
    },
  });
}

function getAttempt(context: ApiContext): Operation {
  return operation({
    method: "get",
    path: "/api/v1/attempts/{id}",
    id: "getAttempt",
    tag: TAG,
    summary: "Show one attempt, with the answer it got",
    params: z.strictObject({ id: z.string().openapi({ description: "`att_…`" }) }),
    answer: {
      status: 200,
      description: "The attempt and what was kept of the answer.",
      schema: attemptDetailSchema,
    },
    handle: ({ params: { id } }) => findAttempt(context, id),
  });
}

async function findAttempt(context: ApiContext, id: string): Promise<AttemptDetail> {
  const address = parseDeliveryId("att", id);
  const event = address === undefined ? undefined : await context.facts.of(address.sequence);
  if (address !== undefined && event !== undefined && event.receivedAtMs === address.timeMs) {
    const attempts = await context.deps.storage.readAttempts(address.sequence);
    const attempt = attempts.find(
      ({ destinationNo, ordinal, number }) =>
        destinationNo === address.destinationNo &&
        ordinal === address.ordinal &&
        number === address.attemptNumber,
    );
    if (attempt !== undefined) return attemptDetail(context, event, attempt);
  }
  throw new RingdownError("not_found", `There is no attempt ${quoted(id)}.`);
}
