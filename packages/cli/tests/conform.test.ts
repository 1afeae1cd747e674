/** `ringdown conform` against good receivers, which pass, and spoilt ones, whose fault is named. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { call, callInTerminal, records, startGateway } from "./support/cli.ts";
import { createFolder } from "./support/folder.ts";
import { type Flaw, startOwnReceiver } from "./support/own-receiver.ts";

const folder = createFolder();

type Outcomes = Readonly<Record<string, string>>;

async function conform(
  url: string,
  secret: string,
  ...more: readonly string[]
): Promise<{ readonly code: number | null; readonly outcomes: Outcomes; readonly stderr: string }> {
  const args = ["conform", url, "--provider", "stripe", "--secret", secret, ...more];
  const { code, stdout, stderr } = await call(args, { cwd: folder.path });
  const cases = records(stdout).filter(({ type }) => type === "case");
  const outcomes = Object.fromEntries(cases.map(({ name, outcome }) => [name, outcome as string]));
  return { code, outcomes, stderr };
}

function failuresOf(outcomes: Outcomes): readonly string[] {
  return Object.keys(outcomes).filter((name) => outcomes[name] === "failed");
}

test("a receiver that does everything right passes everything", async () => {
  const { url, secret } = await startOwnReceiver();
  const junit = join(folder.path, "conform.xml");
  const effects = ["--effects", `${url}/count`, "--junit", junit];
  const { code, outcomes } = await conform(`${url}/hooks`, secret, ...effects);

  expect(new Set(Object.values(outcomes))).toEqual(new Set(["passed"]));
  expect(Object.keys(outcomes)).toHaveLength(16);
  expect(code).toBe(0);
  const xml = readFileSync(junit, "utf8");
  expect(xml).toMatch(
    /^<\?xml .*\n<testsuite name="ringdown conform stripe" tests="16" failures="0"/,
  );
  expect(xml.match(/<testcase /g)).toHaveLength(16);
});

test.each<{ flaw: Flaw; fails: readonly string[] }>([
  {
    flaw: "checks nothing",
    fails: [
      "wrong-secret",
      "tampered-body",
      "missing-signature",
      "malformed-signature",
      "stale-timestamp",
    ],
  },
  { flaw: "verifies JSON written again", fails: ["raw-body"] },
  { flaw: "ignores the time", fails: ["stale-timestamp"] },
  { flaw: "acts on every duplicate", fails: ["acts-once"] },
  { flaw: "refuses duplicates", fails: ["duplicate", "acts-once"] },
  { flaw: "crashes on what it does not know", fails: ["unknown-type"] },
  {
    flaw: "answers 500 to forgeries",
    fails: [
      "wrong-secret",
      "tampered-body",
      "missing-signature",
      "malformed-signature",
      "stale-timestamp",
      "future-timestamp",
    ],
  },
])("a receiver that $flaw fails, by name", async ({ flaw, fails }) => {
  const { url, secret } = await startOwnReceiver(flaw);
  const { code, outcomes } = await conform(url, secret, "--effects", `${url}/count`);

  expect(failuresOf(outcomes)).toEqual(fails);
  expect(code).toBe(2);
});

test("the gateway itself is a good receiver", async () => {
  const config = folder.write(
    "ringdown.yaml",
    `version: 1
sources:
  stripe: { provider: stripe, verify: { secrets: ["\${env:WHSEC}"] } }
`,
  );
  const gateway = await startGateway("dev", {
    cwd: folder.path,
    args: ["--port", "0", "--store", "memory", "--config", config],
    env: { WHSEC: "whsec_2f0c6d7b9a1e4c35" },
  });
  onTestFinished(async () => {
    await gateway.stop();
  });
  const { code, outcomes } = await conform(gateway.sourceUrl("stripe"), "whsec_2f0c6d7b9a1e4c35");
  expect(failuresOf(outcomes)).toEqual([]);
  expect(code).toBe(0);
});

test("on a terminal each case is a line, and a fault says what to do", async () => {
  const { url, secret } = await startOwnReceiver("verifies JSON written again");
  const args = ["conform", url, "--provider", "stripe", "--secret", secret];
  const { screen } = await callInTerminal(args, { cwd: folder.path });

  expect(screen).toMatch(/^✓ takes a genuine request {2}200$/m);
  expect(screen).toMatch(
    /^✗ verifies the bytes that came, not JSON written again\n {4}401; .* Verify before parsing$/m,
  );
  expect(screen).toMatch(/^\d+ cases passed, 1 failed$/m);
});

test("when a genuine request is refused, nothing else is tried", async () => {
  const { url } = await startOwnReceiver();
  const { code, outcomes } = await conform(url, "whsec_another_one_entirely");
  expect(outcomes).toEqual({ genuine: "failed" });
  expect(code).toBe(2);
});

test("what cannot be tried says why", async () => {
  const missing = await call(["conform", "http://127.0.0.1:9"], { cwd: folder.path });
  expect(missing.code).toBe(64);
  const { url, secret } = await startOwnReceiver();
  const unreadable = await conform(url, secret, "--effects", url);
  expect(unreadable.code).toBe(65);
  expect(unreadable.stderr).toContain("does not answer with a number");
});
