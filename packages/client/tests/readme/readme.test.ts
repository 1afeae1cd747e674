/**
 * Every TypeScript block of the README is one of the files here, to the letter, and every file runs
 * against a gateway, as the command line starts it.
 */
import { execFile, spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";

const README = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
const COMMAND = fileURLToPath(new URL("../../../cli/src/main.ts", import.meta.url));
const EXAMPLES = readdirSync(new URL(".", import.meta.url)).filter(
  (name) => name.endsWith(".ts") && !name.endsWith(".test.ts"),
);

const run = promisify(execFile);
const gateway = spawn(process.execPath, [COMMAND, "dev", "--port", "0", "--store", "memory"], {
  stdio: ["ignore", "pipe", "ignore"],
});
let url = "";

beforeAll(async () => {
  for await (const line of createInterface({ input: gateway.stdout })) {
    const record = JSON.parse(line) as { type: string; url: string };
    if (record.type !== "ready") continue;
    url = record.url;
    return;
  }
});
afterAll(() => {
  gateway.kill();
});

async function outputOf(name: string): Promise<string> {
  const path = fileURLToPath(new URL(name, import.meta.url));
  const env = { ...process.env, RINGDOWN_URL: url };
  return (await run(process.execPath, [path], { env })).stdout;
}

test("the README's TypeScript is the examples, each once", () => {
  const blocks = [...README.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => code);
  const sources = EXAMPLES.map((name) => readFileSync(new URL(name, import.meta.url), "utf8"));
  expect(blocks).toHaveLength(EXAMPLES.length);
  expect(new Set(blocks)).toEqual(new Set(sources));
});

test("the first call makes a source, and what is sent to it is listed", async () => {
  expect(await outputOf("first-call.ts")).toBe("accepted 17\n");
});

test("an error says what happened and what to do", async () => {
  const output = await outputOf("errors.ts");
  expect(output).toBe(
    'There is no destination "nowhere". Check the id or the name; lists show what exists.\n',
  );
});

test("the stream shows what arrives, and bodies come byte for byte", async () => {
  expect(await outputOf("follow.ts")).toBe("hello\n");
});
