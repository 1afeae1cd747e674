/**
 * Raw servers on loopback and a short way to make one exchange with them, for the outbound tests.
 *
 * A server here is a function of a socket: whatever a receiver may do to us, it can do. Everything
 * started is closed by `closeAll`, which each test file runs after each test.
 */
import { createServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";

import { createOutbound, DEFAULT_OUTBOUND_LIMITS } from "../../src/outbound/index.ts";
import type {
  Outbound,
  OutboundDeps,
  OutboundFailed,
  OutboundLimits,
  OutboundOptions,
  OutboundRequest,
  OutboundResponse,
  OutboundResult,
} from "../../src/outbound/index.ts";
import { systemClock } from "../../src/support/clock.ts";

export type Receiver = {
  readonly port: number;
  readonly url: string;
  /** Connections accepted so far. */
  readonly connectionCount: number;
  /** Everything received so far, of all connections, latin1. */
  readonly received: string;
  /** Sockets open now. */
  readonly openCount: number;
  close(): Promise<void>;
};

export type Behaviour = {
  /** Called once per connection. */
  readonly onConnection?: (socket: Socket) => void;
  /** Called when a whole request is there: its number on this connection, from 1. */
  readonly onRequest?: (socket: Socket, number: number, request: string) => void;
};

export const OK = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

const closers: (() => Promise<void>)[] = [];

export async function closeAll(): Promise<void> {
  await Promise.all(closers.splice(0).map((close) => close()));
}

export function closeLater(close: () => Promise<void>): void {
  closers.push(close);
}

export async function startReceiver(
  behaviour: Behaviour = {},
  address = "127.0.0.1",
): Promise<Receiver> {
  const sockets = new Set<Socket>();
  const state = { connectionCount: 0, received: "" };
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    state.connectionCount += 1;
    track(sockets, socket);
    splitRequests(socket, (number, request) => {
      state.received += request;
      behaviour.onRequest?.(socket, number, request);
    });
    behaviour.onConnection?.(socket);
  });
  await listen(server, address);
  const { port } = server.address() as AddressInfo;
  const receiver: Receiver = {
    port,
    url: `http://${address.includes(":") ? `[${address}]` : address}:${port}/in`,
    get connectionCount() {
      return state.connectionCount;
    },
    get received() {
      return state.received;
    },
    get openCount() {
      return sockets.size;
    },
    close: () => closeServer(server, sockets),
  };
  closers.push(() => receiver.close());
  return receiver;
}

/** A receiver that answers every request alike. */
export function startAnswering(answer: string | Buffer): Promise<Receiver> {
  return startReceiver({ onRequest: (socket) => void socket.write(answer) });
}

export function track(sockets: Set<Socket>, socket: Socket): void {
  sockets.add(socket);
  socket.on("error", () => undefined);
  socket.on("end", () => socket.end());
  socket.on("close", () => sockets.delete(socket));
}

export async function listen(server: Server, address: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, address, resolve);
  });
}

export async function closeServer(server: Server, sockets: Set<Socket>): Promise<void> {
  for (const socket of sockets) socket.destroy();
  await new Promise((resolve) => server.close(resolve));
}

export function splitRequests(
  socket: Socket,
  onRequest: (number: number, request: string) => void,
): void {
  let pending = "";
  let number = 0;
  socket.on("data", (chunk: Buffer) => {
    pending += chunk.toString("latin1");
    for (let end = requestEnd(pending); end !== undefined; end = requestEnd(pending)) {
      const request = pending.slice(0, end);
      pending = pending.slice(end);
      onRequest(++number, request);
    }
  });
}

function requestEnd(text: string): number | undefined {
  const headEnd = text.indexOf("\r\n\r\n");
  if (headEnd === -1) return undefined;
  const length = /^content-length: (\d+)\r$/im.exec(text.slice(0, headEnd + 1))?.[1] ?? "0";
  const end = headEnd + 4 + Number(length);
  return text.length >= end ? end : undefined;
}

export function openOutbound(
  options: Partial<OutboundOptions> = {},
  deps: Partial<OutboundDeps> = {},
): Outbound {
  const outbound = createOutbound({ clock: systemClock, ...deps }, options);
  closers.push(() => outbound.close());
  return outbound;
}

export type RequestChanges = Partial<Omit<OutboundRequest, "limits">> & {
  readonly limits?: Partial<OutboundLimits>;
};

/** A small POST that may go to private networks, unless the changes say otherwise. */
export function requestTo(url: string | URL, changes: RequestChanges = {}): OutboundRequest {
  return {
    url: new URL(url),
    method: "POST",
    headers: ["content-type", "application/json"],
    body: Buffer.from("{}"),
    allowPrivate: true,
    ...changes,
    limits: { ...DEFAULT_OUTBOUND_LIMITS, ...changes.limits },
  };
}

export function send(outbound: Outbound, request: OutboundRequest): Promise<OutboundResult> {
  return new Promise((resolve) => outbound.send(request, resolve));
}

export async function expectResponse(result: Promise<OutboundResult>): Promise<OutboundResponse> {
  const settled = await result;
  if (settled.kind === "response") return settled;
  throw new Error(`Expected a response, got ${JSON.stringify(settled)}`);
}

export async function expectFailed(result: Promise<OutboundResult>): Promise<OutboundFailed> {
  const settled = await result;
  if (settled.kind === "failed") return settled;
  throw new Error(`Expected a failure, got status ${settled.status}`);
}

/** Waits for a condition that other sockets of this process bring about. */
export async function until(condition: () => boolean): Promise<void> {
  const deadlineAtMs = performance.now() + 5_000;
  while (!condition()) {
    if (performance.now() > deadlineAtMs) throw new Error(`Never came true: ${String(condition)}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}
