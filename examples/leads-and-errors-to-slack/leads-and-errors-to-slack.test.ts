/** The example does what its README says, its own tests pass, and its stand-in refuses what Slack does. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { problemOf } from "./slack-stand-in.ts";

const run = promisify(execFile);
const COMMAND = join(import.meta.dirname, "../../packages/cli/bin/ringdown.js");
const JSON_TYPE = "application/json";

test("one command shows leads and errors arriving in Slack", async () => {
  const { stdout } = await run(process.execPath, [join(import.meta.dirname, "run.ts")]);
  expect(stdout).toContain("done: everything arrived once");
});

test("the tests in its configuration pass, without any secret", async () => {
  const { stdout } = await run(process.execPath, [COMMAND, "test", "--json"], {
    cwd: import.meta.dirname,
  });
  expect(stdout).toContain('"passedCount":2,"failedCount":0');
});

const text = (length: number, type = "mrkdwn") => ({ type, text: "x".repeat(length) });

test.each([
  ["no text", { blocks: [] }, "no_text"],
  [
    "51 blocks",
    { blocks: Array.from({ length: 51 }, () => ({ type: "divider" })) },
    "invalid_blocks",
  ],
  ["a long section", { blocks: [{ type: "section", text: text(3001) }] }, "invalid_blocks"],
  [
    "a long header",
    { blocks: [{ type: "header", text: text(151, "plain_text") }] },
    "invalid_blocks",
  ],
  ["markup in a header", { blocks: [{ type: "header", text: text(5) }] }, "invalid_blocks"],
  ["no elements", { blocks: [{ type: "context", elements: [] }] }, "invalid_blocks"],
  ["an unknown block", { blocks: [{ type: "constructor" }] }, "invalid_blocks"],
])("the stand-in refuses %s", (name, message, problem) => {
  const body = JSON.stringify(name === "no text" ? message : { text: "x", ...message });
  expect(problemOf(JSON_TYPE, body)).toBe(problem);
});

test("the stand-in takes what Slack takes", () => {
  const blocks = [
    { type: "header", text: text(150, "plain_text") },
    { type: "section", text: text(3000), fields: [text(2000)] },
  ];
  expect(problemOf(JSON_TYPE, JSON.stringify({ text: "x", blocks }))).toBeUndefined();
  expect(problemOf("text/plain", "{}")).toBe("invalid_payload");
});
