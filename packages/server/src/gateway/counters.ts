/** Counts what happened since the start, for /metrics; cheap enough for every request and attempt. */
import type { GatewayStats } from "../api/deps.ts";
import type { IngestStats } from "../ingest/ingest.ts";
import type { AttemptRecord } from "../model/delivery.ts";

export type Counters = {
  attempt(attempt: AttemptRecord): void;
  stats(requests: IngestStats): GatewayStats;
};

export function createCounters(): Counters {
  const attempts = new Map<string, number>();
  return {
    attempt({ outcome, cause = "" }) {
      const key = `${outcome} ${cause}`;
      attempts.set(key, (attempts.get(key) ?? 0) + 1);
    },
    stats: (requests) => ({ requests: rowsOf(requests), attempts: rowsOf(attempts) }),
  };
}

function rowsOf(counts: ReadonlyMap<string, number>): GatewayStats["requests"] {
  return [...counts].map(([key, count]) => {
    const [outcome = "", cause = ""] = key.split(" ");
    return { outcome, cause, count };
  });
}
