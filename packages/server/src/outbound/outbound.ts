/**
 * The way out: makes HTTP exchanges with targets that are slow, hostile or gone, within named limits
 * and through the address guard (I9, I10).
 *
 * Puts the parts together: deadlines end exchanges, pools give them connections, and connect.ts
 * makes those behind the guard. It knows no retries, no signatures and no meaning of a status; it
 * never follows a redirect, never decompresses and asks no proxy.
 */
import type { Clock } from "../support/clock.ts";
import { createClientContext, dialTcp } from "./connect.ts";
import type { Dial } from "./connect.ts";
import type { Outbound, OutboundRequest } from "./contract.ts";
import { createDeadlines } from "./deadlines.ts";
import { Exchange } from "./exchange.ts";
import type { ExchangeOwner } from "./exchange.ts";
import { createGuard } from "./guard/guard.ts";
import type { GuardOptions } from "./guard/guard.ts";
import { createResolver, DEFAULT_RESOLVER_OPTIONS, systemLookup } from "./guard/resolve.ts";
import type { Lookup, ResolverOptions } from "./guard/resolve.ts";
import { headerListProblem } from "./headers.ts";
import { createPools } from "./pools.ts";
import type { PoolOptions, Refusal } from "./pools.ts";

export type OutboundDeps = {
  readonly clock: Clock;
  /** Instead of the system's resolver. */
  readonly lookup?: Lookup;
  /** Instead of opening a TCP socket. */
  readonly dial?: Dial;
};

export type OutboundOptions = PoolOptions &
  GuardOptions & {
    readonly resolver: ResolverOptions;
    /** Certificates in PEM form that are trusted besides those of the process. */
    readonly trustedCa: readonly string[];
  };

export const DEFAULT_OUTBOUND_OPTIONS: OutboundOptions = Object.freeze({
  connectionsPerOrigin: 32,
  maxConnections: 2_048,
  maxWaitingPerOrigin: 256,
  maxConnectionAgeMs: 5 * 60_000,
  keepAliveMs: 4_000,
  keepAliveMaxMs: 60_000,
  denyAddresses: () => [],
  denyNetworks: [],
  resolver: DEFAULT_RESOLVER_OPTIONS,
  trustedCa: [],
});

/** CONNECT would make a tunnel of the connection; TRACE would echo credentials. */
const REFUSED_METHODS: ReadonlySet<string> = new Set(["CONNECT", "TRACE"]);

const METHOD = /^[A-Z][A-Z0-9_-]{0,31}$/;

/** @throws TypeError for a malformed entry of `denyNetworks`. */
export function createOutbound(
  deps: OutboundDeps,
  options: Partial<OutboundOptions> = {},
): Outbound {
  const { clock, lookup = systemLookup, dial = dialTcp } = deps;
  const settings = { ...DEFAULT_OUTBOUND_OPTIONS, ...options };
  const resolver = createResolver({ clock, lookup }, settings.resolver);
  const guard = createGuard(settings);
  const secureContext = createClientContext(settings.trustedCa);
  const pools = createPools({ clock, resolver, guard, dial, secureContext }, settings);
  const deadlines = createDeadlines<Exchange>(clock);
  const state = { closed: false, resendCount: 0 };

  const owner: ExchangeOwner = {
    ...pools,
    clock,
    forget: (exchange) => deadlines.remove(exchange),
    replace(dead, exchange) {
      state.resendCount += 1;
      pools.replace(dead, exchange);
    },
  };

  return {
    send(request, done) {
      const exchange = new Exchange(owner, request, done);
      deadlines.add(exchange);
      const refusal = state.closed ? CLOSED : (refuseRequest(request) ?? pools.acquire(exchange));
      if (refusal !== undefined) {
        // Later, because a caller does not expect the result before the handle.
        clock.afterTurn(() => exchange.fail(refusal.cause, refusal.detail, refusal.message));
      }
      return exchange;
    },
    stats() {
      return { ...pools.counts(), inFlight: deadlines.live.length, resendCount: state.resendCount };
    },
    async close() {
      state.closed = true;
      for (const exchange of deadlines.live.slice()) {
        exchange.fail(CLOSED.cause, CLOSED.detail, CLOSED.message);
      }
      deadlines.stop();
      await pools.close();
    },
  };
}

const CLOSED: Refusal = {
  cause: "aborted",
  detail: "closed",
  message: "The outbound side was closed.",
};

function refuseRequest({ method, headers }: OutboundRequest): Refusal | undefined {
  if (!METHOD.test(method) || REFUSED_METHODS.has(method)) {
    const message = `${JSON.stringify(method)} is not a method that may be sent.`;
    return { cause: "invalid_request", detail: "invalid_method", message };
  }
  const message = headerListProblem(headers);
  if (message === undefined) return undefined;
  return { cause: "invalid_request", detail: "invalid_header", message };
}
