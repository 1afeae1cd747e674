/**
 * Random histories of a store, as plain data that shrinks and prints well, and how each step is
 * taken: on the store under test and on the model, comparing what is answered.
 *
 * Steps pick what they act on by a number, taken modulo what there is, so that every shrunk history
 * still makes sense. They keep to what the delivery engine does: a row only for a delivery that is
 * owed, and lanes saved as completely as the port asks for.
 */
import fc from "fast-check";
import { expect } from "vitest";
import type { AttemptRecord, DeliveryKey, DeliveryRow } from "../../src/model/delivery.ts";
import type { NewRequest } from "../../src/model/request.ts";
import type { DeliveryChanges, Storage } from "../../src/storage/storage.ts";
import {
  appendAll,
  bytesOf,
  newRequest,
  NOON_MS,
  rowOf,
  successOf,
  targetsTo,
} from "../contract/storage/fixtures.ts";
import type { Harness } from "../contract/storage/harness.ts";
import {
  appendToModel,
  checkpointsOf,
  compareKeys,
  DESTINATIONS,
  type Model,
  recordInModel,
  sameDelivery,
  untouchedOf,
} from "./storage-model.ts";

type RequestSeed = {
  readonly sourceNo: number;
  readonly key: string;
  readonly body: string;
  readonly outcome: NewRequest["outcome"];
  readonly windowMs: number;
  readonly destinations: readonly number[];
  readonly afterMs: number;
  readonly eventType: string;
};

type Result = "success" | "retry" | "dead" | "cancelled";

export type Command =
  | { readonly type: "append"; readonly requests: readonly RequestSeed[] }
  | {
      readonly type: "attempt";
      readonly pick: number;
      readonly result: Result;
      readonly waitMs: number;
      readonly orderKey: string;
      /** Whether the lanes are saved in the same record. */
      readonly saves: boolean;
    }
  | { readonly type: "replay"; readonly pick: number; readonly destinationNo: number }
  | { readonly type: "save" }
  | { readonly type: "put"; readonly id: string; readonly document: unknown }
  | { readonly type: "remove"; readonly id: string }
  | { readonly type: "reopen" }
  | { readonly type: "crash"; readonly inFlight: readonly RequestSeed[] };

const requestSeed: fc.Arbitrary<RequestSeed> = fc.record({
  sourceNo: fc.constantFrom(1, 2),
  key: fc.constantFrom("", "a", "b", "é\0"),
  body: fc.constantFrom("", "one", "two"),
  outcome: fc.constantFrom("accepted", "accepted", "accepted", "rejected", "quarantined"),
  windowMs: fc.constantFrom(0, 5000, 60_000),
  destinations: fc.subarray([...DESTINATIONS]),
  // The wall clock may step back.
  afterMs: fc.integer({ min: -3000, max: 10_000 }),
  eventType: fc.constantFrom("", "made", "gone"),
});

const ids = fc.constantFrom("x", "y", "Z");

export const commands: fc.Arbitrary<readonly Command[]> = fc.array(
  fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({
        type: fc.constant("append" as const),
        requests: fc.array(requestSeed, { minLength: 1, maxLength: 5 }),
      }),
    },
    {
      weight: 8,
      arbitrary: fc.record({
        type: fc.constant("attempt" as const),
        pick: fc.nat(),
        result: fc.constantFrom<Result>("success", "success", "retry", "dead", "cancelled"),
        waitMs: fc.integer({ min: 0, max: 50 }),
        orderKey: fc.constantFrom("", "", "k1", "k2\0'"),
        saves: fc.boolean(),
      }),
    },
    fc.record({
      type: fc.constant("replay" as const),
      pick: fc.nat(),
      destinationNo: fc.constantFrom(...DESTINATIONS),
    }),
    fc.record({ type: fc.constant("save" as const) }),
    fc.record({ type: fc.constant("put" as const), id: ids, document: fc.jsonValue() }),
    fc.record({ type: fc.constant("remove" as const), id: ids }),
    fc.record({ type: fc.constant("reopen" as const) }),
    fc.record({
      type: fc.constant("crash" as const),
      inFlight: fc.array(requestSeed, { maxLength: 5 }),
    }),
  ),
  { minLength: 1, maxLength: 40, size: "max" },
);

/** The history's state: `storage` changes with every restart. */
export type World = {
  readonly harness: Harness;
  readonly model: Model;
  storage: Storage;
  nowMs: number;
};

/** Takes one step. Answers "restarted" when the store was opened anew. */
export async function step(world: World, command: Command): Promise<"restarted" | "same"> {
  switch (command.type) {
    case "append":
      await appendRequests(world, command.requests);
      return "same";
    case "attempt":
      await attempt(world, command);
      return "same";
    case "replay":
      await replay(world, command);
      return "same";
    case "save":
      await record(world, { attempts: [], deliveries: [], lanes: checkpointsOf(world.model) });
      return "same";
    case "put":
    case "remove":
      await changeDocument(world, command);
      return "same";
    case "reopen":
      world.storage = await world.harness.reopen();
      return "restarted";
    case "crash":
      await crash(world, command.inFlight);
      return "restarted";
  }
}

function toRequest(world: World, seed: RequestSeed): NewRequest {
  world.nowMs += seed.afterMs;
  return newRequest({
    receivedAtMs: world.nowMs,
    sourceNo: seed.sourceNo,
    idempotencyKey: seed.key,
    body: bytesOf(seed.body),
    outcome: seed.outcome,
    dedupeWindowMs: seed.windowMs,
    eventType: seed.eventType,
    targets: seed.outcome === "accepted" ? targetsTo(...seed.destinations) : [],
  });
}

async function appendRequests(world: World, seeds: readonly RequestSeed[]): Promise<void> {
  const requests = seeds.map((seed) => toRequest(world, seed));
  const results = await appendAll(world.storage, requests);
  expect(results).toStrictEqual(requests.map((request) => appendToModel(world.model, request)));
}

async function record(world: World, changes: DeliveryChanges): Promise<void> {
  recordInModel(world.model, changes);
  await world.storage.record(changes);
}

type Open = { readonly key: DeliveryKey; readonly row?: DeliveryRow };

/** Deliveries that something can still be done about: untouched, pending, or dead (by a person). */
function openDeliveries(model: Model): readonly Open[] {
  const untouched = DESTINATIONS.flatMap((destinationNo) =>
    untouchedOf(model, destinationNo).map((sequence) => ({
      key: { sequence, destinationNo, ordinal: 0 },
    })),
  );
  const rows = model.rows
    .filter((row) => row.state === "pending" || row.state === "dead")
    .map((row) => ({ key: row, row }));
  return [...untouched, ...rows].toSorted((left, right) => compareKeys(left.key, right.key));
}

async function attempt(world: World, command: Command & { type: "attempt" }): Promise<void> {
  const open = openDeliveries(world.model);
  const chosen = open[command.pick % Math.max(open.length, 1)];
  if (chosen === undefined) return;
  world.nowMs += 1;
  const attempts = command.result === "cancelled" ? [] : [attemptOf(world, chosen, command.result)];
  const firstTry = chosen.row === undefined && command.result === "success";
  const deliveries = firstTry ? [] : [nextRow(world, chosen, command)];
  const changes = { attempts, deliveries };
  if (!command.saves) return record(world, changes);

  const foreseen: Model = { ...world.model, attempts: [...world.model.attempts] };
  recordInModel(foreseen, changes);
  await record(world, { ...changes, lanes: checkpointsOf(foreseen) });
}

function attemptOf(world: World, { key, row }: Open, result: Result): AttemptRecord {
  const { sequence, destinationNo, ordinal } = key;
  return successOf(
    { sequence, destinationNo, ordinal },
    {
      number: (row?.lastAttemptNumber ?? 0) + 1,
      startedAtMs: world.nowMs,
      ...(result !== "success" && { outcome: "failure", cause: "reset" }),
    },
  );
}

const NEXT_STATE = {
  success: "delivered",
  retry: "pending",
  dead: "dead",
  cancelled: "cancelled",
} as const;

function nextRow(
  world: World,
  { key, row }: Open,
  command: Command & { type: "attempt" },
): DeliveryRow {
  const { sequence, destinationNo, ordinal } = key;
  const state = NEXT_STATE[command.result];
  return rowOf(
    { sequence, destinationNo, ordinal },
    {
      state,
      attemptCount: (row?.attemptCount ?? 0) + 1,
      lastAttemptNumber: (row?.lastAttemptNumber ?? 0) + 1,
      createdAtMs: row?.createdAtMs ?? world.nowMs,
      updatedAtMs: world.nowMs,
      ...(state === "pending" && command.waitMs > 0 && { dueAtMs: NOON_MS + command.waitMs }),
      ...(command.orderKey !== "" && { orderKey: command.orderKey }),
      ...(row?.replayId !== undefined && { replayId: row.replayId }),
    },
  );
}

async function replay(world: World, command: Command & { type: "replay" }): Promise<void> {
  const events = world.model.stored.filter((request) => request.outcome === "accepted");
  const event = events[command.pick % Math.max(events.length, 1)];
  if (event === undefined) return;
  const key = { sequence: event.sequence, destinationNo: command.destinationNo, ordinal: 1 };
  while (world.model.rows.some((row) => sameDelivery(row, key))) key.ordinal += 1;
  const row = rowOf(key, { attemptCount: 0, lastAttemptNumber: 0, replayId: "op_1", dueAtMs: 0 });
  await record(world, { attempts: [], deliveries: [row] });
}

async function changeDocument(
  { model, storage }: World,
  command: Command & { type: "put" | "remove" },
): Promise<void> {
  const kind = "things";
  if (command.type === "put") {
    // Plain JSON: what JSON cannot tell apart (0 and -0) is not promised either.
    model.documents.set(command.id, JSON.parse(JSON.stringify(command.document)));
    await storage.putDocuments([{ put: { kind, id: command.id, document: command.document } }]);
  } else {
    model.documents.delete(command.id);
    await storage.putDocuments([{ remove: { kind, id: command.id } }]);
  }
}

/** [I1] Of what was in flight a first part is kept, in order, and the rest never happened. */
async function crash(world: World, inFlight: readonly RequestSeed[]): Promise<void> {
  const requests = inFlight.map((seed) => toRequest(world, seed));
  for (const request of requests) world.storage.append(request, () => undefined);
  world.storage = await world.harness.crashAndReopen();
  const { lastSequence } = await world.storage.start();
  const keptCount = lastSequence - world.model.stored.length;
  expect(keptCount).toBeGreaterThanOrEqual(0);
  expect(keptCount).toBeLessThanOrEqual(requests.length);
  for (const request of requests.slice(0, keptCount)) appendToModel(world.model, request);
}
