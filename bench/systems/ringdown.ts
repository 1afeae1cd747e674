/**
 * The system itself: the published command in `serve` mode, with a configuration file as a user would
 * write it. Nothing is switched off: HMAC checked, fsync before every answer, retries on.
 */
import { mkdtempSync, rmSync, statSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Child, startChild } from "../lib/child.ts";
import { SECRET } from "../lib/signed-body.ts";

const CLI = fileURLToPath(new URL("../../packages/cli/src/main.ts", import.meta.url));
/** 64, 128 and 256 were tried; from 128 on delivery keeps up with what is accepted. */
const CONCURRENCY = 128;
const ADMIN_KEY = "bench-admin-key-0123456789";

export type Destination = { readonly name: string; readonly url: string };

export type Ringdown = Child & {
  readonly dataDir: string;
  /** Where senders post to. */
  readonly inUrl: string;
  api(method: string, path: string): Promise<unknown>;
  /** Ends it, and starts it again on the same data. */
  restart(): Promise<Ringdown>;
  dataBytes(): number;
  dispose(): Promise<void>;
};

/** One source; every event goes to every destination. */
export async function startRingdown(destinations: readonly Destination[]): Promise<Ringdown> {
  const folder = mkdtempSync(join(tmpdir(), "ringdown-bench-"));
  writeFileSync(join(folder, "ringdown.yaml"), configOf(destinations));
  return run(folder);
}

function configOf(destinations: readonly Destination[]): string {
  const lines = [
    "version: 1",
    "sources:",
    "  bench:",
    "    provider: stripe",
    '    verify: { secrets: ["${env:BENCH_SECRET}"] }',
    "    # The load tool repeats one body; with de-duplication every other request would be dropped.",
    "    dedupe: false",
  ];
  if (destinations.length === 0) return lines.join("\n");
  lines.push("destinations:");
  for (const { name, url } of destinations) {
    lines.push(`  ${name}:`, `    url: ${url}`, "    allowPrivate: true");
    lines.push(`    concurrency: ${CONCURRENCY}`);
    lines.push('    sign: { scheme: standard-webhooks, secret: "${env:BENCH_SIGN}" }');
  }
  lines.push("routes:");
  for (const { name } of destinations)
    lines.push(`  to-${name}:`, "    from: bench", `    to: ${name}`);
  return lines.join("\n");
}

async function run(folder: string): Promise<Ringdown> {
  const command = [
    process.execPath,
    CLI,
    "serve",
    "--port",
    "0",
    "--host",
    "127.0.0.1",
    "--json",
    "--log-level",
    "warn",
  ];
  const child = await startChild(
    [...command, "--data", join(folder, "data"), "--config", join(folder, "ringdown.yaml")],
    {
      env: {
        BENCH_SECRET: SECRET,
        BENCH_SIGN: "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
        RINGDOWN_ADMIN_KEY: ADMIN_KEY,
      },
    },
  );
  const dataDir = join(folder, "data");
  return {
    ...child,
    dataDir,
    inUrl: `${child.ready.url}/in/bench`,
    async api(method, path) {
      const answer = await fetch(`${child.ready.url}/api/v1${path}`, {
        method,
        headers: { authorization: `Bearer ${ADMIN_KEY}` },
      });
      const text = await answer.text();
      if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${text}`);
      return text === "" ? undefined : (JSON.parse(text) as unknown);
    },
    async restart() {
      await child.stop();
      return run(folder);
    },
    dataBytes: () =>
      readdirSync(dataDir).reduce((sum, file) => sum + statSync(join(dataDir, file)).size, 0),
    async dispose() {
      await child.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
