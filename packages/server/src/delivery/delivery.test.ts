/** The engine as a whole: the life of a delivery from hand-off to its end, and of the engine itself. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { destination, newRequest } from "../../tests/support/delivery-fixtures.ts";
import { configOf } from "../../tests/support/delivery-fixtures.ts";
import { createWorld, sequencesOf } from "../../tests/support/delivery-world.ts";
import { createOutbound } from "../outbound/index.ts";
import { createMemoryStorage } from "../storage/memory/create-storage.ts";
import { systemClock, systemRandom } from "../support/clock.ts";
import { createDelivery } from "./delivery.ts";

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

test("[I5] every attempt of a delivery carries the same webhook-id, and its own number", async () => {
  const world = await createWorld({
    destinations: [destination()],
    replyTo: ({ number }) => ({ status: number < 3 ? 500 : 200 }),
  });
  await world.acceptFor(1);
  await world.clock.advance(60_000);
  const valueOf = (name: string) =>
    world.sent.map(({ request }) => request.headers[request.headers.indexOf(name) + 1]);
  expect(new Set(valueOf("webhook-id")).size).toBe(1);
  expect(valueOf("ringdown-attempt")).toEqual(["1", "2", "3"]);
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

test("attempts per second stay below the destination's rate", async () => {
  const world = await createWorld({ destinations: [destination({ ratePerSecond: 20 })] });
  await world.accept(100);
  await world.clock.advance(2_000);
  expect(world.sent.length).toBeGreaterThanOrEqual(40);
  expect(world.sent.length).toBeLessThanOrEqual(20 * 2 + 4 + 1);
  await world.clock.advance(10_000);
  expect(world.sent).toHaveLength(100);
});

test("hand-offs of one turn may come in any order", async () => {
  const world = await createWorld({ destinations: [destination()] });
  const { storage, delivery, clock } = world;
  const stored = await Promise.all(
    [1, 2, 3].map(
      () =>
        new Promise<number>((resolve) => {
          storage.append(newRequest(), (result) => {
            if (result.kind === "stored") resolve(result.sequence);
          });
          void clock.settle();
        }),
    ),
  );
  const requests = await storage.readRequests(stored);
  for (const request of requests.toReversed()) delivery.handOff(request);
  await clock.advance(5_000);
  expect(sequencesOf(world.sent)).toEqual([1, 2, 3]);
});

test("a path that may not be appended is a failure with a cause, and nothing is sent", async () => {
  const world = await createWorld({
    destinations: [destination({ appendPath: true, schedule: [] })],
  });
  const [sequence = 0] = await world.accept(1, { path: "/../admin" });
  await world.clock.advance(1_000);
  expect(world.sent).toEqual([]);
  expect(await world.storage.readAttempts(sequence)).toMatchObject([{ cause: "invalid_request" }]);
  expect((await world.storage.ledger()).dead).toBe(1);
});

test("a connection of our own that is missing is no attempt: it is made a moment later", async () => {
  let refusals = 0;
  const world = await createWorld({
    destinations: [destination()],
    replyTo: () => (++refusals <= 3 ? { cause: "overloaded" } : { status: 200 }),
  });
  const sequence = await world.acceptFor(1);
  await world.clock.advance(1_000);
  expect(await world.storage.readAttempts(sequence)).toMatchObject([
    { number: 1, outcome: "success" },
  ]);
});

test("[I5] without a fault a restart repeats nothing", async () => {
  const world = await createWorld({ destinations: [destination()] });
  await world.accept(50);
  await world.restart();
  await world.clock.advance(60_000);
  expect(world.sent).toHaveLength(50);
});

test("[I5] after a crash only what was in flight is attempted again, under the same id", async () => {
  const world = await createWorld({ destinations: [destination({ maxConcurrency: 4 })] });
  world.replyTo = ({ sequence }) => (sequence > 20 ? "hang" : { status: 200 });
  await world.accept(40);
  await world.clock.advance(1_500);
  const hanging = world.sent.filter(({ outcome }) => outcome === undefined);
  expect(hanging).toHaveLength(4);
  const sentBefore = world.sent.length;

  world.replyTo = () => ({ status: 200 });
  await world.crash();
  await world.clock.advance(10_000);
  const again = world.sent
    .slice(sentBefore)
    .filter((each) =>
      world.sent.slice(0, sentBefore).some((old) => old.sequence === each.sequence),
    );
  const ascending = (sent: Parameters<typeof sequencesOf>[0]) =>
    sequencesOf(sent).toSorted((left, right) => left - right);
  expect(ascending(again)).toEqual(ascending(hanging));
  expect(again.map(({ number }) => number)).toEqual([1, 1, 1, 1]);
  expect(await world.storage.ledger()).toMatchObject({ delivered: 40, pending: 0 });
});

test("[I2] events that were durable but not handed off before a crash are delivered after it", async () => {
  const world = await createWorld({ destinations: [destination()] });
  for (let i = 0; i < 5; i++) world.storage.append(newRequest(), () => undefined);
  await world.clock.settle();
  await world.crash();
  await world.clock.advance(5_000);
  expect(sequencesOf(world.sent)).toEqual([1, 2, 3, 4, 5]);
});

test("a stop waits for what is in flight, as long as it may", async () => {
  const world = await createWorld({
    destinations: [destination()],
    replyTo: () => ({ status: 200, afterMs: 800 }),
  });
  await world.accept(3);
  const stopped = world.delivery.stop({ graceMs: 1_000 });
  await world.accept(1);
  await world.clock.advance(900);
  await stopped;
  expect(world.sent.map(({ outcome }) => outcome)).toEqual(["success", "success", "success"]);
  expect(world.delivery.stats()).toMatchObject({ inFlight: 0, unrecorded: 0 });
  expect(world.clock.timerCount()).toBe(0);
});

test("what a stop cuts off is recorded as aborted, not counted, and made again at the next start", async () => {
  const world = await createWorld({ destinations: [destination()], replyTo: () => "hang" });
  const sequence = await world.acceptFor(1);
  const stopped = world.delivery.stop({ graceMs: 1_000 });
  await world.clock.advance(1_100);
  await stopped;
  expect(await world.storage.readAttempts(sequence)).toMatchObject([
    { number: 1, outcome: "failure", cause: "aborted" },
  ]);
  expect(await world.storage.readDeliveriesOf(sequence)).toMatchObject([
    { state: "pending", attemptCount: 0, lastAttemptNumber: 1 },
  ]);
  world.replyTo = () => ({ status: 200 });
  await world.restart();
  await world.clock.advance(1_000);
  expect(world.sent.at(-1)).toMatchObject({ sequence, number: 2, outcome: "success" });
});

test("while the store refuses, nothing new starts and nothing known is lost", async () => {
  const world = await createWorld({ destinations: [destination({ maxConcurrency: 4 })] });
  await world.accept(1);
  await world.clock.advance(1_000);
  world.replyTo = () => ({ status: 200, afterMs: 100 });
  await world.accept(50);
  world.disk.full = true;
  await world.clock.advance(30_000);
  const sentWhileFull = world.sent.length;
  expect(sentWhileFull).toBeLessThan(20);
  expect(world.delivery.stats()).toMatchObject({ recording: "failing" });
  expect(world.errors.length).toBeGreaterThan(0);

  world.disk.full = false;
  await world.clock.advance(60_000);
  expect(world.sent).toHaveLength(51);
  expect(await world.storage.ledger()).toMatchObject({ delivered: 51, pending: 0 });
});

test("[A9] a wall clock that is set back by two hours postpones no retry", async () => {
  const world = await createWorld({
    destinations: [destination({ schedule: [1_000, 1_000] })],
    replyTo: ({ number }) => ({ status: number === 3 ? 200 : 500 }),
  });
  await world.acceptFor(1);
  world.clock.leapWall(-2 * 3_600_000);
  await world.clock.advance(3_000);
  expect(world.sent).toHaveLength(3);
});

test("[A9] a due time from a clock that ran days ahead is not waited for", async () => {
  const world = await createWorld({
    destinations: [destination({ schedule: [1_000] })],
    replyTo: ({ number }) => ({ status: number === 2 ? 200 : 500 }),
  });
  world.clock.leapWall(10 * 24 * 3_600_000);
  await world.acceptFor(1);
  world.clock.leapWall(-10 * 24 * 3_600_000);
  await world.crash();
  await world.clock.advance(1_000);
  expect(world.sent.at(-1)).toMatchObject({ number: 2, outcome: "success" });
});

test("lanes that have been idle are dropped, and come back with the next event", async () => {
  const destinations = Array.from({ length: 50 }, (_, index) => destination({ no: index + 1 }));
  const world = await createWorld({ destinations });
  await world.acceptFor(...destinations.map(({ no }) => no));
  await world.clock.advance(10_000);
  expect(world.delivery.stats().lanes).toBe(50);
  for (let minute = 0; minute < 3; minute++) {
    await world.acceptFor(1);
    await world.clock.advance(60_000);
  }
  expect(world.delivery.stats().lanes).toBe(1);
  await world.acceptFor(7);
  await world.clock.advance(1_000);
  expect(world.sent.filter(({ destinationNo }) => destinationNo === 7)).toHaveLength(2);
});

test("over real sockets: a server that fails once gets the event again", async () => {
  const received: { readonly body: string; readonly attempt: string | undefined }[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      received.push({ body, attempt: request.headers["ringdown-attempt"]?.toString() });
      response.statusCode = received.length === 1 ? 503 : 204;
      response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const url = new URL(`http://127.0.0.1:${port}/in`);

  const clock = systemClock;
  const storage = createMemoryStorage({ clock });
  const outbound = createOutbound({ clock });
  const config = configOf([destination({ url, schedule: [20] })]);
  const done = Promise.withResolvers<void>();
  const delivery = createDelivery(
    {
      storage,
      outbound,
      clock,
      random: systemRandom,
      config: () => config,
      onSettled: ({ state }) => state === "delivered" && done.resolve(),
    },
    { version: "test" },
  );
  onTestFinished(async () => {
    await delivery.stop({ graceMs: 100 });
    await outbound.close();
    await storage.stop();
    server.close();
  });
  await delivery.start(await storage.start(), []);
  const request = newRequest({ body: Buffer.from('{"n":1}') });
  storage.append(request, (result) => {
    const { dedupeWindowMs: _, ...stored } = request;
    delivery.handOff({ ...stored, sequence: result.kind === "stored" ? result.sequence : 0 });
  });
  await done.promise;
  expect(received).toEqual([
    { body: '{"n":1}', attempt: "1" },
    { body: '{"n":1}', attempt: "2" },
  ]);
});
