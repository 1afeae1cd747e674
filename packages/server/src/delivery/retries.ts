/**
 * Deliveries that have a row and are due: retries, replays, what was put back.
 *
 * A lane knows only the earliest due time among its rows; when that has come it reads a page of what
 * is due, earliest first, and learns the next due time from the first row that is not. So memory does
 * not grow with the number of retries, and one timer serves all of them (support/wake-heap.ts).
 *
 * A row under way, or with a result that is not durable yet, still looks due in the store: rows whose
 * key is busy, or was released while the page was being read, are left alone (`isUntouched`). Whoever
 * releases a key with a due time tells it to `noteDue`.
 */
import type { DeliveryRow } from "../model/delivery.ts";
import type { StoredRequest } from "../model/request.ts";
import { forgetBurst } from "./burst.ts";
import { type Burst, endBurst, prepareEnding, readBursts } from "./burst-end.ts";
import { type Engine, isDue, isOpen, isUntouched, LOOK_AGAIN_MS, noteDue } from "./engine.ts";
import { keyNumber, type Lane, sizeOf, type Work } from "./lane.ts";
import { withoutBurst } from "./order-key.ts";
import { mayRead, readRowsFor } from "./reads.ts";

/** Bodies are read with the rows: a page is what can be started soon. */
const PAGE_ROWS = 16;
const END_OF_TIME_MS = Number.MAX_SAFE_INTEGER;

type DuePage = {
  readonly rows: readonly DeliveryRow[];
  /** There may be more rows than these. */
  readonly isFull: boolean;
  /** Those among the rows that are to be made work. */
  readonly due: ReadonlySet<DeliveryRow>;
  /** Of those that waited for their burst to end. */
  readonly bursts: readonly Burst[];
  readonly ending: "ready" | "not_yet";
  readonly events: ReadonlyMap<number, StoredRequest>;
};

/** Reads what is due, if anything is and nothing that was read is left. */
export function loadDue(engine: Engine, lane: Lane): void {
  const { retries } = lane;
  if (retries.nextDueAtMs > engine.nowMs() || !isOpen(engine, lane)) return;
  if (retries.reading || retries.loaded.length > 0) return;
  if (!mayRead(engine, lane)) return;

  const dueAtMs = retries.nextDueAtMs;
  retries.reading = true;
  // From here on others note what becomes due; the page says what was.
  retries.nextDueAtMs = Number.POSITIVE_INFINITY;
  readRowsFor(engine, lane, {
    ask: () => readPage(engine, lane),
    onAnswer: (page) => takePage(engine, lane, page),
    onEnd(answer) {
      retries.reading = false;
      if (lane.bursts !== undefined) lane.bursts.ending = false;
      if (answer === "void") noteDue(engine, lane, dueAtMs);
    },
  });
}

async function readPage(engine: Engine, lane: Lane): Promise<DuePage> {
  const { storage } = engine.deps;
  const ending = await prepareEnding(engine, lane);
  // Busy rows may all still look due: look past them.
  const limit = PAGE_ROWS + lane.busy.size + 1;
  const rows = await storage.readDue({
    destinationNo: lane.destinationNo,
    dueBeforeMs: END_OF_TIME_MS,
    limit,
  });
  const due = rows
    .filter((row) => isUntouched(lane, keyNumber(row.sequence, row.ordinal)))
    .filter((row) => isDue(lane, row.dueAtMs ?? 0, engine.nowMs()))
    .slice(0, PAGE_ROWS);
  const bursts = await readBursts(engine, lane, due);
  const made = [
    ...due.filter((row) => row.burstSinceMs === undefined),
    ...bursts.flatMap(({ rows: waiting }) => waiting.slice(-1)),
  ];
  const events = await storage.readRequests([...new Set(made.map((row) => row.sequence))]);
  return {
    rows,
    isFull: rows.length === limit,
    due: new Set(due),
    bursts,
    ending,
    events: new Map(events.map((event) => [event.sequence, event])),
  };
}

/** Every row that nobody acts on either becomes work, or tells when to look again. */
function takePage(engine: Engine, lane: Lane, page: DuePage): void {
  const works: Work[] = [];
  let isEndSeen = !page.isFull;
  for (const row of page.rows) {
    if (!isUntouched(lane, keyNumber(row.sequence, row.ordinal))) continue;
    const event = page.events.get(row.sequence);
    if (!page.due.has(row)) {
      noteDue(engine, lane, row.dueAtMs ?? END_OF_TIME_MS);
      isEndSeen = true;
    } else if (row.burstSinceMs !== undefined) continue;
    else if (event === undefined) endWithoutEvent(engine, row);
    else works.push(toWork(row, event));
  }
  for (const row of endBursts(engine, lane, page)) {
    const event = page.events.get(row.sequence);
    if (event === undefined) endWithoutEvent(engine, row);
    else works.push(toWork(row, event));
  }
  // Others acted on more rows than expected: what is behind them has not been seen.
  if (!isEndSeen) noteDue(engine, lane, engine.nowMs() + LOOK_AGAIN_MS);

  // Earliest due first is how they are found; oldest event first is how they are made (I11).
  works.sort((left, right) => left.event.sequence - right.event.sequence);
  for (const work of works) {
    lane.retries.loaded.push(work);
    lane.retries.loadedBytes += sizeOf(work.event);
    engine.queuedBytes += sizeOf(work.event);
  }
}

/** What is to be attempted of them. */
function endBursts(engine: Engine, lane: Lane, { bursts, ending }: DuePage): DeliveryRow[] {
  if (bursts.length === 0) return [];
  if (ending === "not_yet") {
    noteDue(engine, lane, engine.nowMs() + LOOK_AGAIN_MS);
    return [];
  }
  return bursts.flatMap((burst) => endBurst(engine, lane, burst) ?? []);
}

/** The event is no longer in the store: nothing can be sent. */
export function endWithoutEvent(engine: Engine, row: DeliveryRow): void {
  const { dueAtMs: _, manual: __, ...rest } = withoutBurst(row);
  const ended = { state: "dead", cause: "invalid_request", updatedAtMs: engine.nowMs() } as const;
  engine.recorder.addRow({ ...rest, ...ended });
}

export function toWork(row: DeliveryRow, event: StoredRequest): Work {
  const orderKey = row.burstSinceMs === undefined ? row.orderKey : undefined;
  return { event, ordinal: row.ordinal, row, position: -1, orderKey };
}

/** The next row that is due, out of the list. */
export function shiftDue(engine: Engine, lane: Lane): Work | undefined {
  const work = lane.retries.loaded.shift();
  if (work === undefined) return undefined;
  lane.retries.loadedBytes -= sizeOf(work.event);
  engine.queuedBytes -= sizeOf(work.event);
  if (work.row?.burstSinceMs !== undefined) forgetBurst(lane, work.row);
  return work;
}

/** Lets go of the rows in memory: they are still due, and are read again when the lane goes on. */
export function dropDue(engine: Engine, lane: Lane): void {
  const { retries } = lane;
  if (retries.loaded.length > 0) noteDue(engine, lane, engine.nowMs());
  engine.queuedBytes -= retries.loadedBytes;
  retries.loadedBytes = 0;
  retries.loaded.clear();
}
