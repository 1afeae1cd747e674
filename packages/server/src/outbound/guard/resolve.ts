/**
 * Resolves host names for outbound connections, once per name and time.
 *
 * A name is looked up at most once at a time; everybody who asks meanwhile waits for the same
 * answer. Answers are kept for a short time (getaddrinfo tells no time to live), failures for a
 * shorter one. Addresses are not judged here: the guard does that with every answer, cached or not.
 *
 * getaddrinfo blocks a thread of libuv's pool, and libuv gives slow calls only half of it. A dead
 * name server could so stall every other name (I6), hence the slots: no more lookups run than there
 * are threads, and names that failed last time share all slots but one.
 *
 * A lookup cannot be cancelled. One that nobody waits for any more is not started, or runs to its
 * end and its answer is kept. Waiting has no limit here; who asks has one (connect.ts).
 *
 * Cost: one Map read per new connection while the answer is fresh.
 */
import { lookup } from "node:dns";

import type { Clock } from "../../support/clock.ts";
import { errorCode } from "../failures.ts";

/** Asks the system, like every other program on the machine does: hosts file first. */
export type Lookup = (
  hostname: string,
  done: (error: Error | null, addresses: readonly string[]) => void,
) => void;

export type Resolution =
  | { readonly kind: "found"; readonly addresses: readonly string[] }
  | { readonly kind: "failed"; readonly detail: string; readonly message: string };

export type ResolverOptions = {
  readonly ttlMs: number;
  readonly negativeTtlMs: number;
  /** Lookups that run at once: `lookupSlots` of the pool's size. */
  readonly slots: number;
  /** Names remembered or waited for; at the limit the oldest answer goes, or the new name fails. */
  readonly maxNames: number;
};

export const DEFAULT_RESOLVER_OPTIONS: ResolverOptions = Object.freeze({
  ttlMs: 30_000,
  negativeTtlMs: 5_000,
  slots: 2,
  maxNames: 4_096,
});

/** How many lookups libuv runs at once with so many threads: half of them, rounded up. */
export function lookupSlots(threadPoolSize: number): number {
  return Math.floor((threadPoolSize + 1) / 2);
}

export type Resolver = {
  /** `done` runs at once if the answer is known. The returned function stops the waiting. */
  resolve(hostname: string, done: (resolution: Resolution) => void): () => void;
};

export type ResolverDeps = { readonly clock: Clock; readonly lookup: Lookup };

type Waiter = (resolution: Resolution) => void;

type Name = {
  readonly hostname: string;
  readonly waiters: Set<Waiter>;
  state: "queued" | "running" | "settled";
  answer: Resolution | undefined;
  freshUntilMs: number;
};

type State = ResolverDeps & {
  readonly options: ResolverOptions;
  readonly names: Map<string, Name>;
  /** In order of arrival; a name leaves when it starts or nobody waits for it any more. */
  readonly queue: Set<Name>;
  running: number;
  runningSuspects: number;
};

export const systemLookup: Lookup = (hostname, done) => {
  lookup(hostname, { all: true }, (error, addresses) => {
    done(error, error === null ? addresses.map(({ address }) => address) : []);
  });
};

export function createResolver(deps: ResolverDeps, options: ResolverOptions): Resolver {
  const state: State = {
    ...deps,
    options,
    names: new Map(),
    queue: new Set(),
    running: 0,
    runningSuspects: 0,
  };

  return {
    resolve(hostname, done) {
      const name = enter(state, hostname);
      if (name === undefined) {
        done(TOO_MANY_NAMES);
        return doNothing;
      }
      const known = freshAnswer(name, deps.clock);
      if (known === undefined) return wait(state, name, done);
      done(known);
      return doNothing;
    },
  };
}

function wait(state: State, name: Name, done: Waiter): () => void {
  name.waiters.add(done);
  if (name.state === "settled") {
    name.state = "queued";
    state.queue.add(name);
    startNext(state);
  }
  return () => {
    name.waiters.delete(done);
    if (name.state === "queued" && name.waiters.size === 0) {
      state.queue.delete(name);
      name.state = "settled";
    }
  };
}

function startNext(state: State): void {
  const maxSuspects = Math.max(1, state.options.slots - 1);
  for (const name of state.queue) {
    if (state.running >= state.options.slots) return;
    if (isSuspect(name) && state.runningSuspects >= maxSuspects) continue;
    state.queue.delete(name);
    start(state, name);
  }
}

function start(state: State, name: Name): void {
  const suspects = isSuspect(name) ? 1 : 0;
  name.state = "running";
  state.running += 1;
  state.runningSuspects += suspects;
  state.lookup(name.hostname, (error, addresses) => {
    state.running -= 1;
    state.runningSuspects -= suspects;
    settle(state, name, resolutionOf(name.hostname, error, addresses));
    startNext(state);
  });
}

function settle(state: State, name: Name, answer: Resolution): void {
  const { ttlMs, negativeTtlMs } = state.options;
  name.state = "settled";
  name.answer = answer;
  name.freshUntilMs = state.clock.monotonicMs() + (answer.kind === "found" ? ttlMs : negativeTtlMs);
  const waiters = [...name.waiters];
  name.waiters.clear();
  for (const waiter of waiters) waiter(answer);
}

/** The entry of this name; `undefined` if the table is full of names that are waited for. */
function enter(state: State, hostname: string): Name | undefined {
  const known = state.names.get(hostname);
  if (known !== undefined) return known;
  if (state.names.size >= state.options.maxNames && !forgetOldest(state.names)) return undefined;

  const name: Name = {
    hostname,
    waiters: new Set(),
    state: "settled",
    answer: undefined,
    freshUntilMs: Number.NEGATIVE_INFINITY,
  };
  state.names.set(hostname, name);
  return name;
}

/** Insertion order is age enough: a name still in use comes back at the price of one lookup. */
function forgetOldest(names: Map<string, Name>): boolean {
  for (const name of names.values()) {
    if (name.state === "settled") return names.delete(name.hostname);
  }
  return false;
}

function freshAnswer(name: Name, clock: Clock): Resolution | undefined {
  const isFresh = name.state === "settled" && name.freshUntilMs > clock.monotonicMs();
  return isFresh ? name.answer : undefined;
}

/** The name failed last time, and may be one of those that keep a thread for seconds. */
function isSuspect(name: Name): boolean {
  return name.answer?.kind === "failed";
}

function resolutionOf(
  hostname: string,
  error: Error | null,
  addresses: readonly string[],
): Resolution {
  if (error !== null) return { kind: "failed", detail: errorCode(error), message: error.message };
  if (addresses.length > 0) return { kind: "found", addresses };
  return { kind: "failed", detail: "ENODATA", message: `${hostname} has no address.` };
}

const TOO_MANY_NAMES: Resolution = {
  kind: "failed",
  detail: "too_many_names",
  message: "Too many host names are being resolved at once.",
};

function doNothing(): void {}
