/** Plain HTTP for tests: `fetch` forbids some of the headers that a test has to send. */
import { once } from "node:events";
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request,
  type RequestListener,
} from "node:http";
import type { AddressInfo } from "node:net";

export type Answer = {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
  text(): string;
  /** The body as JSON, of whatever shape the test knows it to have. */
  json<T = Readonly<Record<string, unknown>>>(): T;
};

export type Sending = {
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as it is, instead of `body`. */
  readonly raw?: string | Uint8Array;
};

export type Target = { readonly port: number; readonly method: string; readonly path: string };

export async function exchange(target: Target, sending: Sending = {}): Promise<Answer> {
  const { headers, body, raw } = sending;
  const isJson = raw === undefined && body !== undefined;
  const outgoing = request({
    ...target,
    host: "127.0.0.1",
    agent: false,
    headers: { ...(isJson ? { "content-type": "application/json" } : {}), ...headers },
  });
  outgoing.end(isJson ? JSON.stringify(body) : raw);
  const [incoming] = (await once(outgoing, "response")) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
  const bytes = Buffer.concat(chunks);
  return {
    status: incoming.statusCode ?? 0,
    headers: incoming.headers,
    bytes,
    text: () => bytes.toString(),
    json: () => JSON.parse(bytes.toString()) as never,
  };
}

export type Listener = { readonly port: number; close(): Promise<void> };

/** On loopback, at a free port. */
export async function listenOn(handler: RequestListener): Promise<Listener> {
  const server = createServer(handler).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
