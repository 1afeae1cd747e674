/**
 * Counts failed key attempts per address: ten in a row, then one every six seconds.
 *
 * A token bucket per address. Addresses are forgotten when their bucket is full again, and the
 * oldest first when there are too many (I10): forgetting only ever forgives.
 */
import { isIPv6 } from "node:net";
import type { Clock } from "../../support/clock.ts";

export type FailureThrottle = {
  /** Seconds until the address may fail again; 0: now. */
  waitS(address: string): number;
  noteFailure(address: string): void;
};

const BURST = 10;
const REFILL_MS = 6000;
const ADDRESS_LIMIT = 10_000;

type Bucket = { failures: number; atMs: number };

export function createFailureThrottle(clock: Clock): FailureThrottle {
  const buckets = new Map<string, Bucket>();

  function failuresNow(bucket: Bucket): number {
    const refilled = (clock.monotonicMs() - bucket.atMs) / REFILL_MS;
    return Math.max(0, bucket.failures - refilled);
  }

  function makeRoom(): void {
    if (buckets.size < ADDRESS_LIMIT) return;
    for (const [address, bucket] of buckets) {
      if (failuresNow(bucket) === 0) buckets.delete(address);
    }
    const [oldest] = buckets.keys();
    if (buckets.size >= ADDRESS_LIMIT && oldest !== undefined) buckets.delete(oldest);
  }

  return {
    waitS(address) {
      const bucket = buckets.get(network(address));
      if (bucket === undefined) return 0;
      const excess = failuresNow(bucket) - (BURST - 1);
      return excess <= 0 ? 0 : Math.ceil((excess * REFILL_MS) / 1000);
    },
    noteFailure(address) {
      const key = network(address);
      const bucket = buckets.get(key);
      if (bucket === undefined) makeRoom();
      const failures = bucket === undefined ? 0 : failuresNow(bucket);
      buckets.set(key, { failures: Math.min(BURST, failures + 1), atMs: clock.monotonicMs() });
    },
  };
}

/** One IPv6 customer has at least a /64: its four leading groups are what counts. */
function network(address: string): string {
  if (!isIPv6(address)) return address;
  const [head = "", tail = ""] = address.split("::");
  const leading = head === "" ? [] : head.split(":");
  const trailing = tail === "" ? [] : tail.split(":");
  const missing = address.includes("::") ? 8 - leading.length - trailing.length : 0;
  return [...leading, ...Array.from({ length: missing }, () => "0"), ...trailing]
    .slice(0, 4)
    .join(":");
}
