/**
 * What comes with each door of the package: an adapter brings no other one, no provider and none of
 * the cryptography, and nothing brings a package. And all of it together stays small.
 */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { stripTypeScriptTypes } from "node:module";
import { gzipSync } from "node:zlib";
import { transformSync } from "@swc/core";
import { expect, test } from "vitest";

const PACKAGE = resolve(import.meta.dirname, "../..");
const SOURCES = join(PACKAGE, "src");

/** What applications load; and what simulators load besides, by a door of its own. */
const LARGEST_GZIP_BYTES = { receiving: 60_000, samples: 30_000 } as const;

const { exports: doors } = JSON.parse(readFileSync(join(PACKAGE, "package.json"), "utf8")) as {
  readonly exports: Readonly<Record<string, string>>;
};

/** What is imported when it runs: types are gone by then. */
function importsOf(path: string): string[] {
  const code = stripTypeScriptTypes(readFileSync(path, "utf8"));
  return [...code.matchAll(/^\s*(?:import|export)\s[^;]*?from "([^"]+)"/gm)].map(
    ([, name]) => name ?? "",
  );
}

type Graph = { readonly files: ReadonlySet<string>; readonly packages: ReadonlySet<string> };

function graphOf(door: string): Graph {
  const files = new Set<string>();
  const packages = new Set<string>();
  const visit = (path: string): void => {
    const name = relative(SOURCES, path);
    if (files.has(name)) return;
    files.add(name);
    for (const imported of importsOf(path)) {
      if (imported.startsWith(".")) visit(join(dirname(path), imported));
      else packages.add(imported);
    }
  };
  visit(join(PACKAGE, door));
  return { files, packages };
}

const adapters = Object.entries(doors).filter(([, path]) => path.includes("/adapters/"));
const stores = Object.entries(doors).filter(([, path]) => path.includes("/stores/"));
const adapterFiles = adapters.map(([, path]) => relative("src", path));

test("every adapter and every store with a client has a door", () => {
  expect(adapters.map(([door]) => door)).toEqual(
    ["express", "fastify", "fetch", "hono", "koa", "lambda", "next", "node"].map(
      (name) => `./${name}`,
    ),
  );
  expect(stores.map(([door]) => door)).toEqual(
    ["postgres", "redis", "sqlite"].map((name) => `./stores/${name}`),
  );
});

test.each(adapters)("%s brings only itself, what adapters share, headers and errors", (_, path) => {
  const own = relative("src", path);
  const { files, packages } = graphOf(path);
  const others = [...files].filter((file) => adapterFiles.includes(file) && file !== own);
  expect(others).toEqual([]);
  const folders = [...files].filter((file) => !file.startsWith("adapters/"));
  expect(folders.filter((file) => !["headers.ts", "errors.ts"].includes(file))).toEqual([]);
  expect([...packages].filter((name) => !name.startsWith("node:"))).toEqual([]);
});

test("adapters for Request and Response need nothing of Node", () => {
  for (const [door, path] of adapters) {
    if (!["./fetch", "./hono"].includes(door)) continue;
    expect([...graphOf(path).packages]).toEqual([]);
  }
});

test.each(stores)("%s brings its own file, the name of a table and errors", (_, path) => {
  const { files, packages } = graphOf(path);
  const allowed = [relative("src", path), "stores/table-name.ts", "errors.ts"];
  expect([...files].filter((file) => !allowed.includes(file))).toEqual([]);
  expect([...packages]).toEqual([]);
});

test("the main door brings no adapter and no store with a client", () => {
  const { files, packages } = graphOf(doors["."] ?? "");
  const unwanted = [...files].filter((file) =>
    /^adapters\/|^stores\/(sqlite|postgres|redis)/.test(file),
  );
  expect(unwanted).toEqual([]);
  expect([...packages].filter((name) => !name.startsWith("node:"))).toEqual([]);
});

test("as a bundler would ship it, everything stays below 60 kB compressed, and the samples below 30", () => {
  const files = readdirSync(SOURCES, { recursive: true, encoding: "utf8" }).filter((path) =>
    /(?<!\.test)\.ts$/.test(path),
  );
  const { receiving = [], samples = [] } = Object.groupBy(files, (path) =>
    path.startsWith("samples/") ? "samples" : "receiving",
  );
  expect(compressedBytes(receiving)).toBeGreaterThan(10_000);
  expect(compressedBytes(receiving)).toBeLessThan(LARGEST_GZIP_BYTES.receiving);
  expect(compressedBytes(samples)).toBeLessThan(LARGEST_GZIP_BYTES.samples);
});

test("nothing that applications load brings the samples", () => {
  for (const [door, path] of Object.entries(doors)) {
    if (door === "./samples") continue;
    expect([...graphOf(path).files].filter((file) => file.startsWith("samples/"))).toEqual([]);
  }
});

function compressedBytes(paths: readonly string[]): number {
  const code = paths.map((path) => minified(readFileSync(join(SOURCES, path), "utf8")));
  return gzipSync(code.join("\n")).length;
}

function minified(source: string): string {
  const { code } = transformSync(source, {
    jsc: {
      target: "es2023",
      parser: { syntax: "typescript" },
      minify: { compress: true, mangle: true, module: true },
    },
    minify: true,
  });
  return code;
}
