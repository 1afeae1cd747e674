/** Stripe as a sender: its own package signs, `fetch` or a bare socket sends. */
import { once } from "node:events";
import { connect } from "node:net";
import Stripe from "stripe";

export const SECRET = "whsec_4fd1c2a90b7e43d6a85c1f20b9e7d634";

export type StripeRequest = {
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body: string;
};

export type StripeOptions = {
  readonly id?: string;
  readonly secret?: string;
};

let count = 0;

/** An event of its own each time, unless it is given an id. White space and umlauts are signed, too. */
export function stripeRequest({ id, secret = SECRET }: StripeOptions = {}): StripeRequest {
  count += 1;
  const body = `{ "id": "${id ?? `evt_${count}`}",\n  "object": "event", "type": "invoice.paid", "data": {"object": {"customer_name": "Jörg 🦊"}} }`;
  const signature = Stripe.webhooks.generateTestHeaderString({ payload: body, secret });
  return {
    method: "POST",
    headers: { "content-type": "application/json; charset=utf-8", "stripe-signature": signature },
    body,
  };
}

export type Answered = {
  readonly status: number;
  readonly text: string;
  readonly headers: Headers;
};

export async function send(url: string, request: RequestInit): Promise<Answered> {
  const response = await fetch(url, request);
  return { status: response.status, text: await response.text(), headers: response.headers };
}

/**
 * Writes these bytes to the server and nothing after them, and gives back what it answered as soon as
 * the answer's head is there, or what there was when it hung up.
 */
export async function talk(url: string, bytes: string): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  await once(socket, "connect");
  // A server that closes while we write is part of the test.
  socket.on("error", () => undefined);
  let answer = "";
  const answered = new Promise<string>((done) => {
    socket.on("data", (chunk: Buffer) => {
      answer += chunk.toString();
      if (answer.includes("\r\n\r\n")) done(answer);
    });
    socket.on("close", () => done(answer));
  });
  socket.write(bytes);
  const text = await answered;
  socket.destroy();
  return text;
}

/** The head of a request to a path, for `talk`. */
export function head(url: string, headers: readonly string[]): string {
  const { host, pathname } = new URL(url);
  return [`POST ${pathname} HTTP/1.1`, `Host: ${host}`, ...headers, "", ""].join("\r\n");
}
