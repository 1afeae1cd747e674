/**
 * The disk of the data folder fills up, and gets larger again: nobody is told that something was
 * stored which was not, reading goes on, and the gateway recovers by itself. Needs to mount tmpfs.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { eventually } from "../support/eventually.ts";
import {
  type Destination,
  type RunningGateway,
  startDestination,
  startGateway,
} from "../support/running-gateway.ts";

const PADDING = "x".repeat(32 * 1024);
/** Far more than fits into the small disk. */
const MOST_POSTS = 1000;

let disk: string;
let destination: Destination;
let gateway: RunningGateway | undefined;

beforeEach(async () => {
  disk = mkdtempSync(join(tmpdir(), "ringdown-disk-"));
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=6m", "tmpfs", disk]);
  mkdirSync(join(disk, "data"));
  destination = await startDestination();
});

afterEach(async () => {
  await gateway?.dispose();
  gateway = undefined;
  await destination.close();
  execFileSync("umount", [disk]);
  rmSync(disk, { recursive: true });
});

function arrivedIds(): Set<string | undefined> {
  return new Set(destination.arrivals.map(({ headers }) => headers["webhook-id"]));
}

type Ledger = { readonly requests: Readonly<Record<string, number>>; readonly events: number };

test("[I1] [I2] a full disk is 503 until there is room, and loses nothing it acknowledged", async () => {
  const running = await startGateway(
    {
      sources: { open: { verify: "none" } },
      destinations: {
        target: {
          url: destination.url,
          allowPrivate: true,
          circuit: false,
          retry: { schedule: Array.from({ length: 50 }, () => "500ms") },
        },
      },
      routes: { all: { from: "open", to: "target" } },
    },
    { dataDir: join(disk, "data") },
  );
  gateway = running;
  const acknowledged = new Set<string>();
  // Half of the attempts fail, so that retries have to be recorded while there is no room.
  destination.replyTo = ({ headers }) => ({
    status: headers["ringdown-attempt"] === "1" && acknowledged.size % 2 === 0 ? 500 : 200,
  });

  const post = async () => {
    const answer = await running.post("open", { body: PADDING });
    if (answer.status < 300) acknowledged.add(answer.json.id);
    return answer;
  };
  let answer = await post();
  for (let count = 0; answer.status === 200 && count < MOST_POSTS; count += 1) {
    answer = await post();
  }
  expect(answer).toMatchObject({ status: 503, json: { code: "storage_full" } });
  expect(Number(answer.headers["retry-after"])).toBeGreaterThan(0);
  expect(acknowledged.size).toBeGreaterThan(10);

  // What is there can still be read, and readiness tells why nothing is taken.
  const { data } = await running.api("GET", "/requests?limit=5");
  expect(data).toHaveLength(5);
  const ready = await fetch(`${running.url}/readyz`);
  expect(ready.status).toBe(503);

  execFileSync("mount", ["-o", "remount,size=64m", disk]);
  await eventually(async () => (await post()).status === 200, 15_000);
  await eventually(() => acknowledged.difference(arrivedIds()).size === 0, 30_000);
  await eventually(async () => (await fetch(`${running.url}/readyz`)).status === 200);

  const ledger = (await running.api("GET", "/ledger")) as unknown as Ledger;
  expect(ledger.requests["accepted"]).toBe(acknowledged.size);
  expect(ledger.events).toBe(acknowledged.size);
  for (const id of acknowledged) await running.deliveryIn("delivered", id);
});
