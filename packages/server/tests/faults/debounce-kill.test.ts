/**
 * Kill trials of debounce (I2): the gateway dies by SIGKILL, at random moments and at named points,
 * while bursts come in. Afterwards, for every key: its newest acknowledged event arrived, everything
 * else was delivered or superseded, and the books agree with the journal.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { eventually } from "../support/eventually.ts";
import { type Destination, startDestination, startGateway } from "./gateway-victim.ts";
import type { VictimGateway } from "./gateway-victim.ts";

const KEYS = ["a", "b", "c"];
const RANDOM_KILLS = Number(process.env["RINGDOWN_KILLS"] ?? 6);
const CRASH_POINTS = ["delivery.before-record", "delivery.after-record", "delivery.before-send"];

let destination: Destination;
let dir: string;
let gateway: VictimGateway | undefined;

afterEach(async () => {
  await gateway?.kill();
  await destination.close();
  rmSync(dir, { recursive: true, force: true });
});

async function prepare(): Promise<void> {
  destination = await startDestination({ delayMs: 2, failEvery: 7 });
  dir = mkdtempSync(join(tmpdir(), "ringdown-debounce-"));
  writeFileSync(
    join(dir, "ringdown.yaml"),
    `version: 1
sources:
  trial: { provider: generic, verify: none }
destinations:
  target:
    url: ${destination.url}
    allowPrivate: true
    retry: { schedule: [50ms, 100ms, 200ms, 400ms, 800ms] }
routes:
  all: { from: trial, to: target, debounce: { wait: 100ms, key: body.key, max: 300ms } }
`,
  );
}

async function start(crashPoint = ""): Promise<VictimGateway | undefined> {
  const args = [join(dir, "ringdown.yaml"), join(dir, "data")];
  // The point may be passed while the gateway starts: then it dies before it is ready.
  return startGateway(args, crashPoint).catch(() => undefined);
}

/** Posts until nothing answers any more; remembers the newest acknowledged event of each key. */
function createPusher() {
  const newest = new Map<string, number>();
  const state = { next: 1 };
  return {
    newest,
    async push(count = Number.POSITIVE_INFINITY): Promise<void> {
      for (let left = count; left > 0; left--) {
        const no = state.next++;
        const key = KEYS[no % KEYS.length] ?? "";
        const answer = await fetch(`${gateway?.url ?? ""}/in/trial`, {
          method: "POST",
          body: JSON.stringify({ name: `${key}-${no}`, key, no }),
        }).catch(() => undefined);
        if (answer === undefined) return;
        expect(answer.status).toBe(200);
        newest.set(key, no);
      }
    },
  };
}

type Ledger = Readonly<Record<string, number>> & { readonly problems: readonly string[] };

type Shown = {
  readonly eventId: string;
  readonly state: string;
  readonly cause: string | null;
  readonly attemptCount: number;
};

/** Everything the destination has: delivered, or cut off by a kill before that could be recorded. */
async function expectArrivals(kills: number): Promise<void> {
  const shown = new Map<string, Shown>();
  for (let cursor: string | null = ""; cursor !== null;) {
    const from = cursor === "" ? "" : `&cursor=${encodeURIComponent(cursor)}`;
    const answer = await fetch(`${gateway?.url ?? ""}/api/v1/deliveries?limit=100${from}`);
    const page = (await answer.json()) as { data: Shown[]; nextCursor: string | null };
    for (const each of page.data) {
      const { url } = gateway ?? { url: "" };
      const body = await (await fetch(`${url}/api/v1/events/${each.eventId}/body`)).text();
      shown.set((JSON.parse(body) as { name: string }).name, each);
    }
    cursor = page.nextCursor;
  }
  const cutOff = [...destination.arrivals.keys()].filter(
    (name) => shown.get(name)?.state !== "delivered",
  );
  // As always (I5): it counts as not attempted, and a newer one may take its place.
  for (const name of cutOff) {
    expect(shown.get(name)).toMatchObject({
      state: "cancelled",
      cause: "superseded",
      attemptCount: 0,
    });
  }
  // A burst is longer than a record takes: of each key one can be cut off.
  expect(cutOff.length).toBeLessThanOrEqual(kills * KEYS.length);
  const lost = [...shown].filter(
    ([name, { state }]) => state === "delivered" && !destination.arrivals.has(name),
  );
  expect(lost).toEqual([]);
}

async function expectEnds(pusher: ReturnType<typeof createPusher>, kills: number): Promise<void> {
  gateway = await start();
  await pusher.push(KEYS.length);
  const url = `${gateway?.url ?? ""}/api/v1/ledger`;
  const ledger = await eventually(async () => {
    const found = (await (await fetch(url)).json()) as Ledger;
    return found["pending"] === 0 && found;
  });
  expect(ledger.problems).toEqual([]);
  expect(ledger).toMatchObject({ dead: 0 });
  expect(ledger["owed"]).toBe((ledger["delivered"] ?? 0) + (ledger["cancelled"] ?? 0));
  await expectArrivals(kills);
  const missing = [...pusher.newest].filter(
    ([key, no]) => !destination.arrivals.has(`${key}-${no}`),
  );
  expect(missing).toEqual([]);
}

test(`[I2] ${RANDOM_KILLS} kills in the middle of bursts lose no newest event`, async () => {
  await prepare();
  const pusher = createPusher();
  for (let kill = 0; kill < RANDOM_KILLS; kill++) {
    gateway = await start();
    const pushing = pusher.push();
    await new Promise((resolve) => setTimeout(resolve, 50 + Math.random() * 400));
    await gateway?.kill();
    await pushing;
  }
  await expectEnds(pusher, RANDOM_KILLS);
});

for (const point of CRASH_POINTS) {
  test(`[I2] dying at ${point} loses no newest event`, async () => {
    await prepare();
    const pusher = createPusher();
    for (const passing of [1, 3]) {
      gateway = await start(`${point}#${passing}`);
      if (gateway === undefined) continue;
      await pusher.push();
      await gateway.died;
    }
    await expectEnds(pusher, 2);
  });
}
