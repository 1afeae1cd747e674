/** Debounce through a whole gateway: five pushes, one delivery; what is shown, and what a restart keeps. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { eventually } from "../support/eventually.ts";
import {
  type Destination,
  type Item,
  type RunningGateway,
  startDestination,
  startGateway,
} from "../support/running-gateway.ts";

const JSON_TYPE = { "content-type": "application/json" };

let destination: Destination;
let gateway: RunningGateway;

function resources(wait: string) {
  return {
    sources: { pushes: { verify: "none" } },
    destinations: { target: { url: `${destination.url}/deploy`, allowPrivate: true } },
    routes: { deploy: { from: "pushes", to: "target", debounce: { wait, key: "body.ref" } } },
  };
}

beforeEach(async () => {
  destination = await startDestination();
  gateway = await startGateway(resources("400ms"));
});

afterEach(async () => {
  await gateway.dispose();
  await destination.close();
});

async function push(ref: string, no: number): Promise<Item> {
  const body = JSON.stringify({ ref, no });
  const answer = await gateway.post("pushes", { body, headers: JSON_TYPE });
  expect(answer.status).toBe(200);
  return answer.json;
}

async function pushFive(): Promise<Item[]> {
  const pushed: Item[] = [];
  for (const no of [1, 2, 3, 4, 5]) pushed.push(await push("main", no));
  return pushed;
}

function arrivedNos(): number[] {
  return destination.arrivals.map(({ body }) => (JSON.parse(body.toString()) as { no: number }).no);
}

test("[I2] [I7] five events become one delivery of the newest; the others say why they are not", async () => {
  const pushed = await pushFive();
  const other = await push("other", 6);
  const newest = pushed.at(-1)?.id ?? "";
  expect(await gateway.deliveryIn("delivered", newest)).toMatchObject({ attemptCount: 1 });
  await gateway.deliveryIn("delivered", other.id);
  expect(arrivedNos().toSorted((left, right) => left - right)).toEqual([5, 6]);
  for (const { id } of pushed.slice(0, -1)) {
    const superseded = await gateway.deliveryIn("cancelled", id);
    expect(superseded).toMatchObject({ cause: "superseded", orderKey: null, attemptCount: 0 });
  }
  const { data } = await gateway.api("GET", "/deliveries?state=cancelled");
  expect(data.map(({ cause }) => cause)).toEqual(Array.from({ length: 4 }, () => "superseded"));
  const trace = await gateway.api(
    "GET",
    `/requests/${pushed[0]?.id.replace("evt_", "req_")}/trace`,
  );
  expect(JSON.stringify(trace)).toContain("A newer event of the same burst is delivered");
  expect(await gateway.api("GET", "/ledger")).toMatchObject({
    owed: 6,
    delivered: 2,
    cancelled: 4,
    pending: 0,
    problems: [],
  });
});

test("a waiting delivery is a durable row with a due time, and is made after a restart", async () => {
  const { deploy } = resources("1s").routes;
  await gateway.api("PUT", "/routes/deploy", deploy);
  const [, , , , newest] = await pushFive();
  // The event is durable when it is answered; its row follows with the next record.
  const waiting = await eventually(async () => {
    const found = await gateway.deliveryOf(newest?.id ?? "");
    return found.cause === "debounced" && found;
  });
  expect(waiting).toMatchObject({ state: "pending", nextAttemptAt: expect.any(String) });
  await gateway.restart();
  await gateway.deliveryIn("delivered", newest?.id ?? "");
  expect(arrivedNos()).toEqual([5]);
});

test("a replay is explicit: it is made at once, however many there are", async () => {
  const pushed = await pushFive();
  await gateway.deliveryIn("delivered", pushed.at(-1)?.id ?? "");
  for (const { id } of pushed.slice(0, 2)) {
    await gateway.api("POST", "/replays", { events: [id] });
  }
  await eventually(() => arrivedNos().length === 3);
  expect(arrivedNos().toSorted((left, right) => left - right)).toEqual([1, 2, 5]);
});

test("debounce of an ordered destination is refused, with the reason", async () => {
  const answer = await gateway.call("PUT", "/destinations/target", {
    url: `${destination.url}/deploy`,
    allowPrivate: true,
    orderBy: "body.ref",
  });
  expect(answer.status).toBe(400);
  expect(answer.text).toContain("cannot be had for a destination with orderBy");
});
