/**
 * The end of a burst: a delivery that waited has come due, and the store says whether it is the
 * newest of its key. It is attempted; all older ones are cancelled as superseded.
 *
 * Only what has been begun is known to the store as a row. Before a lane that was held (paused,
 * behind, restarted) ends a burst, it begins everything that had been accepted when it first wanted
 * to: so of what gathered during a pause the newest wins, and a stream that goes on puts nothing off.
 *
 * Cost: one look at the index of order keys per burst, beside the page of due rows.
 */
import type { DeliveryRow } from "../model/delivery.ts";
import { burstsOf, supersede, writeWaiting } from "./burst.ts";
import { type Engine, isDue, isUntouched, LOOK_AGAIN_MS, noteDue } from "./engine.ts";
import { keyNumber, type Lane } from "./lane.ts";
import { routeNoOf } from "./order-key.ts";

/** Waiting rows of one key looked at together; more are only there after memory was lost. */
const BURST_ROWS = 256;

export type Burst = {
  readonly key: string;
  /** Its waiting rows, oldest first. */
  readonly rows: readonly DeliveryRow[];
  /** Whether there are no more than these. */
  readonly isWhole: boolean;
};

/** The bursts that these rows belong to. */
export async function readBursts(
  engine: Engine,
  lane: Lane,
  due: readonly DeliveryRow[],
): Promise<Burst[]> {
  const waiting = due.filter((row) => row.burstSinceMs !== undefined);
  const bursts: Burst[] = [];
  for (const key of new Set(waiting.map(({ orderKey = "" }) => orderKey))) {
    const { storage } = engine.deps;
    const found = await storage.readOrderKey(lane.destinationNo, key, BURST_ROWS);
    const rows = found.filter((row) => row.burstSinceMs !== undefined);
    bursts.push({ key, rows, isWhole: found.length < BURST_ROWS });
  }
  return bursts;
}

/**
 * Before what is due is read: whether bursts may end now. If so, what has been begun so far is in the
 * store when this resolves, and what is begun from here on leaves alone what has come due.
 */
export async function prepareEnding(engine: Engine, lane: Lane): Promise<"ready" | "not_yet"> {
  if (lane.destination?.debounced !== true) return "ready";
  if (!hasBegunAll(lane)) return "not_yet";
  const bursts = burstsOf(lane);
  bursts.ending = true;
  if (bursts.unrecorded > 0) {
    await new Promise<void>((resolve) => engine.recorder.whenRecorded(resolve));
  }
  return "ready";
}

/** Whether everything has been begun that had been accepted when this was first asked. */
function hasBegunAll(lane: Lane): boolean {
  const { backlog } = lane;
  const { takenUpTo, missedUpTo } = backlog;
  const bursts = burstsOf(lane);
  const limit = bursts.beginFirstUpTo ?? Math.max(takenUpTo, missedUpTo);
  const next = backlog.events.peek()?.sequence ?? Number.POSITIVE_INFINITY;
  const isBegun = takenUpTo >= limit && next > limit;
  bursts.beginFirstUpTo = isBegun ? undefined : limit;
  return isBegun;
}

/** Supersedes all but the newest, and nothing else (I2); returns that if it is to be attempted now. */
export function endBurst(engine: Engine, lane: Lane, burst: Burst): DeliveryRow | undefined {
  const rows = burst.rows.filter((row) => isUntouched(lane, keyNumber(row.sequence, row.ordinal)));
  const last = rows.at(-1);
  if (last === undefined) return undefined;
  if (last !== burst.rows.at(-1)) {
    // Somebody acts on the newest: what becomes of it decides about the others.
    noteDue(engine, lane, engine.nowMs() + LOOK_AGAIN_MS);
    return undefined;
  }
  for (const row of rows.slice(0, -1)) supersede(engine, lane, row);

  const current = freshest(lane, burst.key, last);
  const newest = { ...current, ...timesOf(engine, burst.key, [current, ...rows]) };
  if (burst.isWhole && isDue(lane, newest.dueAtMs, engine.nowMs())) return newest;
  const isSame = newest.dueAtMs === current.dueAtMs && newest.burstSinceMs === current.burstSinceMs;
  if (isSame) noteDue(engine, lane, newest.dueAtMs);
  else writeWaiting(engine, lane, newest);
  return undefined;
}

/** What is remembered of a row may be newer than what is durable. */
function freshest(lane: Lane, key: string, row: DeliveryRow): DeliveryRow {
  const known = lane.bursts?.newest.get(key);
  return known?.sequence === row.sequence ? known : row;
}

type Times = { readonly burstSinceMs: number; readonly dueAtMs: number };

/** The first of these goes on with the burst of all of them: since when, and until when. */
function timesOf(engine: Engine, key: string, rows: readonly DeliveryRow[]): Times {
  const { maxMs } = engine.config.routesByNo.get(routeNoOf(key))?.debounce ?? {};
  const burstSinceMs = rows.reduce(
    (least, row) => Math.min(least, row.burstSinceMs ?? Number.POSITIVE_INFINITY),
    Number.POSITIVE_INFINITY,
  );
  const latestMs = burstSinceMs + (maxMs ?? Number.POSITIVE_INFINITY);
  return { burstSinceMs, dueAtMs: Math.min(rows[0]?.dueAtMs ?? 0, latestMs) };
}
