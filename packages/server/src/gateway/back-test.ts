/**
 * Plays what was accepted of late through two configurations, for `ringdown diff --past`. Reads only.
 *
 * Bodies are read a few at a time, and other work gets its turn between reads.
 * Cost: a read and two routings per request, about 50 us.
 */
import type { ActiveConfig } from "../model/active.ts";
import type { DiffEffect } from "../model/diff-effect.ts";
import { createDiffEffect } from "../registry/diff-effect.ts";
import type { Storage } from "../storage/storage.ts";

/** Bodies in memory at a time. */
const READ_AT_ONCE = 16;

export type BackTest = {
  readonly before: ActiveConfig;
  readonly after: ActiveConfig;
  /** The newest so many accepted requests. */
  readonly limit: number;
};

/** @throws storage_unavailable */
export async function backTest(
  storage: Pick<Storage, "listRequests" | "readRequests">,
  { before, after, limit }: BackTest,
): Promise<DiffEffect> {
  const effect = createDiffEffect(before, after);
  let left = limit;
  let beforeSequence: number | undefined;
  do {
    const page = await storage.listRequests({
      outcomes: ["accepted"],
      limit: Math.min(READ_AT_ONCE, left),
      ...(beforeSequence !== undefined && { beforeSequence }),
    });
    const requests = await storage.readRequests(page.requests.map(({ sequence }) => sequence));
    for (const request of requests) effect.add(request);
    left -= page.requests.length;
    beforeSequence = page.nextSequence;
  } while (left > 0 && beforeSequence !== undefined);
  return effect.result();
}
