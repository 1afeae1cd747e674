/** `ringdown dev` as a newcomer meets it: the first screen, its curl line, what it suggests next, and the records when it is piped. */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import {
  call,
  CTRL_C,
  openTerminal,
  records,
  type RunningGateway,
  startGateway,
} from "./support/cli.ts";
import { createFolder } from "./support/folder.ts";

const folder = createFolder();
const running: RunningGateway[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((gateway) => gateway.stop()));
});

async function startDev(args: readonly string[] = ["--port", "0"]): Promise<RunningGateway> {
  const gateway = await startGateway("dev", {
    cwd: folder.path,
    args: ["--store", "memory", ...args],
  });
  running.push(gateway);
  return gateway;
}

test("the first screen tells where it is, and its curl line works when it is pasted", async () => {
  const terminal = openTerminal(["dev", "--port", "0"], { cwd: folder.path });
  const screen = await terminal.shows("Ctrl-C stops.");

  expect(screen).toMatch(
    /^\n {2}Ringdown \S+ {3}ready in \d+\.\d s {3}data \.\/\.ringdown {3}no config yet\n/,
  );
  expect(screen).toMatch(/^ {2}Server {5}http:\/\/127\.0\.0\.1:\d+ {3}API, page and metrics$/m);
  expect(screen).toMatch(
    /^ {2}Your URL {3}(http:\S+\/in\/inbox) {3}any method, any path below it$/m,
  );
  const curl = /^ {2}Try it {5}(curl .*)$/m.exec(screen)![1]!;
  expect(execFileSync("sh", ["-c", curl], { encoding: "utf8", stdio: "pipe" })).toContain("evt_");

  const after = await terminal.shows("Next");
  expect(after).toMatch(
    /^\d\d:\d\d:\d\d\.\d{3} {2}inbox {2}POST \/ {2}17 B {2}application\/x-www-form-urlencoded {2}→ kept \(no route\)$/m,
  );
  expect(await terminal.shows("correctly signed")).toMatch(
    /Next {2}npx ringdown trigger stripe invoice\.paid --to inbox --server http:/,
  );

  terminal.type(CTRL_C);
  expect(await terminal.ended()).toBe(0);
  expect(terminal.screen()).toContain("Stopped.");
});

test("what the screen suggests next works, and leads on", async () => {
  const terminal = openTerminal(["dev", "--port", "0", "--store", "memory"], { cwd: folder.path });
  const screen = await terminal.shows("Ctrl-C stops.");
  const url = /Your URL {3}(\S+)/.exec(screen)![1]!;
  await fetch(url, { method: "POST", body: "one" });
  const first = await terminal.shows(/npx ringdown trigger .*\n/);

  const suggested = /npx ringdown (trigger .*)/.exec(first)![1]!.split(" ");
  expect((await call(suggested)).code).toBe(0);

  expect(await terminal.shows("invoice.paid  → kept (no route)")).not.toContain("✗");
  const second = await terminal.shows(/npx ringdown export .* > ringdown\.yaml\n/);
  const [, exported] = /npx (ringdown export .*) > ringdown\.yaml/.exec(second)!;
  const { stdout } = await call(exported!.split(" ").slice(1));
  folder.write("ringdown.yaml", "");
  folder.write("ringdown.yaml", stdout);
  expect(await terminal.shows("✓ ringdown.yaml applied")).not.toContain("not applied");
  rmSync(join(folder.path, "ringdown.yaml"));
  terminal.type(CTRL_C);
  expect(await terminal.ended()).toBe(0);
});

test("piped, it is ready first, and everything that happens is a record", async () => {
  const gateway = await startDev();
  const inbox = `${gateway.url}/in/inbox`;
  expect(gateway.ready).toEqual({
    type: "ready",
    v: 1,
    url: gateway.url,
    ingestUrl: gateway.url,
    sources: [{ name: "inbox", url: inbox }],
  });
  expect(gateway.stdout().startsWith('{"type":"ready"')).toBe(true);

  await fetch(`${inbox}/below?a=1`, { method: "PUT", body: "hello" });
  await gateway.shows(/"type":"request".*\n/);

  const [, request] = records(gateway.stdout());
  expect(request).toMatchObject({
    type: "request",
    source: "inbox",
    method: "PUT",
    path: "/below",
    query: "a=1",
    bodyBytes: 5,
    outcome: "accepted",
    targets: [],
  });
});

test("a busy port is no obstacle: the next free one is taken, and said aloud", async () => {
  const other = createServer();
  other.listen(0, "127.0.0.1");
  await once(other, "listening");
  const { port } = other.address() as AddressInfo;
  const args = ["dev", "--port", String(port), "--store", "memory"];
  const terminal = openTerminal(args, { cwd: folder.path });

  const screen = await terminal.shows("Ctrl-C stops.");

  expect(screen).toContain(`port ${String(port)} is busy`);
  const taken = Number(/Server {5}http:\/\/127\.0\.0\.1:(\d+)/.exec(screen)![1]);
  expect(taken).toBeGreaterThan(port);
  terminal.type(CTRL_C);
  expect(await terminal.ended()).toBe(0);
  other.close();
});

test("SIGTERM stops it cleanly, and what was accepted is still there after a new start", async () => {
  const gateway = await startGateway("dev", { cwd: folder.path });
  await fetch(gateway.sourceUrl("inbox"), { method: "POST", body: "keep me" });
  expect(await gateway.stop("SIGTERM")).toBe(0);

  const again = await startGateway("dev", { cwd: folder.path });
  running.push(again);
  const { stdout } = await call(["events", "--server", again.url]);

  expect(records(stdout).length).toBeGreaterThanOrEqual(1);
});

test("an invalid file is refused at the start, with line and column", async () => {
  const file = folder.write("broken.yaml", "version: 1\nsources:\n  a: { provder: stripe }\n");
  const { code, stderr } = await call(["dev", "--port", "0", "--config", file], {
    cwd: folder.path,
  });

  expect(code).toBe(65);
  expect(stderr).toContain(`${file}:3:8 sources.a`);
  expect(stderr).toContain('Did you mean "provider"?');
});

test("the file is applied when it is saved; with a mistake, the old one stays in force", async () => {
  const file = folder.write("watched.yaml", "version: 1\nsources:\n  first: {}\n");
  const gateway = await startDev(["--port", "0", "--config", file]);

  folder.write("watched.yaml", "version: 1\nsources:\n  first: {}\n  second: {}\n");
  await gateway.shows('"applied":true');
  expect((await fetch(`${gateway.url}/in/second`, { method: "POST" })).status).toBe(200);

  folder.write("watched.yaml", "version: 1\nsources:\n  third: { provder: x }\n");
  await gateway.shows('"applied":false');
  expect(gateway.stdout()).toContain(`${file}:3:12 sources.third`);
  expect((await fetch(`${gateway.url}/in/second`, { method: "POST" })).status).toBe(200);
  expect((await fetch(`${gateway.url}/in/third`, { method: "POST" })).status).toBe(404);
});

test("[I12] control characters of a sender do not reach the terminal", async () => {
  const file = folder.write(
    "generic.yaml",
    "version: 1\nsources:\n  open: { provider: generic, verify: none }\n",
  );
  const args = ["dev", "--port", "0", "--store", "memory", "--config", file];
  const terminal = openTerminal(args, { cwd: folder.path });
  const screen = await terminal.shows("Ctrl-C stops.");
  const url = /Your URL {3}(\S+)/.exec(screen)![1]!;
  const headers = { "content-type": "application/json" };
  const type = "evil\u001b[2J\u0007\u009b2J\u202e!";
  await fetch(url, { method: "POST", headers, body: JSON.stringify({ type }) });

  // What the server keeps of the type is shown; what could act on a terminal is a sign.
  expect(await terminal.shows("kept (no route)")).toMatch(/evil.*2J\ufffd!/);

  for (const forbidden of ["\u001b[2J", "\u0007", "\u009b", "\u202e"]) {
    expect(terminal.raw()).not.toContain(forbidden);
  }
  terminal.type(CTRL_C);
  await terminal.ended();
});

test("Ctrl-C waits for attempts in flight, and a second one does not", async () => {
  const silent = createServer(() => undefined);
  silent.listen(0, "127.0.0.1");
  await once(silent, "listening");
  const { port } = silent.address() as AddressInfo;
  const file = folder.write(
    "hanging.yaml",
    `version: 1
sources: { inbox: {} }
destinations:
  silent: { url: "http://127.0.0.1:${String(port)}", allowPrivate: true }
routes: { all: { from: inbox, to: silent } }
`,
  );
  const args = ["dev", "--port", "0", "--store", "memory", "--config", file];
  const terminal = openTerminal(args, { cwd: folder.path });
  const screen = await terminal.shows("Ctrl-C stops.");
  const asked = once(silent, "request");
  await fetch(/Your URL {3}(\S+)/.exec(screen)![1]!, { method: "POST" });
  await asked;

  terminal.type(CTRL_C);
  await terminal.shows("Stopping: attempts in flight end first.");
  // Two presses within a moment count as one, so it is pressed until it is believed.
  const presses = setInterval(() => terminal.type(CTRL_C), 100);
  const code = await terminal.ended();
  clearInterval(presses);

  expect(code).toBe(130);
  expect(terminal.screen()).not.toContain("Stopped.");
  silent.closeAllConnections();
  silent.close();
});

test("a reader that goes away ends it", async () => {
  const main = join(import.meta.dirname, "../src/main.ts");
  const line = `'${process.execPath}' '${main}' dev --port 0 --store memory | head -n 1`;
  const shell = spawn("sh", ["-c", line], {
    cwd: folder.path,
    stdio: ["ignore", "pipe", "ignore"],
  });
  const closed = once(shell, "close");
  const [first] = (await once(shell.stdout, "data")) as [Buffer];
  const { url } = JSON.parse(first.toString("utf8")) as { url: string };

  await fetch(`${url}/in/inbox`, { method: "POST", body: "one more record" });

  expect(await closed).toEqual([0, null]);
  await expect(fetch(`${url}/livez`)).rejects.toThrow("fetch failed");
});
