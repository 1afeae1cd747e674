/** Compares everything that can be read from a store with what the model says. */
import { expect } from "vitest";
import type { Storage } from "../../src/storage/storage.ts";
import {
  comparable,
  drainLane,
  listAll,
  listAllAttempts,
  NOON_MS,
  sequencesOf,
} from "../contract/storage/fixtures.ts";
import {
  compareKeys,
  DESTINATIONS,
  laneOf,
  ledgerOf,
  type Model,
  pendingRowsOf,
  untouchedOf,
} from "./storage-model.ts";

export async function expectSame(storage: Storage, model: Model): Promise<void> {
  await expectSameRequests(storage, model);
  await expectSameDeliveries(storage, model);
  await expectSameAttempts(storage, model);
  expect(await storage.ledger()).toStrictEqual(ledgerOf(model));
  expect(await storage.listDocuments("things")).toStrictEqual(
    [...model.documents]
      .toSorted(([left], [right]) => (left < right ? -1 : 1))
      .map(([id, document]) => ({ kind: "things", id, document })),
  );
}

async function expectSameRequests(storage: Storage, model: Model): Promise<void> {
  const read = await storage.readRequests(sequencesOf(model.stored));
  expect(read.map(comparable)).toStrictEqual(model.stored);

  const query = { sourceNo: 1, outcomes: ["accepted", "duplicate"] as const, limit: 3 };
  const wanted = model.stored.filter(
    ({ sourceNo, outcome }) =>
      sourceNo === 1 && (outcome === "accepted" || outcome === "duplicate"),
  );
  expect(sequencesOf(await listAll(storage, query))).toEqual(sequencesOf(wanted).toReversed());
  expect(sequencesOf(await listAll(storage, { ...query, ascending: true }))).toEqual(
    sequencesOf(wanted),
  );
  for (const destinationNo of DESTINATIONS) {
    const lane = await drainLane(storage, { destinationNo });
    expect(lane.map(comparable)).toStrictEqual(laneOf(model, destinationNo));
  }
}

async function expectSameDeliveries(storage: Storage, model: Model): Promise<void> {
  const rows = model.rows.toSorted(compareKeys);
  expect(await storage.listDeliveryRows({ limit: 1000 })).toStrictEqual(rows.toReversed());
  for (const { sequence } of model.stored) {
    const ofEvent = rows.filter((row) => row.sequence === sequence);
    expect(await storage.readDeliveriesOf(sequence)).toStrictEqual(ofEvent);
  }
  for (const destinationNo of DESTINATIONS) {
    const pending = pendingRowsOf(model, destinationNo);
    const dueBeforeMs = NOON_MS + 25;
    const due = pending
      .filter((row) => row.dueAtMs !== undefined && row.dueAtMs < dueBeforeMs)
      .toSorted((left, right) => left.dueAtMs! - right.dueAtMs! || compareKeys(left, right));
    expect(await storage.readDue({ destinationNo, dueBeforeMs, limit: 1000 })).toStrictEqual(due);
    for (const orderKey of orderKeysOf(pending)) {
      const blocked = pending.filter((row) => row.orderKey === orderKey);
      expect(await storage.readOrderKey(destinationNo, orderKey, 1000)).toStrictEqual(blocked);
    }
  }
}

async function expectSameAttempts(storage: Storage, model: Model): Promise<void> {
  for (const { sequence } of model.stored) {
    const ofEvent = model.attempts
      .filter((attempt) => attempt.sequence === sequence)
      .toSorted(
        (left, right) => left.startedAtMs - right.startedAtMs || left.number - right.number,
      );
    expect(await storage.readAttempts(sequence)).toStrictEqual(ofEvent);
  }
  const ascending = await listAllAttempts(storage, { limit: 4, ascending: true });
  expect(ascending.map(({ attempt }) => attempt)).toStrictEqual(model.attempts);
  const failures = model.attempts.filter((attempt) => attempt.outcome === "failure");
  const descending = await listAllAttempts(storage, { limit: 4, outcome: "failure" });
  expect(descending.map(({ attempt }) => attempt)).toStrictEqual(failures.toReversed());
}

/**
 * [I5] After a restart the engine sends what lies beyond a lane's cursor and is not settled: that has
 * to be exactly what nothing is known of, however the lanes were saved.
 */
export async function expectRecovered(storage: Storage, model: Model): Promise<void> {
  const { lanes, lastSequence } = await storage.start();
  expect(lastSequence).toBe(model.stored.length);
  for (const destinationNo of DESTINATIONS) {
    const lane = lanes.find((each) => each.destinationNo === destinationNo);
    const events = sequencesOf(laneOf(model, destinationNo));
    const pending = pendingRowsOf(model, destinationNo);
    if (lane === undefined) {
      expect([...events, ...pending]).toEqual([]);
      continue;
    }
    const { cursor, settled } = lane;
    const sent = events.filter((sequence) => sequence > cursor && !settled.includes(sequence));
    expect(sent).toEqual(untouchedOf(model, destinationNo));
    expect(settled).toEqual(
      events.filter((sequence) => sequence > cursor && !sent.includes(sequence)),
    );
    const dueTimes = pending.flatMap((row) => row.dueAtMs ?? []);
    expect(lane.nextDueAtMs ?? Infinity).toBe(Math.min(...dueTimes));
    expect(lane.blockedKeys.toSorted(compareTexts)).toEqual(orderKeysOf(pending));
  }
}

function orderKeysOf(rows: readonly { readonly orderKey?: string }[]): readonly string[] {
  return [...new Set(rows.flatMap((row) => row.orderKey ?? []))].toSorted(compareTexts);
}

function compareTexts(left: string, right: string): number {
  return left < right ? -1 : 1;
}
