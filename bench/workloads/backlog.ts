/**
 * A million deliveries waiting for a destination that is paused: how much memory that takes, how
 * much disk, and how long a restart takes with them.
 */
import { runWrk, type Tool } from "../lib/tools.ts";
import { startRingdown } from "../systems/ringdown.ts";

export type Backlog = {
  readonly waiting: number;
  readonly rssMb: number;
  readonly rssAfterRestartMb: number;
  readonly readySeconds: number;
  readonly bytesPerEvent: number;
};

export async function backlogOf(count: number, sink: Tool): Promise<Backlog> {
  const ringdown = await startRingdown([{ name: "sink", url: `http://127.0.0.1:${sink.port}/` }]);
  await ringdown.api("POST", "/destinations/sink/pause");
  for (let sent = 0; sent < count; sent += (await runWrk(ringdown.inUrl, 5)).requests);
  // Before anybody counts: the ledger walks through everything, and takes memory for it.
  const rssMb = ringdown.rssMb();
  const waiting = await waitingOf(ringdown);
  const startedAt = performance.now();
  const again = await ringdown.restart();
  const readySeconds = Number(again.ready["readyMs"] ?? performance.now() - startedAt) / 1000;
  const bytesPerEvent = again.dataBytes() / waiting;
  const rssAfterRestartMb = again.rssMb();
  await again.dispose();
  return { waiting, rssMb, rssAfterRestartMb, readySeconds, bytesPerEvent };
}

async function waitingOf(ringdown: {
  api(method: string, path: string): Promise<unknown>;
}): Promise<number> {
  const ledger = (await ringdown.api("GET", "/ledger")) as { pending: number };
  return ledger.pending;
}
