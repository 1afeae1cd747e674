/**
 * What happened since a position of the stream, read from the store.
 *
 * A position is the sequence of the last request and the record of the last attempt that were
 * looked at; `<sequence>.<record>` is the id of a stream item and what `Last-Event-ID` brings back.
 * Requests and attempts are two orders, not one: within each nothing is skipped or repeated.
 */
import { RingdownError } from "../../errors/ringdown-error.ts";
import { attemptItem } from "../attempts/view.ts";
import type { ApiContext } from "../context.ts";
import { defined } from "../defined.ts";
import { requestItem } from "../requests/view.ts";

export type StreamPosition = { readonly sequence: number; readonly record: number };

export type StreamFilter = {
  readonly types: readonly StreamType[];
  readonly sourceNo?: number;
  readonly destinationNo?: number;
  readonly eventType?: string;
};
export type StreamType = "request" | "attempt";

export type StreamItem = {
  readonly type: StreamType;
  readonly position: StreamPosition;
  readonly data: object;
};

export type StreamBatch = {
  readonly items: readonly StreamItem[];
  /** Everything up to here was looked at. */
  readonly position: StreamPosition;
  /** More is known to follow. */
  readonly rest: "some" | "none";
};

/** Of each type, in one batch: what a client may have to be kept in memory for (I10). */
const BATCH_ITEMS = 100;
const POSITION = /^(\d{1,15})\.(\d{1,15})$/;

export function formatPosition({ sequence, record }: StreamPosition): string {
  return `${String(sequence)}.${String(record)}`;
}

/** The end of what is durable now. */
export async function readHead({ deps }: ApiContext): Promise<StreamPosition> {
  const [requests, attempts] = await Promise.all([
    deps.storage.listRequests({ limit: 1 }),
    deps.storage.listAttempts({ limit: 1 }),
  ]);
  return {
    sequence: requests.requests[0]?.sequence ?? 0,
    record: attempts.attempts[0]?.record ?? 0,
  };
}

/** Where a client goes on. @throws invalid_cursor for a position of another store */
export function resumePosition(lastEventId: string, head: StreamPosition): StreamPosition {
  const [, sequence, record] = POSITION.exec(lastEventId) ?? [];
  const position = { sequence: Number(sequence), record: Number(record) };
  // Not a number compares as false.
  if (position.sequence <= head.sequence && position.record <= head.record) return position;
  throw new RingdownError("invalid_cursor", "Last-Event-ID is not a position of this stream.");
}

/** What follows `from`, up to what is durable now. */
export async function readBatch(
  context: ApiContext,
  filter: StreamFilter,
  from: StreamPosition,
): Promise<StreamBatch> {
  const head = await readHead(context);
  const requests = await readRequests(context, filter, { from, head });
  const after = { ...from, sequence: requests.upTo };
  const attempts = await readAttempts(context, filter, { from: after, head });
  return {
    items: [...requests.items, ...attempts.items],
    position: { ...after, record: attempts.upTo },
    rest: requests.rest === "some" ? "some" : attempts.rest,
  };
}

type Range = { readonly from: StreamPosition; readonly head: StreamPosition };
type Part = {
  readonly items: readonly StreamItem[];
  readonly upTo: number;
  readonly rest: StreamBatch["rest"];
};

function nothingUpTo(upTo: number): Part {
  return { items: [], upTo, rest: "none" };
}

async function readRequests(
  context: ApiContext,
  filter: StreamFilter,
  { from, head }: Range,
): Promise<Part> {
  const { sourceNo, destinationNo, eventType } = filter;
  if (!filter.types.includes("request")) return nothingUpTo(from.sequence);
  const { requests, nextSequence } = await context.deps.storage.listRequests({
    ...defined({ sourceNo, destinationNo, eventType }),
    afterSequence: from.sequence,
    beforeSequence: head.sequence + 1,
    ascending: true,
    limit: BATCH_ITEMS,
  });
  const items = requests.map(async (summary): Promise<StreamItem> => {
    const data = await requestItem(context, summary);
    return { type: "request", position: { ...from, sequence: summary.sequence }, data };
  });
  return {
    items: await Promise.all(items),
    upTo: nextSequence ?? Math.max(from.sequence, head.sequence),
    rest: nextSequence === undefined ? "none" : "some",
  };
}

async function readAttempts(
  context: ApiContext,
  filter: StreamFilter,
  { from, head }: Range,
): Promise<Part> {
  if (!filter.types.includes("attempt")) return nothingUpTo(from.record);
  const { attempts, nextRecord } = await context.deps.storage.listAttempts({
    ...defined({ destinationNo: filter.destinationNo }),
    fromRecord: from.record,
    ascending: true,
    limit: BATCH_ITEMS,
  });
  const items = attempts.map(async ({ record, attempt }): Promise<StreamItem[]> => {
    const event = await context.facts.of(attempt.sequence);
    if (event === undefined) return [];
    if (filter.sourceNo !== undefined && event.sourceNo !== filter.sourceNo) return [];
    if (filter.eventType !== undefined && event.eventType !== filter.eventType) return [];
    const data = attemptItem(context, event, attempt);
    return [{ type: "attempt", position: { ...from, record }, data }];
  });
  const lastRecord = attempts.at(-1)?.record ?? from.record;
  return {
    items: (await Promise.all(items)).flat(),
    upTo: nextRecord ?? Math.max(lastRecord, head.record),
    rest: nextRecord === undefined ? "none" : "some",
  };
}
