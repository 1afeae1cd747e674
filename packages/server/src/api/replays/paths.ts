/** Replays: new deliveries from stored events, with a count beforehand, a pace and a way to stop. */
import { z } from "@hono/zod-openapi";
import { RingdownError } from "../../errors/ringdown-error.ts";
import type { ReplayAim, ReplayFilter, ReplaySelection, ReplaySpec } from "../../model/replay.ts";
import { type ApiContext, filterNo, quoted } from "../context.ts";
import { defined } from "../defined.ts";
import { operation, type Operation } from "../operation.ts";
import { listCall, slicePage } from "../paging.ts";
import { findSummary } from "../requests/find.ts";
import { pageOf, paging, timeParam } from "../schema.ts";
import { replayPlanSchema, replayPlanView, replaySchema, replayView } from "./schema.ts";

const TAG = "replays";
/** More than this many events are selected by a filter. */
const EVENT_LIMIT = 1000;

const body = z
  .strictObject({
    events: z
      .array(z.string())
      .min(1)
      .max(EVENT_LIMIT)
      .optional()
      .openapi({ description: "Ids of events (`evt_…`)." }),
    filter: z
      .strictObject({
        source: z.string().optional(),
        eventType: z.string().optional(),
        from: timeParam("Received at or after."),
        to: timeParam("Received before."),
        unmatched: z
          .literal(true)
          .optional()
          .openapi({ description: "Only events that matched no route." }),
        destination: z
          .string()
          .optional()
          .openapi({ description: "Only events with a delivery to this destination." }),
        deliveryStates: z
          .array(z.enum(["dead", "cancelled", "delivered"]))
          .min(1)
          .optional()
          .openapi({ description: "Only deliveries in one of these states are made again." }),
      })
      .optional()
      .openapi({ description: "Every event that fits; `{}` fits all." }),
    destination: z
      .string()
      .optional()
      .openapi({ description: "Lead to this destination, whatever the routes say." }),
    routes: z.enum(["original", "current"]).default("original").openapi({
      description:
        "original: where each event was routed when it came. current: where today's routes lead.",
    }),
    ratePerSecond: z
      .number()
      .positive()
      .max(10_000)
      .optional()
      .openapi({ description: "New deliveries per second; default: as fast as they are taken." }),
    dryRun: z.boolean().default(false).openapi({ description: "Only count what would be done." }),
  })
  .openapi("NewReplay");
type NewReplay = z.output<typeof body>;

const params = z.strictObject({ id: z.string().openapi({ description: "`op_…`" }) });

export function replayOperations(context: ApiContext): readonly Operation[] {
  return [createReplay(context), listReplays(context), getReplay(context), cancelReplay(context)];
}

function createReplay(context: ApiContext): Operation {
  return operation({
    method: "post",
    path: "/api/v1/replays",
    id: "createReplay",
    tag: TAG,
    summary: "Replay stored events",
    description:
      "Either `events` or `filter` selects them. The replay goes on in the background; with `dryRun` nothing is done and only the counts are answered.",
    body,
    errors: ["not_found", "state_conflict"],
    answer: {
      status: 201,
      description: "The replay, or with `dryRun` what it would do.",
      schema: z.union([replaySchema, replayPlanSchema]),
    },
    async handle({ body: given }) {
      const spec = await specOf(context, given);
      return given.dryRun
        ? replayPlanView(await context.deps.replays.plan(spec))
        : replayView(await context.deps.replays.create(spec));
    },
  });
}

function listReplays(context: ApiContext): Operation {
  return operation({
    method: "get",
    path: "/api/v1/replays",
    id: "listReplays",
    tag: TAG,
    summary: "List replays, newest first",
    query: z.strictObject(paging),
    errors: ["invalid_cursor"],
    answer: { status: 200, description: "Replays.", schema: pageOf(replaySchema, "Replay") },
    handle: ({ query }) =>
      slicePage(context, listCall("replays", query), {
        items: context.deps.replays.list(),
        growsAt: "start",
        view: replayView,
      }),
  });
}

function getReplay(context: ApiContext): Operation {
  return operation({
    method: "get",
    path: "/api/v1/replays/{id}",
    id: "getReplay",
    tag: TAG,
    summary: "Show one replay and how far it has got",
    params,
    answer: { status: 200, description: "The replay.", schema: replaySchema },
    handle({ params: { id } }) {
      const replay = context.deps.replays.get(id);
      if (replay === undefined) {
        throw new RingdownError("not_found", `There is no replay ${quoted(id)}.`);
      }
      return replayView(replay);
    },
  });
}

function cancelReplay(context: ApiContext): Operation {
  return operation({
    method: "post",
    path: "/api/v1/replays/{id}/cancel",
    id: "cancelReplay",
    tag: TAG,
    summary: "Make no further deliveries",
    description: "What it has made so far stays; cancel those deliveries by themselves.",
    params,
    errors: ["state_conflict"],
    answer: { status: 200, description: "The replay.", schema: replaySchema },
    handle: async ({ params: { id } }) => replayView(await context.deps.replays.cancel(id)),
  });
}

async function specOf(context: ApiContext, given: NewReplay): Promise<ReplaySpec> {
  const selection = await selectionOf(context, given);
  return {
    selection,
    aim: aimOf(context, given),
    ...defined({ ratePerSecond: given.ratePerSecond }),
  };
}

async function selectionOf(context: ApiContext, given: NewReplay): Promise<ReplaySelection> {
  const { events, filter } = given;
  if (events !== undefined && filter === undefined) {
    const found = await Promise.all(events.map((id) => findSummary(context, "evt", id)));
    const sequences = new Set(found.map(({ sequence }) => sequence));
    return { kind: "events", sequences: [...sequences].toSorted((a, b) => a - b) };
  }
  if (filter !== undefined && events === undefined) {
    return { kind: "filter", filter: filterOf(context, filter) };
  }
  throw new RingdownError("invalid_request", "Give either `events` or `filter`.");
}

function filterOf(context: ApiContext, filter: NonNullable<NewReplay["filter"]>): ReplayFilter {
  return defined({
    sourceNo: filterNo(context, "sources", filter.source),
    eventType: filter.eventType,
    fromMs: filter.from,
    toMs: filter.to,
    unmatched: filter.unmatched,
    hadDestinationNo: filterNo(context, "destinations", filter.destination),
    deliveryStates: filter.deliveryStates,
  });
}

function aimOf(context: ApiContext, { destination, routes }: NewReplay): ReplayAim {
  const destinationNo = filterNo(context, "destinations", destination);
  return destinationNo === undefined ? { kind: routes } : { kind: "destination", destinationNo };
}
