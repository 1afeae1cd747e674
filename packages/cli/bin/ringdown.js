#!/usr/bin/env node
/**
 * Starts the command under a Node that can run it, whatever Node the machine has.
 *
 * A checkout brings Node 26 in node_modules (the `node` package), so the command works on a machine
 * that has only an old one: then it runs as a child, with the same arguments and standard streams,
 * and ends as the child ended. Plain JavaScript that Node 18 can read, without dependencies.
 *
 * Published packages hold dist/, a checkout runs the sources by type stripping.
 */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, realpathSync } from "node:fs";
import { constants } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Where node:sqlite stopped being experimental. */
const OLDEST_NODE = [24, 15];

const binFile = realpathSync(fileURLToPath(import.meta.url));

function canRun(version) {
  const [major = 0, minor = 0] = version.replace(/^v/, "").split(".").map(Number);
  return major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1]);
}

/** The nearest fitting Node in a node_modules folder at or above this file. */
function findNode() {
  const fileName = process.platform === "win32" ? "node.exe" : "node";
  for (let folder = dirname(binFile); folder !== dirname(folder); folder = dirname(folder)) {
    const candidates = [
      join(folder, "node_modules", "node", "bin", fileName),
      join(folder, "node_modules", ".bin", fileName),
    ];
    const found = candidates.find((path) => existsSync(path) && canRun(versionOf(path)));
    if (found !== undefined) return found;
  }
  return undefined;
}

function versionOf(nodePath) {
  const { stdout } = spawnSync(nodePath, ["--version"], { encoding: "utf8" });
  return (stdout ?? "").trim();
}

function runUnder(nodePath) {
  const child = spawn(nodePath, [binFile, ...process.argv.slice(2)], { stdio: "inherit" });
  const forwarders = ["SIGINT", "SIGTERM", "SIGHUP"].map((signal) => {
    const forward = () => {
      // A terminal has already sent its Ctrl-C to the child as well; a second one would mean "at once".
      if (signal === "SIGINT" && process.stdin.isTTY) return;
      child.kill(signal);
    };
    process.on(signal, forward);
    return [signal, forward];
  });

  child.on("error", (error) => {
    console.error(`ringdown: cannot run ${nodePath}: ${error.message}`);
    process.exitCode = 1;
  });
  child.on("exit", (code, signal) => {
    for (const [name, forward] of forwarders) process.off(name, forward);
    process.exitCode = code ?? 128 + constants.signals[signal];
    // Whoever waits for this process sees the same end as if there were no child.
    if (signal !== null) process.kill(process.pid, signal);
  });
}

async function start() {
  if (canRun(process.versions.node)) {
    const built = new URL("../dist/main.js", import.meta.url);
    const source = new URL("../src/main.ts", import.meta.url);
    await import((existsSync(built) ? built : source).href);
    return;
  }
  const nodePath = findNode();
  if (nodePath === undefined) {
    console.error(
      `ringdown needs Node ${OLDEST_NODE.join(".")} or newer; this is ${process.version}.\n` +
        "In a checkout, `npm ci` brings one. Elsewhere: `npx -p node@26 -p ringdown ringdown …`.",
    );
    process.exitCode = 1;
    return;
  }
  runUnder(nodePath);
}

await start();
