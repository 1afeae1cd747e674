/** What becomes of deliveries: retries, dead letters, pause, commands, replays, traces, a clean stop. */
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

beforeEach(async () => {
  destination = await startDestination();
  gateway = await startGateway({
    sources: { orders: { verify: "none" } },
    destinations: {
      target: {
        url: `${destination.url}/target`,
        allowPrivate: true,
        retry: { schedule: ["20ms", "40ms"] },
      },
    },
    routes: { all: { from: "orders", to: "target" } },
  });
});

afterEach(async () => {
  await gateway.dispose();
  await destination.close();
});

async function order(no: number): Promise<string> {
  const answer = await gateway.post("orders", { body: `{"no":${no}}`, headers: JSON_TYPE });
  expect(answer.status).toBe(200);
  return answer.json.id;
}

async function attemptsOf({ id }: Item): Promise<readonly Item[]> {
  return (await gateway.api("GET", `/deliveries/${id}/attempts`)).data;
}

function arrivedNos(): number[] {
  return destination.arrivals.map(({ body }) => (JSON.parse(body.toString()) as { no: number }).no);
}

test("[I5] [I7] retries follow the schedule, then the delivery is dead with its cause", async () => {
  destination.replyTo = () => ({ status: 500, body: "broken" });
  const eventId = await order(1);
  const dead = await gateway.deliveryIn("dead", eventId);
  expect(dead).toMatchObject({ attemptCount: 3, cause: "retries_exhausted" });
  const attempts = await attemptsOf(dead);
  expect(attempts.map(({ trigger }) => trigger)).toEqual(["initial", "retry", "retry"]);
  expect(attempts.map(({ cause }) => cause)).toEqual(["status_5xx", "status_5xx", "status_5xx"]);
  const headers = destination.arrivals.map((arrival) => arrival.headers);
  expect(headers.map((each) => each["ringdown-attempt"])).toEqual(["1", "2", "3"]);
  expect(new Set(headers.map((each) => each["webhook-id"]))).toEqual(new Set([eventId]));
});

test("a delivery that succeeds at its second attempt is delivered", async () => {
  destination.replyTo = ({ headers }) => ({
    status: headers["ringdown-attempt"] === "1" ? 503 : 204,
  });
  const delivered = await gateway.deliveryIn("delivered", await order(1));
  expect(delivered.attemptCount).toBe(2);
});

test("[I11] 410 suspends the destination, and what comes is held until it resumes", async () => {
  destination.replyTo = () => ({ status: 410 });
  const gone = await order(1);
  await eventually(async () => {
    const status = await gateway.api("GET", "/destinations/target/status");
    return status.status === "suspended";
  });
  const held = await order(2);
  await gateway.deliveryIn("held", held);
  expect(arrivedNos()).toEqual([1]);

  destination.replyTo = () => ({ status: 200 });
  await gateway.api("POST", "/destinations/target/resume");
  await gateway.deliveryIn("delivered", held);
  await gateway.deliveryIn("delivered", gone);
});

test("[I9] a redirect is a failure and is not followed", async () => {
  destination.replyTo = ({ url }) =>
    url === "/target"
      ? { status: 307, headers: { location: `${destination.url}/other` } }
      : { status: 200 };
  const dead = await gateway.deliveryIn("dead", await order(1));
  expect((await attemptsOf(dead)).map(({ cause }) => cause)).toContain("redirect");
  expect(new Set(destination.arrivals.map(({ url }) => url))).toEqual(new Set(["/target"]));
});

test.each(["127.0.0.1", "[::1]", "localhost", "10.0.0.1"])(
  "[I9] a destination at %s is refused unless it says allowPrivate",
  async (host) => {
    const named = { name: "private", url: `http://${host}:8080/` };
    const refused = await gateway.call("POST", "/destinations", named);
    expect(refused).toMatchObject({ status: 400, json: { code: "config_invalid" } });
    expect(refused.text).toContain("allowPrivate: true");
  },
);

test("[I9] the gateway does not deliver to itself, even where private addresses are allowed", async () => {
  await gateway.configure({
    sources: { looping: { verify: "none" } },
    destinations: {
      self: {
        url: `${gateway.url}/in/looping`,
        allowPrivate: true,
        retry: { schedule: "none" },
      },
    },
    routes: { looping: { from: "looping", to: "self" } },
  });
  const answer = await gateway.post("looping", { body: "x" });
  const dead = await gateway.deliveryIn("dead", answer.json.id);
  expect(await attemptsOf(dead)).toMatchObject([{ cause: "blocked_address" }]);
});

test("[I11] pause holds, also over a restart, and resume drains oldest first", async () => {
  await gateway.api("PUT", "/destinations/target", {
    url: `${destination.url}/target`,
    allowPrivate: true,
    concurrency: 1,
  });
  await gateway.api("POST", "/destinations/target/pause", { reason: "maintenance" });
  const ids: string[] = [];
  for (let no = 1; no <= 10; no += 1) ids.push(await order(no));
  await gateway.restart();
  for (const id of ids) await gateway.deliveryIn("held", id);
  expect(destination.arrivals).toEqual([]);

  await gateway.api("POST", "/destinations/target/resume");
  await destination.got(10);
  expect(arrivedNos()).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  for (const id of ids) await gateway.deliveryIn("delivered", id);
});

test("a dead delivery can be retried by hand, and a delivered one cannot", async () => {
  destination.replyTo = () => ({ status: 400 });
  const eventId = await order(1);
  const dead = await gateway.deliveryIn("dead", eventId);
  destination.replyTo = () => ({ status: 200 });
  await gateway.api("POST", `/deliveries/${dead.id}/retry`);
  const delivered = await gateway.deliveryIn("delivered", eventId);
  expect((await attemptsOf(delivered)).at(-1)).toMatchObject({ trigger: "manual", number: 4 });
  const again = await gateway.call("POST", `/deliveries/${dead.id}/retry`);
  expect(again).toMatchObject({ status: 409, json: { code: "state_conflict" } });
});

test("a cancelled delivery is attempted no more", async () => {
  await gateway.api("POST", "/destinations/target/pause");
  const eventId = await order(1);
  const held = await gateway.deliveryIn("held", eventId);
  await gateway.api("POST", `/deliveries/${held.id}/cancel`);
  const after = await order(2);
  await gateway.api("POST", "/destinations/target/resume");
  await gateway.deliveryIn("delivered", after);
  expect(await gateway.deliveryOf(eventId)).toMatchObject({ state: "cancelled" });
  expect(arrivedNos()).toEqual([2]);
});

test("a replay of everything dead counts first, then delivers, with the same webhook-id", async () => {
  destination.replyTo = ({ body }) => ({ status: body.toString() === '{"no":3}' ? 200 : 400 });
  const ids = [await order(1), await order(2)];
  await gateway.deliveryIn("delivered", await order(3));
  for (const id of ids) await gateway.deliveryIn("dead", id);
  destination.replyTo = () => ({ status: 200 });
  const before = destination.arrivals.length;

  const filter = { source: "orders", deliveryStates: ["dead"] };
  const plan = await gateway.api("POST", "/replays", { filter, dryRun: true });
  expect(plan).toMatchObject({ dryRun: true, eventCount: 2, deliveryCount: 2 });
  expect(destination.arrivals).toHaveLength(before);

  const { id } = await gateway.api("POST", "/replays", { filter });
  const arrivals = (await destination.got(before + 2)).slice(before);
  expect(new Set(arrivals.map(({ headers }) => headers["webhook-id"]))).toEqual(new Set(ids));
  for (const { headers } of arrivals) expect(headers["ringdown-replay"]).toBe(id);
  await eventually(async () => {
    const { data } = await gateway.api("GET", `/deliveries?replay=${id}&state=delivered`);
    return data.length === 2;
  });
  expect(await gateway.api("GET", `/replays/${id}`)).toMatchObject({ state: "done", madeCount: 2 });
});

test("one event can be replayed to another destination", async () => {
  const eventId = await order(1);
  await gateway.deliveryIn("delivered", eventId);
  await gateway.configure({
    destinations: { other: { url: `${destination.url}/other`, allowPrivate: true } },
  });
  await gateway.api("POST", "/replays", { events: [eventId], destination: "other" });
  const arrivals = await destination.got(2);
  expect(arrivals.map(({ url }) => url)).toEqual(["/target", "/other"]);
  expect(arrivals[1]!.body).toEqual(arrivals[0]!.body);
});

test("[I7] the trace tells for every route whether it matched, and why not", async () => {
  const routes = {
    big: { from: "orders", to: "target", when: "body.no > 100" },
    missing: { from: "orders", to: "target", when: "body.customer.name == 'x'" },
    off: { from: "orders", to: "target", enabled: false },
  };
  await gateway.configure({ routes });
  const eventId = await order(1);
  await gateway.deliveryIn("delivered", eventId);
  const { data } = await gateway.api("GET", "/requests");
  const trace = await gateway.api("GET", `/requests/${data[0]!.id}/trace`);
  expect(trace.eventId).toBe(eventId);
  const decisions = new Map(trace.routes.map(({ route, ...decision }) => [route, decision]));
  expect(decisions.get("all")).toMatchObject({ decision: "matched", reason: null });
  expect(decisions.get("big")).toMatchObject({ decision: "filtered" });
  expect(decisions.get("missing")!.decision).toMatch(/^(?:filtered|error)$/);
  expect(decisions.get("missing")!.reason).toMatch(/customer/);
  expect(decisions.get("off")).toMatchObject({ decision: "disabled" });
});

test("[I2] a clean stop lets what is in flight finish, once", async () => {
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  destination.replyTo = () => released.then(() => ({ status: 200 }));
  const ids = [await order(1), await order(2), await order(3)];
  await destination.got(3);
  const stopped = gateway.stop();
  release();
  await stopped;
  await gateway.restart();
  for (const id of ids) {
    expect(await gateway.deliveryOf(id)).toMatchObject({ state: "delivered", attemptCount: 1 });
  }
  expect(destination.arrivals).toHaveLength(3);
});

test("[I5] what a stop cuts off is attempted again, with the same webhook-id", async () => {
  const { promise: never, resolve: end } = Promise.withResolvers<void>();
  destination.replyTo = () => never.then(() => ({ status: 200 }));
  const eventId = await order(1);
  await destination.got(1);
  await gateway.stop(0);
  destination.replyTo = () => ({ status: 200 });
  await gateway.restart();
  await gateway.deliveryIn("delivered", eventId);
  expect(destination.arrivals.map(({ headers }) => headers["webhook-id"])).toEqual([
    eventId,
    eventId,
  ]);
  end();
});
