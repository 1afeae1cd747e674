/**
 * Writes every generated file: `npm run generate`; `--check` compares instead and names what is stale.
 *
 * A generator is a file in scripts/generators/ that exports `outputs`; nothing has to be registered.
 * Each path belongs to one generator. Text is formatted as the repository is, so that generating and
 * `npm run fix` agree; a generator need not care.
 */
import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";

const ROOT: string = resolve(import.meta.dirname, "..");
const GENERATORS: string = join(import.meta.dirname, "generators");

/** One generated file; `path` is relative to the root of the repository, with slashes. */
export type Output = { readonly path: string; readonly text: string };

type Generator = { readonly outputs: () => Promise<readonly Output[]> };

/** All at once, in a folder of their own: starting the formatter takes longer than formatting. */
function formatted(outputs: readonly Output[]): readonly Output[] {
  const folder = mkdtempSync(join(tmpdir(), "ringdown-generate-"));
  try {
    copyFileSync(join(ROOT, ".oxfmtrc.json"), join(folder, ".oxfmtrc.json"));
    for (const { path, text } of outputs) write(folder, { path, text });
    const oxfmt = join(ROOT, "node_modules/oxfmt/bin/oxfmt");
    const { status, stderr } = spawnSync(process.execPath, [oxfmt, "."], {
      cwd: folder,
      encoding: "utf8",
    });
    if (status !== 0) throw new Error(`what was generated cannot be formatted: ${stderr}`);
    return outputs.map(({ path }) => ({ path, text: readFileSync(join(folder, path), "utf8") }));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function write(root: string, { path, text }: Output): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

async function allOutputs(): Promise<readonly Output[]> {
  const owners = new Map<string, string>();
  const outputs: Output[] = [];
  const files = readdirSync(GENERATORS).filter(
    (name) => name.endsWith(".ts") && !name.endsWith(".test.ts"),
  );
  for (const file of files.toSorted()) {
    const generator = (await import(join(GENERATORS, file))) as Generator;
    for (const output of await generator.outputs()) {
      const owner = owners.get(output.path);
      if (owner !== undefined) throw new Error(`${output.path} is made by ${owner} and by ${file}`);
      owners.set(output.path, file);
      outputs.push(output);
    }
  }
  return formatted(outputs);
}

function onDisk(path: string): string | undefined {
  try {
    return readFileSync(join(ROOT, path), "utf8");
  } catch {
    // Not generated yet.
    return undefined;
  }
}

const stale = (await allOutputs()).filter(({ path, text }) => onDisk(path) !== text);

if (process.argv.includes("--check")) {
  for (const { path } of stale) console.error(`${path} is not what its generator makes`);
  if (stale.length > 0) console.error("to fix: npm run generate");
  process.exitCode = stale.length === 0 ? 0 : 1;
} else {
  for (const { path, text } of stale) {
    write(ROOT, { path, text });
    console.log(`wrote ${path}`);
  }
  if (stale.length === 0) console.log("everything generated is fresh");
}
