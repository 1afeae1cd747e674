/**
 * What the delivery engine needs after a restart: for each destination its cursor, what is settled
 * beyond it, its earliest due time and its blocked order keys.
 *
 * Every destination has a saved lane from the commit on in which it was first a target (append.ts).
 * Saved lanes are complete as of `lanes_saved_at_batch`; only attempts recorded later are read, so
 * the cost is about a second's worth of traffic, whatever the backlog.
 */
import type { DatabaseSync } from "node:sqlite";
import { decodeAttempts } from "../codec.ts";
import type { LaneRecovery } from "../storage.ts";

type Lane = { cursor: number; settled: Set<number>; nextDueAtMs?: number; blockedKeys: string[] };

export function recoverLanes(db: DatabaseSync): LaneRecovery[] {
  const lanes = new Map<number, Lane>();
  function laneOf(destinationNo: number): Lane {
    let lane = lanes.get(destinationNo);
    if (lane === undefined) {
      lane = { cursor: 0, settled: new Set(), blockedKeys: [] };
      lanes.set(destinationNo, lane);
    }
    return lane;
  }

  loadSavedLanes(db, laneOf);
  addLaterAttempts(db, laneOf);
  addRows(db, laneOf);
  return [...lanes].map(([destinationNo, lane]) => ({
    destinationNo,
    cursor: lane.cursor,
    settled: [...lane.settled]
      .filter((sequence) => sequence > lane.cursor)
      .toSorted((left, right) => left - right),
    ...(lane.nextDueAtMs !== undefined && { nextDueAtMs: lane.nextDueAtMs }),
    blockedKeys: lane.blockedKeys,
  }));
}

type LaneOf = (destinationNo: number) => Lane;

function loadSavedLanes(db: DatabaseSync, laneOf: LaneOf): void {
  for (const row of db.prepare("SELECT destination_no, cursor, settled FROM lanes").all()) {
    const saved = row as { destination_no: number; cursor: number; settled: string };
    const lane = laneOf(saved.destination_no);
    lane.cursor = saved.cursor;
    lane.settled = new Set(JSON.parse(saved.settled) as number[]);
  }
}

function addLaterAttempts(db: DatabaseSync, laneOf: LaneOf): void {
  const rows = db.prepare(`
    SELECT data FROM attempts
    WHERE batch > coalesce((SELECT value FROM meta WHERE key = 'lanes_saved_at_batch'), 0)`);
  for (const row of rows.iterate()) {
    for (const attempt of decodeAttempts((row as { data: string }).data)) {
      const lane = laneOf(attempt.destinationNo);
      if (attempt.outcome === "success" && attempt.ordinal === 0)
        lane.settled.add(attempt.sequence);
    }
  }
}

function addRows(db: DatabaseSync, laneOf: LaneOf): void {
  const destinations = db.prepare("SELECT DISTINCT destination_no FROM deliveries").all();
  const beyond = db.prepare(`
    SELECT sequence FROM deliveries WHERE destination_no = ? AND sequence > ? AND ordinal = 0`);
  const due = db.prepare(`
    SELECT min(due_at_ms) AS due FROM deliveries
    WHERE state = 'pending' AND destination_no = ? AND due_at_ms IS NOT NULL`);
  const keys = db.prepare(`
    SELECT DISTINCT order_key AS key FROM deliveries
    WHERE state = 'pending' AND destination_no = ? AND order_key IS NOT NULL`);
  for (const row of destinations) {
    const { destination_no: destinationNo } = row as { destination_no: number };
    const lane = laneOf(destinationNo);
    for (const each of beyond.iterate(destinationNo, lane.cursor)) {
      lane.settled.add((each as { sequence: number }).sequence);
    }
    const { due: dueAtMs } = due.get(destinationNo) as { due: number | null };
    if (dueAtMs !== null) lane.nextDueAtMs = dueAtMs;
    lane.blockedKeys = (keys.all(destinationNo) as { key: string }[]).map(({ key }) => key);
  }
}
