/**
 * Remembers events in this process: for one process, for development, and as what a receiver does
 * when no other store is given. A restart forgets, so a retry after it is worked on again.
 *
 * Bounded: beyond `maxEvents` the event that was completed longest ago is forgotten; when as many
 * are being worked on, further claims are refused with an error, never forgotten. Cost: O(1), about
 * 200 bytes an event.
 */
import { ReceiverError } from "../errors.ts";
import type { ClaimOutcome, EventClaim, EventStore } from "./event-store.ts";

export type MemoryStoreOptions = {
  /** Default 100,000. */
  readonly maxEvents?: number;
  /** Milliseconds since 1970; for tests. */
  readonly now?: () => number;
};

type Held = { readonly token: string; readonly endsAtMs: number };

const DEFAULT_MAX_EVENTS = 100_000;

/** @throws {option_invalid} */
export function memoryStore(options: MemoryStoreOptions = {}): EventStore {
  const { maxEvents = DEFAULT_MAX_EVENTS, now = Date.now } = options;
  if (!Number.isSafeInteger(maxEvents) || maxEvents < 1) {
    throw new ReceiverError(
      "option_invalid",
      "maxEvents must be a whole number of at least 1.",
      "Leave it out to remember 100,000 events.",
    );
  }
  const claimed = new Map<string, Held>();
  /** When to forget, by key; in the order of completion, so the first is the oldest. */
  const completed = new Map<string, number>();

  const makeRoom = (nowMs: number): void => {
    if (claimed.size < maxEvents) return;
    for (const [key, held] of claimed) if (held.endsAtMs <= nowMs) claimed.delete(key);
    if (claimed.size < maxEvents) return;
    throw new ReceiverError(
      "store_full",
      `${maxEvents} events are being worked on at once.`,
      "Make onEvent faster, or raise the memory store's maxEvents.",
    );
  };

  const forget = (nowMs: number): void => {
    for (const [key, endsAtMs] of completed) {
      if (endsAtMs > nowMs && completed.size <= maxEvents) return;
      completed.delete(key);
    }
  };

  const claim = async ({ key, token }: EventClaim, leaseMs: number): Promise<ClaimOutcome> => {
    const nowMs = now();
    if ((completed.get(key) ?? 0) > nowMs) return "completed";
    if ((claimed.get(key)?.endsAtMs ?? 0) > nowMs) return "busy";
    makeRoom(nowMs);
    completed.delete(key);
    claimed.set(key, { token, endsAtMs: nowMs + leaseMs });
    return "claimed";
  };

  const complete = async ({ key }: EventClaim, keepMs: number): Promise<void> => {
    const nowMs = now();
    claimed.delete(key);
    completed.delete(key);
    completed.set(key, nowMs + keepMs);
    forget(nowMs);
  };

  const release = async ({ key, token }: EventClaim): Promise<void> => {
    if (claimed.get(key)?.token === token) claimed.delete(key);
  };

  return { claim, complete, release };
}
