/**
 * A lane that must not or cannot run lets go of what it holds in memory (I10, I11). Nothing is lost:
 * everything that is not settled is in the store, and is read again, oldest first, when the lane goes
 * on, exactly as after a restart.
 *
 * Attempts under way finish first; until then what waits behind them for the sake of order stays.
 */
import { dropEvents } from "./backlog.ts";
import type { Engine } from "./engine.ts";
import type { Lane } from "./lane.ts";
import { dropOrder } from "./order.ts";
import { dropDue } from "./retries.ts";

export function letGo(engine: Engine, lane: Lane): void {
  // Pages that are being read would bring back what is let go of.
  lane.epoch += 1;
  dropEvents(engine, lane);
  dropDue(engine, lane);
  // What comes while the lane is held is to be begun first as well, when it goes on.
  if (lane.bursts !== undefined) lane.bursts.beginFirstUpTo = undefined;
  if (lane.inFlight === 0) rewind(engine, lane);
}

/** Goes back to the cursor, unless nothing was begun beyond it that is not settled. */
function rewind(engine: Engine, lane: Lane): void {
  const { window, backlog } = lane;
  dropOrder(engine, lane);
  const openCount = window.openAbove(engine.startSequence);
  if (window.oldestOpen() === -1) return;
  backlog.waiting += openCount;
  backlog.missedUpTo = Math.max(backlog.missedUpTo, backlog.takenUpTo);
  window.rewind();
  backlog.takenUpTo = window.cursor;
}
