/**
 * A receiver as people write them, checked by node:crypto alone (no code of ours), and spoilt on
 * request in the ways that people spoil them.
 */
import { createHmac, timingSafeEqual } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { onTestFinished } from "vitest";

export type Flaw =
  | "checks nothing"
  | "verifies JSON written again"
  | "ignores the time"
  | "acts on every duplicate"
  | "refuses duplicates"
  | "crashes on what it does not know"
  | "answers 500 to forgeries";

const SECRET = "whsec_2f0c6d7b9a1e4c35";
const TOLERANCE_S = 300;

export type OwnReceiver = { readonly url: string; readonly secret: string };

/** Stripe's scheme; `GET /count` tells how often it acted. */
export async function startOwnReceiver(flaw?: Flaw): Promise<OwnReceiver> {
  const seen = new Set<string>();
  const state = { acted: 0 };

  function act(id: string, response: ServerResponse): number {
    if (seen.has(id)) {
      if (flaw === "refuses duplicates") return 409;
      if (flaw !== "acts on every duplicate") return 200;
    }
    seen.add(id);
    state.acted += 1;
    response.setHeader("x-acted", String(state.acted));
    return 200;
  }

  async function statusOf(request: IncomingMessage, response: ServerResponse): Promise<number> {
    const body = await buffer(request);
    const signature = String(request.headers["stripe-signature"] ?? "");
    if (flaw !== "checks nothing" && !isGenuine(signature, body, flaw)) {
      return flaw === "answers 500 to forgeries" ? 500 : 401;
    }
    const event = JSON.parse(body.toString()) as { id: string; type: string };
    if (flaw === "crashes on what it does not know" && event.type.includes("unknown")) return 500;
    return act(event.id, response);
  }

  const server = createServer((request, response) => {
    if (request.url === "/count") {
      response.end(JSON.stringify({ count: state.acted }));
      return;
    }
    statusOf(request, response).then(
      (status) => response.writeHead(status).end(),
      () => response.destroy(),
    );
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${String(port)}`, secret: SECRET };
}

function isGenuine(header: string, received: Buffer, flaw: Flaw | undefined): boolean {
  const time = /(?:^|,)t=(\d+)/.exec(header)?.[1];
  const mac = /(?:^|,)v1=([0-9a-f]{64})/.exec(header)?.[1];
  if (time === undefined || mac === undefined) return false;
  const ageS = Math.abs(Date.now() / 1000 - Number(time));
  if (ageS > TOLERANCE_S && flaw !== "ignores the time") return false;
  const body =
    flaw === "verifies JSON written again"
      ? Buffer.from(JSON.stringify(JSON.parse(received.toString()), undefined, 2))
      : received;
  const expected = createHmac("sha256", SECRET).update(`${time}.`).update(body).digest();
  return timingSafeEqual(expected, Buffer.from(mac, "hex"));
}
