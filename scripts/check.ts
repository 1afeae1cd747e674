/**
 * Everything about the repository that is not a test: `npm run check`, or some gates by name:
 * `npm run check -- lint types`. Gates run side by side, as many as there are processors; a failing
 * one shows what it found and the one command that puts it right or shows it again.
 */
import { spawn } from "node:child_process";
import { availableParallelism } from "node:os";
import { delimiter, join, resolve } from "node:path";

const ROOT: string = resolve(import.meta.dirname, "..");
const BIN_FOLDER: string = join(ROOT, "node_modules/.bin");

type Gate = {
  readonly name: string;
  readonly commands: readonly string[];
  /** The command that repairs it, or, where only a person can, the one that shows it again. */
  readonly fix: string;
};

/** The slow ones first: they decide when the last one ends. */
const GATES: readonly Gate[] = [
  { name: "tidy", commands: ["vitest run --project unit tidy"], fix: "npm run check -- tidy" },
  { name: "unused", commands: ["knip --no-progress"], fix: "npx knip --fix" },
  {
    name: "lint",
    commands: ["oxlint --type-aware --deny-warnings --report-unused-disable-directives ."],
    fix: "npm run fix",
  },
  {
    name: "types",
    commands: ["tsc --noEmit", "tsc -p packages/receiver"],
    fix: "npm run check -- types",
  },
  {
    name: "generated",
    commands: ["node scripts/generate.ts --check"],
    fix: "npm run generate",
  },
  {
    name: "directions",
    commands: ["node scripts/directions.ts"],
    fix: "npm run check -- directions",
  },
  { name: "format", commands: ["oxfmt --check ."], fix: "npm run fix" },
  { name: "lock", commands: ["node scripts/lock.ts --check"], fix: "npm run fix" },
];

type Outcome = { readonly ok: boolean; readonly output: string };

function run(command: string): Promise<Outcome> {
  const [program = "", ...args] = command.split(" ");
  return new Promise((done) => {
    const child = spawn(program, args, {
      cwd: ROOT,
      env: { ...process.env, PATH: `${BIN_FOLDER}${delimiter}${process.env["PATH"] ?? ""}` },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    const keep = (chunk: Buffer): void => {
      output += chunk.toString();
    };
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    child.on("error", (error) => done({ ok: false, output: error.message }));
    child.on("close", (code) => done({ ok: code === 0, output: output.trim() }));
  });
}

async function pass(gate: Gate): Promise<boolean> {
  const startedAtMs = performance.now();
  for (const command of gate.commands) {
    const { ok, output } = await run(command);
    if (ok) continue;
    console.log(`\nFAILED ${gate.name} (${command})\n${output}\n\nto fix: ${gate.fix}\n`);
    return false;
  }
  const seconds = ((performance.now() - startedAtMs) / 1000).toFixed(1);
  console.log(`ok ${gate.name} (${seconds} s)`);
  return true;
}

function chosenGates(names: readonly string[]): readonly Gate[] {
  const unknown = names.filter((name) => !GATES.some((gate) => gate.name === name));
  if (unknown.length > 0) {
    console.error(
      `no such gate: ${unknown.join(", ")}; there are ${GATES.map((gate) => gate.name).join(", ")}`,
    );
    process.exit(64);
  }
  return names.length === 0 ? GATES : GATES.filter((gate) => names.includes(gate.name));
}

const waiting = [...chosenGates(process.argv.slice(2))];
const failed: string[] = [];

async function work(): Promise<void> {
  for (let gate = waiting.shift(); gate !== undefined; gate = waiting.shift()) {
    if (!(await pass(gate))) failed.push(gate.name);
  }
}

await Promise.all(Array.from({ length: Math.max(2, availableParallelism()) }, work));
if (failed.length > 0) {
  console.log(`check failed: ${failed.join(", ")}`);
  process.exitCode = 1;
}
