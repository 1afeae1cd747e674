/** Reads attempts: all of one event through its block, or pages in the order they were recorded. */
import type { DatabaseSync } from "node:sqlite";
import type { AttemptRecord } from "../../model/delivery.ts";
import { decodeAttempts } from "../codec.ts";
import type { AttemptPage, AttemptQuery } from "../storage.ts";
import { BATCH_ATTEMPTS, blockOf } from "../delivery-codec.ts";

/** Rows looked at for one page. */
const ROW_LIMIT = 2000;

type AttemptRow = { readonly batch: number; readonly data: string };
type Recorded = AttemptPage["attempts"][number];

export type AttemptReader = {
  readAttempts(sequence: number): AttemptRecord[];
  listAttempts(query: AttemptQuery): AttemptPage;
};

export function createAttemptReader(db: DatabaseSync): AttemptReader {
  const ofBlock = db.prepare("SELECT data FROM attempts WHERE block = ? ORDER BY batch");
  const ascending = db.prepare(
    "SELECT batch, data FROM attempts WHERE batch >= ? ORDER BY batch LIMIT ?",
  );
  const descending = db.prepare(
    "SELECT batch, data FROM attempts WHERE batch <= ? ORDER BY batch DESC LIMIT ?",
  );

  return {
    readAttempts(sequence) {
      return (ofBlock.all(blockOf(sequence)) as { data: string }[])
        .filter((row) => row.data.includes(`[${sequence},`))
        .flatMap((row) => decodeAttempts(row.data))
        .filter((attempt) => attempt.sequence === sequence)
        .toSorted(
          (left, right) => left.startedAtMs - right.startedAtMs || left.number - right.number,
        );
    },
    listAttempts(query) {
      const rows = query.ascending === true ? ascending : descending;
      const from = query.fromRecord ?? (query.ascending === true ? 0 : Number.MAX_SAFE_INTEGER);
      const found: Recorded[] = [];
      let rowCount = 0;
      let lastSeen = from;
      for (const each of rows.iterate(Math.floor(from / BATCH_ATTEMPTS), ROW_LIMIT)) {
        rowCount += 1;
        for (const recorded of inDirection(each as AttemptRow, query)) {
          if (query.ascending === true ? recorded.record <= from : recorded.record >= from)
            continue;
          lastSeen = recorded.record;
          if (!fits(recorded.attempt, query)) continue;
          const lastFound = found.at(-1);
          if (found.length === query.limit && lastFound !== undefined) {
            return { attempts: found, nextRecord: lastFound.record };
          }
          found.push(recorded);
        }
      }
      return rowCount < ROW_LIMIT ? { attempts: found } : { attempts: found, nextRecord: lastSeen };
    },
  };
}

function inDirection(row: AttemptRow, query: AttemptQuery): Recorded[] {
  const recorded = decodeAttempts(row.data).map((attempt, position) => ({
    record: row.batch * BATCH_ATTEMPTS + position,
    attempt,
  }));
  return query.ascending === true ? recorded : recorded.reverse();
}

function fits(attempt: AttemptRecord, query: AttemptQuery): boolean {
  if (query.destinationNo !== undefined && attempt.destinationNo !== query.destinationNo)
    return false;
  return query.outcome === undefined || attempt.outcome === query.outcome;
}
