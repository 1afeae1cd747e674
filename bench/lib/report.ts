/** Medians, ratios and the table that is printed, committed and quoted. */
import type { Backlog } from "../workloads/backlog.ts";
import type { Ceiling } from "../workloads/ceilings.ts";
import type { Latency } from "../workloads/latency.ts";

export type Results = {
  bare: Ceiling[];
  accepted: Ceiling[];
  relay: Ceiling[];
  bullmq: Ceiling[];
  delivered: Ceiling[];
  latency: Latency[];
  isolation: { alone: Latency; beside: Latency }[];
  backlog?: Backlog;
};

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}

type Row = readonly [what: string, measured: string, target: string, reached: "yes" | "no"];

export function formatTable(results: Results): string {
  const rows = [...ceilingRows(results), ...latencyRows(results), ...backlogRows(results.backlog)];
  const lines = rows.map(
    ([what, measured, target, reached]) => `| ${what} | ${measured} | ${target} | ${reached} |`,
  );
  return [
    "| what | measured | target | reached |",
    "|---|---|---|---|",
    ...lines,
    "",
    ...detail(results),
  ].join("\n");
}

function medianOf<Item>(items: readonly Item[], value: (item: Item) => number): number {
  return median(items.map(value));
}

const perSecond = (items: readonly Ceiling[]): number => medianOf(items, (item) => item.perSecond);

/** Ratios are made per round, so that a slow minute of the machine falls on both sides. */
function ratio(ours: readonly Ceiling[], theirs: readonly Ceiling[]): number {
  return median(
    ours.map((each, round) => each.perSecond / (theirs[round]?.perSecond ?? Number.NaN)),
  );
}

function row(
  what: string,
  value: number,
  limit: { atLeast?: number; atMost?: number; unit?: string },
): Row {
  const { atLeast, atMost, unit = "" } = limit;
  const target = atLeast === undefined ? `<= ${atMost}${unit}` : `>= ${atLeast}${unit}`;
  const reached = atLeast === undefined ? value <= (atMost ?? 0) : value >= atLeast;
  return [what, `${value.toFixed(value < 10 ? 2 : 0)}${unit}`, target, reached ? "yes" : "no"];
}

function ceilingRows(results: Results): Row[] {
  return [
    row("accepted durably / bare node:http with HMAC", ratio(results.accepted, results.bare), {
      atLeast: 0.8,
    }),
    row("delivered end to end / in-memory relay", ratio(results.delivered, results.relay), {
      atLeast: 0.6,
    }),
    row(
      "delivered end to end / Express + BullMQ + Redis",
      ratio(results.delivered, results.bullmq),
      { atLeast: 4 },
    ),
  ];
}

function latencyRows({ latency, isolation }: Results): Row[] {
  const throughput = median(
    isolation.map(({ alone, beside }) => beside.deliveredPerSecond / alone.deliveredPerSecond),
  );
  const p99 = median(isolation.map(({ alone, beside }) => beside.e2eMs.p99 / alone.e2eMs.p99));
  return [
    row(
      "ack p99 at half of the maximum",
      medianOf(latency, (each) => each.ackMs.p99),
      { atMost: 25, unit: " ms" },
    ),
    row(
      "end-to-end p99 at half of the maximum",
      medianOf(latency, (each) => each.e2eMs.p99),
      { atMost: 50, unit: " ms" },
    ),
    row("healthy throughput while half of the destinations hang", throughput, { atLeast: 0.95 }),
    row("healthy p99 while half of the destinations hang", p99, { atMost: 1.5, unit: "x" }),
  ];
}

function backlogRows(backlog: Backlog | undefined): Row[] {
  if (backlog === undefined) return [];
  const { waiting, rssMb, rssAfterRestartMb, readySeconds, bytesPerEvent } = backlog;
  return [
    row(`RSS with ${waiting} deliveries waiting`, rssMb, { atMost: 300, unit: " MB" }),
    row("RSS after a restart with them", rssAfterRestartMb, { atMost: 300, unit: " MB" }),
    row("start to ready with them", readySeconds, { atMost: 2, unit: " s" }),
    row("bytes on disk per 2 KB event", bytesPerEvent, { atMost: 3072 }),
  ];
}

function detail(results: Results): string[] {
  const systems: [string, readonly Ceiling[]][] = [
    ["bare node:http, accepted", results.bare],
    ["Ringdown, accepted", results.accepted],
    ["in-memory relay, delivered", results.relay],
    ["Ringdown, delivered", results.delivered],
    ["Express + BullMQ + Redis, delivered", results.bullmq],
  ];
  const lines = systems.map(
    ([name, items]) =>
      `| ${name} | ${Math.round(perSecond(items))} | ${medianOf(items, (each) => each.cpuUs).toFixed(0)} | ` +
      `${medianOf(items, (each) => each.rssMb).toFixed(0)} | ${items.reduce((sum, each) => sum + each.failures, 0)} |`,
  );
  return [
    "| system | per second | CPU us per event | RSS MB | failed |",
    "|---|---|---|---|---|",
    ...lines,
  ];
}
