/** Servers for the tests: on a free port of loopback, closed with whatever is still connected. */
import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import type { Served } from "./adapter.suite.ts";

export const PATH = "/hooks/stripe";

export async function serveNode(listener: RequestListener): Promise<Served> {
  return servedBy(createServer(listener).listen(0, "127.0.0.1"));
}

export async function servedBy(server: Server): Promise<Served> {
  if (!server.listening) await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}${PATH}`,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

type Fetch = Parameters<typeof getRequestListener>[0];

/** A handler of `Request` and `Response` on a socket, by `@hono/node-server`. */
export function serveFetch(fetch: Fetch): Promise<Served> {
  const listener = getRequestListener(fetch);
  return serveNode((request, response) => void listener(request, response));
}
