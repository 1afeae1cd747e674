/** Commands that look after the machine: fsck on a running gateway and on a folder it left behind, and doctor. */
import { chmodSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import {
  call,
  callInTerminal,
  CTRL_C,
  openTerminal,
  records,
  type RunningGateway,
  startGateway,
} from "./support/cli.ts";
import { closedUrl } from "./support/closed-port.ts";
import { createFolder } from "./support/folder.ts";

const running: RunningGateway[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((gateway) => gateway.stop()));
});

async function startDev(cwd: string): Promise<RunningGateway> {
  const gateway = await startGateway("dev", { cwd });
  running.push(gateway);
  return gateway;
}

async function findings(args: readonly string[], cwd: string): Promise<Record<string, unknown>> {
  const { stdout } = await call(["doctor", ...args], { cwd });
  return Object.fromEntries(records(stdout).map(({ check, level }) => [check as string, level]));
}

const NOBODY = ["--server", await closedUrl()];

test("[I2] fsck counts a running server, then the folder it left behind", async () => {
  const { path } = createFolder();
  const gateway = await startDev(path);
  for (const body of ["one", "two"]) {
    await fetch(gateway.sourceUrl("inbox"), { method: "POST", body });
  }
  const online = await call(["fsck", "--server", gateway.url], { cwd: path });
  expect(online.code).toBe(0);
  const [ledger] = records(online.stdout);
  expect(ledger).toMatchObject({
    type: "ledger",
    sound: true,
    requests: { accepted: 2, rejected: 0 },
    unmatched: 2,
    owed: 0,
    problems: [],
  });

  const held = await call(["fsck", "--data", ".ringdown", "--server", gateway.url], { cwd: path });
  expect(held.stderr).toContain("A running gateway holds");
  expect(records(held.stdout)).toEqual([ledger]);

  await gateway.stop();
  const offline = await call(["fsck", ...NOBODY], { cwd: path });
  expect(offline.code).toBe(0);
  expect(offline.stderr).toContain(`reading ${join(path, ".ringdown")}`);
  expect(records(offline.stdout)).toEqual([ledger]);
  const shown = await callInTerminal(["fsck", "--data", ".ringdown"], { cwd: path });
  expect(shown.screen).toMatch(/^ {2}accepted {17}2$/m);
  expect(shown.screen).toMatch(/✓ Everything accepted is accounted for\.\n$/);
});

test("tail goes on by itself when the gateway comes back, and misses nothing", async () => {
  const { path } = createFolder();
  const first = await startDev(path);
  const tail = openTerminal(["tail", "--server", first.url], { cwd: path });
  await tail.shows("Following");
  await first.stop();

  const args = ["--port", new URL(first.url).port];
  const second = await startGateway("dev", { cwd: path, args });
  running.push(second);
  await fetch(second.sourceUrl("inbox"), { method: "POST", body: "while away" });

  expect(await tail.shows("10 B")).toContain("Connected again; nothing was missed.");
  tail.type(CTRL_C);
  expect(await tail.ended()).toBe(0);
});

test("fsck of nothing is an error", async () => {
  const { path } = createFolder();

  expect((await call(["fsck", ...NOBODY], { cwd: path })).code).toBe(69);
  const { code, stderr } = await call(["fsck", "--data", "nowhere"], { cwd: path });
  expect(code).toBe(1);
  expect(stderr).toContain("there is no store in");
});

test("doctor finds a sound machine sound", async () => {
  const { path } = createFolder();
  const gateway = await startDev(path);
  const { code, screen } = await callInTerminal(["doctor", "--server", gateway.url], { cwd: path });

  expect(screen).toMatch(/^ok {4}Node +\d/m);
  expect(screen).toMatch(/^ok {4}lock +a running gateway holds it$/m);
  expect(screen).toMatch(/^ok {4}permissions +only this account can read the data$/m);
  expect(screen).toMatch(/^ok {4}server +ready at http/m);
  expect(screen).toMatch(/^ok {4}server clock +agrees with ours$/m);
  expect(screen).toMatch(/^ok {4}API key +the server lets us in$/m);
  expect(screen).not.toContain("fail");
  expect(code).toBe(0);
});

test("doctor of a fresh folder says what will be made, and that nothing runs yet", async () => {
  const { path } = createFolder();
  const { code, screen } = await callInTerminal(["doctor", ...NOBODY], { cwd: path });

  expect(screen).toContain("will be made");
  expect(screen).toMatch(
    /^warn {2}server +nothing answers at http:\S+ \(ECONNREFUSED\)\n +→ Start one/m,
  );
  expect(code).toBe(0);
});

test("a key that others can read fails the doctor; the advice mends it", async () => {
  const { path } = createFolder();
  const gateway = await startDev(path);
  await gateway.stop();
  const key = join(path, ".ringdown/secret.key");
  chmodSync(key, 0o644);

  const { code, screen } = await callInTerminal(["doctor", ...NOBODY], { cwd: path });
  expect(code).toBe(2);
  expect(screen).toMatch(/^fail {2}permissions +others can read /m);
  expect(screen).toContain(`→ chmod 600 ${key}`);

  chmodSync(key, 0o600);
  expect(statSync(key).mode & 0o777).toBe(0o600);
  expect(await findings(NOBODY, path)).toMatchObject({
    permissions: "ok",
    lock: "ok",
    clock: "ok",
  });
});

test("an invalid file and a stranger on the server's port are found", async () => {
  const folder = createFolder();
  folder.write("ringdown.yaml", "version: 1\nroutes: { a: { from: x, to: y } }\n");
  const stranger = createServer((_httpRequest, httpResponse) => httpResponse.end("hello"));
  stranger.listen(0, "127.0.0.1");
  await once(stranger, "listening");
  const { port } = stranger.address() as AddressInfo;
  const url = `http://127.0.0.1:${String(port)}`;

  const { code, screen } = await callInTerminal(["doctor", "--server", url], { cwd: folder.path });
  stranger.close();

  expect(code).toBe(2);
  expect(screen).toMatch(/^fail {2}config +/m);
  expect(screen).toContain("ringdown.yaml:2:");
  expect(screen).toMatch(/^fail {2}server +what answers at \S+ is not Ringdown$/m);
});
