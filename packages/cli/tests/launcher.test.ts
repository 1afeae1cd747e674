/**
 * `npx ringdown …` works on whatever Node the machine has: an old one hands over to the Node 26 that
 * the checkout brings. The old Node is a new one that reports another version, which is all that the
 * launcher looks at.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, expect, test } from "vitest";

const BIN = resolve(import.meta.dirname, "../bin/ringdown.js");
const NODE_MODULES = resolve(import.meta.dirname, "../../../node_modules");

const PRETEND_OLD =
  "data:text/javascript,Object.defineProperty(process,'versions',{value:{...process.versions,node:'18.20.0'}})";

/** A command that tells what it was given, and waits to be stopped when asked to. */
const FAKE_COMMAND = `
  const [mode, ...rest] = process.argv.slice(2);
  if (mode === "wait") {
    process.on("SIGTERM", () => { console.log("stopped"); process.exit(7); });
    setInterval(() => {}, 1000);
  }
  console.log(JSON.stringify({ version: process.versions.node, rest }));
  if (mode === "exit") process.exitCode = Number(rest[0]);
  if (mode === "kill") process.kill(process.pid, rest[0]);
`;

const folders: string[] = [];

afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

/** A checkout's shape in a temporary folder, so that nothing above it can be found. */
async function makeCheckout(options: { withNode: "yes" | "no" }): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), "ringdown-launcher-"));
  folders.push(root);
  const bin = join(root, "packages/cli/bin");
  await mkdir(bin, { recursive: true });
  await mkdir(join(root, "packages/cli/src"));
  await cp(BIN, join(bin, "ringdown.js"));
  await writeFile(join(root, "packages/cli/package.json"), '{ "type": "module" }');
  await writeFile(join(root, "packages/cli/src/main.ts"), FAKE_COMMAND);
  if (options.withNode === "yes") {
    const nodeFolder = join(root, "node_modules/node/bin");
    await mkdir(nodeFolder, { recursive: true });
    const script = `#!/bin/sh\nexec "${process.execPath}" "$@"\n`;
    await writeFile(join(nodeFolder, "node"), script, { mode: 0o755 });
  }
  return join(bin, "ringdown.js");
}

function launch(bin: string, args: readonly string[]): ChildProcess {
  return spawn(process.execPath, ["--import", PRETEND_OLD, bin, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
  });
}

async function outcomeOf(child: ChildProcess) {
  let output = "";
  child.stdout?.on("data", (chunk: Buffer) => (output += chunk.toString()));
  child.stderr?.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const [code, signal] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
  return { code, signal, output };
}

test("an old Node hands over with the same arguments and ends with the same code", async () => {
  const bin = await makeCheckout({ withNode: "yes" });
  const { code, output } = await outcomeOf(launch(bin, ["exit", "65", "two words"]));
  expect(code).toBe(65);
  expect(JSON.parse(output)).toEqual({
    version: process.versions.node,
    rest: ["65", "two words"],
  });
});

test("a command that was killed looks killed", async () => {
  const bin = await makeCheckout({ withNode: "yes" });
  const { signal } = await outcomeOf(launch(bin, ["kill", "SIGKILL"]));
  expect(signal).toBe("SIGKILL");
});

test("a signal to the launcher reaches the command, whose exit code counts", async () => {
  const bin = await makeCheckout({ withNode: "yes" });
  const child = launch(bin, ["wait"]);
  child.stdout?.once("data", () => child.kill("SIGTERM"));
  const { code, output } = await outcomeOf(child);
  expect(code).toBe(7);
  expect(output).toContain("stopped");
});

test("without a new Node anywhere it says which one is needed", async () => {
  const bin = await makeCheckout({ withNode: "no" });
  const { code, output } = await outcomeOf(launch(bin, ["exit", "0"]));
  expect(code).toBe(1);
  expect(output).toContain("ringdown needs Node 24.15 or newer");
});

test("a new Node runs the command itself", async () => {
  const bin = await makeCheckout({ withNode: "no" });
  const child = spawn(process.execPath, [bin, "exit", "3"], { stdio: ["ignore", "pipe", "pipe"] });
  expect((await outcomeOf(child)).code).toBe(3);
});

test("the checkout has the Node that the launcher looks for", async () => {
  const child = spawn(join(NODE_MODULES, "node/bin/node"), ["--version"], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  expect((await outcomeOf(child)).output).toMatch(/^v26\./);
});
