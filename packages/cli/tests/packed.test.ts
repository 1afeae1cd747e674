/**
 * What people install works: the published packages, built and packed, installed into an empty folder
 * away from the checkout, run without TypeScript, without install scripts, and without anything that
 * the repository happens to have.
 */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { lstat, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type PackedPackage, packAll } from "../../../scripts/pack.ts";

/** Packing, and an installation whose packages may have to be fetched. */
const SETUP_LIMIT_MS = 180_000;

/** 18.1 MB in 29 packages when this was written; a jump means that something large came along. */
const INSTALLED_LIMIT_MB = 30;

let root: string;
let packages: readonly PackedPackage[];

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "ringdown-packed-"));
  packages = packAll(join(root, "packed"));
  const app = join(root, "app");
  await mkdir(app);
  await writeFile(join(app, "package.json"), '{ "private": true }');
  const tarballs = packages.map(({ tarball }) => tarball);
  const options = ["--prefer-offline", "--no-audit", "--no-fund", "--loglevel=error"];
  execFileSync("npm", ["install", ...options, ...tarballs], { cwd: app, stdio: "pipe" });
}, SETUP_LIMIT_MS);

afterAll(() => rm(root, { recursive: true, force: true }));

type InstalledPackages = Record<string, { readonly hasInstallScript?: true }>;

function installedPackages(): InstalledPackages {
  const path = join(root, "app/node_modules/.package-lock.json");
  const record = JSON.parse(readFileSync(path, "utf8")) as { packages: InstalledPackages };
  return record.packages;
}

async function folderBytes(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const sizes = await Promise.all(
    files.map(async (file) => (await lstat(join(file.parentPath, file.name))).size),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

function runCommand(args: readonly string[]) {
  const bin = join(root, "app/node_modules/ringdown/bin/ringdown.js");
  return spawn(process.execPath, [bin, ...args], {
    cwd: root,
    stdio: ["ignore", "pipe", "inherit"],
  });
}

test("nothing runs at installation", () => {
  const scripted = Object.entries(installedPackages())
    .filter(([, { hasInstallScript }]) => hasInstallScript === true)
    .map(([path]) => path);
  expect(scripted).toEqual([]);
});

test("the base installation is small", async () => {
  const count = Object.keys(installedPackages()).length;
  const megabytes = (await folderBytes(join(root, "app/node_modules"))) / 1e6;
  console.log(`base installation: ${count} packages, ${megabytes.toFixed(1)} MB`);
  expect(megabytes).toBeLessThan(INSTALLED_LIMIT_MB);
});

test("the packages hold no tests", async () => {
  const scope = join(root, "app/node_modules");
  const files = await Promise.all(
    packages.map(({ name }) => readdir(join(scope, name), { recursive: true })),
  );
  expect(files.flat().filter((path) => path.includes(".test."))).toEqual([]);
});

test("ringdown --version names the packed version", async () => {
  const child = runCommand(["--version"]);
  const [line] = (await once(createInterface(child.stdout), "line")) as [string];
  expect(line).toContain(packages.find(({ name }) => name === "ringdown")?.version);
});

test("ringdown dev takes a request and stops when told to", async () => {
  const child = runCommand(["dev", "--port", "0", "--data", join(root, "data")]);
  try {
    const [line] = (await once(createInterface(child.stdout), "line")) as [string];
    const ready = JSON.parse(line) as { type: string; url: string };
    expect(ready.type).toBe("ready");

    const answer = await fetch(new URL("/in/inbox", ready.url), {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: '{"hello":"world"}',
    });
    expect(answer.status).toBe(200);
    await answer.text();

    child.kill("SIGTERM");
    expect(await once(child, "exit")).toEqual([0, null]);
  } finally {
    child.kill("SIGKILL");
  }
});
