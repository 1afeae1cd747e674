/** Help, version and mistakes of use: what is said, how fast, and with which exit code. */
import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { call, callInTerminal } from "./support/cli.ts";
import { closedUrl } from "./support/closed-port.ts";
import { createFolder } from "./support/folder.ts";

const folder = createFolder();

test("the help names every command of this release and none of a later one", async () => {
  const { code, stdout } = await call(["--help"]);

  expect(code).toBe(0);
  const offered = [...stdout.matchAll(/^ {2}((?!ringdown)[a-z]+) {2,}/gm)].map(([, name]) => name);
  const expected = `dev serve send trigger conform tail explain verify requests events deliveries attempts
    sources destinations routes replay pause resume validate test diff apply export doctor fsck
    completion`;
  expect(offered).toEqual(expected.split(/\s+/));
});

test("the help loads neither the server, nor the client, nor any command", async () => {
  const coverage = mkdtempSync(join(folder.path, "coverage-"));
  await call(["--help"], { env: { NODE_V8_COVERAGE: coverage } });

  const loaded = readdirSync(coverage).flatMap((name) => {
    const report = JSON.parse(readFileSync(join(coverage, name), "utf8")) as {
      readonly result: readonly { readonly url: string }[];
    };
    return report.result.map(({ url }) => url);
  });
  expect(loaded.some((url) => url.endsWith("/cli/src/program.ts"))).toBe(true);
  const heavy = loaded.filter((url) =>
    /packages\/(?:server|client|receiver)\/|cli\/src\/commands\/(?!table)/.test(url),
  );
  expect(heavy).toEqual([]);
});

test("help can be asked for in three ways", async () => {
  const ways = [
    ["verify", "--help"],
    ["help", "verify"],
    ["verify", "-h"],
  ];
  const answers = await Promise.all(ways.map((args) => call(args)));

  for (const { code, stdout } of answers) {
    expect(code).toBe(0);
    expect(stdout).toContain("Usage: ringdown verify [options] [file]");
  }
});

test("the version is that of the package", async () => {
  const { stdout } = await call(["--version"]);
  const text = readFileSync(join(import.meta.dirname, "../package.json"), "utf8");

  expect(stdout.trim()).toBe((JSON.parse(text) as { version: string }).version);
});

test.each([
  { args: ["vaildate"], says: "Unknown command 'vaildate' (Did you mean validate?)" },
  { args: ["tail", "--souce", "x"], says: "Unknown option '--souce' (Did you mean --source?)" },
  { args: ["explain"], says: "Missing required argument 'id'." },
  { args: ["serve", "--port", "many"], says: "Expected a whole number from 0 to 65535." },
  { args: ["completion", "tcsh"], says: "Allowed choices are bash, zsh, fish." },
  { args: ["requests", "--since", "soon"], says: '"soon" is not a time.' },
  { args: ["sources", "--server", "ftp://x"], says: '"ftp://x" is not the address of a server.' },
])("wrong usage is refused with 64: $args", async ({ args, says }) => {
  const { code, stdout, stderr } = await call(args);

  expect(code).toBe(64);
  expect(stderr).toContain(says);
  expect(stdout).toBe("");
});

test("a server that does not answer ends with 69 and says how to start one", async () => {
  const url = await closedUrl();
  const { code, stderr } = await call(["requests", "--server", url]);

  expect(code).toBe(69);
  expect(stderr).toContain(`Nothing answers at ${url}.`);
  expect(stderr).toContain("ringdown dev");
});

test("colours appear on a terminal only, and not when they are switched off", async () => {
  const escape = "\u001b[";
  const piped = await call(["vaildate"]);
  const forced = await call(["vaildate"], { env: { FORCE_COLOR: "1" } });
  const refused = await call(["vaildate", "--no-color"], { env: { FORCE_COLOR: "1" } });
  const silent = await call(["vaildate"], { env: { NO_COLOR: "1" } });

  expect(piped.stderr).not.toContain(escape);
  expect(forced.stderr).toContain(escape);
  expect(refused.stderr).not.toContain(escape);
  expect(silent.stderr).not.toContain(escape);
});

test("errors on a terminal end in one thing to do", async () => {
  const { code, screen } = await callInTerminal(["vaildate"]);

  expect(code).toBe(64);
  expect(screen).toBe(
    "error: Unknown command 'vaildate' (Did you mean validate?)\n  → ringdown --help\n",
  );
});
