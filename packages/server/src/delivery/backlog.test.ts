import { expect, test } from "vitest";
import { destination } from "../../tests/support/delivery-fixtures.ts";
import { createWorld, sequencesOf } from "../../tests/support/delivery-world.ts";

test("[I10] 200,000 waiting events cost no memory, and are then delivered oldest first", async () => {
  const world = await createWorld({
    destinations: [destination({ maxConcurrency: 8 })],
    replyTo: () => "hang",
  });
  await world.accept(1);
  await world.accept(200_000, { body: new Uint8Array(0) });
  await world.clock.advance(2_000);
  const { retainedEvents, retainedBytes, behind } = world.delivery.stats();
  expect(retainedEvents).toBeLessThanOrEqual(64 + 8);
  expect(retainedBytes).toBeLessThan(100 * 1024);
  expect(behind).toBe(1);
  expect(world.delivery.control.status(1).waiting).toBe(200_001 - 8);

  world.replyTo = () => ({ status: 200, afterMs: 5 });
  await world.clock.advance(7_000);
  const sequences = sequencesOf(world.sent.filter(({ number }) => number === 1));
  expect(sequences.length).toBeGreaterThan(1_000);
  expect(sequences).toEqual(sequences.toSorted((left, right) => left - right));
}, 60_000);

test("[I10] a lane keeps at most its share of events in memory, and misses none", async () => {
  const world = await createWorld({
    destinations: [destination({ maxConcurrency: 2 })],
    options: { laneQueueEvents: 10 },
    replyTo: () => ({ status: 200, afterMs: 5 }),
  });
  await world.accept(3);
  await world.clock.advance(100);
  await world.accept(300);
  let most = 0;
  for (let i = 0; i < 300; i++) {
    await world.clock.advance(5);
    most = Math.max(most, world.delivery.stats().retainedEvents);
  }
  expect(most).toBeLessThanOrEqual(10 + 10 + 2);
  expect(sequencesOf(world.sent)).toEqual(Array.from({ length: 303 }, (_, index) => index + 1));
});

test("[I10] all lanes together keep at most so many bytes in memory", async () => {
  const destinations = Array.from({ length: 20 }, (_, index) => destination({ no: index + 1 }));
  const world = await createWorld({
    destinations,
    options: { queueBytes: 100_000, maxInFlightBytes: 100_000 },
    replyTo: () => ({ status: 200, afterMs: 50 }),
  });
  const body = Buffer.alloc(5_000);
  const targets = destinations.map(({ no }) => ({ routeNo: 1, destinationNo: no }));
  await world.accept(20, { body, targets });
  let most = 0;
  for (let i = 0; i < 200; i++) {
    most = Math.max(most, world.delivery.stats().retainedBytes);
    await world.clock.advance(10);
  }
  // A lane without room may still have one event, so that it goes on.
  expect(most).toBeLessThanOrEqual(2 * 100_000 + 20 * 6_100);
  await world.clock.advance(10_000);
  expect(world.sent).toHaveLength(400);
});

test("a lane that has caught up takes events from memory again", async () => {
  const world = await createWorld({
    destinations: [destination()],
    options: { laneQueueEvents: 4 },
    replyTo: () => ({ status: 200, afterMs: 20 }),
  });
  await world.accept(100);
  await world.clock.advance(2_000);
  expect(world.delivery.stats().behind).toBe(0);

  let pagesRead = 0;
  const { readLane } = world.storage;
  world.storage.readLane = (query) => {
    pagesRead += 1;
    return readLane(query);
  };
  for (let i = 0; i < 20; i++) {
    await world.accept(2);
    await world.clock.advance(50);
  }
  expect(pagesRead).toBe(0);
  expect(world.sent).toHaveLength(140);
});

test("a lane under steady load catches up instead of chasing the end of the store", async () => {
  const world = await createWorld({
    destinations: [destination()],
    replyTo: () => ({ status: 200, afterMs: 1 }),
  });
  await world.run(world.delivery.control.pause(1, ""));
  await world.accept(200);
  const { readLane } = world.storage;
  // Reading takes a while, during which more arrives.
  world.storage.readLane = async (query) => {
    const page = await readLane(query);
    await new Promise<void>((resolve) => world.clock.startTimer(10, resolve));
    return page;
  };
  await world.run(world.delivery.control.resume(1));
  for (let i = 0; i < 300; i++) {
    await world.accept(1);
    await world.clock.advance(3);
  }
  expect(world.delivery.stats().behind).toBe(0);
  await world.clock.advance(1_000);
  expect(sequencesOf(world.sent).toSorted((left, right) => left - right)).toEqual(
    Array.from({ length: 500 }, (_, index) => index + 1),
  );
});

test("a read that fails is made again", async () => {
  const world = await createWorld({ destinations: [destination()] });
  await world.run(world.delivery.control.pause(1, ""));
  await world.accept(5);
  const { readLane } = world.storage;
  let refusals = 0;
  world.storage.readLane = (query) =>
    ++refusals > 2 ? readLane(query) : Promise.reject(new Error("the disk is busy"));
  await world.run(world.delivery.control.resume(1));
  await world.clock.advance(5_000);
  expect(world.errors).toHaveLength(2);
  expect(sequencesOf(world.sent)).toEqual([1, 2, 3, 4, 5]);
});

test("events that a page brings before their hand-off are delivered once", async () => {
  const world = await createWorld({ destinations: [destination()] });
  await world.run(world.delivery.control.pause(1, ""));
  await world.accept(3);
  const handOff = world.delivery.handOff;
  const late: Parameters<typeof handOff>[0][] = [];
  world.delivery.handOff = (event) => void late.push(event);
  await world.accept(3);
  world.delivery.handOff = handOff;
  await world.run(world.delivery.control.resume(1));
  await world.clock.advance(5_000);
  expect(sequencesOf(world.sent)).toEqual([1, 2, 3, 4, 5, 6]);
  for (const event of late) world.delivery.handOff(event);
  await world.clock.advance(5_000);
  expect(world.sent).toHaveLength(6);
});
