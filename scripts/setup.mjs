/**
 * Makes a fresh clone ready: `node scripts/setup.mjs start|test|check|bench`, run by npm before each of
 * those commands. Says what it does, does nothing when nothing is needed (about 50 ms), and ends
 * with exit code 1 and a remedy when it cannot.
 *
 * Plain JavaScript for Node 18 on purpose: it is what brings the Node that everything else needs
 * (the devDependency `node`, whose binary npm puts first on the PATH of every script).
 *
 * A folder's packages are current when the hash of its lock file is the one noted at the last
 * installation, or else when npm's own record of what it installed agrees with the lock file: whoever
 * ran `npm ci` by hand does not wait for a second one.
 */
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, delimiter, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), "..");

/** Folders with a lock file of their own, by the command that needs them. */
const LOCKED_FOLDERS = {
  start: ["."],
  test: ["."],
  check: [".", "bench"],
  bench: [".", "bench"],
};

/**
 * What comes from the operating system: found by its program, installed as a Debian package. Nothing
 * here is needed to run Ringdown, only to test or measure it.
 */
const SYSTEM_PACKAGES = [
  {
    neededBy: ["test"],
    program: "mkfs.ext4",
    name: "e2fsprogs",
    reason: "the power-loss test cuts off an ext4 file system on a loop device",
  },
  {
    neededBy: ["test"],
    program: "mkfs.xfs",
    name: "xfsprogs",
    reason: "the power-loss test cuts off an XFS file system, too",
  },
  {
    neededBy: ["test"],
    program: "losetup",
    name: "util-linux",
    reason: "the power-loss and full-disk tests mount small file systems",
  },
  {
    neededBy: ["bench"],
    program: "nginx",
    name: "nginx-light",
    reason: "the sink that destinations are measured against",
  },
  { neededBy: ["bench"], program: "wrk", name: "wrk", reason: "the load tool" },
  {
    neededBy: ["test", "bench"],
    program: "redis-server",
    name: "redis-server",
    reason: "the receiver's store for Redis is tested on it; the store of the BullMQ baseline",
  },
  {
    neededBy: ["test"],
    program: "initdb",
    name: "postgresql",
    reason: "the gateway's and the receiver's stores for PostgreSQL are tested on it",
  },
];

/** A sign of life this often while npm or apt-get works. */
const HEARTBEAT_MS = 10_000;

class SetupError extends Error {}

function say(text) {
  console.error(`setup: ${text}`);
}

/** Runs a command silently; its output is kept and shown only if it fails. */
function runQuietly(title, [program, ...args], options = {}) {
  return new Promise((done) => {
    const startedAtMs = Date.now();
    const seconds = () => Math.round((Date.now() - startedAtMs) / 1000);
    const heartbeat = setInterval(() => say(`${title} … ${seconds()} s`), HEARTBEAT_MS);
    const child = spawn(program, args, {
      ...options,
      env: { ...process.env, ...options.env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    const keep = (chunk) => (output += chunk);
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    const finish = (code) => {
      clearInterval(heartbeat);
      done({ ok: code === 0, output: output.trim(), seconds: seconds() });
    };
    child.on("error", (error) => {
      output += error.message;
      finish(1);
    });
    child.on("close", finish);
  });
}

// npm packages

function lockHash(folder) {
  return createHash("sha256")
    .update(readFileSync(join(folder, "package-lock.json")))
    .digest("hex");
}

function stampPath(folder) {
  return join(folder, "node_modules", ".ringdown-setup");
}

function readOptional(path) {
  return existsSync(path) ? readFileSync(path, "utf8") : undefined;
}

/** Whether npm's record of the installed tree has every package that the lock file demands. */
function installedMatchesLock(folder) {
  const record = readOptional(join(folder, "node_modules", ".package-lock.json"));
  if (record === undefined) return false;
  const installed = JSON.parse(record).packages;
  const locked = JSON.parse(readFileSync(join(folder, "package-lock.json"), "utf8")).packages;
  return Object.entries(locked).every(([key, entry]) => {
    const optional = entry.optional || entry.devOptional || entry.peer;
    if (!key.includes("node_modules/") || (optional && installed[key] === undefined)) return true;
    return installed[key]?.version === entry.version && existsSync(join(folder, key));
  });
}

function isCurrent(folder) {
  if (readOptional(stampPath(folder)) === lockHash(folder)) return true;
  if (!installedMatchesLock(folder)) return false;
  writeFileSync(stampPath(folder), lockHash(folder));
  return true;
}

/** The npm that runs this script, under the Node that runs it, else the one on the PATH. */
function npmCommand() {
  const { npm_execpath: npmPath, npm_node_execpath: nodePath } = process.env;
  const isNpm = npmPath !== undefined && basename(npmPath).startsWith("npm");
  if (isNpm && nodePath !== undefined && existsSync(nodePath)) return [nodePath, npmPath];
  return [process.platform === "win32" ? "npm.cmd" : "npm"];
}

async function installPackages(folderName) {
  const folder = join(ROOT, folderName);
  if (isCurrent(folder)) return;

  const where = folderName === "." ? "" : ` in ${folderName}/`;
  say(`installing packages${where} with npm ci (once, about half a minute)`);
  const { ok, output, seconds } = await runQuietly(
    "npm ci",
    // Development packages whatever NODE_ENV says: Node 26 is one of them.
    [...npmCommand(), "ci", "--include=dev", "--loglevel=error", "--no-audit", "--no-fund"],
    { cwd: folder },
  );
  if (!ok) {
    // What follows is npm's manual.
    const [said] = output.split(/^npm \S+ (?:Usage:|Clean install)/m);
    throw new SetupError(`npm ci failed${where}:\n${said}\nOnce that is solved, run this again.`);
  }
  writeFileSync(stampPath(folder), lockHash(folder));
  say(`packages installed in ${seconds} s`);
}

/** Node 26 arrives by an install script, which a machine's npm may be told not to run. */
function checkNode() {
  const fileName = process.platform === "win32" ? "node.exe" : "node";
  const nodePath = join(ROOT, "node_modules", "node", "bin", fileName);
  const { status } = spawnSync(nodePath, ["--version"]);
  if (status === 0) return;
  throw new SetupError(
    "npm has not installed Node 26 into node_modules; install scripts may be switched off.\n" +
      "Allow this one: npm rebuild node --ignore-scripts=false",
  );
}

// Packages of the operating system

/** Debian keeps the programs of each version of PostgreSQL in a folder of its own. */
function postgresFolders() {
  const versions = "/usr/lib/postgresql";
  return existsSync(versions) ? readdirSync(versions).map((one) => join(versions, one, "bin")) : [];
}

/** mkfs and losetup live where an ordinary PATH does not look. */
function isOnPath(program) {
  const usual = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", "/sbin"];
  return [...usual, ...postgresFolders()].some((folder) => existsSync(join(folder, program)));
}

function administratorPrefix() {
  if (process.getuid?.() === 0) return [];
  return spawnSync("sudo", ["-n", "true"]).status === 0 ? ["sudo", "-n"] : undefined;
}

async function installSystemPackages(purpose) {
  const missing = SYSTEM_PACKAGES.filter(
    ({ neededBy, program }) => neededBy.includes(purpose) && !isOnPath(program),
  );
  if (missing.length === 0) return;

  const names = missing.map(({ name }) => name);
  for (const { name, reason } of missing) say(`${name} is missing: ${reason}`);
  if (process.platform !== "linux") {
    say("these exist on Linux only; the tests that need them will fail here");
    return;
  }
  const prefix = administratorPrefix();
  if (prefix === undefined || !isOnPath("apt-get")) {
    throw new SetupError(`install them, then run this again: apt-get install ${names.join(" ")}`);
  }
  say(`installing ${names.join(", ")} with apt-get`);
  const install = ["apt-get", "install", "--yes", "--no-install-recommends", ...names];
  const environment = { env: { DEBIAN_FRONTEND: "noninteractive" } };
  let result = await runQuietly("apt-get install", [...prefix, ...install], environment);
  if (!result.ok) {
    // A machine that never fetched the lists of packages, or whose lists are out of date.
    await runQuietly("apt-get update", [...prefix, "apt-get", "update"], environment);
    result = await runQuietly("apt-get install", [...prefix, ...install], environment);
  }
  if (!result.ok) throw new SetupError(`apt-get could not install them:\n${result.output}`);
  say("installed");
}

async function main(purpose) {
  const folders = LOCKED_FOLDERS[purpose];
  if (folders === undefined) {
    throw new SetupError(`say what for: ${Object.keys(LOCKED_FOLDERS).join(", ")}`);
  }
  for (const folder of folders) await installPackages(folder);
  checkNode();
  await installSystemPackages(purpose);
}

try {
  await main(process.argv[2] ?? "");
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  say(error.message);
  process.exitCode = 1;
}
