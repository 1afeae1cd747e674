/**
 * The few facts about a stored request that others' lines need: an attempt names its event only by
 * sequence, and its id, source and type are the event's.
 *
 * They never change once stored, so they are remembered; the oldest are forgotten first.
 */
import type { RequestSummary, Storage } from "../storage/storage.ts";

export type RecordFacts = {
  readonly sequence: number;
  readonly receivedAtMs: number;
  readonly sourceNo: number;
  readonly eventType: string;
};

export type Facts = {
  /** Undefined when nothing is stored under the sequence (any more). */
  of(sequence: number): Promise<RecordFacts | undefined>;
  /** Saves the read when the summary is at hand anyway. */
  remember(summary: RequestSummary): void;
};

/** About 2 MB. */
const REMEMBERED = 10_000;

export function createFacts(storage: Storage): Facts {
  const known = new Map<number, RecordFacts>();

  function remember(summary: RequestSummary): RecordFacts {
    const { sequence, receivedAtMs, sourceNo, eventType } = summary;
    const facts: RecordFacts = { sequence, receivedAtMs, sourceNo, eventType };
    if (known.size >= REMEMBERED) {
      const [oldest] = known.keys();
      if (oldest !== undefined) known.delete(oldest);
    }
    known.set(sequence, facts);
    return facts;
  }

  return {
    async of(sequence) {
      const remembered = known.get(sequence);
      if (remembered !== undefined) return remembered;
      const summary = await readSummary(storage, sequence);
      return summary === undefined ? undefined : remember(summary);
    },
    remember,
  };
}

/** One request without its body. */
export async function readSummary(
  storage: Storage,
  sequence: number,
): Promise<RequestSummary | undefined> {
  const page = await storage.listRequests({
    beforeSequence: sequence + 1,
    afterSequence: sequence - 1,
    limit: 1,
  });
  return page.requests[0];
}
