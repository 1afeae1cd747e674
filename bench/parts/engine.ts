/**
 * What the delivery engine costs per event, by itself: events are handed off in batches, as commits
 * hand them off, to an outbound side that answers 200 at the end of the turn and a store that records
 * at the end of the next. Everything else (sockets, signing, disk) is left out on purpose.
 *
 *   node bench/parts/engine.ts [events] [batch]
 *
 * Prints microseconds of CPU per delivered event, median of five, and how much of it building
 * requests takes.
 */
import { buildAttempt } from "../../packages/server/src/delivery/attempt-request.ts";
import { createDelivery } from "../../packages/server/src/delivery/delivery.ts";
import type { ActiveConfig, ActiveDestination } from "../../packages/server/src/model/active.ts";
import type { StoredRequest } from "../../packages/server/src/model/request.ts";
import type { Outbound, OutboundResult } from "../../packages/server/src/outbound/index.ts";
import type { Storage } from "../../packages/server/src/storage/storage.ts";
import { systemClock, systemRandom } from "../../packages/server/src/support/clock.ts";

const [eventCount = 200_000, batchSize = 100] = process.argv.slice(2).map(Number);
const RUNS = 5;

const destination: ActiveDestination = {
  no: 1,
  id: "dst_1",
  name: "sink",
  enabled: true,
  url: new URL("http://127.0.0.1:9/in"),
  appendPath: false,
  headers: [],
  allowPrivate: true,
  schedule: [1_000],
  limits: { connectMs: 1_000, headersMs: 1_000, totalMs: 1_000 },
  maxConcurrency: 128,
  circuit: true,
};

const config: ActiveConfig = {
  version: 1,
  sourcesByName: new Map(),
  sourcesByNo: new Map(),
  destinationsByNo: new Map([[1, destination]]),
  routesByNo: new Map(),
};

const headers = [
  ["Host", "hooks.example.com"],
  ["User-Agent", "Stripe/1.0 (+https://stripe.com/docs/webhooks)"],
  ["Content-Length", "2048"],
  ["Accept", "*/*; q=0.5, application/xml"],
  ["Cache-Control", "no-cache"],
  ["Content-Type", "application/json; charset=utf-8"],
  ["Stripe-Signature", `t=1700000000,v1=${"a".repeat(64)}`],
  ["X-Forwarded-For", "203.0.113.7"],
  ["X-Request-Id", "8a5e1b9e-6a5e-4f0e-9f0b-1d2c3b4a5968"],
  ["Connection", "keep-alive"],
].flat();
const body = Buffer.alloc(2048, "x");

function eventAt(sequence: number): StoredRequest {
  return {
    sequence,
    receivedAtMs: 1_700_000_000_000,
    sourceNo: 1,
    method: "POST",
    path: "",
    query: "",
    headers,
    remoteAddress: "203.0.113.7",
    body,
    outcome: "accepted",
    verification: { status: "verified" },
    eventType: "invoice.paid",
    idempotencyKey: "",
    targets: [{ routeNo: 1, destinationNo: 1 }],
    configVersion: 1,
  };
}

const answer: OutboundResult = {
  kind: "response",
  status: 200,
  headers: [],
  body: new Uint8Array(0),
  truncated: false,
  retryAfter: undefined,
  remoteAddress: "127.0.0.1",
  resent: false,
  timings: { dnsMs: undefined, connectMs: undefined, firstByteMs: 1, totalMs: 1 },
};

/** Answers everything sent in a turn at its end. */
function createInstantOutbound(): Pick<Outbound, "send"> {
  const exchange = { abort: (): void => undefined };
  let waiting: ((result: OutboundResult) => void)[] = [];
  function answerAll(): void {
    const all = waiting;
    waiting = [];
    for (const done of all) done(answer);
  }
  return {
    send(_, done) {
      if (waiting.push(done) === 1) setImmediate(answerAll);
      return exchange;
    },
  };
}

const nowhere = {
  record: () => new Promise<void>((resolve) => void setImmediate(resolve)),
} as unknown as Storage;

async function run(): Promise<number> {
  let left = 1;
  let finished: () => void = () => undefined;
  const delivery = createDelivery(
    {
      storage: nowhere,
      outbound: createInstantOutbound(),
      clock: systemClock,
      random: systemRandom,
      config: () => config,
      onSettled() {
        left -= 1;
        if (left === 0) finished();
      },
    },
    { version: "bench" },
  );
  await delivery.start({ tag: 1, lastSequence: 0, lanes: [] }, []);
  const events = Array.from({ length: eventCount }, (_, index) => eventAt(index + 2));
  // Of a destination that has answered well the engine keeps more in memory.
  const warm = new Promise<void>((resolve) => {
    finished = resolve;
  });
  delivery.handOff(eventAt(1));
  await warm;
  left = eventCount;

  const before = process.cpuUsage();
  const done = new Promise<void>((resolve) => {
    finished = resolve;
  });
  let next = 0;
  function handOffBatch(): void {
    // No faster than it is delivered: this measures the live path, not the backlog.
    const room = 2_000 - delivery.stats().retainedEvents - delivery.stats().unrecorded;
    for (let left = Math.min(batchSize, room); left > 0 && next < eventCount; left--) {
      const event = events[next];
      if (event !== undefined) delivery.handOff(event);
      next += 1;
    }
    if (next < eventCount) setImmediate(handOffBatch);
  }
  handOffBatch();
  await done;
  const used = process.cpuUsage(before);
  await delivery.stop({ graceMs: 0 });
  return (used.user + used.system) / eventCount;
}

function buildingCost(): number {
  const event = eventAt(1);
  const before = process.cpuUsage();
  for (let number = 1; number <= eventCount; number++) {
    buildAttempt({
      event,
      key: { sequence: number, destinationNo: 1, ordinal: 0 },
      number: 1,
      replayId: undefined,
      destination,
      forward: "raw",
      storeTag: 1,
      nowMs: number,
      version: "bench",
    });
  }
  const used = process.cpuUsage(before);
  return (used.user + used.system) / eventCount;
}

function median(values: readonly number[]): number {
  return values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] ?? 0;
}

const engine: number[] = [];
const building: number[] = [];
for (let i = 0; i < RUNS; i++) {
  engine.push(await run());
  building.push(buildingCost());
}
console.log(`engine, per delivered event:  ${median(engine).toFixed(2)} us of CPU`);
console.log(`  of it building the request: ${median(building).toFixed(2)} us`);
