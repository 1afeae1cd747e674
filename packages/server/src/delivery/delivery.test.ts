import { expect, test } from "vitest";
import { destination } from "../../tests/support/delivery-fixtures.ts";
import { createWorld, sequencesOf } from "../../tests/support/delivery-world.ts";

test("an event is delivered once to each of its destinations", async () => {
  const world = await createWorld({
    destinations: [destination({ no: 1 }), destination({ no: 2 })],
  });
  const sequence = await world.acceptFor(1, 2);
  await world.clock.advance(10_000);
  expect(world.sent.map((each) => [each.sequence, each.destinationNo, each.number])).toEqual([
    [sequence, 1, 1],
    [sequence, 2, 1],
  ]);
  expect(await world.storage.ledger()).toMatchObject({ owed: 2, delivered: 2, pending: 0 });
  expect(world.settled.map(({ state }) => state)).toEqual(["delivered", "delivered"]);
});

test("a delivery that succeeds at once leaves an attempt and no row", async () => {
  const world = await createWorld({ destinations: [destination()] });
  const sequence = await world.acceptFor(1);
  await world.clock.advance(5_000);
  expect(await world.storage.readDeliveriesOf(sequence)).toEqual([]);
  expect(await world.storage.readAttempts(sequence)).toMatchObject([
    { number: 1, trigger: "initial", outcome: "success", status: 200 },
  ]);
});

test("a failed delivery is attempted again on its schedule, then dead", async () => {
  const world = await createWorld({
    destinations: [destination({ schedule: [1_000, 2_000] })],
    replyTo: () => ({ status: 500, body: "no" }),
  });
  const sequence = await world.acceptFor(1);
  await world.clock.advance(60_000);
  const times = world.sent.map(({ atMs }) => atMs - world.sent[0]!.atMs);
  expect(times).toEqual([0, 1_000, 3_000]);
  expect(await world.storage.readDeliveriesOf(sequence)).toMatchObject([
    { state: "dead", cause: "retries_exhausted", attemptCount: 3, lastAttemptNumber: 3 },
  ]);
  const attempts = await world.storage.readAttempts(sequence);
  expect(attempts.map(({ trigger }) => trigger)).toEqual(["initial", "retry", "retry"]);
  expect(attempts[0]).toMatchObject({ cause: "status_5xx", status: 500 });
});

test("all of a burst is delivered, with concurrency that grows", async () => {
  const world = await createWorld({
    destinations: [destination({ maxConcurrency: 32 })],
    replyTo: () => ({ status: 200, afterMs: 10 }),
  });
  const sequences = await world.accept(500);
  await world.clock.advance(5_000);
  expect(new Set(sequencesOf(world.sent))).toEqual(new Set(sequences));
  expect(world.sent).toHaveLength(500);
  expect(world.delivery.control.status(1).concurrency).toBeGreaterThan(16);
  expect(world.delivery.stats()).toMatchObject({ inFlight: 0, retainedEvents: 0, unrecorded: 0 });
  expect(await world.storage.ledger()).toMatchObject({ delivered: 500, pending: 0 });
});
