/**
 * The repository's own rules that no linter, compiler or formatter can see (docs/STYLE.md). Each test
 * lists what breaks its rule, so a failure reads as a list of things to do.
 *
 * Not here: import directions (.dependency-cruiser.mjs), file and function sizes (.oxlintrc.json).
 */
import { existsSync } from "node:fs";
import { dirname, join, matchesGlob, normalize } from "node:path";
import { expect, test } from "vitest";
import { serverOptions } from "../packages/server/src/config/options.ts";
import { errorTable } from "../packages/server/src/errors/table.ts";
import vitestConfig from "../vitest.config.ts";
import {
  anchorsOf,
  commentsOf,
  exportedNames,
  isCode,
  isSource,
  isTest,
  linksOf,
  listFiles,
  proseOf,
  readText,
  ROOT,
  sizeOf,
  wordsOf,
} from "./repository.ts";

const files = listFiles();
const code = files.filter(isCode);
const markdown = files.filter((path) => path.endsWith(".md"));
const sources = files.filter(isSource);

function problemsIn(paths: readonly string[], find: (path: string) => readonly string[]): string[] {
  return paths.flatMap((path) => find(path).map((problem) => `${path}: ${problem}`));
}

/** Text files: everything but these. */
const BINARY = /\.(png|ico|woff2|gz|wasm|jpg)$/;

const LARGEST_FILE_BYTES = 200 * 1024;
/** Larger on purpose: made by a tool, never read as a whole. */
const MAY_BE_LARGE = ["package-lock.json", "bench/package-lock.json", "spec/openapi.json"];

test("every source says in its first comment what it is for", () => {
  // A unit test says it by its neighbour's name and its own titles; a snippet of a README, there.
  const spoken = code.filter((path) => !/(\/src\/.*\.test\.ts|\/readme\/.*)$/.test(path));
  const bare = spoken.filter((path) => !/^(#![^\n]*\n)?\/\*\*/.test(readText(path)));
  const bareSql = files.filter((path) => path.endsWith(".sql") && !readText(path).startsWith("--"));
  expect([...bare, ...bareSql]).toEqual([]);
});

test("every text file ends with one newline and has none of Windows", () => {
  const texts = files.filter((path) => !BINARY.test(path) && sizeOf(path) > 0);
  const problems = problemsIn(texts, (path) => {
    const text = readText(path);
    return [
      ...(text.endsWith("\n") && !text.endsWith("\n\n") ? [] : ["must end with one newline"]),
      // Fixtures of HTTP hold such line ends; git keeps them as they are.
      ...(text.includes("\r\n") && !path.startsWith("spec/vectors/") ? ["has CRLF"] : []),
    ];
  });
  expect(problems).toEqual([]);
});

test("no file is over 200 KB", () => {
  const large = files.filter((path) => sizeOf(path) > LARGEST_FILE_BYTES);
  expect(large.filter((path) => !MAY_BE_LARGE.includes(path))).toEqual([]);
});

test("no file knows the machine or the registry it was written with", () => {
  // Put together from parts, so that this file does not find itself.
  const forbidden = [
    new RegExp(["(?<![\\w.])/(work|Users)", "/\\w"].join("")),
    new RegExp(["registry", "\\.(npmjs|yarnpkg|npmmirror)\\."].join("")),
    new RegExp(["/tmp/", "ringdown/"].join("")),
    new RegExp(['"resolved": ', '"http'].join("")),
  ];
  const texts = files.filter((path) => !BINARY.test(path));
  const problems = problemsIn(texts, (path) => {
    const text = readText(path);
    return forbidden.flatMap((pattern) => pattern.exec(text)?.[0] ?? []);
  });
  expect(problems).toEqual([]);
});

test("nothing is left for later", () => {
  const marker = new RegExp(`\\b(${["TO", "DO"].join("")}|${["FIX", "ME"].join("")})\\b`);
  const problems = problemsIn(code, (path) => (marker.test(readText(path)) ? ["open end"] : []));
  expect(problems).toEqual([]);
});

test("every exception from a lint rule has a reason", () => {
  const problems = problemsIn(code, (path) =>
    [...readText(path).matchAll(/(?:\/\/|\/\*) ((?:ox|es)lint-disable.*)$/gm)]
      .map(([, comment]) => comment ?? "")
      .filter((comment) => !/ -- \w/.test(comment)),
  );
  expect(problems).toEqual([]);
});

test("there are at most twelve root scripts", () => {
  const { scripts } = JSON.parse(readText("package.json")) as { scripts: Record<string, string> };
  expect(Object.keys(scripts).length).toBeLessThanOrEqual(12);
});

test("every test file belongs to exactly one project of vitest", () => {
  type Project = { test: { name: string; include: string[]; exclude: string[] } };
  const projects = (vitestConfig.test?.projects ?? []) as Project[];
  const problems = problemsIn(
    files.filter((path) => path.endsWith(".test.ts")),
    (path) => {
      const matches = (globs: string[]): boolean => globs.some((glob) => matchesGlob(path, glob));
      const owners = projects.filter(
        (one) => matches(one.test.include) && !matches(one.test.exclude),
      );
      return owners.length === 1 ? [] : [`in ${owners.length} projects`];
    },
  );
  expect(problems).toEqual([]);
});

// Words

/** docs/GLOSSARY.md: each stands for one of our words, which is the one to use. */
const RIVAL_WORDS = new Set(
  "hook job task topic payload connection subscription tenant queue user message endpoint".split(
    " ",
  ),
);

const DOMAIN =
  /^packages\/server\/src\/(model|storage|ingest|routing|delivery|replay|registry|api)\//;

/** Where the other meaning of such a word is meant. */
const RIVALS_ALLOWED: readonly (readonly [path: RegExp, words: readonly string[]])[] = [
  // Threads exchange messages; a backend has connections to its database.
  [/^packages\/server\/src\/storage\/(sqlite|postgres)\//, ["message", "connection"]],
];

function rivalsIn(path: string, name: string): string[] {
  const allowed = RIVALS_ALLOWED.filter(([where]) => where.test(path)).flatMap(
    ([, words]) => words,
  );
  const singular = wordsOf(name).map((word) => word.replace(/s$/, ""));
  return singular.filter((word) => RIVAL_WORDS.has(word) && !allowed.includes(word));
}

test("the names of files and exports use the words of the glossary", () => {
  const domain = sources.filter((path) => DOMAIN.test(path));
  const problems = problemsIn(domain, (path) =>
    [path.split("/").at(-1) ?? "", ...exportedNames(readText(path))].flatMap((name) =>
      rivalsIn(path, name).map((word) => `"${word}" in ${name}`),
    ),
  );
  expect(problems).toEqual([]);
});

test("the documentation uses the words of the glossary", () => {
  // These have no other meaning here. The glossary itself, and comparisons, name them; the pages of
  // providers name the vendors' menus.
  const words = /\b(tenants?|payloads?|subscriptions?)\b/i;
  const pages = markdown.filter(
    (path) => !/GLOSSARY|STYLE|AGENTS|\/adr\/|docs\/providers\//.test(path),
  );
  const problems = problemsIn(
    pages,
    (path) => words.exec(proseOf(readText(path)))?.slice(0, 1) ?? [],
  );
  expect(problems).toEqual([]);
});

// Promises

test("every invariant has a place in the code and a test", () => {
  const invariants = [...readText("docs/INVARIANTS.md").matchAll(/^## (I\d+)\b/gm)].map(
    ([, id]) => id ?? "",
  );
  expect(invariants).toHaveLength(12);
  const comments = sources.map((path) => commentsOf(readText(path))).join("\n");
  const tests = files.filter(isTest).map(readText).join("\n");
  const problems = invariants.flatMap((id) => [
    ...(new RegExp(`\\b${id}\\b`).test(comments) ? [] : [`${id} has no place in the code`]),
    ...(tests.includes(`[${id}]`) ? [] : [`${id} has no test`]),
  ]);
  expect(problems).toEqual([]);
});

test("every place that docs/INVARIANTS.md names exists and mentions the invariant", () => {
  const sections = readText("docs/INVARIANTS.md").split(/^## /m).slice(1);
  const problems = sections.flatMap((section) => {
    const id = section.slice(0, section.search(/\W/));
    const paths = [...section.matchAll(/`((?:packages|bench|scripts)\/[^`]+)`/g)].map(
      ([, path]) => path ?? "",
    );
    return paths
      .filter((path) => !files.includes(path) || !new RegExp(`\\b${id}\\b`).test(readText(path)))
      .map((path) => `${id}: ${path}`);
  });
  expect(problems).toEqual([]);
});

test("every error code is used and documented", () => {
  const used = sources
    .filter((path) => path !== "packages/server/src/errors/table.ts")
    .map(readText)
    .join("\n");
  const page = readText("docs/reference/errors.md");
  const problems = Object.keys(errorTable).flatMap((errorCode) => [
    ...(used.includes(`"${errorCode}"`) ? [] : [`${errorCode} is never used`]),
    ...(page.includes(`\`${errorCode}\``)
      ? []
      : [`${errorCode} is not in docs/reference/errors.md`]),
  ]);
  expect(problems).toEqual([]);
});

test("every option has a name of its own, is read, and is documented", () => {
  const table = "packages/server/src/config/options.ts";
  const readers = sources
    .filter((path) => path !== table)
    .map(readText)
    .join("\n");
  const page = readText("docs/reference/config.md");
  const names = Object.values(serverOptions).map(({ name }) => name);
  const problems = Object.entries(serverOptions).flatMap(([key, { name }]) => [
    ...(names.filter((other) => other === name).length === 1 ? [] : [`${name} is there twice`]),
    ...(new RegExp(`\\b${key}\\b`).test(readers) ? [] : [`${key} is never read`]),
    ...(page.includes(`| \`${name}\` |`) ? [] : [`${name} is not in docs/reference/config.md`]),
  ]);
  expect(problems).toEqual([]);
});

test("the storage backends hold the same operations under the same names", () => {
  /** How a backend does it, not what. */
  const mechanics: Record<string, readonly string[]> = {
    memory: ["commit.ts", "disk.ts"],
    sqlite: [
      "checkpoint.thread.ts",
      "checkpoints.ts",
      "dedupe-entry.ts",
      "dedupe-runs.ts",
      "key-table.ts",
      "open.ts",
      "protocol.ts",
      "reader.thread.ts",
      "reader.ts",
      "schema.ts",
      "writer.thread.ts",
      "writer.ts",
    ],
  };
  const operations = (backend: string): string[] =>
    sources
      .filter((path) => dirname(path) === `packages/server/src/storage/${backend}`)
      .map((path) => path.split("/").at(-1) ?? "")
      .filter((name) => !mechanics[backend]?.includes(name));
  const listed = Object.entries(mechanics).flatMap(([backend, names]) =>
    names.map((name) => `packages/server/src/storage/${backend}/${name}`),
  );
  expect(listed.filter((path) => !sources.includes(path))).toEqual([]);
  expect(operations("sqlite")).toEqual(operations("memory"));
});

test("every link in the documentation leads somewhere", () => {
  const problems = problemsIn(markdown, (path) =>
    linksOf(readText(path)).filter((link) => {
      if (/^[a-z]+:/.test(link)) return false;
      const [target = "", anchor] = link.split("#");
      const found = target === "" ? path : normalize(join(dirname(path), target));
      if (!existsSync(join(ROOT, found))) return true;
      return (
        anchor !== undefined && found.endsWith(".md") && !anchorsOf(readText(found)).has(anchor)
      );
    }),
  );
  expect(problems).toEqual([]);
});
