/**
 * The benchmark of DESIGN.md section 9: every system in the same run on the same machine, in turns, so
 * that whatever else the machine does falls on all of them; five rounds, medians, ratios.
 *
 *   npm run bench                 everything, about 15 minutes
 *   npm run bench -- --rounds 1   a quick look
 *   npm run bench -- --no-backlog without the million waiting events
 *
 * Needs nginx, wrk and redis-server (the set-up installs Debian's). Talks to loopback only.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { describeMachine, startNginx, startRedis } from "./lib/tools.ts";
import { formatTable, median, type Results } from "./lib/report.ts";
import { backlogOf } from "./workloads/backlog.ts";
import {
  bareAccepted,
  bullmqDelivered,
  relayDelivered,
  ringdownAccepted,
  ringdownDelivered,
} from "./workloads/ceilings.ts";
import { isolation, latencyAt } from "./workloads/latency.ts";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    "no-backlog": { type: "boolean", default: false },
    backlog: { type: "string", default: "1000000" },
  },
});
const rounds = Number(values.rounds);
const here = fileURLToPath(new URL(".", import.meta.url));

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** What the benchmark compares with is installed for it alone. */
function installBaselines(): void {
  if (existsSync(`${here}node_modules/bullmq`)) return;
  say("installing the baselines (express, bullmq) …");
  execFileSync("npm", ["ci", "--no-fund", "--no-audit", "--loglevel=error"], {
    cwd: here,
    stdio: "inherit",
  });
}

async function main(): Promise<void> {
  installBaselines();
  const nginx = await startNginx();
  const redis = await startRedis();
  const results: Results = {
    bare: [],
    accepted: [],
    relay: [],
    bullmq: [],
    delivered: [],
    latency: [],
    isolation: [],
  };
  for (let round = 1; round <= rounds; round++) {
    say(`round ${round} of ${rounds}`);
    results.bare.push(await bareAccepted());
    results.accepted.push(await ringdownAccepted());
    results.relay.push(await relayDelivered(nginx));
    results.delivered.push(await ringdownDelivered(nginx));
    results.bullmq.push(await bullmqDelivered(nginx, redis));
  }
  const half = Math.round(median(results.delivered.map((each) => each.perSecond)) / 2);
  for (let round = 1; round <= rounds; round++) {
    say(`latency at ${half} a second, round ${round} of ${rounds}`);
    results.latency.push(await latencyAt(half));
    results.isolation.push(await isolation(Math.round(half / 4)));
  }
  if (!values["no-backlog"]) {
    say(`a backlog of ${values.backlog} …`);
    results.backlog = await backlogOf(Number(values.backlog), nginx);
  }
  await nginx.stop();
  await redis.stop();
  save(results);
}

function save(results: Results): void {
  const machine = describeMachine();
  const commit = execFileSync("git", ["rev-parse", "--short", "HEAD"], { cwd: here })
    .toString()
    .trim();
  const date = new Date().toISOString().slice(0, 10);
  const table = formatTable(results);
  mkdirSync(`${here}results`, { recursive: true });
  const file = `${here}results/${date}-${commit}`;
  writeFileSync(
    `${file}.json`,
    `${JSON.stringify({ date, commit, rounds, machine, results }, undefined, 2)}\n`,
  );
  const about = `${machine.cores} cores (${machine.cpu}), ${machine.memoryGb} GB, Linux ${machine.kernel}, Node ${machine.node}`;
  writeFileSync(
    `${file}.md`,
    `# Benchmark of ${date}, commit ${commit}\n\n${about}; ${rounds} rounds, medians.\n\n${table}\n`,
  );
  process.stdout.write(`${about}\n\n${table}\n`);
}

await main();
