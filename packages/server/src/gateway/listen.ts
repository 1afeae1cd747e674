/**
 * The listening sockets, with limits on everything a sender can be slow or large with (I10): header
 * block and time, request time, idle keep-alive, sockets.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { Clock } from "../support/clock.ts";

export type ListenOptions = {
  readonly host: string;
  readonly port: number;
  readonly headerLimitBytes: number;
  readonly headersTimeoutMs: number;
  readonly requestTimeoutMs: number;
  readonly clock: Clock;
};

export type Listener = {
  readonly port: number;
  /** Accepts no more; resolves when the last exchange has ended, or `graceMs` has passed. */
  close(graceMs: number): Promise<void>;
};

const KEEP_ALIVE_MS = 15_000;
/** How often Node looks for sockets past their limits. */
const CHECK_INTERVAL_MS = 2_000;
const MAX_HEADERS = 200;

/** @throws the system's error, such as EADDRINUSE */
export async function listen(
  handle: (httpRequest: IncomingMessage, httpResponse: ServerResponse) => void,
  options: ListenOptions,
): Promise<Listener> {
  const server = createServer(
    {
      maxHeaderSize: options.headerLimitBytes,
      headersTimeout: options.headersTimeoutMs,
      requestTimeout: options.requestTimeoutMs,
      keepAliveTimeout: KEEP_ALIVE_MS,
      connectionsCheckingInterval: CHECK_INTERVAL_MS,
      requireHostHeader: true,
      insecureHTTPParser: false,
    },
    handle,
  );
  server.maxHeadersCount = MAX_HEADERS;
  server.on("clientError", answerMalformed);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host: options.host, port: options.port, backlog: 4096 }, () => {
      server.off("error", reject);
      resolve();
    });
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: (graceMs) => close(server, graceMs, options.clock),
  };
}

/** What the parser refused: no request exists, so all that can be done is to say so and hang up. */
function answerMalformed(error: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable || error.code === "ECONNRESET") {
    socket.destroy();
    return;
  }
  socket.end(
    `HTTP/1.1 ${statusLineFor(error.code)}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`,
  );
}

function statusLineFor(code: string | undefined): string {
  if (code === "HPE_HEADER_OVERFLOW") return "431 Request Header Fields Too Large";
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") return "408 Request Timeout";
  return "400 Bad Request";
}

async function close(server: Server, graceMs: number, clock: Clock): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const timer = clock.startTimer(graceMs, () => server.closeAllConnections());
  await closed;
  clock.cancelTimer(timer);
}
