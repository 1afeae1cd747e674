/** Follows a replay to its end, and cancels it when the person who started it gives up. */
import type { Client, Replay } from "@ringdown/client";
import { setTimeout as sleep } from "node:timers/promises";
import { createProgress } from "./output/progress.ts";
import type { Session } from "./session.ts";

const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 1000;

export async function waitForReplay(
  session: Session,
  run: { readonly client: Client; readonly replay: Replay; readonly signal: AbortSignal },
): Promise<Replay> {
  const { client, signal } = run;
  const path = { id: run.replay.id };
  const progress = createProgress("replaying", session);
  let replay = run.replay;
  let waitMs = FIRST_WAIT_MS;
  try {
    while (replay.state === "running") {
      progress.update(replay.madeCount, replay.deliveryCount);
      await sleep(waitMs, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return await cancel(client, path);
      waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS);
      replay = await client.get("/api/v1/replays/{id}", { path });
    }
    return replay;
  } finally {
    progress.end();
  }
}

/** It may have ended in between: then that is the answer. */
async function cancel(client: Client, path: { readonly id: string }): Promise<Replay> {
  try {
    return await client.post("/api/v1/replays/{id}/cancel", { path });
  } catch (error) {
    const replay = await client.get("/api/v1/replays/{id}", { path });
    if (replay.state === "running") throw error;
    return replay;
  }
}
