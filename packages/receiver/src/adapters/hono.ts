/**
 * Receives webhooks in Hono, on any platform it runs on.
 *
 * A middleware may have asked for the body before. Bytes it got are kept by Hono and used here; after
 * `c.req.json()` Hono would make bytes by writing the object again, which is what must not happen.
 */
import type { Receiver } from "../receive/receiver.ts";
import { incomingFromWeb, responseOf } from "./web-request.ts";

/** What is used of Hono's context. */
export type HonoContext = {
  readonly req: {
    readonly raw: Request;
    readonly bodyCache: { readonly arrayBuffer?: Promise<ArrayBuffer> | ArrayBuffer };
  };
  /** On Node, `@hono/node-server` puts the request of `node:http` here. */
  readonly env: unknown;
  /** Throws where the platform has none. */
  readonly executionCtx: { waitUntil(work: Promise<unknown>): void };
};

const framework = {
  name: "Hono",
  hint: "Let no middleware on this path call c.req.json(), text(), formData() or parseBody(); c.req.arrayBuffer() is harmless.",
};

/**
 * @example
 * app.all("/stripe", honoHandler(receiver({ provider: stripe, secrets, onEvent })));
 */
export function honoHandler(webhooks: Receiver): (context: HonoContext) => Promise<Response> {
  return async (context) => {
    const { raw, bodyCache } = context.req;
    const address = nodeAddressOf(context.env);
    const answer = await webhooks.handle(
      incomingFromWeb(raw, { framework, address, kept: bodyCache.arrayBuffer }),
    );
    if (answer.background !== undefined) waitUntil(context, answer.background);
    return responseOf(answer);
  };
}

function waitUntil(context: HonoContext, work: Promise<void>): void {
  try {
    context.executionCtx.waitUntil(work);
  } catch {
    // Not such a platform: the program goes on by itself.
  }
}

function nodeAddressOf(env: unknown): string | undefined {
  const { incoming } = (env ?? {}) as {
    readonly incoming?: { readonly socket?: { readonly remoteAddress?: string } };
  };
  return incoming?.socket?.remoteAddress;
}
