/**
 * The tools around a system under test: nginx as the destination that answers at once, Redis for the
 * BullMQ baseline, wrk as the closed-loop load. All on loopback, on free ports, with their files in
 * a temporary folder, ended by their ids.
 */
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createConnection, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BODY, signatureAt } from "./signed-body.ts";

export type Tool = { readonly pid: number; readonly port: number; stop(): Promise<void> };

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

function folder(): string {
  return mkdtempSync(join(tmpdir(), "ringdown-bench-"));
}

async function waitForPort(port: number): Promise<void> {
  const deadline = performance.now() + 10_000;
  for (;;) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = createConnection({ port, host: "127.0.0.1" });
      socket.once("connect", () => {
        socket.destroy();
        resolve(true);
      });
      socket.once("error", () => resolve(false));
    });
    if (open) return;
    if (performance.now() > deadline) throw new Error(`nothing listens on ${port}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function startTool(command: readonly string[], port: number, dir: string): Promise<Tool> {
  const [file = "", ...args] = command;
  const child = spawn(file, args, { stdio: "ignore" });
  child.once("error", (error) => {
    throw new Error(`${file} cannot be started: ${error.message}`);
  });
  await waitForPort(port);
  return {
    pid: child.pid ?? 0,
    port,
    async stop() {
      const exited = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGTERM");
      await exited;
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** One worker, in the foreground, no access log: about 10 us of CPU a request. */
export async function startNginx(): Promise<Tool> {
  const dir = folder();
  const port = await freePort();
  writeFileSync(
    join(dir, "nginx.conf"),
    `daemon off; worker_processes 1; pid ${dir}/nginx.pid; error_log ${dir}/error.log;
    events { worker_connections 4096; }
    http {
      access_log off; keepalive_requests 100000000; client_body_temp_path ${dir}/body;
      proxy_temp_path ${dir}/p; fastcgi_temp_path ${dir}/f; uwsgi_temp_path ${dir}/u; scgi_temp_path ${dir}/s;
      client_body_buffer_size 64k;
      server { listen 127.0.0.1:${port} backlog=4096; location / { return 200 "ok"; } location = /count { stub_status; } }
    }`,
  );
  return startTool(["nginx", "-c", join(dir, "nginx.conf"), "-p", dir], port, dir);
}

/** Requests nginx has answered so far; asking counts as one. */
export async function nginxRequests(port: number): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${port}/count`)).text();
  return Number(/\s(\d+)\s+(\d+)\s+(\d+)\s/.exec(text)?.[3] ?? 0);
}

export async function startRedis(): Promise<Tool> {
  const dir = folder();
  const port = await freePort();
  const settings = [
    "--bind",
    "127.0.0.1",
    "--dir",
    dir,
    "--appendonly",
    "yes",
    "--appendfsync",
    "everysec",
    "--save",
    "",
  ];
  return startTool(["redis-server", "--port", String(port), ...settings], port, dir);
}

export type WrkResult = {
  readonly requests: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly failures: number;
};

/** A closed loop of `connections`: for ceilings. Latency at a given rate is measured by open-loop.ts. */
export async function runWrk(url: string, seconds: number, connections = 128): Promise<WrkResult> {
  const dir = folder();
  const script = join(dir, "post.lua");
  const body = join(dir, "body");
  writeFileSync(body, BODY);
  writeFileSync(
    script,
    `wrk.method = "POST"
    local file = io.open("${body}", "rb"); wrk.body = file:read("*a"); file:close()
    wrk.headers["content-type"] = "application/json"
    wrk.headers["user-agent"] = "Stripe/1.0 (+https://stripe.com/docs/webhooks)"
    wrk.headers["stripe-signature"] = "${signatureAt(Math.floor(Date.now() / 1000))}"
    done = function(summary, latency, requests)
      local e = summary.errors
      io.write(string.format("RESULT %d %d %f %f %d\\n", summary.requests, summary.duration,
        latency:percentile(50), latency:percentile(99), e.connect + e.read + e.write + e.status + e.timeout))
    end`,
  );
  const text = await new Promise<string>((resolve, reject) => {
    const child = spawn("wrk", ["-t1", `-c${connections}`, `-d${seconds}s`, "-s", script, url]);
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.once("error", reject);
    child.once("exit", () => resolve(output));
  });
  rmSync(dir, { recursive: true, force: true });
  const fields = /RESULT (\d+) (\d+) ([\d.]+) ([\d.]+) (\d+)/.exec(text);
  if (fields === null) throw new Error(`wrk gave no result: ${text}`);
  const [, requests, duration, p50, p99, failures] = fields.map(Number);
  return {
    requests: requests ?? 0,
    perSecond: (requests ?? 0) / ((duration ?? 1) / 1e6),
    p50Ms: (p50 ?? 0) / 1000,
    p99Ms: (p99 ?? 0) / 1000,
    failures: failures ?? 0,
  };
}

export type Machine = {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGb: number;
  readonly node: string;
  readonly kernel: string;
};

export function describeMachine(): Machine {
  const cpuInfo = readFileSync("/proc/cpuinfo", "utf8");
  const memory = Number(/MemTotal:\s+(\d+)/.exec(readFileSync("/proc/meminfo", "utf8"))?.[1] ?? 0);
  return {
    cpu: /model name\s*:\s*(.+)/.exec(cpuInfo)?.[1] ?? "unknown",
    cores: cpuInfo.split("\n").filter((line) => line.startsWith("processor")).length,
    memoryGb: Math.round(memory / 1024 / 1024),
    node: process.version,
    kernel: spawnSync("uname", ["-r"]).stdout.toString().trim(),
  };
}
