/** Commands that show what happened: explain and the lists, on a terminal and in a pipe. */
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  call,
  callInTerminal,
  openTerminal,
  records,
  type RunningGateway,
  startGateway,
} from "./support/cli.ts";
import { createFolder } from "./support/folder.ts";
import { type Sink, startSink } from "./support/sink.ts";

const folder = createFolder();
let gateway: RunningGateway;
let sink: Sink;

beforeAll(async () => {
  sink = await startSink();
  const config = folder.write(
    "ringdown.yaml",
    `version: 1
sources:
  inbox: { provider: generic, verify: none }
destinations:
  good: { url: "${sink.url}/200", allowPrivate: true }
  bad: { url: "${sink.url}/500", allowPrivate: true, retry: { schedule: none } }
  spare: { url: "${sink.url}/201", allowPrivate: true }
routes:
  all-to-good: { from: inbox, to: good }
  paid-to-bad: { from: inbox, when: body.type == "invoice.paid", to: bad }
  vip-to-spare: { from: inbox, when: body.vip == true, to: spare }
`,
  );
  const args = ["--port", "0", "--store", "memory", "--config", config];
  gateway = await startGateway("dev", { cwd: folder.path, args });
  await post({ type: "invoice.paid" });
  await gateway.shows(/"destination":"bad".*"outcome":"failure".*\n/);
});
afterAll(() => gateway.stop());

async function post(body: object): Promise<void> {
  const headers = { "content-type": "application/json" };
  const url = gateway.sourceUrl("inbox");
  const answer = await fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
  expect(answer.status).toBe(200);
}

function env(): { cwd: string; env: Record<string, string> } {
  return { cwd: folder.path, env: { RINGDOWN_SERVER: gateway.url } };
}

async function list(...args: readonly string[]): Promise<readonly Record<string, unknown>[]> {
  const { code, stdout } = await call(args, env());
  expect(code).toBe(0);
  return records(stdout);
}

test("explain tells every decision, on a terminal line by line", async () => {
  const [event] = await list("events", "-t", "invoice.paid");
  const { code, screen } = await callInTerminal(["explain", event!["id"] as string], env());

  expect(code).toBe(0);
  const lines = screen.trimEnd().split("\n");
  expect(lines[0]).toMatch(/^req_\w{26} {2}evt_\w{26} {2}configuration \d+$/);
  expect(lines[1]).toMatch(/^✓ received {6}POST \/in\/inbox, 23 bytes from 127\.0\.0\.1$/);
  expect(screen).toMatch(/^✓ routed {8}To 2 destinations\.$/m);
  expect(screen).toMatch(/^→ all-to-good {2}matched\n {4}good {2}delivered {2}1 attempt {2}dlv_/m);
  expect(screen).toMatch(
    /^→ paid-to-bad {2}matched {3}when body\.type == "invoice\.paid"\n {4}bad {2}dead/m,
  );
  expect(screen).toMatch(/^[!–] vip-to-spare {2}\w+ {3}.*vip.* {3}when body\.vip == true$/m);
});

test("explain takes the id of whatever followed from the request", async () => {
  const [attempt] = await list("attempts", "-d", "bad", "-n", "1");
  const ids = ["id", "deliveryId", "eventId"].map((field) => attempt![field] as string);
  const traces = await Promise.all(ids.map((id) => list("explain", id)));

  const requests = new Set(traces.map(([trace]) => trace!["requestId"]));
  expect(requests).toEqual(new Set([(attempt!["eventId"] as string).replace("evt_", "req_")]));
});

test("explain of something that does not exist fails, and names the answer for the log", async () => {
  const { code, stderr } = await call(["explain", "req_00000000000000000000000000"], env());

  expect(code).toBe(1);
  expect(stderr).toMatch(/not_found in request [\w-]{36}/);
});

test("lists are records when piped and tables on a terminal", async () => {
  const requests = await list("requests");
  expect(requests).toMatchObject([{ type: "request", source: "inbox", eventType: "invoice.paid" }]);

  const { screen } = await callInTerminal(["requests"], env());
  const [heading, row, ...rest] = screen.trimEnd().split("\n");
  expect(heading).toMatch(/^id +received +source +request +size +type +outcome$/);
  expect(row).toMatch(
    /^req_\w{26} {2}(?:now|\d+ \w ago) +inbox +POST \/ +23 B +invoice\.paid +accepted$/,
  );
  expect(rest).toEqual([]);
  // The columns stand under their headings.
  expect(row!.indexOf("inbox")).toBe(heading!.indexOf("source"));
});

test("every kind of thing can be listed and shown", async () => {
  const kinds = [
    "requests",
    "events",
    "deliveries",
    "attempts",
    "sources",
    "destinations",
    "routes",
  ];
  for (const kind of kinds) {
    const [first] = await list(kind, "-n", "1");
    const id = first!["id"] as string;
    const { code, stdout } = await call([kind, "get", id], env());
    expect(code, kind).toBe(0);
    expect(records(stdout)[0], kind).toMatchObject({ type: first!["type"], id });
  }
});

test("--limit limits, and says that there is more", async () => {
  const { stdout, stderr } = await call(["deliveries", "--limit", "1"], env());

  expect(records(stdout)).toHaveLength(1);
  expect(stderr).toContain("There are more; --limit 10 shows them.");
  expect((await call(["deliveries", "--limit", "1", "--quiet"], env())).stderr).toBe("");
});

test("filters are passed on", async () => {
  expect(await list("deliveries", "--state", "dead")).toMatchObject([{ destination: "bad" }]);
  expect(await list("attempts", "--outcome", "success")).toMatchObject([{ destination: "good" }]);
  expect(await list("events", "--unmatched")).toEqual([]);
  expect(await list("requests", "--until", "2h")).toEqual([]);
  const nobody = await call(["requests", "-s", "nobody"], env());
  expect(nobody.code).not.toBe(0);
});

test("get shows the fields of one thing, headers in their order", async () => {
  const [request] = await list("requests");
  const { screen } = await callInTerminal(["requests", "get", request!["id"] as string], env());

  expect(screen).toMatch(/^source {2,}inbox$/m);
  expect(screen).toMatch(/^verification\.status {2,}unverified$/m);
  expect(screen).toMatch(/^headers {2,}Host: 127\.0\.0\.1:\d+\n {2,}connection: /im);
  expect(screen).not.toContain("null");
});

test("[I11] pause holds, resume delivers, and both say how it stands", async () => {
  const paused = await callInTerminal(["pause", "good", "--reason", "upgrade"], env());
  expect(paused.screen).toMatch(
    /^good is paused \(upgrade\): \d+ waiting, \d+ retrying, \d+ in flight\n$/,
  );
  const before = sink.received().length;
  await post({ type: "while.paused" });
  expect(await list("deliveries", "--state", "held")).toMatchObject([
    { eventType: "while.paused" },
  ]);
  expect(sink.received()).toHaveLength(before);
  const status = await callInTerminal(["destinations"], env());
  expect(status.screen).toMatch(/^good +paused +1 /m);

  const { code, stdout } = await call(["resume", "good"], env());
  expect(code).toBe(0);
  expect(records(stdout)).toMatchObject([{ type: "destinationStatus", status: "active" }]);
  await gateway.shows(/"eventType":"while.paused".*"outcome":"success"/);
});

test("a destination nobody knows cannot be paused", async () => {
  const { code, stderr } = await call(["pause", "nowhere"], env());

  expect(code).toBe(1);
  expect(stderr).toContain("nowhere");
});

test("tail is ready first, then shows what happens, filtered", async () => {
  const args = ["tail", "-t", "tailed", "--max", "2", "--server", gateway.url];
  const tail = openTerminal([...args, "--json"], { cwd: folder.path });
  await tail.shows('{"type":"ready"');
  await post({ type: "not this" });
  await post({ type: "tailed" });

  expect(await tail.ended()).toBe(0);
  const shown = records(tail.screen().replace(/^Following.*\n/m, ""));
  expect(shown).toMatchObject([
    { type: "ready", v: 1, server: gateway.url, sources: [{ name: "inbox" }] },
    { type: "request", eventType: "tailed", targets: [{ destination: "good" }] },
    { type: "attempt", eventType: "tailed", destination: "good", status: 200 },
  ]);
});

test("tail goes on after a cursor", async () => {
  await post({ type: "before" });
  await gateway.shows(/"type":"request".*"eventType":"before".*\n/);
  const [last] = records(gateway.stdout()).filter(({ eventType }) => eventType === "before");
  const cursor = last!["cursor"] as string;
  await post({ type: "missed" });
  const args = ["tail", "--only", "requests", "--after", cursor, "--max", "1"];
  const { code, stdout } = await call(args, env());

  expect(code).toBe(0);
  expect(records(stdout).slice(1)).toMatchObject([{ type: "request", eventType: "missed" }]);
});

test("on a terminal tail writes a line for each", async () => {
  const tail = openTerminal(["tail", "--server", gateway.url], { cwd: folder.path });
  await tail.shows(`Following ${gateway.url}; Ctrl-C ends it.`);
  await post({ type: "invoice.paid" });

  const screen = await tail.shows(/✗ bad/);
  expect(screen).toMatch(/inbox {2}POST \/ {2}23 B {2}invoice\.paid {2}→ good, bad$/m);
  expect(screen).toMatch(/^\S+ {4}✗ bad {2}500 {2}\d+ ms {2}invoice\.paid/m);
  tail.type("\u0003");
  expect(await tail.ended()).toBe(0);
});

test("a replay counts first, and refuses to guess without a terminal", async () => {
  const dry = await list("replay", "--state", "dead", "--dry-run");
  expect(dry).toMatchObject([{ type: "replayPlan", dryRun: true }]);
  expect(dry[0]!["deliveryCount"]).toBeGreaterThanOrEqual(1);

  const silent = await call(["replay", "--state", "dead"], env());
  expect(silent.code).toBe(64);
  expect(silent.stderr).toContain("Add --yes.");
  const nothing = await call(["replay"], env());
  expect(nothing.code).toBe(64);
  const both = await call(["replay", "evt_1", "--state", "dead"], env());
  expect(both.code).toBe(64);
});

test("a replay to another destination makes new deliveries there", async () => {
  const [event] = await list("events", "-t", "invoice.paid", "-n", "1");
  const { code, stdout } = await call(["replay", event!["id"] as string, "--to", "spare"], env());

  expect(code).toBe(0);
  const [replay] = records(stdout);
  expect(replay).toMatchObject({ type: "replay", state: "done", madeCount: 1 });
  await gateway.shows(/"destination":"spare".*"trigger":"replay".*"outcome":"success"/);
  const made = await list("deliveries", "--replay", replay!["id"] as string);
  expect(made).toMatchObject([{ destination: "spare", replayId: replay!["id"] }]);
});

test("asked on a terminal, yes replays and anything else does not", async () => {
  const refused = openTerminal(["replay", "-t", "tailed", "--server", gateway.url]);
  await refused.shows("Make 1 delivery of 1 event? [y/N]");
  refused.type("\r");
  expect(await refused.ended()).toBe(0);
  expect(refused.screen()).not.toContain("made");

  const wanted = openTerminal(["replay", "-t", "tailed", "--server", gateway.url]);
  await wanted.shows("[y/N]");
  wanted.type("y\r");
  expect(await wanted.ended()).toBe(0);
  expect(wanted.screen()).toMatch(/✓ 1 delivery made {3}ringdown deliveries list --replay op_/);
});

test("Ctrl-C cancels a replay on the server too", async () => {
  for (let count = 0; count < 5; count += 1) await post({ type: "slow" });
  const args = ["replay", "-t", "slow", "--rate", "1/h", "--yes", "--server", gateway.url];
  const replay = openTerminal(args, { cwd: folder.path });
  await replay.shows(/replaying [━─]+ \d\/5 deliveries/);
  replay.type("\u0003");

  expect(await replay.ended()).toBe(130);
  expect(replay.screen()).toMatch(/cancelled after \d deliver(?:y|ies) {3}ringdown deliveries/);
});

test("one delivery can be tried again", async () => {
  const [dead] = await list("deliveries", "--state", "dead", "-n", "1");
  const { code, stdout } = await call(["deliveries", "retry", dead!["id"] as string], env());

  expect(code).toBe(0);
  expect(records(stdout)).toMatchObject([{ type: "delivery", id: dead!["id"] }]);
});

test("one delivery can be ended, once", async () => {
  await call(["pause", "bad"], env());
  await post({ type: "invoice.paid" });
  const [held] = await list("deliveries", "--state", "held", "-d", "bad");
  const cancel = ["deliveries", "cancel", held!["id"] as string];
  const { code, screen } = await callInTerminal(cancel, env());

  expect(code).toBe(0);
  expect(screen).toMatch(/^bad {2}cancelled {2}0 attempts {2}.* {2}dlv_\w{26}\n$/);
  expect((await call(cancel, env())).code).toBe(1);
});
