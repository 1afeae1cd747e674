/** A lock file written on one machine has to serve all the others. */
import { expect, test } from "vitest";
import { entriesWithHost, missingEntries, platformOf, repair } from "./lock.ts";

test.each([
  ["@oxfmt/binding-darwin-arm64", { cpu: ["arm64"], os: ["darwin"] }],
  ["@swc/core-linux-x64-musl", { cpu: ["x64"], libc: ["musl"], os: ["linux"] }],
  ["@swc/core-linux-arm-gnueabihf", { cpu: ["arm"], libc: ["glibc"], os: ["linux"] }],
  ["@oxlint/binding-win32-x64-msvc", { cpu: ["x64"], os: ["win32"] }],
  ["fsevents", {}],
])("the name %s spells its platform", (name, platform) => {
  expect(platformOf(name)).toEqual(platform);
});

const tool = {
  version: "1.0.0",
  dev: true,
  optionalDependencies: { "tool-linux-x64-gnu": "1.0.0" },
};

test("a binary that the lock file leaves out is entered for its platform only", () => {
  const lock = { packages: { "node_modules/tool": tool } };
  expect([...missingEntries(lock)]).toEqual([
    [
      "node_modules/tool-linux-x64-gnu",
      { version: "1.0.0", cpu: ["x64"], dev: true, libc: ["glibc"], optional: true, os: ["linux"] },
    ],
  ]);
  expect(missingEntries(repair(lock)).size).toBe(0);
});

test("a binary that is locked anywhere on the way up is not missing", () => {
  const nested = { packages: { "node_modules/tool": tool, "node_modules/tool-linux-x64-gnu": {} } };
  expect(missingEntries(nested).size).toBe(0);
});

test("a registry's host is removed, a workspace's link stays", () => {
  const link = { resolved: "packages/server", link: true };
  const lock = {
    packages: {
      "node_modules/tool": { version: "1.0.0", resolved: "https://registry.example/tool.tgz" },
      "node_modules/@ringdown/server": link,
    },
  };
  expect(entriesWithHost(lock)).toEqual(["node_modules/tool"]);
  expect(repair(lock).packages).toEqual({
    "node_modules/tool": { version: "1.0.0" },
    "node_modules/@ringdown/server": link,
  });
});
