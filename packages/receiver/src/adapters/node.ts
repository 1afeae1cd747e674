/** Receives webhooks in a server of `node:http` or `node:https`. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Receiver } from "../receive/receiver.ts";
import { incomingFromNode, sendOnNode } from "./node-request.ts";

const framework = {
  name: "node:http",
  hint: "Call the handler with the untouched request: no listener for its data, no parser before it.",
};

/**
 * @example
 * createServer(nodeHandler(receiver({ provider: stripe, secrets, onEvent })));
 */
export function nodeHandler(
  webhooks: Receiver,
): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    void webhooks
      .handle(incomingFromNode(request, { framework }))
      .then((answer) => sendOnNode(response, answer));
  };
}
