/** The rules of .dependency-cruiser.mjs catch what they are there for: a small tree breaks them all. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Directions, readDirections } from "./directions.ts";

const SERVER = "packages/server/src";

/** File to what it imports. */
const TREE: Record<string, readonly string[]> = {
  [`${SERVER}/model/event.ts`]: [],
  [`${SERVER}/support/clock.ts`]: ["../model/event.ts"],
  [`${SERVER}/storage/storage.ts`]: ["../model/event.ts"],
  [`${SERVER}/storage/memory/append.ts`]: ["../storage.ts", "../sqlite/append.ts"],
  [`${SERVER}/storage/sqlite/append.ts`]: ["../storage.ts"],
  [`${SERVER}/storage/sqlite/writer.thread.ts`]: ["./append.ts"],
  [`${SERVER}/http/body.ts`]: ["../model/event.ts"],
  [`${SERVER}/ingest/ingest.ts`]: ["../storage/storage.ts", "../delivery/send.ts"],
  [`${SERVER}/ingest/open.ts`]: ["../storage/sqlite/append.ts"],
  [`${SERVER}/delivery/send.ts`]: ["../model/event.ts", "./index.ts"],
  [`${SERVER}/delivery/index.ts`]: ["./lane.ts"],
  [`${SERVER}/delivery/lane.ts`]: [],
  [`${SERVER}/registry/compile.ts`]: ["../routing/match.ts"],
  [`${SERVER}/routing/match.ts`]: ["../model/event.ts"],
  [`${SERVER}/api/list.ts`]: ["../registry/compile.ts", "../ingest/open.ts"],
  [`${SERVER}/helpers/misc.ts`]: ["../model/event.ts"],
  [`${SERVER}/gateway.ts`]: ["./ingest/ingest.ts", "./storage/sqlite/append.ts"],
  [`${SERVER}/index.ts`]: ["./gateway.ts"],
  "packages/receiver/src/index.ts": ["../../server/src/index.ts"],
  "packages/cli/src/main.ts": ["../../server/src/gateway.ts", "../../server/src/index.ts"],
};

const MANIFEST = JSON.stringify({ type: "module", exports: { ".": "./src/index.ts" } });

let root: string;
let directions: Directions;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "ringdown-directions-"));
  const write = async (path: string, text: string): Promise<void> => {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  };
  for (const [path, imports] of Object.entries(TREE)) {
    const lines = imports.map((from, index) => `import { a as a${index} } from "${from}";\n`);
    await write(path, `${lines.join("")}export const a = 1;\n`);
  }
  for (const name of ["receiver", "server", "cli"]) {
    await write(`packages/${name}/package.json`, MANIFEST);
  }
  directions = await readDirections(root);
});

afterAll(() => rm(root, { recursive: true, force: true }));

function brokenRules(from: string): string[] {
  return directions.violations
    .filter((violation) => violation.from === from)
    .map(({ rule }) => rule)
    .toSorted();
}

test("every file is looked at", () => {
  expect(directions.moduleCount).toBe(Object.keys(TREE).length);
});

test.each([
  ["a leaf folder", `${SERVER}/support/clock.ts`, ["server-support"]],
  ["HTTP mechanics that know the domain", `${SERVER}/http/body.ts`, ["server-http"]],
  ["ingest that knows delivery", `${SERVER}/ingest/ingest.ts`, ["server-ingest"]],
  ["a concrete backend", `${SERVER}/ingest/open.ts`, ["concrete-backend", "server-ingest"]],
  ["one backend in another", `${SERVER}/storage/memory/append.ts`, ["backend-memory"]],
  ["a folder that is not listed", `${SERVER}/helpers/misc.ts`, ["listed-folder"]],
  ["a package below", "packages/receiver/src/index.ts", ["package-receiver"]],
  ["a path into a package", "packages/cli/src/main.ts", ["door-of-server"]],
])("%s is refused", (_what, from, rules) => {
  expect(brokenRules(from)).toEqual(rules);
});

test("the api may not import code of the registry, nor ingest", () => {
  expect(brokenRules(`${SERVER}/api/list.ts`)).toEqual([
    "api-knows-types-of-registry",
    "server-api",
  ]);
});

test("a folder's own files do not use its index", () => {
  expect(brokenRules(`${SERVER}/delivery/send.ts`)).toContain(
    "index-of-packages-server-src-delivery",
  );
});

test.each([
  `${SERVER}/gateway.ts`,
  `${SERVER}/index.ts`,
  `${SERVER}/storage/storage.ts`,
  `${SERVER}/storage/sqlite/append.ts`,
  `${SERVER}/storage/sqlite/writer.thread.ts`,
  `${SERVER}/registry/compile.ts`,
  `${SERVER}/routing/match.ts`,
])("%s is as it should be", (from) => {
  expect(brokenRules(from)).toEqual([]);
});
