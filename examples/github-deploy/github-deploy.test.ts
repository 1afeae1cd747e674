/** The example does what its README says: five pushes, one deploy, main only, and a failed build changes nothing. */
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { HOOK_PATHS, startDeployHooks } from "./deploy-hooks.ts";
import { startWorld, type World } from "./world.ts";

let world: World;

beforeAll(async () => {
  world = await startWorld();
});

afterAll(() => world.close());

async function until(check: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 30_000;
  while (!(await check())) {
    if (performance.now() > deadline) throw new Error("not within 30 s");
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

type Ledger = Readonly<Record<string, number>> & { readonly problems: readonly string[] };

async function settledLedger(): Promise<Ledger> {
  const read = async () =>
    (await (await fetch(`${world.gatewayUrl}/api/v1/ledger`)).json()) as Ledger;
  await until(async () => (await read())["pending"] === 0);
  return read();
}

test("five pushes to main become one deploy of the newest; other branches none", async () => {
  await world.push("a-branch", "c0ffee0");
  for (const no of [1, 2, 3, 4, 5]) await world.push("main", `c0ffee${no}`);
  const { deploys } = world.receiver;
  await until(() => deploys.some(({ commit }) => commit === "c0ffee5"));
  const ledger = await settledLedger();
  expect(ledger).toMatchObject({ owed: 15, unmatched: 1, dead: 0, problems: [] });
  // On a machine that stands still between two pushes there may be more than one burst.
  expect(deploys.length).toBeLessThan(5);
  expect(ledger["delivered"]).toBe(deploys.length + world.hooks.builds.length);
  expect(ledger["cancelled"]).toBe(15 - (ledger["delivered"] ?? 0));
  expect(deploys.at(-1)).toEqual({ commit: "c0ffee5" });
  expect(new Set(world.hooks.builds)).toEqual(new Set(["vercel", "netlify"]));
  expect(world.hooks.refused).toEqual([]);
  const page = await (await fetch(`${world.receiver.url}/news.html`)).text();
  expect(page).toContain("<h2>Five pushes, one deploy</h2>");
  expect(await (await fetch(world.receiver.url)).text()).toContain('<a href="news.html">');
});

test("a build that fails leaves the old site, and the retry brings the new one", async () => {
  const index = join(world.contentDir, "index.md");
  const before = readFileSync(index, "utf8");
  const live = await (await fetch(world.receiver.url)).text();
  writeFileSync(index, "no title");
  await world.push("main", "c0ffee6");
  const failed = async () => {
    const url = `${world.gatewayUrl}/api/v1/attempts?outcome=failure`;
    const { data } = (await (await fetch(url)).json()) as { data: readonly unknown[] };
    return data.length > 0;
  };
  await until(failed);
  expect(await (await fetch(world.receiver.url)).text()).toBe(live);
  writeFileSync(index, before.replace("The shop window", "The new shop window"));
  const { deploys } = world.receiver;
  await until(() => deploys.at(-1)?.commit === "c0ffee6");
  expect(await (await fetch(world.receiver.url)).text()).toContain("<h1>The new shop window</h1>");
});

test("what Ringdown did not sign deploys nothing", async () => {
  const before = world.receiver.deploys.length;
  const answer = await fetch(`${world.receiver.url}/deploy`, { method: "POST", body: "{}" });
  expect(answer.status).toBe(401);
  expect(world.receiver.deploys).toHaveLength(before);
});

test("the stand-in refuses what the vendors refuse, and answers as they do", async () => {
  const hooks = await startDeployHooks();
  const call = (path: string, method = "POST") => fetch(`${hooks.url}${path}`, { method });
  expect((await call(HOOK_PATHS.vercel, "PUT")).status).toBe(405);
  expect((await call("/build_hooks/another")).status).toBe(404);
  const vercel = await call(HOOK_PATHS.vercel);
  expect(vercel.status).toBe(201);
  expect(await vercel.json()).toMatchObject({ job: { state: "PENDING" } });
  expect((await call(HOOK_PATHS.netlify)).status).toBe(200);
  await hooks.close();
});

test("the one command of the README works", () => {
  const start = join(import.meta.dirname, "start.ts");
  const { status, stdout } = spawnSync(process.execPath, [start, "--once"], { encoding: "utf8" });
  expect(status).toBe(0);
  expect(stdout).toContain("the site was deployed at c0ffee5");
  expect(stdout).toContain("vercel was told to build");
});
