/**
 * Verifications a second, ours against the vendors' own packages, over the same 2 KB body with the
 * same secret. Each takes what it wants to take: the vendors' packages headers as a record, ours raw
 * headers, from which it makes its own look-up every time, as it has to in a server.
 *
 *   node bench/parts/verify.ts
 *
 * Runs take turns, so that whatever else the machine does falls on all of them; medians of five.
 */
import { verify as octokitVerify } from "@octokit/webhooks-methods";
import { Webhook as StandardWebhook } from "standardwebhooks";
import Stripe from "stripe";
import { Webhook as SvixWebhook } from "svix";
import {
  compileVerifier,
  generateSecret,
  github,
  headersFromRaw,
  type Provider,
  signRequest,
  standardWebhooks,
  stripe,
  svix,
} from "../../packages/receiver/src/index.ts";

const RUNS = 5;
const RUN_MS = 400;
const body = Buffer.from(JSON.stringify({ id: "evt_1", type: "a.b", filler: "x".repeat(2000) }));
const text = body.toString();

type Contest = {
  readonly name: string;
  readonly provider: Provider;
  readonly secret: string;
  readonly theirs: (headers: Record<string, string>, secret: string) => unknown;
};

const standardSecret = generateSecret();
const theirStandard = new StandardWebhook(standardSecret);
const theirSvix = new SvixWebhook(standardSecret);
const stripeWebhooks = new Stripe("sk_test_none").webhooks;

const contests: readonly Contest[] = [
  {
    name: "stripe",
    provider: stripe,
    secret: "whsec_2f0c6d7b9a1e4c35",
    theirs: (headers, secret) =>
      stripeWebhooks.signature?.verifyHeader(body, headers["stripe-signature"] ?? "", secret, 300),
  },
  {
    name: "@octokit/webhooks-methods",
    provider: github,
    secret: "a secret for github",
    theirs: (headers, secret) => octokitVerify(secret, text, headers["x-hub-signature-256"] ?? ""),
  },
  {
    name: "standardwebhooks",
    provider: standardWebhooks,
    secret: standardSecret,
    theirs: (headers) => theirStandard.verify(body, headers),
  },
  {
    name: "svix",
    provider: svix,
    secret: standardSecret,
    theirs: (headers) => theirSvix.verify(body, headers),
  },
];

/** Verifications a second; what answers with a promise is waited for. */
async function rateOf(verify: () => unknown): Promise<number> {
  let count = 0;
  const startedAt = performance.now();
  while (performance.now() - startedAt < RUN_MS) {
    for (let i = 0; i < 100; i++) {
      const answer = verify();
      if (answer instanceof Promise) await answer;
    }
    count += 100;
  }
  return count / ((performance.now() - startedAt) / 1000);
}

function median(values: readonly number[]): number {
  return (
    values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] ?? Number.NaN
  );
}

for (const { name, provider, secret, theirs } of contests) {
  const nowMs = Date.now();
  const headers = signRequest(provider, { secret, body, nowMs, id: "msg_1" });
  const raw = ["host", "localhost", "content-type", "application/json", "user-agent", "bench"];
  raw.push(...Object.entries(headers).flat());
  const verifier = compileVerifier(provider.recipe, [secret]);
  const ours = (): void => {
    const input = { method: "POST", url: "/", headers: headersFromRaw(raw), body, nowMs };
    if (verifier.verify(input).status !== "verified") throw new Error(`${name}: not verified`);
  };
  const rates = { ours: [] as number[], theirs: [] as number[] };
  for (let run = 0; run <= RUNS; run++) {
    const [our, their] = [await rateOf(ours), await rateOf(() => theirs({ ...headers }, secret))];
    if (run === 0) continue;
    rates.ours.push(our);
    rates.theirs.push(their);
  }
  const [our, their] = [median(rates.ours), median(rates.theirs)];
  process.stdout.write(
    `${name.padEnd(28)} ours ${our.toFixed(0).padStart(8)}/s  theirs ${their.toFixed(0).padStart(8)}/s  ${(our / their).toFixed(1)}x\n`,
  );
}
