/**
 * The circuit of one destination: stops attempts that would only fail, without using any up.
 *
 *   closed ──▶ open      10 silent failures in a row, or half of at least 100 attempts of the last
 *                        minute were met by silence or refusal
 *   open ──▶ probing     the wait is over and a probe began
 *   probing ──▶ closed   it was answered
 *   probing ──▶ open     it was not: wait twice as long, up to 5 minutes
 *   probing ──▶ open     it says nothing (aborted): the same wait again
 *
 * Results of attempts that were under way when it opened do not move it.
 *
 * Pure: times are monotonic arguments. Cost: O(1) per attempt, allocates nothing while closed.
 */
import type { Random } from "../support/clock.ts";
import type { DestinationSign } from "./classify.ts";
import { jittered } from "./schedule.ts";

export type CircuitStatus = "closed" | "open" | "probing";

export type Circuit = {
  status(): CircuitStatus;
  /** When an open circuit allows a probe; Infinity unless open. */
  nextProbeAtMs(): number;
  beginProbe(): void;
  /** What an ordinary attempt showed. Returns whether this opened the circuit. */
  onSign(sign: DestinationSign, nowMs: number): "opened" | "unchanged";
  onProbed(sign: DestinationSign, nowMs: number): "closed" | "open";
  /** Probes no earlier than then. */
  postpone(untilMs: number): void;
  /** Begins anew, closed: somebody says that all is well. */
  reset(): void;
};

const SILENT_LIMIT = 10;
const SAMPLE_FLOOR = 100;
const FAILED_SHARE = 0.5;
const BUCKET_MS = 5_000;
const BUCKET_COUNT = 12;
const FIRST_PROBE_MS = 5_000;
const LONGEST_PROBE_MS = 5 * 60_000;

/** `random` spreads the probes of destinations that went down together. */
export function createCircuit(random: Random): Circuit {
  const samples = createSamples();
  const state = {
    status: "closed" as CircuitStatus,
    silentInARow: 0,
    waitMs: FIRST_PROBE_MS,
    probeAtMs: Number.POSITIVE_INFINITY,
  };

  function open(nowMs: number): void {
    state.status = "open";
    state.probeAtMs = nowMs + jittered(state.waitMs, random());
  }

  function reset(): void {
    samples.clear();
    state.status = "closed";
    state.silentInARow = 0;
    state.waitMs = FIRST_PROBE_MS;
    state.probeAtMs = Number.POSITIVE_INFINITY;
  }

  return {
    status: () => state.status,
    nextProbeAtMs: () => state.probeAtMs,
    beginProbe() {
      state.status = "probing";
      state.probeAtMs = Number.POSITIVE_INFINITY;
    },
    onSign(sign, nowMs) {
      if (state.status !== "closed" || sign === "unknown") return "unchanged";
      samples.add(sign === "good" ? "good" : "bad", nowMs);
      state.silentInARow = sign === "silent" ? state.silentInARow + 1 : 0;
      if (state.silentInARow < SILENT_LIMIT && !samples.mostlyBad()) return "unchanged";
      open(nowMs);
      return "opened";
    },
    onProbed(sign, nowMs) {
      if (sign === "good") {
        reset();
        return "closed";
      }
      if (sign !== "unknown") state.waitMs = Math.min(state.waitMs * 2, LONGEST_PROBE_MS);
      open(nowMs);
      return "open";
    },
    postpone(untilMs) {
      if (state.status === "open") state.probeAtMs = Math.max(state.probeAtMs, untilMs);
    },
    reset,
  };
}

/** Counts of the last minute, in buckets of five seconds. */
function createSamples() {
  const totals: number[] = Array.from({ length: BUCKET_COUNT }, () => 0);
  const bads: number[] = Array.from({ length: BUCKET_COUNT }, () => 0);
  const state = { bucket: 0, total: 0, bad: 0 };

  function drop(index: number): void {
    state.total -= totals[index] ?? 0;
    state.bad -= bads[index] ?? 0;
    totals[index] = 0;
    bads[index] = 0;
  }

  /** Forgets the buckets that time has left behind. */
  function moveTo(bucket: number): void {
    const steps = Math.min(bucket - state.bucket, BUCKET_COUNT);
    for (let step = 1; step <= steps; step++) drop((state.bucket + step) % BUCKET_COUNT);
    state.bucket = Math.max(bucket, state.bucket);
  }

  return {
    add(kind: "good" | "bad", nowMs: number): void {
      moveTo(Math.floor(nowMs / BUCKET_MS));
      const index = state.bucket % BUCKET_COUNT;
      totals[index] = (totals[index] ?? 0) + 1;
      state.total += 1;
      if (kind === "good") return;
      bads[index] = (bads[index] ?? 0) + 1;
      state.bad += 1;
    },
    mostlyBad: (): boolean =>
      state.total >= SAMPLE_FLOOR && state.bad >= state.total * FAILED_SHARE,
    clear(): void {
      totals.fill(0);
      bads.fill(0);
      state.total = 0;
      state.bad = 0;
    },
  };
}
