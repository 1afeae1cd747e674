/** Deliveries and attempts over the API, though most deliveries have no row. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ApiWorld, createApiWorld } from "../../support/api-world.ts";
import type { Reply } from "../../support/scripted-outbound.ts";

type Delivery = {
  readonly id: string;
  readonly eventId: string;
  readonly state: string;
  readonly destination: string;
  readonly replayId: string | null;
  readonly attemptCount: number;
};
type Page<T = Delivery> = { readonly data: readonly T[]; readonly nextCursor: string | null };

let world: ApiWorld;
/** How each destination answers, by its name. */
const replies = new Map<string, Reply>();

beforeAll(async () => {
  world = await createApiWorld();
  world.replyTo(({ request }) => replies.get(request.url.hostname) ?? { status: 200 });
  const create = (kind: string, body: object) => world.call("POST", `/api/v1/${kind}`, { body });
  await create("sources", { name: "in", verify: "none" });
  await create("sources", { name: "elsewhere", verify: "none" });
  for (const name of ["good", "failing", "retrying", "paused", "unrouted"]) {
    const schedule = name === "retrying" ? ["7d"] : [];
    const url = `https://${name}.example`;
    await create("destinations", { name, url, circuit: false, retry: { schedule } });
  }
  for (const name of ["good", "failing", "retrying", "paused"]) {
    await create("routes", { name: `to-${name}`, from: "in", to: name });
  }
  await create("routes", { name: "elsewhere", from: "elsewhere", to: "good" });
  replies.set("failing.example", { status: 500, body: "no ü" });
  replies.set("retrying.example", { status: 429, body: "later" });
  await world.call("POST", "/api/v1/destinations/paused/pause", { body: { reason: "test" } });
});
afterAll(() => world.stop());

/** Sends an event and waits until everything that can be done for it has been. */
async function send(source = "in"): Promise<string> {
  await world.call("POST", `/in/${source}`, { raw: "{}" });
  const { data } = (await world.call("GET", "/api/v1/events?limit=1")).json<Page<{ id: string }>>();
  const eventId = data[0]!.id;
  const settled = { delivered: 1, dead: 1, held: 1 } as const;
  await world.until(async () =>
    (await deliveriesOf(eventId)).every(
      ({ state, attemptCount }) => state in settled || (state === "pending" && attemptCount > 0),
    ),
  );
  return eventId;
}

async function deliveriesOf(eventId: string): Promise<readonly Delivery[]> {
  return (await world.call("GET", `/api/v1/events/${eventId}/deliveries`)).json<Page>().data;
}

async function all(query: string): Promise<readonly Delivery[]> {
  const found: Delivery[] = [];
  for (let cursor: string | null = null; ;) {
    const more = cursor === null ? "" : `&cursor=${cursor}`;
    const page: Page = (await world.call("GET", `/api/v1/deliveries?${query}${more}`)).json();
    found.push(...page.data);
    if (page.nextCursor === null) return found;
    cursor = page.nextCursor;
  }
}

test("what succeeded, failed, waits or is held is told alike, with a row or without", async () => {
  const eventId = await send();
  const states = Object.fromEntries(
    (await deliveriesOf(eventId)).map(({ destination, state }) => [destination, state]),
  );
  expect(states).toEqual({
    good: "delivered",
    failing: "dead",
    retrying: "pending",
    paused: "held",
  });
});

test("[I7] a delivery that failed says why, when it goes on, and shows what was answered", async () => {
  const eventId = await send();
  const [, failing, retrying] = await deliveriesOf(eventId);
  expect(failing).toMatchObject({
    state: "dead",
    cause: "retries_exhausted",
    causeText: "Every attempt of the retry schedule failed.",
    nextAttemptAt: null,
    route: "to-failing",
    attemptCount: 1,
  });
  expect(retrying).toMatchObject({
    state: "pending",
    cause: "status_429",
    nextAttemptAt: expect.stringMatching(/^\d{4}-/),
  });
  const { data } = (await world.call("GET", `/api/v1/deliveries/${failing!.id}/attempts`)).json<
    Page<{ id: string }>
  >();
  expect(data).toMatchObject([
    { deliveryId: failing!.id, number: 1, trigger: "initial", outcome: "failure", status: 500 },
  ]);
  const detail = await world.call("GET", `/api/v1/attempts/${data[0]!.id}`);
  expect(detail.json()).toMatchObject({
    cause: "status_5xx",
    response: {
      status: 500,
      bodyText: "no ü",
      bodyBase64: Buffer.from("no ü").toString("base64"),
      truncated: false,
    },
  });
});

test("each delivery is found by its id", async () => {
  for (const delivery of await deliveriesOf(await send())) {
    const shown = await world.call("GET", `/api/v1/deliveries/${delivery.id}`);
    expect(shown.json()).toEqual(delivery);
  }
});

test("a page may have any size: the list is the same, without repeats or gaps", async () => {
  await send();
  await send("elsewhere");
  const queries = ["", "destination=good", "state=pending,held", "state=dead", "state=delivered"];
  for (const query of queries) {
    const whole = (await all(`limit=200&${query}`)).map(({ id }) => id);
    expect(new Set(whole).size).toBe(whole.length);
    for (const limit of [1, 2, 3]) {
      expect((await all(`limit=${limit}&${query}`)).map(({ id }) => id)).toEqual(whole);
    }
  }
});

test("filters by state and destination find exactly what the whole list has", async () => {
  const whole = await all("limit=200");
  for (const state of ["pending", "held", "delivered", "dead", "cancelled"]) {
    const expected = whole.filter((each) => each.state === state).map(({ id }) => id);
    const found = (await all(`limit=200&state=${state}`)).map(({ id }) => id);
    expect(found.toSorted()).toEqual(expected.toSorted());
  }
  for (const destination of ["good", "paused", "unrouted"]) {
    const expected = whole.filter((each) => each.destination === destination);
    expect(await all(`limit=200&destination=${destination}`)).toEqual(expected);
  }
});

test("an event's deliveries are filtered too", async () => {
  const eventId = await send();
  const found = await all(`event=${eventId}&state=dead,held&destination=paused`);
  expect(found).toMatchObject([{ destination: "paused", state: "held" }]);
  const nothing = await world.call("GET", "/api/v1/deliveries?event=evt_nothing");
  expect(nothing.json()).toMatchObject({ status: 404 });
});

test("a dead delivery is retried by hand, and then delivered", async () => {
  const [, failing] = await deliveriesOf(await send());
  replies.set("failing.example", { status: 204 });
  const retried = await world.call("POST", `/api/v1/deliveries/${failing!.id}/retry`);
  expect(retried.status).toBe(200);
  await world.until(async () => {
    const shown = await world.call("GET", `/api/v1/deliveries/${failing!.id}`);
    return shown.json()["state"] === "delivered";
  });
  const again = await world.call("POST", `/api/v1/deliveries/${failing!.id}/retry`);
  expect(again.json()).toMatchObject({ status: 409, code: "state_conflict" });
  replies.set("failing.example", { status: 500 });
});

test("a delivery that waits is cancelled, a delivered one is not", async () => {
  const [good, , retrying, paused] = await deliveriesOf(await send());
  for (const { id } of [retrying!, paused!]) {
    const cancelled = await world.call("POST", `/api/v1/deliveries/${id}/cancel`);
    expect(cancelled.json()).toMatchObject({ state: "cancelled", cause: "cancelled_by_request" });
  }
  const refused = await world.call("POST", `/api/v1/deliveries/${good!.id}/cancel`);
  expect(refused.json()).toMatchObject({ status: 409, code: "state_conflict" });
});

test("attempts are listed newest first, by destination and outcome", async () => {
  type Attempt = {
    readonly destination: string;
    readonly outcome: string;
    readonly startedAt: string;
  };
  await send();
  const page: Page<Attempt> = (
    await world.call("GET", "/api/v1/attempts?outcome=failure&destination=failing&limit=2")
  ).json();
  expect(page.data).toMatchObject([
    { destination: "failing", outcome: "failure" },
    { destination: "failing", outcome: "failure" },
  ]);
  expect(page.nextCursor).not.toBeNull();
  const next = await world.call(
    "GET",
    `/api/v1/attempts?outcome=failure&destination=failing&limit=2&cursor=${page.nextCursor}`,
  );
  expect(next.json<Page<Attempt>>().data[0]!.startedAt <= page.data[1]!.startedAt).toBe(true);
});

test("a replay to a destination that no route leads to is listed with it", async () => {
  const eventId = await send("elsewhere");
  const planned = await world.call("POST", "/api/v1/replays", {
    body: { events: [eventId], destination: "unrouted", dryRun: true },
  });
  expect(planned.json()).toEqual({ dryRun: true, eventCount: 1, deliveryCount: 1, skipped: {} });
  const replay = (
    await world.call("POST", "/api/v1/replays", {
      body: { events: [eventId], destination: "unrouted" },
    })
  ).json<{ id: string }>();
  await world.until(async () =>
    (await all(`replay=${replay.id}`)).some(({ state }) => state === "delivered"),
  );
  const [made] = await all(`replay=${replay.id}`);
  expect(made).toMatchObject({
    eventId,
    destination: "unrouted",
    route: null,
    replayId: replay.id,
  });
  expect(await all("destination=unrouted")).toEqual([made]);
  expect(await deliveriesOf(eventId)).toContainEqual(made);
  expect(await all("limit=2")).toContainEqual(made);
  const shown = (await world.call("GET", `/api/v1/replays/${replay.id}`)).json();
  expect(shown).toMatchObject({ state: "done", madeCount: 1, aim: "destination" });
});

test("dead letters of a destination are replayed by filter", async () => {
  await send();
  const dead = await all("state=dead&destination=failing");
  replies.set("failing.example", { status: 200 });
  const created = await world.call("POST", "/api/v1/replays", {
    body: { filter: { destination: "failing", deliveryStates: ["dead"] }, ratePerSecond: 1000 },
  });
  expect(created.status).toBe(201);
  const { id, deliveryCount } = created.json<{ id: string; deliveryCount: number }>();
  expect(deliveryCount).toBe(dead.length);
  await world.until(async () => {
    const made = await all(`replay=${id}`);
    return made.length === dead.length && made.every(({ state }) => state === "delivered");
  });
  replies.set("failing.example", { status: 500 });
});

test.each([
  [{}, "Give either"],
  [{ events: ["evt_1"], filter: {} }, "Give either"],
  [{ events: [] }, "events"],
  [{ filter: { destination: "nothing" } }, "nothing"],
  [{ filter: {}, ratePerSecond: 0 }, "ratePerSecond"],
  [{ filter: { colour: "red" } }, "colour"],
])("[I7] the replay %j is refused", async (body, reason) => {
  const answer = await world.call("POST", "/api/v1/replays", { body });
  expect(answer.json()).toMatchObject({ status: 400, detail: expect.stringContaining(reason) });
});

test("replays are listed newest first and paged; an unknown one is not found", async () => {
  const first = await world.call("POST", "/api/v1/replays", {
    body: { filter: { unmatched: true } },
  });
  const page: Page<{ id: string }> = (await world.call("GET", "/api/v1/replays?limit=1")).json();
  expect(page.data[0]!.id).toBe(first.json()["id"]);
  const next: Page<{ id: string }> = (
    await world.call("GET", `/api/v1/replays?limit=1&cursor=${page.nextCursor}`)
  ).json();
  expect(next.data[0]!.id).not.toBe(page.data[0]!.id);
  for (const [method, path] of [
    ["GET", ""],
    ["POST", "/cancel"],
  ] as const) {
    const answer = await world.call(method, `/api/v1/replays/op_nothing${path}`);
    expect(answer.json()).toMatchObject({ status: 404 });
  }
});

test("an id that is no delivery or attempt finds nothing", async () => {
  const [good] = await deliveriesOf(await send());
  const attempt = good!.id.replace(/^dlv/, "att");
  for (const path of [
    `deliveries/${attempt}`,
    `deliveries/${good!.id.slice(0, -1)}Z`,
    `deliveries/dlv_0000000000${good!.id.slice(14)}`,
    `attempts/${good!.id}`,
    `attempts/${attempt}`,
    "attempts/x",
  ]) {
    const answer = await world.call("GET", `/api/v1/${path}`);
    expect(answer.json()).toMatchObject({ status: 404, code: "not_found" });
  }
});

test("[I2] the ledger adds up", async () => {
  const ledger = (await world.call("GET", "/api/v1/ledger")).json<Record<string, number>>();
  const { owed, delivered, pending, dead, cancelled } = ledger;
  expect(owed).toBe(delivered! + pending! + dead! + cancelled!);
  expect(ledger["problems"]).toEqual([]);
});
