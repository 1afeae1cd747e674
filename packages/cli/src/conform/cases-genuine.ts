/** Requests that a receiver must take, as awkward as real senders and networks make them. */
import { randomUUID } from "node:crypto";
import {
  type Bench,
  type Case,
  describe,
  expectAccepted,
  failed,
  isAccepted,
  notApplicable,
  passed,
  type Verdict,
  warned,
} from "./case.ts";

const AT_ONCE = 20;
const LARGE_BYTES = 256 * 1024;
const HOUR_MS = 3_600_000;
/** Where the vendor publishes no limit. Most wait for 5 to 30 seconds. */
const USUAL_PATIENCE_MS = 10_000;

export const genuineCases: readonly Case[] = [
  {
    name: "genuine",
    title: "takes a genuine request",
    run: async ({ forge, send }) =>
      expectAccepted(await send(forge.genuine()), "is the secret the right one?"),
  },
  { name: "in-time", title: "answers before the provider gives up", run: inTime },
  {
    name: "raw-body",
    title: "verifies the bytes that came, not JSON written again",
    run: async ({ forge, send }) =>
      expectAccepted(
        await send(forge.resigned(respelled)),
        "it is genuine: only its spaces and escapes are unusual. Verify before parsing",
      ),
  },
  {
    name: "duplicate",
    title: "answers a repetition as it answered the first",
    async run({ forge, send }) {
      const sample = forge.genuine();
      await send(sample);
      return expectAccepted(
        await send(sample),
        "a sender whose answer got lost would try again for days",
      );
    },
  },
  { name: "acts-once", title: "acts once on duplicates that come at once", run: actsOnce },
  {
    name: "reordered",
    title: "takes an older event after a newer one",
    async run({ forge, send, nowMs, toleranceMs = HOUR_MS }) {
      const older = forge.genuine({ atMs: nowMs() - Math.min(toleranceMs / 3, HOUR_MS) });
      const newer = await send(forge.genuine());
      return isAccepted(newer)
        ? expectAccepted(await send(older), "no provider promises order")
        : failed(describe(newer));
    },
  },
  {
    name: "unknown-type",
    title: "takes an event type it has never heard of",
    async run({ forge, send }) {
      const sample = forge.unknownType();
      return sample === undefined
        ? notApplicable("this provider's events have no type")
        : expectAccepted(await send(sample), "vendors add types; ignore what you do not know");
    },
  },
  {
    name: "slow-sender",
    title: "waits for a body that comes in pieces",
    run: async ({ forge, send }) =>
      expectAccepted(await send(forge.genuine(), "slow"), "the body took one second"),
  },
  {
    name: "broken-off",
    title: "survives a body that breaks off, and takes the next try",
    async run({ forge, send }) {
      const sample = forge.genuine();
      const broken = await send(sample, "broken");
      if (isAccepted(broken)) return failed("half a body was accepted");
      return expectAccepted(await send(sample), "half of it came before");
    },
  },
  {
    name: "large-body",
    title: "takes a body of 256 KB",
    async run({ forge, send }) {
      const overrides = { ringdown_conform: "x".repeat(LARGE_BYTES) };
      const reply = await send(forge.genuine({ overrides }));
      return isAccepted(reply)
        ? passed(describe(reply))
        : warned(`${describe(reply)}; GitHub sends up to 25 MB, Shopify's orders exceed 100 KB`);
    },
  },
];

async function inTime({ forge, send, provider }: Bench): Promise<Verdict> {
  const patienceMs = provider.delivery.timeoutMs ?? USUAL_PATIENCE_MS;
  const reply = await send(forge.genuine());
  const took = `${reply.durationMs.toFixed(0)} ms of ${String(patienceMs)} ms`;
  if (!isAccepted(reply)) return failed(describe(reply));
  if (reply.durationMs > patienceMs) return failed(took);
  return reply.durationMs > patienceMs / 4
    ? warned(`${took}; answer first, work afterwards`)
    : passed(took);
}

async function actsOnce({ forge, send, effects }: Bench): Promise<Verdict> {
  const before = await effects?.();
  const sample = forge.genuine({ id: randomUUID() });
  const replies = await Promise.all(Array.from({ length: AT_ONCE }, () => send(sample)));
  const refused = replies.filter((reply) => !isAccepted(reply));
  if (refused.length === AT_ONCE) return failed(`all ${AT_ONCE} were refused`);
  // What answered something else is sent again by a real sender, until it is taken.
  const later = refused.length === 0 ? undefined : await send(sample);
  if (later !== undefined && !isAccepted(later)) {
    return failed(`${String(refused.length)} of ${AT_ONCE} were refused, and the retry too`);
  }
  if (before === undefined || effects === undefined) {
    return refused.length === 0
      ? passed(`${AT_ONCE} answers of 2xx; with --effects it is also counted what was done`)
      : warned(`${String(refused.length)} of ${AT_ONCE} were refused; the retry was taken`);
  }
  const done = (await effects()) - before;
  return done === 1
    ? passed(`${AT_ONCE} at once, done once`)
    : failed(`${AT_ONCE} at once, done ${String(done)} times`);
}

/** The same JSON with other white space and every other letter of one text escaped. */
function respelled(body: Uint8Array): Uint8Array {
  const text = new TextDecoder().decode(body);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return body;
  }
  const spaced = JSON.stringify(value, undefined, 3).replace(/[^\x20-\x7e\n]/g, (character) =>
    [...character]
      .map((part) => `\\u${part.charCodeAt(0).toString(16).padStart(4, "0").toUpperCase()}`)
      .join(""),
  );
  return new TextEncoder().encode(`${spaced}\n`);
}
