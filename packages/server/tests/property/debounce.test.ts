/**
 * Debounce against whatever may happen: arrivals at random, floods, failing destinations, pauses,
 * crashes, restarts, a full disk, more bursts than are remembered. What a first attempt may carry is
 * checked when it is sent, against everything accepted by then:
 *
 *   newest   nothing of its key was accepted between it and the moment its burst ended
 *   once     what was attempted is never superseded; what was superseded is never attempted
 *   for it   whatever was superseded has a newer one of its key that was not
 *
 * Without faults the deliveries are exactly those that a model of twenty lines says.
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { EventContext } from "../../src/model/active.ts";
import { debouncedRoute, destination } from "../support/delivery-fixtures.ts";
import { createWorld, type World } from "../support/delivery-world.ts";
import type { Sent } from "../support/scripted-outbound.ts";

const WAIT_MS = 1_000;
const MAX_MS = 4_000;
const KEYS = ["a", "b", "c"] as const;

const DESTINATIONS = [destination({ debounced: true, schedule: [300, 1_000], maxConcurrency: 2 })];
const ROUTES = [
  debouncedRoute({
    waitMs: WAIT_MS,
    maxMs: MAX_MS,
    keyOf: (context: EventContext) => (context.json() as { key: string }).key,
  }),
];
/** Small, so that every limit is met. */
const OPTIONS = {
  maxInFlight: 4,
  laneQueueEvents: 6,
  windowEvents: 12,
  maxUnrecorded: 4,
  maxReads: 1,
  maxKnownBursts: 2,
};

type Arrival = { readonly sequence: number; readonly key: string; readonly atMs: number };

type Step =
  | { readonly do: "accept"; readonly count: number; readonly key: string }
  | { readonly do: "advance"; readonly ms: number }
  | { readonly do: "pause" | "resume" | "crash" | "restart" | "fill" | "free" | "fail" | "heal" };

const arrivalSteps: fc.Arbitrary<Step>[] = [
  fc.record({
    do: fc.constant("accept" as const),
    count: fc.integer({ min: 1, max: 12 }),
    key: fc.constantFrom(...KEYS),
  }),
  fc.record({
    do: fc.constant("advance" as const),
    ms: fc.constantFrom(0, 1, 50, 400, 999, 1_000, 1_001, 3_000),
  }),
];
const faultStep: fc.Arbitrary<Step> = fc.record({
  do: fc.constantFrom(
    "pause",
    "resume",
    "resume",
    "crash",
    "restart",
    "fill",
    "free",
    "fail",
    "heal",
  ),
});

type State = { isFailing: boolean; readonly answerMs: number };

async function startWorld(state: State): Promise<World> {
  return createWorld({
    destinations: DESTINATIONS,
    routes: ROUTES,
    options: OPTIONS,
    replyTo: ({ number }) => ({
      status: state.isFailing && number < 3 ? 503 : 200,
      afterMs: state.answerMs,
    }),
  });
}

async function accept(world: World, step: Extract<Step, { do: "accept" }>): Promise<Arrival[]> {
  if (world.disk.full) return [];
  const body = Buffer.from(JSON.stringify({ key: step.key }));
  const atMs = world.clock.nowMs();
  const sequences = await world.accept(step.count, { body });
  return sequences.map((sequence) => ({ sequence, key: step.key, atMs }));
}

async function perform(world: World, step: Step, state: State): Promise<void> {
  switch (step.do) {
    case "accept":
      return;
    case "advance":
      return world.clock.advance(step.ms);
    case "pause":
    case "resume": {
      const { control } = world.delivery;
      const command = step.do === "pause" ? control.pause(1, "a test") : control.resume(1);
      // The disk may be full: then it is refused, and nothing has changed.
      await world.run(command.catch(() => undefined));
      return;
    }
    case "crash":
      return world.crash();
    case "restart":
      world.disk.full = false;
      return world.restart();
    case "fill":
    case "free":
      world.disk.full = step.do === "fill";
      return;
    case "fail":
    case "heal":
      state.isFailing = step.do === "fail";
  }
}

/** First attempts, and what had been accepted when each was made. */
function createReferee() {
  const arrivals: Arrival[] = [];
  const problems: string[] = [];
  const started = new Set<number>();
  const lastSent = new Map<string, number>();
  return {
    arrivals,
    problems,
    started,
    sent(sent: Sent, nowMs: number): void {
      started.add(sent.sequence);
      const own = arrivals.find(({ sequence }) => sequence === sent.sequence);
      if (sent.number > 1 || own === undefined) return;
      // Accepted before its burst can have ended: within the wait, and not in this very turn.
      const newer = arrivals.find(
        ({ sequence, key, atMs }) =>
          key === own.key && sequence > own.sequence && atMs < own.atMs + WAIT_MS && atMs < nowMs,
      );
      const first = arrivals.find(
        ({ sequence, key }) => key === own.key && sequence > (lastSent.get(key) ?? 0),
      );
      const isForced = nowMs - (first?.atMs ?? nowMs) >= MAX_MS;
      lastSent.set(own.key, own.sequence);
      if (newer !== undefined && !isForced) {
        problems.push(`${sent.sequence} was sent although ${newer.sequence} had come`);
      }
    },
  };
}

async function checkEnds(world: World, referee: ReturnType<typeof createReferee>): Promise<void> {
  const { arrivals, problems, started } = referee;
  const survivors = new Map<string, number>();
  for (const { sequence, key } of arrivals.toReversed()) {
    const row = await world.storage.readDelivery({ sequence, destinationNo: 1, ordinal: 0 });
    if (row?.state === "delivered") survivors.set(key, sequence);
    else if (row?.state !== "cancelled" || row.cause !== "superseded") {
      problems.push(`${sequence} ended as ${row?.state ?? "nothing"} ${row?.cause ?? ""}`);
    } else {
      if (!survivors.has(key)) problems.push(`${sequence} was superseded by nothing`);
      const attempts = await world.storage.readAttempts(sequence);
      if (attempts.length > 0) problems.push(`${sequence} was attempted and superseded`);
    }
    if (row?.state === "delivered" && !started.has(sequence)) {
      problems.push(`${sequence} was never sent`);
    }
  }
}

async function play(steps: readonly Step[]): Promise<void> {
  const state = { isFailing: false, answerMs: 2 };
  const referee = createReferee();
  const world = await startWorld(state);
  const { replyTo } = world;
  world.replyTo = (sent) => {
    referee.sent(sent, world.clock.nowMs());
    return replyTo(sent);
  };
  for (const step of steps) {
    if (step.do === "accept") referee.arrivals.push(...(await accept(world, step)));
    else await perform(world, step, state);
    await world.clock.settle();
    const ledger = await world.storage.ledger();
    expect(ledger.problems).toEqual([]);
    expect(ledger.owed).toBe(referee.arrivals.length);
  }
  world.disk.full = false;
  state.isFailing = false;
  await world.clock.advance(10_000);
  await world.run(world.delivery.control.resume(1));
  await world.clock.advance(600_000);

  await checkEnds(world, referee);
  expect(referee.problems).toEqual([]);
  const ledger = await world.storage.ledger();
  expect(ledger.pending).toBe(0);
  expect(ledger.delivered + ledger.cancelled).toBe(ledger.owed);
  expect(world.delivery.stats()).toMatchObject({ retainedEvents: 0, retainedBytes: 0 });
}

test("[I2] whatever happens, the newest of every burst is delivered and the others are superseded", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.oneof(...arrivalSteps.map((arbitrary) => ({ weight: 4, arbitrary })), {
          weight: 2,
          arbitrary: faultStep,
        }),
        { minLength: 5, maxLength: 60, size: "max" },
      ),
      play,
    ),
    { numRuns: Number(process.env["DELIVERY_RUNS"] ?? 60), endOnFailure: false },
  );
}, 120_000);

/** The newest of each burst: it ends after a wait without arrivals, or the maximum after it began. */
function expectedOf(arrivals: readonly Arrival[]): number[] {
  const delivered: number[] = [];
  for (const key of KEYS) {
    let burst: { sinceMs: number; last: Arrival } | undefined;
    for (const arrival of arrivals.filter((each) => each.key === key)) {
      const endMs =
        burst === undefined ? 0 : Math.min(burst.last.atMs + WAIT_MS, burst.sinceMs + MAX_MS);
      if (burst !== undefined && arrival.atMs >= endMs) delivered.push(burst.last.sequence);
      const goesOn = burst !== undefined && arrival.atMs < endMs;
      burst = { sinceMs: goesOn && burst ? burst.sinceMs : arrival.atMs, last: arrival };
    }
    if (burst !== undefined) delivered.push(burst.last.sequence);
  }
  return delivered.toSorted((left, right) => left - right);
}

test("without faults exactly the last of each burst is delivered", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof(...arrivalSteps), { minLength: 5, maxLength: 60, size: "max" }),
      async (steps) => {
        // What is due and has no slot may still be superseded: here there is always one.
        const state = { isFailing: false, answerMs: 0 };
        const world = await startWorld(state);
        const arrivals: Arrival[] = [];
        for (const step of steps) {
          if (step.do === "accept") arrivals.push(...(await accept(world, step)));
          else await perform(world, step, state);
        }
        await world.clock.advance(MAX_MS * 2);
        const sent = world.sent.map(({ sequence }) => sequence);
        expect(sent.toSorted((left, right) => left - right)).toEqual(expectedOf(arrivals));
      },
    ),
    { numRuns: Number(process.env["DELIVERY_RUNS"] ?? 60), endOnFailure: false },
  );
}, 120_000);
