/**
 * Latency at half of the maximum, by an open loop (lib/open-loop.ts): how long a sender waits for
 * its answer, and how long an event takes until its destination has it.
 */
import { fileURLToPath } from "node:url";
import { type Child, startChild } from "../lib/child.ts";
import { type Percentiles, runOpenLoop } from "../lib/open-loop.ts";
import { type Destination, startRingdown } from "../systems/ringdown.ts";

export type Latency = {
  readonly perSecond: number;
  readonly ackMs: Percentiles;
  readonly e2eMs: Percentiles;
  readonly deliveredPerSecond: number;
  readonly failed: number;
};

const WARM_UP_S = 12;
const LOAD_S = 8;
const CONNECTIONS = 64;

export async function latencyAt(perSecond: number): Promise<Latency> {
  const sink = await startSink();
  const result = await measure([{ name: "sink", url: `${sink.ready.url}/ok` }], sink, perSecond);
  await sink.stop();
  return result;
}

/** Half of the destinations hang; what is measured is what the other half gets. */
export async function isolation(
  perSecond: number,
): Promise<{ readonly alone: Latency; readonly beside: Latency }> {
  const sink = await startSink();
  const hanging = await startSink();
  const healthy = ["a", "b"].map((name) => ({ name, url: `${sink.ready.url}/ok/${name}` }));
  const dead = ["c", "d"].map((name) => ({ name, url: `${hanging.ready.url}/hang/${name}` }));
  const alone = await measure(healthy, sink, perSecond);
  const beside = await measure([...healthy, ...dead], sink, perSecond);
  await sink.stop();
  await hanging.stop();
  return { alone, beside };
}

function startSink(): Promise<Child> {
  return startChild([
    process.execPath,
    fileURLToPath(new URL("../systems/sink.ts", import.meta.url)),
  ]);
}

async function measure(
  destinations: readonly Destination[],
  sink: Child,
  perSecond: number,
): Promise<Latency> {
  const ringdown = await startRingdown(destinations);
  const load = { url: ringdown.inUrl, perSecond, connections: CONNECTIONS };
  await runOpenLoop({ ...load, seconds: WARM_UP_S });
  await report(sink);
  const result = await runOpenLoop({ ...load, seconds: LOAD_S });
  const received = await report(sink);
  await ringdown.dispose();
  return {
    perSecond,
    ackMs: result.ackMs,
    e2eMs: received.e2eMs,
    deliveredPerSecond: received.count / LOAD_S,
    failed: result.failed + result.unsent,
  };
}

type Report = { readonly count: number; readonly e2eMs: Percentiles };

async function report(sink: Child): Promise<Report> {
  return (await (await fetch(`${sink.ready.url}/report`)).json()) as Report;
}
