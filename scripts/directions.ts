/**
 * Checks the import directions of .dependency-cruiser.mjs: `node scripts/directions.ts`.
 *
 * dependency-cruiser reports success when it could not read a single file (it does so without a
 * parser for TypeScript), so the number of modules it saw is checked, too.
 */
import { execFile } from "node:child_process";
import { join, resolve } from "node:path";
import { promisify } from "node:util";

const ROOT: string = resolve(import.meta.dirname, "..");

/** Far below what exists, far above what a broken parser sees. */
const FEWEST_MODULES = 150;

/** The report of many modules is some megabytes of JSON. */
const REPORT_LIMIT_BYTES = 256 * 1024 * 1024;

type CruiseResult = {
  readonly summary: {
    readonly totalCruised: number;
    readonly violations: readonly {
      readonly from: string;
      readonly to: string;
      readonly rule: { readonly name: string };
    }[];
    readonly ruleSetUsed: {
      readonly forbidden: readonly { readonly name: string; readonly comment: string }[];
    };
  };
};

export type Directions = {
  readonly moduleCount: number;
  readonly violations: readonly {
    readonly rule: string;
    readonly from: string;
    readonly to: string;
    readonly comment: string;
  }[];
};

/** Looks at `packages/` of a folder that is laid out like the repository. */
export async function readDirections(root: string): Promise<Directions> {
  const program = join(ROOT, "node_modules/dependency-cruiser/bin/dependency-cruiser.mjs");
  const config = join(ROOT, ".dependency-cruiser.mjs");
  const options = ["--config", config, "--output-type", "json"];
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [program, "packages", ...options],
    { cwd: root, maxBuffer: REPORT_LIMIT_BYTES },
  );
  const { summary } = JSON.parse(stdout) as CruiseResult;
  const { forbidden } = summary.ruleSetUsed;
  const comments = new Map(forbidden.map(({ name, comment }) => [name, comment]));
  return {
    moduleCount: summary.totalCruised,
    violations: summary.violations.map(({ rule, from, to }) => ({
      rule: rule.name,
      from,
      to,
      comment: comments.get(rule.name) ?? "",
    })),
  };
}

async function main(): Promise<void> {
  const { moduleCount, violations } = await readDirections(ROOT);
  for (const { from, to, rule, comment } of violations) {
    console.log(`${from}\n  imports ${to}\n  ${rule}: ${comment}`);
  }
  if (moduleCount < FEWEST_MODULES) {
    console.log(`only ${moduleCount} modules were looked at; at least ${FEWEST_MODULES} exist`);
  }
  const sound = violations.length === 0 && moduleCount >= FEWEST_MODULES;
  if (sound) console.log(`${moduleCount} modules import only what they may`);
  process.exitCode = sound ? 0 : 1;
}

if (import.meta.main) await main();
