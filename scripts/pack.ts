/**
 * Builds what is published: `npm run pack` leaves a folder and a tarball per package in dist/npm/.
 *
 * `tsc` alone turns each source into one module, a declaration and their maps, which lead to the
 * sources that are published beside them. What Node reads at run time and is not code (HTML, SQL) is
 * copied to the same place. A package's doors, which point to src/*.ts in a checkout, point to
 * dist/*.js in the packed one.
 *
 * Nothing is bundled and nothing runs at installation.
 */
import { execFileSync } from "node:child_process";
import { cpSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

const ROOT: string = resolve(import.meta.dirname, "..");
/** The folder that a run fills; what was in it is removed. */
const DEFAULT_OUTPUT: string = join(ROOT, "dist/npm");

/** What a package imports comes before it: its declarations are needed. */
const FOLDERS = ["receiver", "client", "server", "cli"] as const;

const TESTS = ["**/*.test.ts", "**/*.suite.ts", "**/*.test-d.ts"];

type Manifest = {
  readonly name: string;
  readonly version: string;
  readonly exports?: Readonly<Record<string, string>>;
  readonly bin?: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
};

export type PackedPackage = {
  readonly name: string;
  readonly version: string;
  readonly tarball: string;
};

function readManifest(folder: string): Manifest {
  return JSON.parse(
    readFileSync(join(ROOT, "packages", folder, "package.json"), "utf8"),
  ) as Manifest;
}

/** `./src/index.ts` → where a built module and its declaration are. */
function builtDoor(source: string): { types: string; default: string } {
  const base = source.replace(/^\.\/src\//, "./dist/").replace(/\.ts$/, "");
  return { types: `${base}.d.ts`, default: `${base}.js` };
}

function publishedManifest(manifest: Manifest): Record<string, unknown> {
  const { devDependencies: _forUs, exports: doors, ...kept } = manifest;
  const built = Object.entries(doors ?? {}).map(([door, source]) => [door, builtDoor(source)]);
  return {
    ...kept,
    files: ["dist", "src", ...(manifest.bin === undefined ? [] : ["bin"])],
    ...(doors === undefined ? {} : { exports: Object.fromEntries(built) as object }),
  };
}

/** Where the compiler finds the packages that were built before this one. */
function builtPackages(
  output: string,
  before: readonly string[],
): Record<string, readonly string[]> {
  const doors = before.flatMap((folder) => {
    const { name, exports = {} } = readManifest(folder);
    return Object.entries(exports).map(([door, source]) => [
      join(name, door),
      [join(output, folder, builtDoor(source).types)],
    ]);
  });
  return Object.fromEntries(doors) as Record<string, readonly string[]>;
}

function compile(output: string, folder: string): void {
  const source = join(ROOT, "packages", folder, "src");
  const config = {
    extends: join(ROOT, "tsconfig.base.json"),
    compilerOptions: {
      rootDir: source,
      outDir: join(output, folder, "dist"),
      declaration: true,
      declarationMap: true,
      sourceMap: true,
      paths: builtPackages(output, FOLDERS.slice(0, FOLDERS.indexOf(folder as "cli"))),
      typeRoots: [join(ROOT, "node_modules/@types")],
    },
    include: [source],
    exclude: TESTS.map((pattern) => join(source, pattern)),
  };
  const configPath = join(output, `tsconfig.${folder}.json`);
  writeFileSync(configPath, JSON.stringify(config));
  try {
    execFileSync(join(ROOT, "node_modules/.bin/tsc"), ["-p", configPath], { stdio: "pipe" });
  } catch (error) {
    const { stdout } = error as { stdout?: Buffer };
    throw new Error(`packages/${folder} does not compile:\n${stdout?.toString() ?? ""}`, {
      cause: error,
    });
  } finally {
    rmSync(configPath);
  }
}

/** Sources for the maps to lead to, and beside the built modules whatever is not a source. */
function copyFiles(output: string, folder: string): void {
  const from = join(ROOT, "packages", folder);
  const to = join(output, folder);
  for (const path of globSync("**/*.*", { cwd: join(from, "src"), exclude: TESTS })) {
    cpSync(join(from, "src", path), join(to, "src", path));
    if (!path.endsWith(".ts")) cpSync(join(from, "src", path), join(to, "dist", path));
  }
  for (const path of globSync("bin/*.js", { cwd: from })) cpSync(join(from, path), join(to, path));
  cpSync(join(ROOT, "LICENSE"), join(to, "LICENSE"));
  // The command is what people install: the repository's README is its own.
  const [readme = join(ROOT, "README.md")] = globSync(join(from, "README.md"));
  cpSync(readme, join(to, "README.md"));
}

/** The compiler rewrites imports, not what is only text to it: a thread's URL, a dynamic path. */
function refuseSourcePaths(output: string, folder: string): void {
  const built = join(output, folder, "dist");
  const offenders = globSync("**/*.js", { cwd: built }).filter((path) =>
    /["'`]\.{1,2}\/[^"'`\s]*\.ts["'`]/.test(readFileSync(join(built, path), "utf8")),
  );
  if (offenders.length > 0) {
    throw new Error(`built modules of ${folder} name TypeScript files: ${offenders.join(", ")}`);
  }
}

function packFolder(output: string, folder: string): PackedPackage {
  const manifest = readManifest(folder);
  const target = join(output, folder);
  writeFileSync(
    join(target, "package.json"),
    `${JSON.stringify(publishedManifest(manifest), null, 2)}\n`,
  );
  const report = execFileSync(
    "npm",
    ["pack", "--json", "--loglevel=error", "--pack-destination", output],
    {
      cwd: target,
      encoding: "utf8",
    },
  );
  return {
    name: manifest.name,
    version: manifest.version,
    tarball: join(output, tarballName(report)),
  };
}

/** npm 12 answers with an object by package name, older ones with a list. */
function tarballName(report: string): string {
  const [packed] = Object.values(JSON.parse(report) as Record<string, { filename: string }>);
  if (packed === undefined) throw new Error(`npm pack said: ${report}`);
  return packed.filename.replace(/^@/, "").replace("/", "-");
}

/** Everything published, in the order in which it can be installed. */
export function packAll(output: string = DEFAULT_OUTPUT): readonly PackedPackage[] {
  rmSync(output, { recursive: true, force: true });
  mkdirSync(output, { recursive: true });
  return FOLDERS.map((folder) => {
    mkdirSync(join(output, folder));
    compile(output, folder);
    copyFiles(output, folder);
    refuseSourcePaths(output, folder);
    return packFolder(output, folder);
  });
}

if (import.meta.main) {
  for (const { name, version, tarball } of packAll()) console.log(`${name} ${version} ${tarball}`);
}
