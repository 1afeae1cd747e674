/** Reads attempts: all of one event, or pages in the order they were recorded. */
import type { AttemptRecord, DeliveryKey } from "../../model/delivery.ts";
import type { AttemptPage, AttemptQuery } from "../storage.ts";
import type { DiskContents } from "./disk.ts";

/** Attempts looked at for one page. */
const SCAN_LIMIT = 10_000;

type Recorded = AttemptPage["attempts"][number];

export function readAttempts(contents: DiskContents, sequence: number): readonly AttemptRecord[] {
  return (contents.attemptsByEvent.get(sequence) ?? []).toSorted(
    (left, right) => left.startedAtMs - right.startedAtMs || left.number - right.number,
  );
}

export function hasSucceeded(contents: DiskContents, key: DeliveryKey): boolean {
  const attempts = contents.attemptsByEvent.get(key.sequence) ?? [];
  return attempts.some(
    (attempt) =>
      attempt.outcome === "success" &&
      attempt.destinationNo === key.destinationNo &&
      attempt.ordinal === key.ordinal,
  );
}

export function listAttempts(contents: DiskContents, query: AttemptQuery): AttemptPage {
  const step = query.ascending === true ? 1 : -1;
  const outside = step === 1 ? 0 : contents.attempts.length + 1;
  const found: Recorded[] = [];
  let scanned = 0;
  for (let record = (query.fromRecord ?? outside) + step; ; record += step) {
    const attempt = contents.attempts[record - 1];
    if (attempt === undefined) return { attempts: found };
    if (scanned === SCAN_LIMIT) return { attempts: found, nextRecord: record - step };
    scanned += 1;
    if (!fits(attempt, query)) continue;
    // Looked at one further than asked for: a next page exists only if it holds something.
    const last = found.at(-1);
    if (found.length === query.limit && last !== undefined) {
      return { attempts: found, nextRecord: last.record };
    }
    found.push({ record, attempt });
  }
}

function fits(attempt: AttemptRecord, query: AttemptQuery): boolean {
  return (
    (query.destinationNo === undefined || attempt.destinationNo === query.destinationNo) &&
    (query.outcome === undefined || attempt.outcome === query.outcome)
  );
}
