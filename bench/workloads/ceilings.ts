/**
 * Ceilings, by a closed loop of 128 connections: how many events a second each system accepts, and
 * how many it delivers.
 *
 * Delivered counts until the last event is at the destination: a system that accepts faster than it
 * delivers has to work off what it piled up before the clock stops.
 */
import { fileURLToPath } from "node:url";
import { type Child, startChild } from "../lib/child.ts";
import { nginxRequests, runWrk, type Tool } from "../lib/tools.ts";
import { startRingdown } from "../systems/ringdown.ts";

export type Ceiling = {
  readonly perSecond: number;
  /** CPU of the system's process, per event. */
  readonly cpuUs: number;
  readonly rssMb: number;
  readonly p99Ms: number;
  readonly failures: number;
};

/**
 * Until the compiler has done with a system: on 2 cores it competes with what it compiles, and for its
 * first ten seconds a large program is a third slower than it is for the rest of its life.
 */
const WARM_UP_S = 12;
const LOAD_S = 5;
const DRAIN_LIMIT_MS = 60_000;

export async function bareAccepted(): Promise<Ceiling> {
  const child = await startChild([process.execPath, pathOf("bare-http.ts")]);
  const result = await accepted(child, child.ready.url);
  await child.stop();
  return result;
}

export async function ringdownAccepted(): Promise<Ceiling> {
  const ringdown = await startRingdown([]);
  const result = await accepted(ringdown, ringdown.inUrl);
  await ringdown.dispose();
  return result;
}

async function accepted(child: Child, url: string): Promise<Ceiling> {
  await runWrk(url, WARM_UP_S);
  const cpuBefore = child.cpuSeconds();
  const load = await runWrk(url, LOAD_S);
  return {
    perSecond: load.perSecond,
    cpuUs: ((child.cpuSeconds() - cpuBefore) / (load.perSecond * LOAD_S)) * 1e6,
    rssMb: child.rssMb(),
    p99Ms: load.p99Ms,
    failures: load.failures,
  };
}

export async function relayDelivered(sink: Tool): Promise<Ceiling> {
  return baselineDelivered("relay.ts", "", { BENCH_SINK: sinkUrl(sink) }, sink);
}

export async function bullmqDelivered(sink: Tool, redis: Tool): Promise<Ceiling> {
  const env = { BENCH_SINK: sinkUrl(sink), BENCH_REDIS_PORT: String(redis.port) };
  return baselineDelivered("bullmq.ts", "/in", env, sink);
}

async function baselineDelivered(
  ...[file, path, env, sink]: [string, string, Record<string, string>, Tool]
): Promise<Ceiling> {
  const child = await startChild([process.execPath, pathOf(file)], { env });
  const result = await delivered(child, `${child.ready.url}${path}`, sink);
  await child.stop();
  return result;
}

export async function ringdownDelivered(sink: Tool): Promise<Ceiling> {
  const ringdown = await startRingdown([{ name: "sink", url: sinkUrl(sink) }]);
  const result = await delivered(ringdown, ringdown.inUrl, sink);
  await ringdown.dispose();
  return result;
}

async function delivered(child: Child, url: string, sink: Tool): Promise<Ceiling> {
  await runWrk(url, WARM_UP_S);
  const before = (await quiet(sink)).requests;
  const cpuBefore = child.cpuSeconds();
  const startedAt = performance.now();
  const load = await runWrk(url, LOAD_S);
  const end = await quiet(sink);
  const count = end.requests - before - end.asked;
  return {
    perSecond: count / ((end.lastAtMs - startedAt) / 1000),
    cpuUs: ((child.cpuSeconds() - cpuBefore) / count) * 1e6,
    rssMb: child.rssMb(),
    p99Ms: load.p99Ms,
    failures: load.failures,
  };
}

type Quiet = { readonly requests: number; readonly lastAtMs: number; readonly asked: number };

/** Waits until nothing has arrived at the destination for a second; asking counts as a request. */
async function quiet(sink: Tool): Promise<Quiet> {
  const deadline = performance.now() + DRAIN_LIMIT_MS;
  let seen = await nginxRequests(sink.port);
  let asked = 1;
  let lastAtMs = performance.now();
  while (performance.now() - lastAtMs < 1000) {
    if (performance.now() > deadline) throw new Error("the destination does not come to rest");
    await new Promise((resolve) => setTimeout(resolve, 50));
    const requests = await nginxRequests(sink.port);
    asked += 1;
    if (requests > seen + 1) lastAtMs = performance.now();
    seen = requests;
  }
  return { requests: seen, lastAtMs, asked };
}

function sinkUrl(sink: Tool): string {
  return `http://127.0.0.1:${sink.port}/`;
}

function pathOf(file: string): string {
  return fileURLToPath(new URL(`../systems/${file}`, import.meta.url));
}
