/** Requests that a receiver must refuse: each is wrong in one way. */
import { generateSecret } from "@ringdown/receiver";
import type { SampleRequest } from "@ringdown/receiver/samples";
import { type Bench, type Case, expectRefused, isAccepted, notApplicable, warned } from "./case.ts";

/** Beyond every tolerance that is in use, with some for a clock that is wrong. */
const MARGIN_MS = 10 * 60_000;

const NO_TIME = "this provider signs no time";
const NO_SIGNATURE = "this provider signs nothing";

export const forgedCases: readonly Case[] = [
  {
    name: "wrong-secret",
    title: "refuses a signature made with another secret",
    run: async ({ forge, send }) =>
      expectRefused(await send(forge.genuine({ secret: generateSecret() }))),
  },
  {
    name: "tampered-body",
    title: "refuses a body that was changed after signing",
    run: async ({ forge, send }) => {
      const sample = forge.genuine();
      return expectRefused(await send({ ...sample, body: withOneDigitChanged(sample.body) }));
    },
  },
  {
    name: "missing-signature",
    title: "refuses a request without a signature",
    run: (bench) => withSignatures(bench, () => undefined),
  },
  {
    name: "malformed-signature",
    title: "refuses a signature that is none, and does not crash",
    run: (bench) => withSignatures(bench, () => "v1=,t=;;=\u00ff"),
  },
  {
    name: "stale-timestamp",
    title: "refuses a genuine request that is too old (a replay)",
    run: async ({ forge, send, toleranceMs, nowMs }) =>
      toleranceMs === undefined
        ? notApplicable(NO_TIME)
        : expectRefused(await send(forge.genuine({ atMs: nowMs() - toleranceMs - MARGIN_MS }))),
  },
  {
    name: "future-timestamp",
    title: "refuses a genuine request from the future",
    async run({ forge, send, toleranceMs, nowMs }) {
      if (toleranceMs === undefined) return notApplicable(NO_TIME);
      const reply = await send(forge.genuine({ atMs: nowMs() + toleranceMs + MARGIN_MS }));
      if (isAccepted(reply)) {
        return warned(
          "it was accepted, as several vendors' own packages do: its replay lives long",
        );
      }
      return expectRefused(reply);
    },
  },
];

function withOneDigitChanged(body: Uint8Array): Uint8Array {
  const changed = Uint8Array.from(body);
  const at = changed.findIndex((byte) => byte >= 0x30 && byte < 0x39);
  const place = at === -1 ? changed.length - 1 : at;
  changed[place] = (changed[place] ?? 0) + 1;
  return changed;
}

async function withSignatures(
  { forge, send }: Bench,
  change: () => string | undefined,
): ReturnType<Case["run"]> {
  if (forge.signatureHeaders.length === 0) return notApplicable(NO_SIGNATURE);
  const sample = forge.genuine();
  const headers: Record<string, string> = { ...sample.headers };
  for (const name of forge.signatureHeaders) {
    const value = change();
    if (value === undefined) delete headers[name];
    else headers[name] = value;
  }
  const spoilt: SampleRequest = { ...sample, headers };
  return expectRefused(await send(spoilt));
}
