/**
 * What the delivery engine needs after a restart: for each destination its cursor, what is settled
 * beyond it, its earliest due time and its blocked order keys.
 *
 * Every destination has a saved lane from the commit on in which it was first a target (append.ts).
 * Saved lanes are complete as of `lanes_saved_at_batch`; only attempts recorded later are read, so
 * the cost is about a second's worth of traffic, whatever the backlog.
 */
import { decodeAttempts } from "../codec.ts";
import type { LaneRecovery } from "../storage.ts";
import type { Query } from "./reader.ts";
import { NODE_NO } from "./schema.ts";

type Lane = { cursor: number; settled: Set<number>; nextDueAtMs?: number; blockedKeys: string[] };
type LaneOf = (destinationNo: number) => Lane;

const LANES = {
  name: "recover-lanes",
  text: "SELECT destination_no, cursor, settled FROM lanes",
};
const LATER_ATTEMPTS = {
  name: "recover-attempts",
  text: `SELECT batch, data FROM attempts
    WHERE batch > $1
      AND batch > (SELECT lanes_saved_at_batch FROM nodes WHERE node_no = ${NODE_NO})
    ORDER BY batch LIMIT 200`,
};
const ROWS_BEYOND = {
  name: "recover-rows",
  text: `SELECT deliveries.destination_no, sequence FROM deliveries
    LEFT JOIN lanes ON lanes.destination_no = deliveries.destination_no
    WHERE ordinal = 0 AND sequence > coalesce(cursor, 0)`,
};
/** Each distinct destination by one step through the index, however many rows it has. */
const DESTINATIONS = {
  name: "recover-destinations",
  text: `WITH RECURSIVE found AS (
      (SELECT destination_no FROM deliveries ORDER BY destination_no LIMIT 1)
      UNION ALL
      SELECT (SELECT destination_no FROM deliveries
        WHERE deliveries.destination_no > found.destination_no ORDER BY destination_no LIMIT 1)
      FROM found WHERE found.destination_no IS NOT NULL)
    SELECT destination_no, (SELECT min(due_at_ms) FROM deliveries
        WHERE state = 'pending' AND due_at_ms IS NOT NULL
          AND deliveries.destination_no = found.destination_no) AS due
    FROM found WHERE destination_no IS NOT NULL`,
};
const BLOCKED_KEYS = {
  name: "recover-keys",
  text: `SELECT DISTINCT destination_no, order_key FROM deliveries
    WHERE state = 'pending' AND order_key IS NOT NULL`,
};

export async function recoverLanes(query: Query): Promise<readonly LaneRecovery[]> {
  const lanes = new Map<number, Lane>();
  function laneOf(destinationNo: number): Lane {
    let lane = lanes.get(destinationNo);
    if (lane === undefined) {
      lane = { cursor: 0, settled: new Set(), blockedKeys: [] };
      lanes.set(destinationNo, lane);
    }
    return lane;
  }

  await loadSavedLanes(query, laneOf);
  await addLaterAttempts(query, laneOf);
  await addRows(query, laneOf);
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

async function loadSavedLanes(query: Query, laneOf: LaneOf): Promise<void> {
  type Saved = { destination_no: number; cursor: number; settled: string };
  for (const saved of await query<Saved>(LANES)) {
    const lane = laneOf(saved.destination_no);
    lane.cursor = saved.cursor;
    lane.settled = new Set(JSON.parse(saved.settled) as number[]);
  }
}

async function addLaterAttempts(query: Query, laneOf: LaneOf): Promise<void> {
  let after = 0;
  for (;;) {
    const page = await query<{ batch: number; data: string }>(LATER_ATTEMPTS, [after]);
    for (const attempt of page.flatMap((row) => decodeAttempts(row.data))) {
      const lane = laneOf(attempt.destinationNo);
      if (attempt.outcome === "success" && attempt.ordinal === 0)
        lane.settled.add(attempt.sequence);
    }
    const last = page.at(-1);
    if (last === undefined) return;
    after = last.batch;
  }
}

async function addRows(query: Query, laneOf: LaneOf): Promise<void> {
  const found = await query<{ destination_no: number; due: number | null }>(DESTINATIONS);
  for (const { destination_no: destinationNo, due } of found) {
    const lane = laneOf(destinationNo);
    if (due !== null) lane.nextDueAtMs = due;
  }
  const beyond = await query<{ destination_no: number; sequence: number }>(ROWS_BEYOND);
  for (const row of beyond) laneOf(row.destination_no).settled.add(row.sequence);
  const keys = await query<{ destination_no: number; order_key: Buffer }>(BLOCKED_KEYS);
  for (const row of keys) laneOf(row.destination_no).blockedKeys.push(row.order_key.toString());
}
