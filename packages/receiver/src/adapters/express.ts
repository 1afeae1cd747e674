/**
 * Receives webhooks in Express 4 and 5.
 *
 * Reads the request itself, so it needs no parser, and none may come before it; bytes that
 * `express.raw()` or a platform's `rawBody` kept will do as well. Addresses are what the application's
 * setting "trust proxy" makes of them.
 */
import type { ServerResponse } from "node:http";
import type { Receiver } from "../receive/receiver.ts";
import { incomingFromNode, type NodeRequest, sendOnNode } from "./node-request.ts";

/** A request of Express, of either version. */
export type ExpressRequest = NodeRequest & { readonly ip?: string | undefined };

const framework = {
  name: "Express",
  hint: 'Register this route before app.use(express.json()) and any other parser; where that cannot be, put express.raw({ type: "*/*" }) on its path before them.',
};

/**
 * @example
 * app.all("/stripe", expressHandler(receiver({ provider: stripe, secrets, onEvent })));
 */
export function expressHandler(
  webhooks: Receiver,
): (request: ExpressRequest, response: ServerResponse) => void {
  return (request, response) => {
    void webhooks
      .handle(incomingFromNode(request, { framework, address: request.ip }))
      .then((answer) => sendOnNode(response, answer));
  };
}
