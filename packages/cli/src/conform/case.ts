/** What a conformance case is given, and what it answers. */
import type { Provider } from "@ringdown/receiver";
import type { SampleRequest } from "@ringdown/receiver/samples";
import type { Forge } from "./forge.ts";
import type { Delivery, Reply } from "./send.ts";

export type Bench = {
  readonly forge: Forge;
  readonly provider: Provider;
  /** Largest age the provider's own check allows, in milliseconds; absent where it signs no time. */
  readonly toleranceMs?: number;
  readonly nowMs: () => number;
  send(sample: SampleRequest, manner?: Delivery["manner"]): Promise<Reply>;
  /** How often the receiver has acted so far, if it can be asked. */
  readonly effects?: () => Promise<number>;
};

export type Verdict = {
  /** warned: it works, and something about it will hurt one day. */
  readonly outcome: "passed" | "warned" | "failed" | "not_applicable";
  readonly detail: string;
};

export type Case = {
  /** Stable, for scripts and CI. */
  readonly name: string;
  /** What a good receiver does. */
  readonly title: string;
  readonly run: (bench: Bench) => Promise<Verdict>;
};

export const passed = (detail: string): Verdict => ({ outcome: "passed", detail });
export const warned = (detail: string): Verdict => ({ outcome: "warned", detail });
export const failed = (detail: string): Verdict => ({ outcome: "failed", detail });
export const notApplicable = (detail: string): Verdict => ({ outcome: "not_applicable", detail });

export function describe(reply: Reply): string {
  return reply.kind === "answered" ? String(reply.status) : `no answer (${reply.why})`;
}

export function isAccepted(reply: Reply): boolean {
  return reply.kind === "answered" && reply.status >= 200 && reply.status < 300;
}

/** A sender takes everything but 2xx for a failure and sends it again. */
export function expectAccepted(reply: Reply, otherwise: string): Verdict {
  if (isAccepted(reply)) return passed(describe(reply));
  return failed(`${describe(reply)}; ${otherwise}`);
}

/** A forgery must be refused, and not in a way that asks for more of it. */
export function expectRefused(reply: Reply): Verdict {
  if (reply.kind === "silent") return warned(`${describe(reply)}; answer 401, and at once`);
  if (reply.status >= 400 && reply.status < 500) return passed(describe(reply));
  if (isAccepted(reply)) return failed(`${describe(reply)}: it was accepted`);
  return failed(`${describe(reply)}; a sender tries again after that: answer 401`);
}
