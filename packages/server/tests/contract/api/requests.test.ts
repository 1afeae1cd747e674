/** Requests and events over the API: lists, bytes, traces, release. */
import { createHmac } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ApiWorld, createApiWorld } from "../../support/api-world.ts";

type Item = {
  readonly id: string;
  readonly eventId: string | null;
  readonly outcome: string;
  readonly source: string;
};
type Page<T = Item> = { readonly data: readonly T[]; readonly nextCursor: string | null };
type Trace = {
  readonly steps: readonly {
    readonly step: string;
    readonly status: string;
    readonly summary: string;
  }[];
  readonly routes: readonly Readonly<Record<string, unknown>>[];
  readonly deliveries: readonly Readonly<Record<string, unknown>>[];
};

const SECRET = "a-secret-of-thirty-two-characters";
let world: ApiWorld;

beforeAll(async () => {
  world = await createApiWorld();
  const create = async (kind: string, body: object): Promise<void> => {
    const { status } = await world.call("POST", `/api/v1/${kind}`, { body });
    expect(status).toBe(201);
  };
  await create("sources", {
    name: "open",
    verify: "none",
    eventType: "body.type",
    dedupe: { key: "body.id" },
  });
  await create("sources", {
    name: "signed",
    verify: { secret: SECRET },
    onFailed: "quarantine",
    eventType: "body.type",
  });
  await create("sources", { name: "strict", verify: { secret: SECRET } });
  await create("sources", { name: "unrouted", verify: "none" });
  await create("destinations", { name: "first", url: "https://first.example" });
  await create("destinations", { name: "second", url: "https://second.example" });
  await create("routes", { name: "a-all", from: ["open", "signed"], to: "first" });
  await create("routes", {
    name: "b-paid",
    from: "open",
    to: "second",
    when: 'body.type == "paid"',
  });
  await create("routes", { name: "c-again", from: "open", to: "first" });
  await create("routes", {
    name: "d-wrong",
    from: "open",
    to: "second",
    when: "body.amount > 100",
  });
  await create("routes", { name: "e-off", from: "open", to: "second", enabled: false });
});
afterAll(() => world.stop());

/** Sends it to ingest and finds what was stored. */
async function send(source: string, body: string | Uint8Array, headers = {}): Promise<Item> {
  await world.call("POST", `/in/${source}`, { raw: body, headers });
  const page: Page = (await world.call("GET", `/api/v1/requests?source=${source}&limit=1`)).json();
  return page.data[0]!;
}

async function traceOf(id: string): Promise<Trace> {
  return (await world.call("GET", `/api/v1/requests/${id}/trace`)).json();
}

test("[I3] the body comes back byte for byte, as a download that nothing runs", async () => {
  const bytes = Buffer.from([0, 0xff, 0xfe, 10, 13, 0xc3, 0x28]);
  const { id, eventId } = await send("unrouted", bytes, { "content-type": "text/html" });
  for (const path of [`requests/${id}`, `events/${eventId}`]) {
    const answer = await world.call("GET", `/api/v1/${path}/body`);
    expect(Buffer.compare(answer.bytes, bytes)).toBe(0);
    expect(answer.headers).toMatchObject({
      "content-type": "text/html",
      "content-length": "7",
      "content-security-policy": expect.stringContaining("sandbox"),
      "x-content-type-options": "nosniff",
    });
    expect(answer.headers["content-disposition"]).toMatch(/^attachment; filename="(req|evt)_\w+"$/);
  }
});

test.each(["text/html\t;x", 'a/b; charset="x"', "nonsense", "é/é"])(
  "[I12] a content type such as %j is not handed on",
  async (type) => {
    const { id } = await send("unrouted", "x", {
      "content-type": Buffer.from(type).toString("latin1"),
    });
    const answer = await world.call("GET", `/api/v1/requests/${id}/body`);
    expect(answer.headers["content-type"]).toBe("application/octet-stream");
  },
);

test("headers keep their order, case and repetition, and lose their credentials", async () => {
  const { id } = await send("unrouted", "{}", {
    "X-Second": "2",
    "x-first": "1",
    authorization: "Bearer hidden-token",
    "X-Api-Key": "hidden-key",
    "x-signature": "sha256=shown",
  });
  const { headers } = (await world.call("GET", `/api/v1/requests/${id}`)).json<{
    headers: [string, string][];
  }>();
  const names = headers.map(([name]) => name);
  expect(names.indexOf("X-Second")).toBeLessThan(names.indexOf("x-first"));
  const values = new Map(headers);
  expect(values.get("authorization")).toBe("Bearer ••••••");
  expect(values.get("X-Api-Key")).toBe("••••••");
  expect(values.get("x-signature")).toBe("sha256=shown");
});

test("a list is filtered and paged, newest first, without repeats or gaps", async () => {
  const sent: string[] = [];
  for (let i = 0; i < 7; i++) {
    sent.push(
      (await send("open", JSON.stringify({ type: i % 2 ? "odd" : "even", id: `list-${i}` }))).id,
    );
  }
  const listed: Item[] = [];
  for (let cursor: string | null = null; ;) {
    const more = cursor === null ? "" : `&cursor=${cursor}`;
    const page: Page = (
      await world.call("GET", `/api/v1/requests?source=open&eventType=even&limit=2${more}`)
    ).json();
    listed.push(...page.data);
    if (page.nextCursor === null) break;
    cursor = page.nextCursor;
  }
  const expected = sent.filter((_, i) => i % 2 === 0).toReversed();
  expect(listed.map(({ id }) => id)).toEqual(expected);
});

test("filters by outcome, key and time", async () => {
  const count = async (query: string): Promise<number> => {
    const page: Page = (await world.call("GET", `/api/v1/requests?${query}`)).json();
    return page.data.length;
  };
  await send("open", JSON.stringify({ id: "twice" }));
  await send("open", JSON.stringify({ id: "twice" }));
  expect(await count("idempotencyKey=twice")).toBe(2);
  expect(await count("idempotencyKey=twice&outcome=duplicate")).toBe(1);
  expect(await count("idempotencyKey=twice&outcome=accepted,duplicate")).toBe(2);
  expect(await count("from=2200-01-01T00:00:00Z")).toBe(0);
  expect(await count("to=2001-01-01T01:00:00%2B01:00")).toBe(0);
});

test.each([
  ["limit=0", "limit"],
  ["limit=201", "limit"],
  ["limit=x", "limit"],
  ["outcome=lost", "outcome"],
  ["from=yesterday", "from"],
  ["eventType=a&eventType=b", "eventType"],
  ["colour=red", ""],
])("[I7] the query %s is refused by name", async (query, path) => {
  const answer = await world.call("GET", `/api/v1/requests?${query}`);
  expect(answer.status).toBe(400);
  const { code, problems } = answer.json<{ code: string; problems: { path: string }[] }>();
  expect(code).toBe("invalid_request");
  expect(problems[0]?.path.startsWith(path)).toBe(true);
});

test("a filter that names nothing is an error, not an empty list", async () => {
  const answer = await world.call("GET", "/api/v1/requests?source=opne");
  expect(answer.json()).toMatchObject({ status: 400, detail: expect.stringContaining('"opne"') });
});

test("a cursor of another list or filter is refused", async () => {
  const page: Page = (await world.call("GET", "/api/v1/requests?limit=1")).json();
  for (const query of [`source=open&cursor=${page.nextCursor}`, "cursor=AAAA", "cursor="]) {
    const answer = await world.call("GET", `/api/v1/requests?${query}`);
    expect(answer.json()).toMatchObject({ status: 400, code: "invalid_cursor" });
  }
  const events = await world.call("GET", `/api/v1/events?cursor=${page.nextCursor}`);
  expect(events.json()).toMatchObject({ code: "invalid_cursor" });
});

test("events are the accepted requests, by destination or unmatched", async () => {
  const { eventId } = await send("open", JSON.stringify({ type: "paid", id: "by-destination" }));
  const unmatched = await send("unrouted", "{}");
  const ids = async (query: string): Promise<readonly string[]> => {
    const page: Page = (await world.call("GET", `/api/v1/events?${query}`)).json();
    return page.data.map(({ id }) => id);
  };
  expect(await ids("destination=second&limit=1")).toEqual([eventId]);
  expect(await ids("unmatched=true&limit=1")).toEqual([unmatched.eventId]);
  expect(await ids("destination=first")).not.toContain(unmatched.eventId);
  const event = (await world.call("GET", `/api/v1/events/${eventId}`)).json();
  expect(event).toMatchObject({
    eventType: "paid",
    targets: [
      { route: "a-all", destination: "first" },
      { route: "b-paid", destination: "second" },
    ],
  });
});

test("[I7] the trace of an event says what every route decided, and why", async () => {
  const { id, eventId } = await send("open", JSON.stringify({ type: "open", id: "traced" }));
  await world.until(async () => {
    const { data } = (await world.call("GET", `/api/v1/events/${eventId}/deliveries`)).json<
      Page<{ state: string }>
    >();
    return data.every(({ state }) => state === "delivered");
  });
  const trace = await traceOf(id);
  expect(trace.steps.map(({ step, status }) => `${step} ${status}`)).toEqual([
    "received ok",
    "admitted ok",
    "verified flagged",
    "deduplicated ok",
    "stored ok",
    "routed ok",
  ]);
  expect(trace.routes).toMatchObject([
    { route: "a-all", decision: "matched", reason: null, delivery: { state: "delivered" } },
    { route: "b-paid", decision: "filtered", when: 'body.type == "paid"', delivery: null },
    { route: "c-again", decision: "already_routed", reason: expect.stringContaining("a-all") },
    { route: "d-wrong", decision: "error", reason: expect.stringContaining("amount") },
    { route: "e-off", decision: "disabled" },
  ]);
  expect(trace.deliveries).toHaveLength(1);
});

test("a trace is told with the configuration of its time", async () => {
  const { id } = await send("open", JSON.stringify({ type: "old", id: "before-the-change" }));
  const route = (await world.call("GET", "/api/v1/routes/b-paid")).json();
  await world.call("PUT", "/api/v1/routes/b-paid", {
    body: { ...route, when: 'body.type == "old"' },
  });
  const trace = await traceOf(id);
  expect(trace.routes[1]).toMatchObject({
    route: "b-paid",
    decision: "filtered",
    when: 'body.type == "paid"',
  });
  await world.call("PUT", "/api/v1/routes/b-paid", { body: route });
});

test("the trace of a duplicate names the event it repeats, and tells another body apart", async () => {
  const first = await send("open", JSON.stringify({ id: "repeated", n: 1 }));
  const same = await send("open", JSON.stringify({ id: "repeated", n: 1 }));
  const other = await send("open", JSON.stringify({ id: "repeated", n: 2 }));
  const sameTrace = await traceOf(same.id);
  expect(sameTrace.steps[3]).toMatchObject({
    step: "deduplicated",
    status: "stopped",
    summary: expect.stringContaining(`${first.eventId}`),
  });
  expect(sameTrace.routes).toEqual([]);
  const shown = (await world.call("GET", `/api/v1/requests/${other.id}`)).json();
  expect(shown).toMatchObject({ outcome: "duplicate", conflict: true, duplicateOf: first.eventId });
});

test("the trace of a refused request says which step refused it", async () => {
  const { id } = await send("strict", "{}");
  const shown = (await world.call("GET", `/api/v1/requests/${id}`)).json();
  expect(shown).toMatchObject({
    outcome: "rejected",
    cause: "verification_failed",
    eventId: null,
    targets: [],
    verification: { status: "failed", reason: "missing_header" },
  });
  const { steps } = await traceOf(id);
  expect(steps.find(({ status }) => status === "stopped")).toMatchObject({ step: "verified" });
});

test("a quarantined request stays where it is until it verifies, or somebody vouches for it", async () => {
  const { id } = await send("signed", JSON.stringify({ type: "late" }));
  const refused = await world.call("POST", `/api/v1/requests/${id}/release`);
  expect(refused.json()).toMatchObject({ status: 409, code: "state_conflict" });
  const released = await world.call("POST", `/api/v1/requests/${id}/release`, {
    body: { force: true },
  });
  expect(released.status).toBe(201);
  expect(released.json()).toMatchObject({ eventType: "late", targets: [{ destination: "first" }] });
  const request: Page<Item & { releases: string }> = (
    await world.call("GET", "/api/v1/requests?source=signed&limit=1")
  ).json();
  expect(request.data[0]).toMatchObject({ outcome: "accepted", releases: id });
});

test("what was signed with a secret that was wrong then is released once it is right", async () => {
  const later = "another-secret-of-thirty-two-chars";
  const body = '{"type":"rotated"}';
  const signature = `${createHmac("sha256", later).update(body).digest("hex")}`;
  const { id, outcome } = await send("signed", body, { "x-signature": signature });
  expect(outcome).toBe("quarantined");
  const source = (await world.call("GET", "/api/v1/sources/signed")).json();
  await world.call("PUT", "/api/v1/sources/signed", {
    body: { ...source, verify: { secrets: [SECRET, later] } },
  });
  const released = await world.call("POST", `/api/v1/requests/${id}/release`, { body: {} });
  expect(released.json()).toMatchObject({ verification: "verified", eventType: "rotated" });
});

test("an accepted request cannot be released", async () => {
  const { id } = await send("unrouted", "{}");
  const answer = await world.call("POST", `/api/v1/requests/${id}/release`, {
    body: { force: true },
  });
  expect(answer.json()).toMatchObject({ status: 409, code: "state_conflict" });
});

test("an id of another kind, time, store or place finds nothing", async () => {
  const { id, eventId } = await send("unrouted", "{}");
  const body = id.slice(4);
  const elsewhere = [
    `requests/${eventId}`,
    `events/${id}`,
    `requests/req_${"0".repeat(10)}${body.slice(10)}`,
    `requests/req_${body.slice(0, 18)}${"0".repeat(8)}`,
    `requests/req_${body.slice(0, 10)}ZZZZZZZZ${body.slice(18)}`,
    "requests/req_",
    "requests/..%2f..%2fetc",
    "events/evt_0/body",
    "requests/x/trace",
  ];
  for (const path of elsewhere) {
    const answer = await world.call("GET", `/api/v1/${path}`);
    expect(answer.json()).toMatchObject({ status: 404, code: "not_found" });
  }
  const rejected = await send("strict", "{}");
  const asEvent = await world.call("GET", `/api/v1/events/evt_${rejected.id.slice(4)}`);
  expect(asEvent.status).toBe(404);
});
