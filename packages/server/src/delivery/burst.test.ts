import { expect, test } from "vitest";
import { debouncedRoute, destination } from "../../tests/support/delivery-fixtures.ts";
import { createWorld, sequencesOf, type World } from "../../tests/support/delivery-world.ts";
import type { WorldOptions } from "../../tests/support/delivery-world.ts";
import type { EventContext } from "../model/active.ts";

const WAIT_MS = 30_000;
const MAX_MS = 120_000;

const keyOf = (context: EventContext) => (context.json() as { key?: string }).key;

function debouncingWorld(given: Partial<WorldOptions> = {}): Promise<World> {
  return createWorld({
    destinations: [destination({ debounced: true })],
    routes: [debouncedRoute({ waitMs: WAIT_MS, maxMs: MAX_MS, keyOf })],
    ...given,
  });
}

async function push(world: World, key?: string): Promise<number> {
  const [sequence] = await world.accept(1, { body: Buffer.from(JSON.stringify({ key })) });
  return sequence ?? -1;
}

async function stateOf(world: World, sequence: number): Promise<string> {
  const row = await world.storage.readDelivery({ sequence, destinationNo: 1, ordinal: 0 });
  return row === undefined ? "no row" : `${row.state} ${row.cause ?? ""}`.trim();
}

test("of five events that follow closely the newest is delivered, the others are superseded", async () => {
  const world = await debouncingWorld();
  const sequences: number[] = [];
  for (let i = 0; i < 5; i++) {
    sequences.push(await push(world, "main"));
    await world.clock.advance(10_000);
  }
  expect(world.sent).toEqual([]);
  const newest = sequences.at(-1) ?? -1;
  expect(await stateOf(world, newest)).toBe("pending debounced");
  for (const sequence of sequences.slice(0, -1)) {
    expect(await stateOf(world, sequence)).toBe("cancelled superseded");
  }
  expect(await world.storage.ledger()).toMatchObject({ owed: 5, cancelled: 4, pending: 1 });
  await world.clock.advance(20_000);
  expect(sequencesOf(world.sent)).toEqual([newest]);
  expect(await stateOf(world, newest)).toBe("delivered");
  expect(await world.storage.ledger()).toMatchObject({ owed: 5, delivered: 1, cancelled: 4 });
  expect(world.delivery.stats()).toMatchObject({ retainedEvents: 0, retainedBytes: 0 });
});

test("keys do not stand for each other, and quiet ends a burst", async () => {
  const world = await debouncingWorld();
  const first = await push(world, "a");
  const other = await push(world, "b");
  await world.clock.advance(WAIT_MS + 1);
  const second = await push(world, "a");
  await world.clock.advance(WAIT_MS + 1);
  expect(sequencesOf(world.sent)).toEqual([first, other, second]);
});

test("an event without a key is delivered at once", async () => {
  const world = await debouncingWorld();
  const sequences = [await push(world), await push(world, "")];
  expect(sequencesOf(world.sent)).toEqual(sequences);
});

test("without a key expression all events of the route are one burst, of others none", async () => {
  const world = await debouncingWorld({
    routes: [debouncedRoute({ waitMs: WAIT_MS, maxMs: MAX_MS })],
  });
  const [, second] = await world.accept(2);
  const [free] = await world.accept(1, { targets: [{ routeNo: 2, destinationNo: 1 }] });
  await world.clock.advance(WAIT_MS + 1);
  expect(sequencesOf(world.sent)).toEqual([free, second]);
});

test("[I10] a steady stream is put off no longer than the maximum", async () => {
  const world = await debouncingWorld();
  for (let i = 0; i < 30; i++) {
    await push(world, "main");
    await world.clock.advance(10_000);
  }
  // The first burst began at 0 and took what came until 120 s; the second began with the next.
  const startMs = world.sent[0]?.atMs ?? 0;
  expect(world.sent.map(({ atMs }) => atMs - startMs)).toEqual([0, 120_000]);
  await world.clock.advance(WAIT_MS);
  const ledger = await world.storage.ledger();
  expect(ledger).toMatchObject({ delivered: 3, cancelled: 27, pending: 0 });
});

test("what was attempted is not superseded: it is retried beside the newer ones", async () => {
  const world = await debouncingWorld({
    destinations: [destination({ debounced: true, schedule: [60_000] })],
    replyTo: ({ sequence, number }) => ({ status: sequence === 1 && number === 1 ? 500 : 200 }),
  });
  const first = await push(world, "main");
  await world.clock.advance(WAIT_MS + 1);
  const second = await push(world, "main");
  await world.clock.advance(WAIT_MS + 1);
  await world.clock.advance(60_000);
  expect(sequencesOf(world.sent)).toEqual([first, second, first]);
  expect(await world.storage.ledger()).toMatchObject({ delivered: 2, cancelled: 0 });
});

test("[I11] of what gathered during a pause the newest is delivered", async () => {
  const world = await debouncingWorld();
  await push(world, "main");
  await world.clock.advance(1_000);
  await world.run(world.delivery.control.pause(1, "a test"));
  for (let i = 0; i < 3; i++) {
    await world.clock.advance(WAIT_MS * 2);
    await push(world, "main");
  }
  const newest = await push(world, "main");
  await world.clock.advance(MAX_MS * 2);
  expect(world.sent).toEqual([]);
  await world.run(world.delivery.control.resume(1));
  await world.clock.advance(WAIT_MS + 1_000);
  expect(sequencesOf(world.sent)).toEqual([newest]);
  expect(await world.storage.ledger()).toMatchObject({ delivered: 1, cancelled: 4, pending: 0 });
});

for (const end of ["crash", "restart"] as const) {
  test(`[I2] a burst goes on over a ${end}`, async () => {
    const world = await debouncingWorld();
    await push(world, "main");
    await world.clock.advance(10_000);
    await world[end]();
    const newest = await push(world, "main");
    await world.clock.advance(10_000);
    await world[end]();
    await world.clock.advance(WAIT_MS);
    expect(sequencesOf(world.sent)).toEqual([newest]);
    expect(await world.storage.ledger()).toMatchObject({ delivered: 1, cancelled: 1, pending: 0 });
  });
}

test("a steady stream over restarts is put off no longer than the maximum", async () => {
  const world = await debouncingWorld();
  for (let i = 0; i < 20; i++) {
    await push(world, "main");
    await world.clock.advance(10_000);
    await world.crash();
  }
  expect(world.sent.length).toBeGreaterThan(0);
  await world.clock.advance(MAX_MS);
  expect(await world.storage.ledger()).toMatchObject({ pending: 0 });
});

test("a person may have a waiting delivery made at once, or end it; neither is superseded", async () => {
  const world = await debouncingWorld();
  const key = (sequence: number) => ({ sequence, destinationNo: 1, ordinal: 0 });
  const wanted = await push(world, "main");
  await world.run(world.delivery.control.retry(key(wanted)));
  await world.clock.advance(1);
  expect(sequencesOf(world.sent)).toEqual([wanted]);
  const unwanted = await push(world, "main");
  await world.run(world.delivery.control.cancel(key(unwanted)));
  const newest = await push(world, "main");
  await world.clock.advance(MAX_MS);
  expect(await stateOf(world, unwanted)).toBe("cancelled cancelled_by_request");
  expect(sequencesOf(world.sent)).toEqual([wanted, newest]);
});

test("[I10] more bursts than are remembered are found in the store", async () => {
  const world = await debouncingWorld({ options: { maxKnownBursts: 2 } });
  const keys = ["a", "b", "c", "d", "e"];
  const newest: number[] = [];
  for (const key of keys) await push(world, key);
  for (const key of keys) newest.push(await push(world, key));
  await world.clock.advance(WAIT_MS + 1_000);
  expect(sequencesOf(world.sent)).toEqual(newest);
  expect(await world.storage.ledger()).toMatchObject({ delivered: 5, cancelled: 5, pending: 0 });
});

test("[I10] no more waits to be recorded than the limit, and nothing is lost at it", async () => {
  const world = await debouncingWorld({ options: { maxUnrecorded: 3, maxKnownBursts: 1 } });
  for (let i = 0; i < 300; i++) void push(world, `key-${i % 3}`);
  await world.clock.settle();
  await world.crash();
  await world.clock.advance(WAIT_MS * 2);
  expect(world.sent).toHaveLength(3);
  expect(await world.storage.ledger()).toMatchObject({ delivered: 3, cancelled: 297, pending: 0 });
});

test("a route that debounces no more delivers at once; what waits keeps its time", async () => {
  const world = await debouncingWorld();
  const waiting = await push(world, "main");
  world.delivery.reconfigure({ ...world.config, routesByNo: new Map() });
  const free = await push(world, "main");
  expect(sequencesOf(world.sent)).toEqual([free]);
  await world.clock.advance(WAIT_MS);
  expect(sequencesOf(world.sent)).toEqual([free, waiting]);
});
