/**
 * Lists deliveries, though most have no row to list.
 *
 * By rows: `dead` and `cancelled` deliveries always have one, and so do those of a replay.
 * By events: what is delivered or waits for its first attempt is implied by its event, so the
 * newest events are walked and what each is owed is derived; replays that led to a destination
 * their event was never routed to have rows only and are merged in. What waits for a retry may be
 * much older than what waits for its first attempt, so a list of waiting ones shows rows first.
 *
 * Within one walk the order is newest event first. A page looks at a bounded number of events: it
 * may be short, even empty, and still have a next one.
 */
import type { DeliveryKey, DeliveryState, ShownDeliveryState } from "../../model/delivery.ts";
import type { DeliveryRowQuery, RequestSummary } from "../../storage/storage.ts";
import type { ApiContext } from "../context.ts";
import { defined } from "../defined.ts";
import { readSummary } from "../facts.ts";
import { compareKeys, type Derived, deriveDeliveries, fromRow, sameDelivery } from "./derive.ts";

export type DeliveryFilter = {
  readonly destinationNo?: number;
  readonly states?: readonly ShownDeliveryState[];
  readonly replayId?: string;
};

/** `rows` or `events`: which walk goes on, after which delivery. */
export type DeliveryPosition = { readonly walk: Walk; readonly after?: DeliveryKey };
type Walk = "rows" | "events";

export type DeliveryPage = {
  readonly deliveries: readonly Derived[];
  readonly next?: DeliveryPosition;
};

const WAITING: ReadonlySet<ShownDeliveryState> = new Set(["pending", "delivering", "held"]);
const WITH_ROWS: ReadonlySet<ShownDeliveryState> = new Set(["dead", "cancelled"]);

/**
 * Events looked at in one read, and reads for one page. The first read takes only as many as the
 * page has room for, which is enough when most of what is looked at fits the filter.
 */
const EVENTS_PER_READ = 200;
const READS_PER_PAGE = 5;
/** One event has at most 256 rows for a destination: more of them reach a second event. */
const ROWS_PER_READ = 300;

export async function readDeliveryPage(
  context: ApiContext,
  filter: DeliveryFilter,
  page: { readonly from?: DeliveryPosition; readonly limit: number },
): Promise<DeliveryPage> {
  const walks = walksFor(filter);
  const from = page.from ?? { walk: walks[0] };
  const walk = walks.indexOf(from.walk) === -1 ? walks[0] : from.walk;
  const walked = await walkOnce(context, filter, { walk, after: from.after, limit: page.limit });
  if (walked.next !== undefined)
    return { deliveries: walked.found, next: { walk, after: walked.next } };
  const following = walks[walks.indexOf(walk) + 1];
  return {
    deliveries: walked.found,
    ...(following === undefined ? {} : { next: { walk: following } }),
  };
}

/** Which walks find everything that the filter asks for, without finding anything twice. */
function walksFor({ states, replayId }: DeliveryFilter): readonly [Walk, ...Walk[]] {
  if (replayId !== undefined) return ["rows"];
  if (states === undefined || states.includes("delivered")) return ["events"];
  return states.every((state) => WITH_ROWS.has(state)) ? ["rows"] : ["rows", "events"];
}

type WalkCall = {
  readonly walk: Walk;
  readonly after: DeliveryKey | undefined;
  readonly limit: number;
};
/** `next`: the last delivery looked at, when there may be more. */
type Walked = { readonly found: readonly Derived[]; readonly next?: DeliveryKey };

async function walkOnce(
  context: ApiContext,
  filter: DeliveryFilter,
  call: WalkCall,
): Promise<Walked> {
  if (call.walk === "rows") return walkRows(context, filter, call);
  const rowsWereShown = walksFor(filter).includes("rows");
  return walkEvents(context, call, {
    filter,
    keep: (delivery) =>
      (!rowsWereShown || delivery.row === undefined) &&
      (filter.destinationNo === undefined || delivery.key.destinationNo === filter.destinationNo) &&
      (filter.states === undefined || filter.states.includes(delivery.state)),
  });
}

async function walkRows(
  context: ApiContext,
  filter: DeliveryFilter,
  { after, limit }: WalkCall,
): Promise<Walked> {
  const query: DeliveryRowQuery = {
    ...defined({
      destinationNo: filter.destinationNo,
      replayId: filter.replayId,
      states: filter.states === undefined ? undefined : storedStates(filter.states),
      before: after,
    }),
    limit: limit + 1,
  };
  const rows = await context.deps.storage.listDeliveryRows(query);
  const page = rows.slice(0, limit);
  const derived = await Promise.all(
    page.map(async (row) => {
      const event = await readSummary(context.deps.storage, row.sequence);
      return event === undefined ? [] : [fromRow(context, event, row)];
    }),
  );
  const found = derived
    .flat()
    .filter(({ state }) => filter.states === undefined || filter.states.includes(state));
  const last = page.at(-1);
  return rows.length > limit && last !== undefined ? { found, next: keyOf(last) } : { found };
}

function storedStates(states: readonly ShownDeliveryState[]): readonly DeliveryState[] {
  const stored = states.map((state) => (isWaiting(state) ? "pending" : state));
  return [...new Set(stored)];
}

function isWaiting(state: ShownDeliveryState): state is "pending" | "delivering" | "held" {
  return WAITING.has(state);
}

type Selection = { readonly filter: DeliveryFilter; keep(delivery: Derived): boolean };

async function walkEvents(
  context: ApiContext,
  { after, limit }: WalkCall,
  { filter, keep }: Selection,
): Promise<Walked> {
  const found: Derived[] = [];
  let before = after;
  for (let reads = 0; reads < READS_PER_PAGE; reads++) {
    const limits = { before, limit: reads === 0 ? limit + 1 : EVENTS_PER_READ };
    const { events, downTo } = await readEvents(context, filter, limits);
    const derived = await Promise.all(events.map((event) => deriveDeliveries(context, event)));
    const newestFirst = derived.flat().toSorted((a, b) => compareKeys(b.key, a.key));
    for (const delivery of newestFirst) {
      if (before !== undefined && compareKeys(delivery.key, before) >= 0) continue;
      if (!keep(delivery)) continue;
      const last = found.at(-1);
      if (found.length === limit && last !== undefined) return { found, next: last.key };
      found.push(delivery);
    }
    if (downTo === undefined) return { found };
    before = { sequence: downTo, destinationNo: 0, ordinal: 0 };
  }
  return before === undefined ? { found } : { found, next: before };
}

/**
 * The next events, newest first, whose deliveries are to be derived: everything with a sequence of
 * at least `downTo` is among them, or everything there is when that is absent.
 */
async function readEvents(
  { deps }: ApiContext,
  { destinationNo }: DeliveryFilter,
  { before, limit }: { readonly before: DeliveryKey | undefined; readonly limit: number },
): Promise<{ readonly events: readonly RequestSummary[]; readonly downTo?: number }> {
  const page = await deps.storage.listRequests({
    outcomes: ["accepted"],
    limit,
    // The event of the last delivery shown may be owed more.
    ...defined({
      destinationNo,
      beforeSequence: before === undefined ? undefined : before.sequence + 1,
    }),
  });
  const routedDownTo = page.nextSequence ?? 0;
  if (destinationNo === undefined) return withEnd(page.requests, routedDownTo);

  const rows = await deps.storage.listDeliveryRows({
    destinationNo,
    limit: ROWS_PER_READ,
    ...defined({ before }),
  });
  const rowsDownTo = rows.length < ROWS_PER_READ ? 0 : (rows.at(-1)?.sequence ?? 0) + 1;
  const downTo = Math.max(routedDownTo, rowsDownTo);
  const routed = page.requests.filter(({ sequence }) => sequence >= downTo);
  const others = new Set(rows.map(({ sequence }) => sequence)).difference(
    new Set(page.requests.map(({ sequence }) => sequence)),
  );
  const led = await Promise.all(
    [...others].filter((sequence) => sequence >= downTo).map((s) => readSummary(deps.storage, s)),
  );
  return withEnd([...routed, ...led.filter((event) => event !== undefined)], downTo);
}

function withEnd(
  events: readonly RequestSummary[],
  downTo: number,
): { readonly events: readonly RequestSummary[]; readonly downTo?: number } {
  return downTo === 0 ? { events } : { events, downTo };
}

function keyOf({ sequence, destinationNo, ordinal }: DeliveryKey): DeliveryKey {
  return { sequence, destinationNo, ordinal };
}

/** One delivery by its key; undefined when the event is not owed to that destination. */
export async function findDelivery(
  context: ApiContext,
  event: RequestSummary,
  key: DeliveryKey,
): Promise<Derived | undefined> {
  const deliveries = await deriveDeliveries(context, event);
  return deliveries.find((delivery) => sameDelivery(delivery.key, key));
}
