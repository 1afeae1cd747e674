/**
 * Everything of this example in one place, on free ports: the receiver, the stand-in for the deploy
 * hooks and a gateway with ringdown.yaml. `start.ts` shows it to people, the test checks it.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { generateSecret } from "@ringdown/receiver";
import { type DeployHooks, HOOK_PATHS, startDeployHooks } from "./deploy-hooks.ts";
import { type Receiver, startReceiver } from "./receiver.ts";

const HERE = import.meta.dirname;
const RINGDOWN = fileURLToPath(new URL("../../packages/cli/bin/ringdown.js", import.meta.url));

export type World = {
  readonly gatewayUrl: string;
  readonly contentDir: string;
  readonly receiver: Receiver;
  readonly hooks: DeployHooks;
  /** `ringdown trigger github push`, signed as GitHub signs. */
  push(branch: string, commit: string): Promise<void>;
  close(): Promise<void>;
};

export async function startWorld(): Promise<World> {
  const dir = mkdtempSync(join(tmpdir(), "ringdown-deploy-"));
  const contentDir = join(dir, "content");
  cpSync(join(HERE, "site/content"), contentDir, { recursive: true });
  // The real hooks are on the internet; only the stand-in needs to be allowed on this machine.
  const config = readFileSync(join(HERE, "ringdown.yaml"), "utf8");
  writeFileSync(
    join(dir, "ringdown.yaml"),
    config.replaceAll("# allowPrivate: true", "allowPrivate: true"),
  );

  const secret = generateSecret();
  const hooks = await startDeployHooks();
  const receiver = await startReceiver({ contentDir, dataDir: dir, secret, port: 0 });
  const env = {
    ...process.env,
    GITHUB_WEBHOOK_SECRET: generateSecret(),
    SITE_WHSEC: secret,
    SITE_URL: `${receiver.url}/deploy`,
    VERCEL_DEPLOY_HOOK: `${hooks.url}${HOOK_PATHS.vercel}`,
    NETLIFY_BUILD_HOOK: `${hooks.url}${HOOK_PATHS.netlify}`,
  };
  const run = (...args: string[]): ChildProcess =>
    spawn(process.execPath, [RINGDOWN, ...args], {
      cwd: dir,
      env,
      stdio: ["ignore", "pipe", "inherit"],
    });
  const gateway = run("dev", "--port", "0");
  const gatewayUrl = await readyUrl(gateway);

  return {
    gatewayUrl,
    contentDir,
    receiver,
    hooks,
    async push(branch, commit) {
      const changes = ["--set", `ref=refs/heads/${branch}`, "--set", `after=${commit}`];
      const child = run("trigger", "github", "push", "--server", gatewayUrl, ...changes);
      child.stdout?.resume();
      const [code] = (await once(child, "close")) as [number | null];
      if (code !== 0) throw new Error(`ringdown trigger ended with ${String(code)}`);
    },
    async close() {
      gateway.kill("SIGTERM");
      await once(gateway, "close");
      await Promise.all([receiver.close(), hooks.close()]);
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** Piped, a gateway says where it is in its first record. */
function readyUrl(gateway: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    gateway.once("exit", (code) => reject(new Error(`the gateway ended with ${String(code)}`)));
    if (gateway.stdout === null) return;
    createInterface({ input: gateway.stdout }).on("line", (line) => {
      const record = JSON.parse(line) as { type?: string; url?: string };
      if (record.type === "ready") resolve(record.url ?? "");
    });
  });
}
