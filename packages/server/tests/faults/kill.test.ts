/**
 * Kill trials (I1, I2, I5): the gateway dies by SIGKILL, at random moments and at named points, while
 * events come in and go out; it is started again on the same data until everything has settled. Then
 * the books are compared: what was acknowledged, what arrived, what the store says.
 *
 *   LOST     acknowledged and never arrived                  must be nothing
 *   PHANTOM  arrived and never sent                          must be nothing
 *   DUP      arrived again, at most what was in flight, or not yet recorded, at each kill
 */
import { afterEach, expect, test } from "vitest";
import {
  createSender,
  createTrialFolder,
  type Destination,
  type Sender,
  startDestination,
  type TrialFolder,
  type VictimGateway,
} from "./gateway-victim.ts";

const CONCURRENCY = 8;
/**
 * Attempts whose result is not durable yet are still in flight (I5): those at the destination, and
 * those answered since the commit before the last. With answers after 2 ms and a commit within 10 ms,
 * eight slots turn over five times.
 */
const IN_FLIGHT_LIMIT = CONCURRENCY * 6;
const RANDOM_KILLS = Number(process.env["RINGDOWN_KILLS"] ?? 20);
const CRASH_POINTS = [
  "storage.before-commit",
  "storage.after-commit",
  "delivery.before-send",
  "delivery.after-response",
  "delivery.before-record",
  "delivery.after-record",
  "delivery.before-checkpoint",
];

type Trial = {
  readonly destination: Destination;
  readonly folder: TrialFolder;
  gateway: VictimGateway | undefined;
};
const open: Trial[] = [];

afterEach(async () => {
  for (const { gateway, folder, destination } of open.splice(0)) {
    await gateway?.kill();
    await destination.close();
    folder.dispose();
  }
});

async function createTrial(): Promise<Trial> {
  const destination = await startDestination({ delayMs: 2, failEvery: 11 });
  const trial: Trial = {
    destination,
    folder: createTrialFolder(destination.url, CONCURRENCY),
    gateway: undefined,
  };
  open.push(trial);
  return trial;
}

type Ledger = { readonly problems: readonly string[] } & Readonly<Record<string, number>>;

async function ledgerOf(url: string): Promise<Ledger> {
  return (await (await fetch(`${url}/api/v1/ledger`)).json()) as Ledger;
}

/** Starts it once more and waits until nothing is pending. */
async function settle(trial: Trial): Promise<Ledger> {
  trial.gateway = await trial.folder.start();
  const { url } = trial.gateway;
  return waitUntilSettled(url);
}

async function waitUntilSettled(url: string): Promise<Ledger> {
  const deadline = performance.now() + 40_000;
  for (;;) {
    const ledger = await ledgerOf(url);
    if (ledger["pending"] === 0) return ledger;
    if (performance.now() > deadline) throw new Error(`still pending: ${JSON.stringify(ledger)}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

function expectBooksToAgree(trial: Trial, sender: Sender, kills: number): void {
  const { arrivals } = trial.destination;
  const lost = [...sender.acknowledged].filter((name) => !arrivals.has(name));
  const phantom = [...arrivals.keys()].filter((name) => !sender.sent.has(name));
  const duplicates = [...arrivals.values()].reduce((sum, count) => sum + count - 1, 0);
  expect({ lost, phantom }).toEqual({ lost: [], phantom: [] });
  expect(duplicates).toBeLessThanOrEqual(kills * IN_FLIGHT_LIMIT);
}

test(`[I1] [I2] [I5] ${RANDOM_KILLS} kills at random moments lose nothing`, async () => {
  const trial = await createTrial();
  const sender = createSender(() => trial.gateway?.url ?? "");
  for (let kill = 0; kill < RANDOM_KILLS; kill++) {
    trial.gateway = await trial.folder.start();
    const { gateway } = trial;
    const sending = sender.sendUntil(Number.POSITIVE_INFINITY);
    await new Promise((resolve) => setTimeout(resolve, 50 + Math.random() * 400));
    await gateway.kill();
    await sending;
  }
  const ledger = await settle(trial);
  expect(sender.acknowledged.size).toBeGreaterThan(RANDOM_KILLS);
  expectBooksToAgree(trial, sender, RANDOM_KILLS);
  expect(ledger.problems).toEqual([]);
  expect(ledger["owed"]).toBe(
    (ledger["delivered"] ?? 0) + (ledger["dead"] ?? 0) + (ledger["cancelled"] ?? 0),
  );
}, 180_000);

for (const point of CRASH_POINTS) {
  test(`[I1] [I5] dying at ${point} loses nothing`, async () => {
    const trial = await createTrial();
    const sender = createSender(() => trial.gateway?.url ?? "");
    for (const passing of [1, 4]) {
      // The point may be passed while the gateway starts: then it dies before it is ready.
      trial.gateway = await trial.folder.start(`${point}#${passing}`).catch(() => undefined);
      const { gateway } = trial;
      if (gateway === undefined) continue;
      await sender.sendUntil(Number.POSITIVE_INFINITY);
      await gateway.died;
    }
    const ledger = await settle(trial);
    expectBooksToAgree(trial, sender, 2);
    expect(ledger.problems).toEqual([]);
  }, 120_000);
}
