/** Deliveries: what is owed to destinations, and the two things a person can do about one. */
import { z } from "@hono/zod-openapi";
import { RingdownError } from "../../errors/ringdown-error.ts";
import { parseDeliveryId } from "../../model/ids.ts";
import type { RequestSummary } from "../../storage/storage.ts";
import { attemptItemSchema } from "../attempts/schema.ts";
import { attemptItem } from "../attempts/view.ts";
import { type ApiContext, filterNo, quoted } from "../context.ts";
import { defined } from "../defined.ts";
import { readSummary } from "../facts.ts";
import { operation, type Operation } from "../operation.ts";
import { listCall, slicePage } from "../paging.ts";
import { findSummary } from "../requests/find.ts";
import { listParam, type Page, pageOf, paging } from "../schema.ts";
import { type Derived, deriveDeliveries, fromRow, sameDelivery } from "./derive.ts";
import { type DeliveryPosition, findDelivery, readDeliveryPage } from "./list.ts";
import { type DeliveryItem, deliveryItemSchema, SHOWN_STATES } from "./schema.ts";
import { deliveryItem } from "./view.ts";

const TAG = "deliveries";

const LIST_DESCRIPTION = `Without filters: what is owed for the newest events, event by event, including
deliveries that succeeded at once. \`state=dead\` and \`state=cancelled\` come straight from their records.
\`state=pending\`, \`delivering\` and \`held\` show what waits for a retry first, then what waits for its first
attempt. A page looks at a bounded number of events, so it may be short, even empty, and still have a
\`nextCursor\`: go on until it is null.`;

const query = z.strictObject({
  destination: z.string().optional().openapi({ description: "Name or id." }),
  state: listParam(SHOWN_STATES, "How far it has got."),
  event: z.string().optional().openapi({ description: "`evt_…`: everything owed for it." }),
  replay: z.string().optional().openapi({ description: "`op_…`: what the replay made." }),
  ...paging,
});
type DeliveryQuery = z.output<typeof query>;

const params = z.strictObject({ id: z.string().openapi({ description: "`dlv_…`" }) });
const one = { description: "The delivery.", schema: deliveryItemSchema };

export function deliveryOperations(context: ApiContext): readonly Operation[] {
  return [
    listDeliveries(context),
    getDelivery(context),
    listDeliveryAttempts(context),
    retryDelivery(context),
    cancelDelivery(context),
  ];
}

function listDeliveries(context: ApiContext): Operation {
  return operation({
    method: "get",
    path: "/api/v1/deliveries",
    id: "listDeliveries",
    tag: TAG,
    summary: "List deliveries, newest event first",
    description: LIST_DESCRIPTION,
    query,
    errors: ["invalid_cursor"],
    answer: {
      status: 200,
      description: "Deliveries.",
      schema: pageOf(deliveryItemSchema, "DeliveryItem"),
    },
    handle: ({ query }) =>
      query.event === undefined
        ? pageOfAll(context, query)
        : pageOfEvent(context, query, query.event),
  });
}

function getDelivery(context: ApiContext): Operation {
  return operation({
    method: "get",
    path: "/api/v1/deliveries/{id}",
    id: "getDelivery",
    tag: TAG,
    summary: "Show one delivery",
    params,
    answer: { status: 200, ...one },
    handle: async ({ params: { id } }) => deliveryItem(context, await find(context, id)),
  });
}

function listDeliveryAttempts(context: ApiContext): Operation {
  return operation({
    method: "get",
    path: "/api/v1/deliveries/{id}/attempts",
    id: "listDeliveryAttempts",
    tag: TAG,
    summary: "List the attempts made for a delivery, oldest first",
    params,
    query: z.strictObject(paging),
    errors: ["invalid_cursor"],
    answer: {
      status: 200,
      description: "Its attempts.",
      schema: pageOf(attemptItemSchema, "AttemptItem"),
    },
    async handle({ params: { id }, query }) {
      const { event, key } = await find(context, id);
      const attempts = await context.deps.storage.readAttempts(event.sequence);
      return slicePage(context, listCall(`attempts of ${id}`, query), {
        items: attempts.filter((attempt) => sameDelivery(attempt, key)),
        growsAt: "end",
        view: (attempt) => attemptItem(context, event, attempt),
      });
    },
  });
}

function retryDelivery(context: ApiContext): Operation {
  return operation({
    method: "post",
    path: "/api/v1/deliveries/{id}/retry",
    id: "retryDelivery",
    tag: TAG,
    summary: "Attempt a pending or dead delivery now",
    params,
    errors: ["state_conflict"],
    answer: { status: 200, ...one },
    async handle({ params: { id } }) {
      const { event, key } = await find(context, id);
      return deliveryItem(context, fromRow(context, event, await context.deps.control.retry(key)));
    },
  });
}

function cancelDelivery(context: ApiContext): Operation {
  return operation({
    method: "post",
    path: "/api/v1/deliveries/{id}/cancel",
    id: "cancelDelivery",
    tag: TAG,
    summary: "End a pending or dead delivery",
    params,
    errors: ["state_conflict"],
    answer: { status: 200, ...one },
    async handle({ params: { id } }) {
      const { event, key } = await find(context, id);
      return deliveryItem(context, fromRow(context, event, await context.deps.control.cancel(key)));
    },
  });
}

async function pageOfEvent(
  context: ApiContext,
  query: DeliveryQuery,
  eventId: string,
): Promise<Page<DeliveryItem>> {
  const event = await findSummary(context, "evt", eventId);
  const destinationNo = filterNo(context, "destinations", query.destination);
  const deliveries = (await deriveDeliveries(context, event)).filter(
    ({ key, state, row }) =>
      (destinationNo === undefined || key.destinationNo === destinationNo) &&
      (query.state === undefined || query.state.includes(state)) &&
      (query.replay === undefined || row?.replayId === query.replay),
  );
  return slicePage(context, listCall("deliveries", query), {
    items: deliveries,
    growsAt: "end",
    view: (delivery) => deliveryItem(context, delivery),
  });
}

async function pageOfAll(context: ApiContext, query: DeliveryQuery): Promise<Page<DeliveryItem>> {
  const { list, limit, cursor } = listCall("deliveries", query);
  const filter = defined({
    destinationNo: filterNo(context, "destinations", query.destination),
    states: query.state,
    replayId: query.replay,
  });
  const from = cursor === undefined ? undefined : positionOf(context.cursors.decode(list, cursor));
  const page = await readDeliveryPage(context, filter, { limit, ...defined({ from }) });
  return {
    data: page.deliveries.map((item) => deliveryItem(context, item)),
    nextCursor: page.next === undefined ? null : context.cursors.encode(list, numbersOf(page.next)),
  };
}

function numbersOf({ walk, after }: DeliveryPosition): readonly number[] {
  const walkNo = walk === "rows" ? 0 : 1;
  return after === undefined
    ? [walkNo]
    : [walkNo, after.sequence, after.destinationNo, after.ordinal];
}

function positionOf(numbers: readonly number[]): DeliveryPosition {
  const [walkNo, sequence, destinationNo, ordinal] = numbers;
  const walk = walkNo === 0 ? "rows" : "events";
  if (sequence === undefined || destinationNo === undefined || ordinal === undefined) {
    return { walk };
  }
  return { walk, after: { sequence, destinationNo, ordinal } };
}

/** @throws not_found */
async function find(context: ApiContext, id: string): Promise<Derived> {
  const address = parseDeliveryId("dlv", id);
  if (address !== undefined && address.attemptNumber === 0) {
    const event = await readSummary(context.deps.storage, address.sequence);
    if (isEventOf(event, address)) {
      const found = await findDelivery(context, event, address);
      if (found !== undefined) return found;
    }
  }
  throw new RingdownError("not_found", `There is no delivery ${quoted(id)}.`);
}

function isEventOf(
  event: RequestSummary | undefined,
  address: { readonly timeMs: number },
): event is RequestSummary {
  return event?.outcome === "accepted" && event.receivedAtMs === address.timeMs;
}
