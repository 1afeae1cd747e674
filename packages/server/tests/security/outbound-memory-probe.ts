/**
 * Run by outbound-receivers.test.ts with `--expose-gc`, in a process of its own, so that nothing else
 * is in the figures: sends to a receiver whose answers never end, and prints what that took.
 *
 *   node --expose-gc outbound-memory-probe.ts <url>
 */
import type { Socket } from "node:net";

import { dialTcp } from "../../src/outbound/connect.ts";
import { createOutbound, DEFAULT_OUTBOUND_LIMITS } from "../../src/outbound/index.ts";
import type { OutboundResult } from "../../src/outbound/index.ts";
import { systemClock } from "../../src/support/clock.ts";

export type MemoryReport = {
  readonly outcomes: readonly string[];
  readonly exchangeCount: number;
  /** The most that any one socket read. */
  readonly mostReadBytes: number;
  /** Growth of the memory in use, on and off the heap, after 500 exchanges. */
  readonly heldGrowthBytes: number;
};

const ROUNDS = 5;
const CONCURRENT = 100;

const url = new URL(process.argv[2] ?? "");
const sockets: Socket[] = [];
const outbound = createOutbound(
  {
    clock: systemClock,
    dial(address, port) {
      const socket = dialTcp(address, port);
      sockets.push(socket);
      return socket;
    },
  },
  { connectionsPerOrigin: CONCURRENT },
);

function sendOne(): Promise<OutboundResult> {
  const limits = DEFAULT_OUTBOUND_LIMITS;
  const request = { url, method: "POST", headers: [], body: undefined, limits, allowPrivate: true };
  return new Promise((resolve) => outbound.send(request, resolve));
}

function outcomeOf(result: OutboundResult): string {
  if (result.kind === "failed") return result.cause;
  return `${result.status} ${result.truncated ? "truncated" : "whole"} ${result.body.length}`;
}

/** Read buffers are garbage at once; twice, because V8 frees what is off the heap a little later. */
async function measureHeldBytes(): Promise<number> {
  for (let round = 0; round < 2; round += 1) {
    globalThis.gc?.();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

const outcomes = new Set([outcomeOf(await sendOne())]);
const beforeBytes = await measureHeldBytes();
for (let round = 0; round < ROUNDS; round += 1) {
  const results = await Promise.all(Array.from({ length: CONCURRENT }, sendOne));
  for (const result of results) outcomes.add(outcomeOf(result));
}
const exchangeCount = sockets.length;
const mostReadBytes = Math.max(...sockets.map((socket) => socket.bytesRead));
sockets.length = 0;
const heldGrowthBytes = (await measureHeldBytes()) - beforeBytes;
await outbound.close();

const report: MemoryReport = {
  outcomes: [...outcomes],
  exchangeCount,
  mostReadBytes,
  heldGrowthBytes,
};
process.stdout.write(JSON.stringify(report));
