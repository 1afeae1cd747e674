/**
 * The engine against everything that may happen to it, in any order: floods, failures, hanging and
 * refusing destinations, pauses, crashes, restarts, a full disk, commands, replays, new
 * configurations. What must hold at every attempt is checked when it is sent, against what is
 * durable at that moment; at the end everything gets well, and everything owed must have ended.
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { ActiveDestination } from "../../src/model/active.ts";
import type { DeliveryKey, DeliveryRow } from "../../src/model/delivery.ts";
import { isRingdownError } from "../../src/errors/ringdown-error.ts";
import { hasSucceeded } from "../../src/storage/memory/read-attempts.ts";
import { readDelivery } from "../../src/storage/memory/read-deliveries.ts";
import { destination } from "../support/delivery-fixtures.ts";
import { createWorld, type World } from "../support/delivery-world.ts";
import type { Reply, Sent } from "../support/scripted-outbound.ts";

const PLAIN = 1;
const ORDERED = 2;
const LIMITED = 3;
const ALL = [PLAIN, ORDERED, LIMITED] as const;
const KEYS = ["a", "b", "c", ""];

const DESTINATIONS: readonly ActiveDestination[] = [
  destination({ no: PLAIN, schedule: [500, 2_000, 10_000] }),
  destination({
    no: ORDERED,
    schedule: [300, 1_000],
    orderKeyOf: (context) => (context.json() as { key: string }).key,
  }),
  destination({
    no: LIMITED,
    schedule: [100],
    circuit: false,
    maxConcurrency: 2,
    ratePerSecond: 50,
  }),
];

/** Small, so that every limit is met in every run. */
const OPTIONS = {
  maxInFlight: 8,
  laneQueueEvents: 6,
  windowEvents: 12,
  maxUnrecorded: 6,
  maxReads: 2,
  maxFollowers: 3,
  maxParkedRows: 4,
  maxOrderKeys: 2,
};

const MOODS = ["well", "flaky", "down", "refusing", "slow", "hanging", "busy", "gone"] as const;
type Mood = (typeof MOODS)[number];

type Step =
  | {
      readonly do: "accept";
      readonly count: number;
      readonly to: readonly number[];
      readonly key: string;
    }
  | { readonly do: "advance"; readonly ms: number }
  | { readonly do: "mood"; readonly of: number; readonly mood: Mood }
  | { readonly do: "pause" | "resume" | "disable" | "enable"; readonly of: number }
  | { readonly do: "cancel" | "retry" | "replay"; readonly of: number; readonly pick: number }
  | { readonly do: "crash" | "restart" | "fill" | "free" };

type CommandStep = Extract<Step, { readonly of: number }>;

const no = fc.constantFrom(...ALL);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("accept" as const),
      count: fc.integer({ min: 1, max: 15 }),
      to: fc.subarray([...ALL], { minLength: 1 }),
      key: fc.constantFrom(...KEYS),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("advance" as const),
      ms: fc.constantFrom(0, 1, 20, 150, 700, 3_000, 20_000),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("mood" as const),
      of: no,
      mood: fc.constantFrom(...MOODS),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constantFrom("pause", "resume", "resume", "disable", "enable"),
      of: no,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom("cancel", "retry", "replay"),
      of: no,
      pick: fc.nat(1000),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constantFrom("crash", "crash", "restart", "fill", "free", "free"),
    }),
  },
);

/** Deterministic, and different for every attempt. */
function chance(sent: Sent, salt: number): number {
  const mixed = Math.imul(
    sent.sequence * 31 + sent.destinationNo * 7 + sent.number + salt,
    2_654_435_761,
  );
  return ((mixed >>> 8) % 1000) / 1000;
}

function replyIn(mood: Mood, sent: Sent, salt: number): Reply {
  const roll = chance(sent, salt);
  switch (mood) {
    case "well":
      return { status: 200, afterMs: roll < 0.5 ? 0 : 5 };
    case "flaky":
      if (roll < 0.4) return { status: 200, afterMs: Math.floor(roll * 100) };
      if (roll < 0.6) return { status: 500 };
      if (roll < 0.7) return { status: 404, afterMs: 3 };
      return roll < 0.85 ? { cause: "reset", afterMs: 10 } : { cause: "overloaded" };
    case "down":
      return { cause: "connect" };
    case "refusing":
      return { status: 503, afterMs: 2 };
    case "slow":
      return { status: 200, afterMs: 2_000 };
    case "hanging":
      return "hang";
    case "busy":
      return roll < 0.5 ? { status: 429, retryAfter: "2" } : { status: 204 };
    case "gone":
      return { status: 410 };
  }
}

/** Watches every attempt as it begins. */
function createReferee(world: () => World) {
  const succeededInThisLife = new Set<string>();
  const live = new Set<string>();
  const retried = new Set<string>();
  const keyOf = new Map<number, string>();
  const problems: string[] = [];
  const nameOf = ({ sequence, destinationNo, ordinal }: DeliveryKey) =>
    `${sequence}/${destinationNo}/${ordinal}`;

  function isEnded(key: DeliveryKey): boolean {
    if (succeededInThisLife.has(nameOf(key))) return true;
    const { contents } = world().disk;
    if (hasSucceeded(contents, key)) return true;
    const state = readDelivery(contents, key)?.state;
    return state !== undefined && state !== "pending";
  }

  function checkOrder(sent: Sent): void {
    const key = keyOf.get(sent.sequence) ?? "";
    if (sent.destinationNo !== ORDERED || sent.ordinal > 0 || key === "") return;
    for (const [sequence, otherKey] of keyOf) {
      const other = { ...sent, sequence };
      if (sequence >= sent.sequence || otherKey !== key || retried.has(nameOf(other))) continue;
      const request = world().disk.contents.requests[sequence - 1];
      if (!request!.targets.some(({ destinationNo }) => destinationNo === ORDERED)) continue;
      if (!isEnded(other)) problems.push(`${nameOf(sent)} was sent before ${sequence} ended`);
    }
  }

  return {
    problems,
    retried,
    nameOf,
    accepted: (sequences: readonly number[], key: string) => {
      for (const sequence of sequences) keyOf.set(sequence, key);
    },
    newLife() {
      succeededInThisLife.clear();
      live.clear();
    },
    sent(sent: Sent): void {
      const name = nameOf(sent);
      if (live.has(name)) problems.push(`${name} is attempted twice at the same time`);
      if (isEnded(sent)) problems.push(`${name} was sent after it had ended`);
      const numbers = (world().disk.contents.attemptsByEvent.get(sent.sequence) ?? [])
        .filter((each) => nameOf(each) === name)
        .map((each) => each.number);
      if (numbers.includes(sent.number)) problems.push(`${name} has attempt ${sent.number} twice`);
      checkOrder(sent);
      live.add(name);
    },
    ended(sent: Sent): void {
      live.delete(nameOf(sent));
      if (sent.outcome === "success") succeededInThisLife.add(nameOf(sent));
    },
  };
}

async function play(steps: readonly Step[], salt: number): Promise<void> {
  const moods = new Map<number, Mood>();
  let world: World;
  const referee = createReferee(() => world);
  const watched = new Set<Sent>();
  world = await createWorld({
    destinations: DESTINATIONS,
    options: OPTIONS,
    random: () => 0.5,
    replyTo(sent) {
      for (const each of watched) {
        if (each.outcome === undefined) continue;
        watched.delete(each);
        referee.ended(each);
      }
      referee.sent(sent);
      watched.add(sent);
      return replyIn(moods.get(sent.destinationNo) ?? "well", sent, salt);
    },
  });
  world.onNewLife = () => {
    watched.clear();
    referee.newLife();
  };
  const disabled = new Set<number>();
  const configure = () =>
    world.reconfigure(DESTINATIONS.map((each) => ({ ...each, enabled: !disabled.has(each.no) })));

  /** Some delivery to the destination, as the dice have it. */
  const pickDelivery = ({ of, pick }: { of: number; pick: number }): DeliveryKey | undefined => {
    const owed = world.disk.contents.requests.filter(({ targets }) =>
      targets.some(({ destinationNo }) => destinationNo === of),
    );
    const picked = owed[pick % Math.max(1, owed.length)];
    return picked === undefined
      ? undefined
      : { sequence: picked.sequence, destinationNo: of, ordinal: 0 };
  };

  const command = async (each: CommandStep): Promise<unknown> => {
    const { control } = world.delivery;
    if (each.do === "mood") return moods.set(each.of, each.mood);
    if (each.do === "pause") return control.pause(each.of, "a test");
    if (each.do === "resume") return control.resume(each.of);
    if (!("pick" in each)) {
      if (each.do === "disable") disabled.add(each.of);
      else disabled.delete(each.of);
      return configure();
    }
    const key = pickDelivery(each);
    if (key === undefined) return;
    if (each.do === "replay") return replay(world, key);
    if (each.do === "cancel") return control.cancel(key);
    referee.retried.add(referee.nameOf(key));
    return control.retry(key);
  };

  const perform = async (each: Step): Promise<void> => {
    switch (each.do) {
      case "accept": {
        if (world.disk.full) return;
        const body = Buffer.from(JSON.stringify({ key: each.key }));
        const targets = each.to.map((destinationNo) => ({ routeNo: 1, destinationNo }));
        return referee.accepted(await world.accept(each.count, { body, targets }), each.key);
      }
      case "advance":
        return world.clock.advance(each.ms);
      case "crash":
        return world.crash();
      case "restart":
        world.disk.full = false;
        return world.restart();
      case "fill":
      case "free":
        world.disk.full = each.do === "fill";
        return;
      default:
        return settledWith(world, command(each));
    }
  };

  for (const each of steps) {
    await perform(each);
    await world.clock.settle();
  }

  // Everything gets well, and nothing may be left over.
  world.disk.full = false;
  moods.clear();
  disabled.clear();
  configure();
  await world.clock.advance(10_000);
  for (const each of ALL) await settledWith(world, world.delivery.control.resume(each));
  await world.clock.advance(2 * 3_600_000);

  expect(referee.problems).toEqual([]);
  const ledger = await world.storage.ledger();
  expect(ledger.problems).toEqual([]);
  expect([...ledger.pendingByDestination]).toEqual([]);
  expect(ledger.delivered + ledger.dead + ledger.cancelled).toBe(ledger.owed);
  expect(world.delivery.stats()).toMatchObject({
    inFlight: 0,
    retainedEvents: 0,
    retainedBytes: 0,
    unrecorded: 0,
    recording: "ok",
  });
}

/** Commands may be refused, but only as they say; a refusal changes nothing. */
async function settledWith(world: World, command: Promise<unknown>): Promise<void> {
  const checked = command.catch((error: unknown) => {
    if (!isRingdownError(error)) throw error;
  });
  await world.clock.settle();
  await checked;
}

/** What a replay does: a row of its own, durable, then handed over. */
async function replay(world: World, key: DeliveryKey): Promise<void> {
  const rows = await world.storage.readDeliveriesOf(key.sequence);
  const own = rows.filter((row) => row.destinationNo === key.destinationNo);
  const nowMs = world.clock.nowMs();
  const row: DeliveryRow = {
    ...key,
    ordinal: own.reduce((highest, each) => Math.max(highest, each.ordinal), 0) + 1,
    state: "pending",
    attemptCount: 0,
    lastAttemptNumber: 0,
    dueAtMs: nowMs,
    replayId: "op_1",
    createdAtMs: nowMs,
    updatedAtMs: nowMs,
  };
  const recorded = world.storage.record({ attempts: [], deliveries: [row] });
  recorded.then(
    () => world.delivery.control.adopt([row]),
    () => undefined,
  );
  await world.clock.settle();
}

test("[I2] [I5] whatever happens, every delivery ends once, in order, and only crashes repeat attempts", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 60, size: "max" }), fc.nat(), play),
    { numRuns: Number(process.env["DELIVERY_RUNS"] ?? 40), endOnFailure: false },
  );
}, 120_000);
