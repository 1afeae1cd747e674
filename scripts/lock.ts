/**
 * Keeps the lock files usable on every machine: `node scripts/lock.ts` repairs it, `--check` only
 * reports. `npm run fix` and `npm run check` call it.
 *
 * Two things go wrong with a lock file that was written on one machine only:
 *
 * 1. A mirror that does not carry a package's binaries for other platforms makes npm leave them out,
 *    and from then on `npm ci` refuses the file everywhere ("Missing: … from lock file"). Each absent
 *    one is entered with what is known: its exact version, and the platform that its name spells. It
 *    has no hash then; npm adds none by itself, so such an entry is better replaced by running
 *    `npm install` against a complete registry.
 * 2. A "resolved" URL names the registry host of whoever ran npm; without it, npm asks the registry
 *    that is configured where the file is used.
 *
 * Not done here: changing versions. That is npm's business.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

const ROOT: string = resolve(import.meta.dirname, "..");
const LOCK_PATHS = ["package-lock.json", "bench/package-lock.json"];

type LockEntry = {
  readonly version?: string;
  readonly resolved?: string;
  readonly link?: boolean;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly os?: readonly string[];
  readonly cpu?: readonly string[];
  readonly libc?: readonly string[];
  readonly optionalDependencies?: Readonly<Record<string, string>>;
};

export type LockFile = { readonly packages: Readonly<Record<string, LockEntry>> };

function definedOnly(entry: object): LockEntry {
  return Object.fromEntries(Object.entries(entry).filter(([, value]) => value !== undefined));
}

/** What the last parts of a binary package's name say about where it runs. */
export function platformOf(packageName: string): Pick<LockEntry, "os" | "cpu" | "libc"> {
  const match = /(android|darwin|freebsd|linux|openharmony|win32)-([a-z0-9]+)(?:-([a-z]+))?$/.exec(
    packageName,
  );
  const [, os, cpu, abi] = match ?? [];
  if (os === undefined || cpu === undefined) return {};
  const libc = os === "linux" && abi !== undefined ? libcOf(abi) : undefined;
  return { cpu: [cpu], ...(libc === undefined ? {} : { libc: [libc] }), os: [os] };
}

function libcOf(abi: string): string {
  return abi.startsWith("musl") ? "musl" : "glibc";
}

/** The entries that `npm ci` will miss, by their key in the lock file. */
export function missingEntries(lock: LockFile): Map<string, LockEntry> {
  const missing = new Map<string, LockEntry>();
  for (const [key, entry] of Object.entries(lock.packages)) {
    for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
      if (isLocked(lock, key, name)) continue;
      // In the order in which npm writes the keys, so that its next run changes nothing.
      const { cpu, libc, os } = platformOf(name);
      const added = { version, cpu, dev: entry.dev, libc, optional: true, os };
      missing.set(`node_modules/${name}`, definedOnly(added));
    }
  }
  return missing;
}

/** Looks where Node would: in the package's own node_modules, then in each one above it. */
function isLocked(lock: LockFile, fromKey: string, name: string): boolean {
  const folders = fromKey.split("/");
  for (let depth = folders.length; depth >= 0; depth -= 1) {
    const key = [...folders.slice(0, depth), "node_modules", name].filter(Boolean).join("/");
    if (lock.packages[key] !== undefined) return true;
  }
  return false;
}

/** Registry hosts that the file names; a workspace's link has a path there, which is right. */
export function entriesWithHost(lock: LockFile): string[] {
  return Object.entries(lock.packages)
    .filter(([, entry]) => entry.resolved !== undefined && entry.link !== true)
    .map(([key]) => key);
}

export function repair(lock: LockFile): LockFile {
  const entries = Object.entries({
    ...lock.packages,
    ...Object.fromEntries(missingEntries(lock)),
  });
  const packages = entries
    .toSorted(([one], [other]) => one.localeCompare(other, "en"))
    .map(([key, entry]): [string, LockEntry] => {
      if (entry.link === true) return [key, entry];
      const { resolved: _host, ...rest } = entry;
      return [key, rest];
    });
  return { ...lock, packages: Object.fromEntries(packages) };
}

/** What is wrong with a lock file, one sentence each. */
function problemsOf(lock: LockFile): string[] {
  return [
    ...[...missingEntries(lock).keys()].map((key) => `lacks ${key}`),
    ...entriesWithHost(lock).map((key) => `names a registry host at ${key}`),
  ];
}

function main(): void {
  for (const path of LOCK_PATHS) {
    const lock = JSON.parse(readFileSync(join(ROOT, path), "utf8")) as LockFile;
    const problems = problemsOf(lock);
    if (problems.length === 0) continue;
    if (process.argv.includes("--check")) {
      for (const problem of problems) console.error(`${path} ${problem}`);
      process.exitCode = 1;
    } else {
      writeFileSync(join(ROOT, path), `${JSON.stringify(repair(lock), null, 2)}\n`);
      console.log(`${path}: ${problems.length} entries repaired`);
    }
  }
}

if (import.meta.main) main();
