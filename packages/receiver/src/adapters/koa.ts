/**
 * Receives webhooks in Koa: a middleware that answers every request that reaches it, so it belongs
 * behind a router or a check of the path, and before any body parser. Addresses are what the
 * application's `proxy` setting makes of them.
 */
import type { Receiver } from "../receive/receiver.ts";
import { incomingFromNode, type NodeRequest } from "./node-request.ts";

/** What is used of Koa's context. */
export type KoaContext = {
  readonly req: NodeRequest;
  readonly originalUrl: string;
  readonly ip: string;
  status: number;
  body: unknown;
  set(name: string, value: string): void;
};

const framework = {
  name: "Koa",
  hint: "Use this middleware before the body parser, or let the parser leave out its path.",
};

/**
 * @example
 * router.all("/stripe", koaMiddleware(receiver({ provider: stripe, secrets, onEvent })));
 */
export function koaMiddleware(webhooks: Receiver): (context: KoaContext) => Promise<void> {
  return async (context) => {
    const incoming = incomingFromNode(context.req, { framework, address: context.ip });
    const answer = await webhooks.handle({ ...incoming, url: context.originalUrl });
    context.status = answer.status;
    for (const [name, value] of answer.headers) context.set(name, value);
    if (answer.connection === "close" && context.req.httpVersionMajor === 1) {
      context.set("connection", "close");
    }
    context.body = Buffer.from(answer.body);
  };
}
