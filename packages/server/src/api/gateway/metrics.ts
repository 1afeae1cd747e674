/**
 * What the gateway counts, in the text format that Prometheus reads.
 *
 * Names of metrics are part of what operators build on: they are only ever added.
 * Source: Prometheus, "Exposition formats", text format 0.0.4.
 */
import type { DestinationStatus } from "../../model/control.ts";
import type { ApiContext } from "../context.ts";

/** What the numbers are taken from. */
export type MetricsContext = {
  readonly deps: Pick<ApiContext["deps"], "stats" | "control" | "registry" | "storage">;
};

type Labels = Readonly<Record<string, string>>;
type Sample = { readonly labels: Labels; readonly value: number };
export type Metric = {
  readonly name: string;
  readonly type: "counter" | "gauge";
  readonly help: string;
  readonly samples: readonly Sample[];
};

export function metricsText(context: ApiContext): string {
  return allMetrics(context)
    .filter(({ samples }) => samples.length > 0)
    .map(formatMetric)
    .join("");
}

/** Every metric there is; those of destinations have a sample per destination. */
export function allMetrics(context: MetricsContext): readonly Metric[] {
  return [...trafficMetrics(context), ...destinationMetrics(context), ...storageMetrics(context)];
}

function trafficMetrics({ deps }: MetricsContext): readonly Metric[] {
  const stats = deps.stats?.();
  return [
    {
      name: "ringdown_requests_total",
      type: "counter",
      help: "Requests received, by outcome and cause, since the process started.",
      samples: counted(stats?.requests ?? []),
    },
    {
      name: "ringdown_attempts_total",
      type: "counter",
      help: "Attempts made, by outcome and cause, since the process started.",
      samples: counted(stats?.attempts ?? []),
    },
  ];
}

function destinationMetrics({ deps }: MetricsContext): readonly Metric[] {
  const known = deps.control.statuses().flatMap((status) => {
    const name = deps.registry.findByNo("destinations", status.destinationNo)?.name;
    return name === undefined ? [] : [{ status, labels: { destination: name } }];
  });
  const gauge = (
    name: string,
    help: string,
    value: (status: DestinationStatus) => number,
  ): Metric => {
    const samples = known.map(({ status, labels }) => ({ labels, value: value(status) }));
    return { name, type: "gauge", help, samples };
  };

  return [
    gauge("ringdown_attempts_in_flight", "Attempts being made.", ({ inFlight }) => inFlight),
    gauge(
      "ringdown_deliveries_waiting",
      "First attempts not yet made, as far as counted.",
      ({ waiting }) => waiting,
    ),
    gauge(
      "ringdown_deliveries_retrying",
      "Deliveries that wait for a retry.",
      ({ retrying }) => retrying,
    ),
    gauge(
      "ringdown_destination_held",
      "1 while the destination is paused or suspended.",
      ({ status }) => (status === "active" ? 0 : 1),
    ),
    gauge(
      "ringdown_circuit_open",
      "1 while the destination's circuit is not closed.",
      ({ circuit }) => (circuit === "closed" ? 0 : 1),
    ),
  ];
}

function storageMetrics({ deps }: MetricsContext): readonly Metric[] {
  const { state, waitingCount, waitingBytes, lastCommitMs } = deps.storage.health();
  const gauge = (name: string, help: string, value: number): Metric => {
    return { name, type: "gauge", help, samples: [{ labels: {}, value }] };
  };
  return [
    gauge(
      "ringdown_storage_waiting_requests",
      "Requests handed to the store and not yet durable.",
      waitingCount,
    ),
    gauge(
      "ringdown_storage_waiting_bytes",
      "Bytes handed to the store and not yet durable.",
      waitingBytes,
    ),
    gauge(
      "ringdown_storage_last_commit_seconds",
      "How long the last commit took.",
      lastCommitMs / 1000,
    ),
    gauge(
      "ringdown_storage_ok",
      "0 while the store is full or has failed.",
      state === "ok" ? 1 : 0,
    ),
  ];
}

function counted(
  counts: readonly { readonly outcome: string; readonly cause: string; readonly count: number }[],
): readonly Sample[] {
  return counts.map(({ outcome, cause, count }) => ({ labels: { outcome, cause }, value: count }));
}

function formatMetric({ name, type, help, samples }: Metric): string {
  const lines = samples.map(
    ({ labels, value }) => `${name}${formatLabels(labels)} ${String(value)}`,
  );
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join("\n")}\n`;
}

function formatLabels(labels: Labels): string {
  const parts = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return parts.length === 0 ? "" : `{${parts.join(",")}}`;
}

/** Names are chosen by others (I12). */
function escaped(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
