/**
 * What the adapters for frameworks on `node:http` share: a request of Node as the core wants it, and
 * the core's answer on a response of Node.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { headersFromRaw } from "../headers.ts";
import type { Answer } from "../receive/answer.ts";
import type { BodyLimits, BodyRead, IncomingWebhook } from "../receive/incoming.ts";
import { bodyConsumed, bytesRead, type Framework, isBytes } from "./body-consumed.ts";
import { isUnread, readNodeStream } from "./node-stream.ts";

/** A request of `node:http`, with what frameworks and platforms add to it. */
export type NodeRequest = IncomingMessage & {
  /** Express, Next: what a parser made of the body. */
  readonly body?: unknown;
  /** Cloud Functions: the bytes beside what its parser made of them. */
  readonly rawBody?: unknown;
  /** Express, Koa: the URL before a router took its mount path away. */
  readonly originalUrl?: string;
};

export type NodeFacts = {
  readonly framework: Framework;
  /** By the framework's own setting for proxies. */
  readonly address?: string | undefined;
};

export function incomingFromNode(
  request: NodeRequest,
  { framework, address = request.socket.remoteAddress }: NodeFacts,
): IncomingWebhook {
  return {
    method: request.method ?? "",
    url: request.originalUrl ?? request.url ?? "/",
    headers: headersFromRaw(request.rawHeaders),
    address,
    readBody: (limits) => readBody(request, limits, framework),
  };
}

async function readBody(
  request: NodeRequest,
  limits: BodyLimits,
  framework: Framework,
): Promise<BodyRead> {
  // First the stream: frameworks leave an empty object where their parser had nothing to do.
  if (isUnread(request)) return readNodeStream(request, limits);
  const bytes = [request.rawBody, request.body].find(isBytes);
  return bytes === undefined ? bodyConsumed(framework) : bytesRead(bytes, limits.maxBytes);
}

export function sendOnNode(response: ServerResponse, answer: Answer): void {
  // The sender hung up, or somebody in the application answered.
  if (response.headersSent || response.destroyed) return;
  response.statusCode = answer.status;
  for (const [name, value] of answer.headers) response.setHeader(name, value);
  // HTTP/2 has no such header: there the stream ends, not the connection.
  if (answer.connection === "close" && response.req.httpVersionMajor === 1) {
    response.setHeader("connection", "close");
  }
  response.end(answer.body);
}
