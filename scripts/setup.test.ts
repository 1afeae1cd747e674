/**
 * The set-up of a fresh clone, tried on a small one: a repository whose Node is a folder of its own,
 * so that nothing has to be fetched.
 */
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

/** npm itself takes a second, more on a busy machine. */
vi.setConfig({ testTimeout: 60_000 });

let root: string;

function writeJson(path: string, value: unknown): void {
  writeFileSync(join(root, path), JSON.stringify(value));
}

/** A folder of the clone as a package, named in manifest and lock file. */
function writePackages(names: readonly string[]): void {
  const dependencies = Object.fromEntries(names.map((name) => [name, `file:vendor/${name}`]));
  const manifest = { name: "clone", dependencies };
  const packages: Record<string, unknown> = { "": manifest };
  for (const name of names) {
    const own = {
      name,
      version: "26.0.0",
      ...(name === "node" ? { bin: { node: "bin/node" } } : {}),
    };
    mkdirSync(join(root, "vendor", name), { recursive: true });
    writeJson(`vendor/${name}/package.json`, own);
    packages[`node_modules/${name}`] = { resolved: `vendor/${name}`, link: true };
    packages[`vendor/${name}`] = own;
  }
  writeJson("package.json", manifest);
  writeJson("package-lock.json", { name: "clone", lockfileVersion: 3, requires: true, packages });
}

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "ringdown-setup-"));
  mkdirSync(join(root, "scripts"));
  mkdirSync(join(root, "vendor/node/bin"), { recursive: true });
  cpSync(resolve(import.meta.dirname, "setup.mjs"), join(root, "scripts/setup.mjs"));
  writePackages(["node"]);
  const script = `#!/bin/sh\nexec "${process.execPath}" "$@"\n`;
  writeFileSync(join(root, "vendor/node/bin/node"), script, { mode: 0o755 });
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

function setUp(purpose: string): { status: number | null; said: string } {
  const { status, stderr } = spawnSync(
    process.execPath,
    [join(root, "scripts/setup.mjs"), purpose],
    { encoding: "utf8", env: { ...process.env, npm_config_offline: "true" } },
  );
  return { status, said: stderr };
}

test("a fresh clone is installed once, and says so", () => {
  const first = setUp("start");
  expect(first.said).toContain("installing packages with npm ci (once");
  expect(first.status).toBe(0);
  expect(setUp("start")).toEqual({ status: 0, said: "" });
});

test("a changed lock file is installed again", () => {
  setUp("start");
  writePackages(["node", "another"]);
  expect(setUp("start").said).toContain("packages installed");
});

test("what npm installed by hand is not installed again", () => {
  setUp("start");
  rmSync(join(root, "node_modules/.ringdown-setup"));
  expect(setUp("start")).toEqual({ status: 0, said: "" });
});

test("a failing npm ci shows what npm said and ends with code 1", () => {
  writeJson("package.json", { name: "clone", dependencies: { absent: "1.0.0" } });
  const { status, said } = setUp("start");
  expect(status).toBe(1);
  expect(said).toContain("npm ci failed");
  expect(said).toContain("absent");
});

test("a Node whose install script was not allowed is missed at once", () => {
  rmSync(join(root, "vendor/node/bin/node"));
  const { status, said } = setUp("start");
  expect(status).toBe(1);
  expect(said).toContain("npm rebuild node");
});

test("an unknown purpose is refused", () => {
  expect(setUp("tidy").status).toBe(1);
});
