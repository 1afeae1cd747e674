/** Reads attempts: all of one event through its block, or pages in the order they were recorded. */
import type { AttemptRecord } from "../../model/delivery.ts";
import { decodeAttempts } from "../codec.ts";
import type { AttemptPage, AttemptQuery } from "../storage.ts";
import type { Query } from "./reader.ts";
import { BATCH_ATTEMPTS, blockOf } from "../delivery-codec.ts";

/** Rows looked at for one page, and fetched at once. */
const ROW_LIMIT = 2000;
const PAGE_ROWS = 200;

type AttemptRow = { readonly batch: number; readonly data: string };
type Recorded = AttemptPage["attempts"][number];

const OF_BLOCK = {
  name: "attempts-of-block",
  text: "SELECT data FROM attempts WHERE block = $1 AND strpos(data, $2) > 0 ORDER BY batch",
};
const ASCENDING = {
  name: "attempts-ascending",
  text: `SELECT batch, data FROM attempts WHERE batch >= $1 ORDER BY batch LIMIT ${PAGE_ROWS}`,
};
const DESCENDING = {
  name: "attempts-descending",
  text: `SELECT batch, data FROM attempts WHERE batch <= $1 ORDER BY batch DESC LIMIT ${PAGE_ROWS}`,
};

export async function readAttempts(
  query: Query,
  sequence: number,
): Promise<readonly AttemptRecord[]> {
  const rows = await query<{ data: string }>(OF_BLOCK, [blockOf(sequence), `[${sequence},`]);
  return rows
    .flatMap((row) => decodeAttempts(row.data))
    .filter((attempt) => attempt.sequence === sequence)
    .toSorted((left, right) => left.startedAtMs - right.startedAtMs || left.number - right.number);
}

export async function listAttempts(sql: Query, query: AttemptQuery): Promise<AttemptPage> {
  const isAscending = query.ascending === true;
  const from = query.fromRecord ?? (isAscending ? 0 : Number.MAX_SAFE_INTEGER);
  const found: Recorded[] = [];
  let rowCount = 0;
  let lastSeen = from;
  for await (const row of rowsFrom(sql, Math.floor(from / BATCH_ATTEMPTS), isAscending)) {
    if (rowCount === ROW_LIMIT) return { attempts: found, nextRecord: lastSeen };
    rowCount += 1;
    for (const recorded of inDirection(row, isAscending)) {
      if (isAscending ? recorded.record <= from : recorded.record >= from) continue;
      lastSeen = recorded.record;
      if (!fits(recorded.attempt, query)) continue;
      const lastFound = found.at(-1);
      if (found.length === query.limit && lastFound !== undefined)
        return { attempts: found, nextRecord: lastFound.record };
      found.push(recorded);
    }
  }
  return { attempts: found };
}

async function* rowsFrom(
  sql: Query,
  first: number,
  isAscending: boolean,
): AsyncGenerator<AttemptRow> {
  let batch = first;
  for (;;) {
    const page = await sql<AttemptRow>(isAscending ? ASCENDING : DESCENDING, [batch]);
    yield* page;
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE_ROWS) return;
    batch = last.batch + (isAscending ? 1 : -1);
  }
}

function inDirection(row: AttemptRow, isAscending: boolean): Recorded[] {
  const recorded = decodeAttempts(row.data).map((attempt, position) => ({
    record: row.batch * BATCH_ATTEMPTS + position,
    attempt,
  }));
  return isAscending ? recorded : recorded.reverse();
}

function fits(attempt: AttemptRecord, query: AttemptQuery): boolean {
  if (query.destinationNo !== undefined && attempt.destinationNo !== query.destinationNo)
    return false;
  return query.outcome === undefined || attempt.outcome === query.outcome;
}
