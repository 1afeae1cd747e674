/**
 * Which deliveries a replay would make: walks the selected events from old to new and says, for each,
 * where it would go again. Nothing is changed here; the same walk serves the dry run and the replay.
 *
 * Cost: reads page by page; memory is one page, except for "only dead ones", whose keys are collected
 * first (16 bytes each, at most `ROW_LIMIT`) so that their events can be visited oldest first.
 */
import type { DeliveryRow, DeliveryState } from "../model/delivery.ts";
import type { ReplayFilter, ReplaySpec } from "../model/replay.ts";
import type { StoredRequest } from "../model/request.ts";
import { LIMITS } from "../model/ids.ts";
import { RingdownError } from "../errors/ringdown-error.ts";
import type { RequestSummary, Storage } from "../storage/storage.ts";

export type SelectDeps = {
  readonly storage: Storage;
  /** Whether the destination exists today. */
  readonly hasDestination: (destinationNo: number) => boolean;
  /** Where the routes of today lead for the event. */
  readonly routeToday: (event: StoredRequest) => readonly number[];
};

export type SkipReason = "destination_deleted" | "too_many_replays" | "unmatched" | "already_made";

/** One event's part of a replay. */
export type Selected = {
  readonly sequence: number;
  readonly deliveries: readonly { readonly destinationNo: number; readonly ordinal: number }[];
  readonly skipped: readonly SkipReason[];
};

const PAGE_LIMIT = 200;
const ROW_LIMIT = 1_000_000;

/** `replayId`: deliveries that this replay has made already are skipped, so a restart makes none twice. */
export async function* select(
  deps: SelectDeps,
  spec: ReplaySpec,
  progress: { readonly afterSequence: number; readonly replayId: string },
): AsyncGenerator<Selected> {
  for await (const sequence of sequencesOf(deps, spec, progress.afterSequence)) {
    const selected = await selectEvent(deps, spec, { sequence, replayId: progress.replayId });
    if (selected !== undefined) yield selected;
  }
}

async function* sequencesOf(
  deps: SelectDeps,
  spec: ReplaySpec,
  afterSequence: number,
): AsyncGenerator<number> {
  const { selection } = spec;
  if (selection.kind === "events") {
    const ascending = [...new Set(selection.sequences)].toSorted((left, right) => left - right);
    yield* ascending.filter((sequence) => sequence > afterSequence);
    return;
  }
  const { filter } = selection;
  if (filter.deliveryStates?.every((state) => state !== "delivered") === true) {
    yield* await sequencesByRows(deps.storage, filter, afterSequence);
    return;
  }
  let after: number | undefined = afterSequence;
  while (after !== undefined) {
    const page = await deps.storage.listRequests({
      ...queryOf(filter),
      ascending: true,
      afterSequence: after,
      limit: PAGE_LIMIT,
    });
    yield* page.requests.map((request) => request.sequence);
    after = page.nextSequence;
  }
}

function queryOf(filter: ReplayFilter) {
  return {
    outcomes: ["accepted"] as const,
    ...(filter.sourceNo !== undefined && { sourceNo: filter.sourceNo }),
    ...(filter.eventType !== undefined && { eventType: filter.eventType }),
    ...(filter.fromMs !== undefined && { fromMs: filter.fromMs }),
    ...(filter.toMs !== undefined && { toMs: filter.toMs }),
    ...(filter.unmatched !== undefined && { unmatched: filter.unmatched }),
    ...(filter.hadDestinationNo !== undefined && { destinationNo: filter.hadDestinationNo }),
  };
}

/** Dead and cancelled deliveries have rows: their events are found without looking at all others. */
async function sequencesByRows(
  storage: Storage,
  filter: ReplayFilter,
  afterSequence: number,
): Promise<number[]> {
  const sequences = new Set<number>();
  let before: DeliveryRow | undefined;
  for (;;) {
    const rows: readonly DeliveryRow[] = await storage.listDeliveryRows({
      states: filter.deliveryStates ?? [],
      limit: PAGE_LIMIT,
      ...(filter.hadDestinationNo !== undefined && { destinationNo: filter.hadDestinationNo }),
      ...(before !== undefined && { before }),
    });
    for (const row of rows) if (row.sequence > afterSequence) sequences.add(row.sequence);
    before = rows.at(-1);
    if (before === undefined || before.sequence <= afterSequence) break;
    if (sequences.size > ROW_LIMIT) {
      throw new RingdownError(
        "invalid_request",
        `more than ${ROW_LIMIT} events match; narrow the filter by time or destination`,
      );
    }
  }
  return [...sequences].toSorted((left, right) => left - right);
}

async function selectEvent(
  deps: SelectDeps,
  spec: ReplaySpec,
  { sequence, replayId }: { sequence: number; replayId: string },
): Promise<Selected | undefined> {
  const event = await deps.storage.readRequest(sequence);
  if (event === undefined || event.outcome !== "accepted" || !fits(event, spec)) return undefined;
  const rows = await deps.storage.readDeliveriesOf(sequence);
  const destinations = await destinationsOf(deps, spec, { event, rows });
  if (destinations === undefined) return undefined;
  if (destinations.length === 0) return { sequence, deliveries: [], skipped: ["unmatched"] };
  const deliveries: { destinationNo: number; ordinal: number }[] = [];
  const skipped: SkipReason[] = [];
  for (const destinationNo of destinations) {
    const own = rows.filter((row) => row.destinationNo === destinationNo);
    const ordinal = own.reduce((highest, row) => Math.max(highest, row.ordinal), 0) + 1;
    if (own.some((row) => row.replayId === replayId)) skipped.push("already_made");
    else if (!deps.hasDestination(destinationNo)) skipped.push("destination_deleted");
    else if (ordinal > LIMITS.ordinal) skipped.push("too_many_replays");
    else deliveries.push({ destinationNo, ordinal });
  }
  return { sequence, deliveries, skipped };
}

/** Filters that the walk by rows has not applied. */
function fits(event: StoredRequest | RequestSummary, spec: ReplaySpec): boolean {
  if (spec.selection.kind === "events") return true;
  const { sourceNo, eventType, fromMs, toMs } = spec.selection.filter;
  if (sourceNo !== undefined && event.sourceNo !== sourceNo) return false;
  if (eventType !== undefined && event.eventType !== eventType) return false;
  if (fromMs !== undefined && event.receivedAtMs < fromMs) return false;
  return toMs === undefined || event.receivedAtMs < toMs;
}

/** Where the event goes again; `undefined`: the filter does not want it. */
async function destinationsOf(
  deps: SelectDeps,
  spec: ReplaySpec,
  { event, rows }: { event: StoredRequest; rows: readonly DeliveryRow[] },
): Promise<readonly number[] | undefined> {
  const wanted = await wantedDeliveries(deps.storage, spec, { event, rows });
  if (wanted?.length === 0) return undefined;
  switch (spec.aim.kind) {
    case "destination":
      return [spec.aim.destinationNo];
    case "current":
      return deps.routeToday(event);
    case "original":
      return wanted ?? event.targets.map((target) => target.destinationNo);
  }
}

/** Destinations whose delivery is in one of the states asked for; `undefined` when none is asked for. */
async function wantedDeliveries(
  storage: Storage,
  spec: ReplaySpec,
  { event, rows }: { event: StoredRequest; rows: readonly DeliveryRow[] },
): Promise<readonly number[] | undefined> {
  if (spec.selection.kind === "events") return undefined;
  const { deliveryStates, hadDestinationNo } = spec.selection.filter;
  if (deliveryStates === undefined && hadDestinationNo === undefined) return undefined;
  const states = await latestStates(storage, { event, rows });
  return [...states]
    .filter(([destinationNo, state]) => {
      if (hadDestinationNo !== undefined && destinationNo !== hadDestinationNo) return false;
      return (
        deliveryStates === undefined || (state !== "pending" && deliveryStates.includes(state))
      );
    })
    .map(([destinationNo]) => destinationNo);
}

/** Per destination the state of its latest delivery: a dead one that a replay delivered is no longer dead. */
async function latestStates(
  storage: Storage,
  { event, rows }: { event: StoredRequest; rows: readonly DeliveryRow[] },
): Promise<Map<number, DeliveryState>> {
  const states = new Map<number, DeliveryState>(
    event.targets.map((target) => [target.destinationNo, "pending"]),
  );
  for (const attempt of await storage.readAttempts(event.sequence)) {
    if (attempt.ordinal === 0 && attempt.outcome === "success")
      states.set(attempt.destinationNo, "delivered");
  }
  for (const row of rows.toSorted((left, right) => left.ordinal - right.ordinal))
    states.set(row.destinationNo, row.state);
  return states;
}
