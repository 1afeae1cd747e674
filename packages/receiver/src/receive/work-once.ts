/**
 * Hands an event to `onEvent` at most once at a time, and not again once it is done.
 *
 *     claim ──▶ "completed": duplicate, 200
 *       │  └──▶ "busy": in progress, 503: come back when it is known how that ended
 *       │  └──▶ failed or too late: 503, and onEvent is not called: better late than twice
 *       ▼
 *     onEvent ──▶ resolves: complete, 200 (also if complete fails: the work has been done)
 *             └─▶ throws: release, 500, so that the provider's next try is a first one again
 *
 * A second request for an event that is being worked on is not kept waiting. Nobody knows for how
 * long, perhaps in another process, and its provider most likely gave up on the first one for being
 * slow. A 2xx instead would be a promise that the first one may yet break.
 *
 * Together: at least once, and exactly once as long as no process dies, the store forgets nothing,
 * and `onEvent` is shorter than its lease.
 */
import { randomUUID } from "node:crypto";
import type { EventClaim, EventStore } from "../stores/event-store.ts";
import { withDeadline } from "./deadline.ts";
import type { WebhookEvent } from "./event.ts";
import type { Settings } from "./options.ts";
import type { ReceiveOutcome } from "./outcome.ts";

export type Work = {
  readonly onEvent: (event: WebhookEvent) => unknown;
  readonly settings: Settings;
};

export type Started =
  | { readonly kind: "settled"; readonly outcome: ReceiveOutcome }
  /** Claimed; `finish` works on it. Never rejects. */
  | { readonly kind: "claimed"; readonly finish: () => Promise<ReceiveOutcome> };

/** Never rejects. */
export async function startWork(event: WebhookEvent, work: Work): Promise<Started> {
  const { store, source } = work.settings;
  if (store === undefined || event.id === undefined) {
    return { kind: "claimed", finish: () => run(event, work) };
  }
  const claim = { key: keyOf(source, event.id), token: randomUUID() };
  try {
    const answer = await claimInTime(store, claim, work.settings);
    if (answer === "completed") return settled({ kind: "duplicate", event });
    if (answer === "busy") return settled(busy(event, work.settings));
  } catch (error) {
    return settled({ kind: "store_failed", event, during: "claim", error });
  }
  return { kind: "claimed", finish: () => runClaimed(event, work, { store, claim }) };
}

function settled(outcome: ReceiveOutcome): Started {
  return { kind: "settled", outcome };
}

/** Where it was acknowledged before, the promise has been made already. */
function busy(event: WebhookEvent, { acknowledge }: Settings): ReceiveOutcome {
  return { kind: acknowledge === "before" ? "duplicate" : "in_progress", event };
}

async function run(event: WebhookEvent, { onEvent }: Work): Promise<ReceiveOutcome> {
  try {
    await onEvent(event);
    return { kind: "accepted", event };
  } catch (error) {
    return { kind: "failed", event, error };
  }
}

type Held = { readonly store: EventStore; readonly claim: EventClaim };

async function runClaimed(
  event: WebhookEvent,
  work: Work,
  { store, claim }: Held,
): Promise<ReceiveOutcome> {
  const { settings } = work;
  const outcome = await run(event, work);
  const during = outcome.kind === "accepted" ? "complete" : "release";
  try {
    const noted =
      during === "complete" ? store.complete(claim, settings.keepMs) : store.release(claim);
    await withDeadline(noted, {
      what: `the store's ${during}`,
      timeoutMs: settings.storeTimeoutMs,
    });
  } catch (error) {
    // The claim ends with its lease; what became of the event is not changed by this.
    settings.onOutcome({ kind: "store_failed", event, during, error });
  }
  return outcome;
}

/** A claim that succeeds after its deadline is given back: nobody works on it. */
function claimInTime(
  store: EventStore,
  claim: EventClaim,
  { leaseMs, storeTimeoutMs }: Settings,
): Promise<Awaited<ReturnType<EventStore["claim"]>>> {
  return withDeadline(store.claim(claim, leaseMs), {
    what: "the store's claim",
    timeoutMs: storeTimeoutMs,
    onLate: (answer) => {
      if (answer !== "claimed") return;
      store.release(claim).catch(() => undefined); // Then its lease ends it.
    },
  });
}

/**
 * The id as JSON writes it: no control characters and no lone surrogates, which PostgreSQL refuses,
 * and still one key for each id.
 */
function keyOf(source: string, id: string): string {
  return JSON.stringify(`${source}:${id}`).slice(1, -1);
}
