/**
 * The README is true: its configuration is valid, its commands run against a gateway started as it
 * says, and the request it shows is answered and found again.
 */
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const CLI = join(ROOT, "packages/cli/bin/ringdown.js");
const README = readFileSync(join(ROOT, "README.md"), "utf8");

const folder = mkdtempSync(join(tmpdir(), "ringdown-readme-"));
const gateway = { url: "", stop: (): void => undefined };
const environment = { ...process.env, STRIPE_WHSEC: "whsec_for_this_machine_only" };

function blocks(language: string): string[] {
  return [...README.matchAll(new RegExp("```" + language + "\\n([\\s\\S]*?)```", "g"))].map(
    (match) => match[1] ?? "",
  );
}

/** Runs a `npx ringdown …` line of the README against the running gateway. */
function run(line: string): { readonly status: number | null; readonly output: string } {
  const args = line
    .replace(/^npx ringdown /, "")
    .replace('"$STRIPE_WHSEC"', environment.STRIPE_WHSEC);
  const result = spawnSync(process.execPath, [CLI, ...args.split(" "), "--server", gateway.url], {
    cwd: folder,
    env: environment,
    encoding: "utf8",
  });
  return { status: result.status, output: `${result.stdout}${result.stderr}` };
}

beforeAll(async () => {
  writeFileSync(join(folder, "ringdown.yaml"), blocks("yaml")[0] ?? "");
  const child = spawn(process.execPath, [CLI, "dev", "--port", "0"], {
    cwd: folder,
    env: environment,
    stdio: ["ignore", "pipe", "inherit"],
  });
  gateway.stop = () => void child.kill("SIGTERM");
  gateway.url = await new Promise<string>((resolve, reject) => {
    child.once("exit", (code) => reject(new Error(`dev ended with ${String(code)}`)));
    createInterface({ input: child.stdout }).on("line", (line) => {
      const record = JSON.parse(line) as { type?: string; url?: string };
      if (record.type === "ready") resolve(record.url ?? "");
    });
  });
}, 30_000);

afterAll(() => {
  gateway.stop();
  rmSync(folder, { recursive: true, force: true });
});

const commands = blocks("sh").flatMap((block) =>
  block.split("\n").filter((line) => line.startsWith("npx ringdown ")),
);

test("the README shows the commands that this test knows", () => {
  expect(commands.map((line) => line.split(" ")[2])).toEqual([
    "validate",
    "trigger",
    "requests",
    "explain",
  ]);
});

test("the configuration of the README is valid", () => {
  expect(run(commands[0] ?? "")).toMatchObject({ status: 0 });
});

test("the sample is sent, kept and explained as the README says", async () => {
  expect(run(commands[1] ?? "")).toMatchObject({ status: 0 });
  expect(run(commands[2] ?? "").output).toContain("checkout.session.completed");
  const list = (await (await fetch(`${gateway.url}/api/v1/requests`)).json()) as {
    data: { id: string }[];
  };
  const explained = run((commands[3] ?? "").replace("req_…", list.data[0]?.id ?? ""));
  expect(explained.status).toBe(0);
  expect(explained.output).toContain("paid-orders");
}, 30_000);
