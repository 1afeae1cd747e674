/**
 * A comparison that stopped at the first wrong byte would take longer the more of a forged
 * signature is right, and so give the right one away byte by byte. Two classes of forgeries, wrong
 * in the first and wrong in the last byte, must take the same time (Welch's t, as dudect does).
 *
 * The test is one-sided: noise hides a small leak, so what it proves is that there is no large one.
 * That there is none at all follows from `timingSafeEqual`, the only comparison of digests.
 */
import { expect, test } from "vitest";
import { compileVerifier, github, headersFromRaw, signRequest } from "../../src/index.ts";
import { NOW_MS } from "../verify.ts";

const SECRET = "It's a Secret to Everybody";
const SAMPLES = 40_000;
/** The slowest tenth is the operating system's doing. */
const KEPT_SHARE = 0.9;
const T_LIMIT = 10;

const body = new TextEncoder().encode("Hello, World!");
const verifier = compileVerifier(github.recipe, [SECRET]);
const signature = signRequest(github, { secret: SECRET, body, nowMs: NOW_MS })[
  "x-hub-signature-256"
]!;

function forged(at: number): readonly string[] {
  const wrong = signature[at] === "0" ? "1" : "0";
  const value = signature.slice(0, at) + wrong + signature.slice(at + 1);
  return ["x-hub-signature-256", value];
}

function timeOne(raw: readonly string[]): number {
  const headers = headersFromRaw(raw);
  const start = process.hrtime.bigint();
  verifier.verify({ method: "POST", url: "/", headers, body, nowMs: NOW_MS });
  return Number(process.hrtime.bigint() - start);
}

function welchT(left: readonly number[], right: readonly number[]): number {
  const [a, b] = [summary(left), summary(right)];
  return (a.mean - b.mean) / Math.sqrt(a.variance / a.count + b.variance / b.count);
}

function summary(times: readonly number[]): { mean: number; variance: number; count: number } {
  const kept = times.toSorted((x, y) => x - y).slice(0, Math.floor(times.length * KEPT_SHARE));
  const mean = kept.reduce((sum, time) => sum + time, 0) / kept.length;
  const variance = kept.reduce((sum, time) => sum + (time - mean) ** 2, 0) / (kept.length - 1);
  return { mean, variance, count: kept.length };
}

function measure(): number {
  const classes = [forged("sha256=".length), forged(signature.length - 1)] as const;
  const times: readonly [number[], number[]] = [[], []];
  for (let index = 0; index < SAMPLES; index += 1) {
    // In turns and in both orders, so that warming up and other load meet both classes alike.
    const first = (index >> 1) % 2 === index % 2 ? 0 : 1;
    times[first].push(timeOne(classes[first]));
    const second = first === 0 ? 1 : 0;
    times[second].push(timeOne(classes[second]));
  }
  return Math.abs(welchT(times[0], times[1]));
}

test("[I4] a forgery wrong in its first byte takes as long as one wrong in its last", () => {
  measure();
  // A leak shows every time; a neighbour on the machine does not.
  const best = Math.min(measure(), measure(), measure());
  expect(best).toBeLessThan(T_LIMIT);
});
