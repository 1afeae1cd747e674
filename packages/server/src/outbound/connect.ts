/**
 * Makes one guarded connection: resolve, check, connect, check again, TLS.
 *
 *   dns ──▶ connect ──▶ (tls) ──▶ done
 *    │         │ next address on failure
 *    └─────────┴──────────┴──▶ failed | timed out | cancelled
 *
 * I9: an address literal is checked like a resolved one (a resolver hook would never see it); if any
 * address of a name is refused the name is, so that no answer can smuggle one in among good ones;
 * the socket is opened to the checked address and not to the name, so that a second lookup cannot
 * differ; and the socket's own remote address is checked before the first byte is written, TLS
 * included. Server name, certificate check and Host header still use the name.
 *
 * Certificates are always verified; there is no option to turn that off. TLS is 1.2 or later,
 * without renegotiation. No proxy and nothing in the environment is asked.
 *
 * `done` is called at most once, never after `cancel`. Cost: per connection, not per request.
 */
import { connect as connectTcp, isIP } from "node:net";
import type { Socket } from "node:net";
import { connect as connectTls, createSecureContext, getCACertificates } from "node:tls";
import type { SecureContext, TLSSocket } from "node:tls";

import type { Clock, Timer } from "../support/clock.ts";
import type { OutboundFailure } from "./contract.ts";
import { ConnectError, errorCode } from "./failures.ts";
import type { BlockReason } from "./guard/address-policy.ts";
import type { Guard, GuardScope } from "./guard/guard.ts";
import type { Resolution, Resolver } from "./guard/resolve.ts";

export type ConnectTarget = {
  /** A name or an address, without brackets. */
  readonly host: string;
  readonly port: number;
  readonly secure: boolean;
  readonly scope: GuardScope;
};

export type Connected = {
  readonly socket: Socket;
  readonly remoteAddress: string;
  readonly dnsMs: number | undefined;
  readonly connectMs: number;
};

export type ConnectPhase = "dns" | "connect" | "tls";

export type ConnectAttempt = {
  readonly phase: ConnectPhase;
  cancel(): void;
};

/** Opens a TCP socket to an address; replaceable to prove that the second check works. */
export type Dial = (address: string, port: number) => Socket;

export type ConnectDeps = {
  readonly clock: Clock;
  readonly resolver: Resolver;
  readonly guard: Guard;
  readonly dial: Dial;
  readonly secureContext: SecureContext;
};

type Done = (outcome: Connected | ConnectError) => void;

type State = {
  readonly deps: ConnectDeps;
  readonly target: ConnectTarget;
  readonly done: Done;
  readonly startedAtMs: number;
  readonly deadlineAtMs: number;
  phase: ConnectPhase;
  finished: boolean;
  stopResolving: () => void;
  socket: Socket | undefined;
  timer: Timer | undefined;
  /** When the addresses were known. */
  resolvedAtMs: number;
};

/** A name server gets no more than this, however long the rest may take. */
const DNS_LIMIT_MS = 5_000;

/** A name may have any number of addresses: all are checked, so many are tried. */
const ADDRESSES_TRIED = 4;

/** How often an idle connection is probed, so that one whose other end vanished is noticed. */
const TCP_KEEP_ALIVE_MS = 60_000;

export const dialTcp: Dial = (address, port) => connectTcp({ host: address, port });

/** The trust of this process (system or bundled, and NODE_EXTRA_CA_CERTS) plus `trustedCa` (PEM). */
export function createClientContext(trustedCa: readonly string[]): SecureContext {
  if (trustedCa.length === 0) return createSecureContext({ minVersion: "TLSv1.2" });
  const ca = [...getCACertificates("default"), ...trustedCa];
  return createSecureContext({ minVersion: "TLSv1.2", ca });
}

export function startConnect(
  deps: ConnectDeps,
  request: { readonly target: ConnectTarget; readonly timeoutMs: number },
  done: Done,
): ConnectAttempt {
  const startedAtMs = deps.clock.monotonicMs();
  const state: State = {
    deps,
    target: request.target,
    done,
    startedAtMs,
    deadlineAtMs: startedAtMs + request.timeoutMs,
    phase: "dns",
    finished: false,
    stopResolving: () => undefined,
    socket: undefined,
    timer: undefined,
    resolvedAtMs: startedAtMs,
  };
  // A microtask later, so that an answer known at once does not arrive before the caller's handle.
  queueMicrotask(() => {
    if (!state.finished) findAddresses(state);
  });

  return {
    get phase() {
      return state.phase;
    },
    cancel() {
      if (state.finished) return;
      finish(state);
      if (state.socket !== undefined) discardSocket(state.socket);
    },
  };
}

function findAddresses(state: State): void {
  const { host } = state.target;
  if (isIP(host) !== 0) {
    tryAddresses(state, [host]);
    return;
  }
  const limitMs = Math.min(DNS_LIMIT_MS, remainingMs(state));
  armTimer(state, limitMs, () => failTimeout(state));
  const stop = state.deps.resolver.resolve(host, (resolution) => useResolution(state, resolution));
  if (state.finished) stop();
  else state.stopResolving = stop;
}

function useResolution(state: State, resolution: Resolution): void {
  if (state.finished) return;
  state.resolvedAtMs = state.deps.clock.monotonicMs();
  if (resolution.kind === "failed") {
    fail(state, "dns", resolution);
    return;
  }
  tryAddresses(state, resolution.addresses);
}

function tryAddresses(state: State, addresses: readonly string[]): void {
  for (const address of addresses) {
    const reason = checkAddress(state, address);
    if (reason !== undefined) {
      failBlocked(state, reason);
      return;
    }
  }
  state.phase = "connect";
  tryNext(state, addresses.slice(0, ADDRESSES_TRIED));
}

/** Each address gets an equal share of the time left, so that a silent one leaves some for the rest. */
function tryNext(state: State, addresses: readonly string[]): void {
  const [address, ...others] = addresses;
  if (address === undefined) return;

  const socket = state.deps.dial(address, state.target.port);
  state.socket = socket;
  const giveUp = (error: Error | undefined): void => {
    socket.removeListener("error", giveUp);
    discardSocket(socket);
    if (state.finished) return;
    if (others.length > 0) tryNext(state, others);
    else if (error === undefined) failTimeout(state);
    else fail(state, "connect", { detail: errorCode(error), message: error.message });
  };
  armTimer(state, remainingMs(state) / addresses.length, () => giveUp(undefined));
  socket.on("error", giveUp);
  socket.once("connect", () => {
    socket.removeListener("error", giveUp);
    if (state.finished) discardSocket(socket);
    else useSocket(state, socket);
  });
}

function useSocket(state: State, socket: Socket): void {
  const { remoteAddress } = socket;
  const reason =
    remoteAddress === undefined ? "not_an_address" : checkAddress(state, remoteAddress);
  if (remoteAddress === undefined || reason !== undefined) {
    discardSocket(socket);
    failBlocked(state, reason ?? "not_an_address");
    return;
  }
  socket.setNoDelay(true);
  socket.setKeepAlive(true, TCP_KEEP_ALIVE_MS);
  if (state.target.secure) shakeHands(state, socket, remoteAddress);
  else succeed(state, socket, remoteAddress);
}

function shakeHands(state: State, tcp: Socket, remoteAddress: string): void {
  const { host } = state.target;
  state.phase = "tls";
  const socket: TLSSocket = connectTls({
    socket: tcp,
    host,
    ...(isIP(host) === 0 ? { servername: host } : {}),
    secureContext: state.deps.secureContext,
    rejectUnauthorized: true,
    ALPNProtocols: ["http/1.1"],
  });
  state.socket = socket;
  const giveUp = (error: Error): void => {
    discardSocket(socket);
    fail(state, "tls", { detail: errorCode(error), message: error.message });
  };
  armTimer(state, remainingMs(state), () => {
    discardSocket(socket);
    failTimeout(state);
  });
  tcp.on("error", ignoreError);
  socket.on("error", giveUp);
  socket.once("secureConnect", () => {
    socket.removeListener("error", giveUp);
    if (state.finished) return;
    socket.disableRenegotiation();
    succeed(state, socket, remoteAddress);
  });
}

function succeed(state: State, socket: Socket, remoteAddress: string): void {
  const { startedAtMs, resolvedAtMs, target, done } = state;
  finish(state);
  done({
    socket,
    remoteAddress,
    dnsMs: isIP(target.host) === 0 ? resolvedAtMs - startedAtMs : undefined,
    connectMs: state.deps.clock.monotonicMs() - resolvedAtMs,
  });
}

function failTimeout(state: State): void {
  const message = `No connection in time: stopped at ${state.phase}.`;
  fail(state, "timeout", { detail: `timeout_${state.phase}`, message });
}

function failBlocked(state: State, reason: BlockReason): void {
  const message = `The address of ${state.target.host} may not be connected to (${reason}).`;
  fail(state, "blocked_address", { detail: reason, message });
}

function fail(
  state: State,
  cause: OutboundFailure,
  what: { readonly detail: string; readonly message: string },
): void {
  if (state.finished) return;
  finish(state);
  const { detail, message } = what;
  state.done(new ConnectError({ cause, phase: state.phase, detail, message }));
}

function finish(state: State): void {
  state.finished = true;
  state.stopResolving();
  if (state.timer !== undefined) state.deps.clock.cancelTimer(state.timer);
  state.timer = undefined;
}

function armTimer(state: State, delayMs: number, action: () => void): void {
  const { clock } = state.deps;
  if (state.timer !== undefined) clock.cancelTimer(state.timer);
  state.timer = clock.startTimer(Math.max(0, delayMs), action);
}

function remainingMs(state: State): number {
  return state.deadlineAtMs - state.deps.clock.monotonicMs();
}

function checkAddress(state: State, address: string): BlockReason | undefined {
  const { port, scope } = state.target;
  return state.deps.guard.check(address, port, scope);
}

/** A destroyed socket may still report an error, which nobody waits for any more. */
function discardSocket(socket: Socket): void {
  socket.on("error", ignoreError);
  socket.destroy();
}

function ignoreError(): void {}
