/**
 * Receives webhooks in Fastify: a plugin with one route, at the prefix it is registered with.
 *
 * Fastify keeps a plugin's content type parsers to the plugin, so the bytes are left alone here
 * whatever the rest of the application parses: every type goes to a parser that reads nothing.
 * Addresses are what the application's `trustProxy` makes of them.
 */
import type { IncomingMessage } from "node:http";
import { Readable } from "node:stream";
import type { BodyLimits, BodyRead } from "../receive/incoming.ts";
import type { Receiver } from "../receive/receiver.ts";
import { bodyConsumed } from "./body-consumed.ts";
import { incomingFromNode } from "./node-request.ts";
import { isUnread, readNodeStream } from "./node-stream.ts";

/** What is used of Fastify's instance. */
export type FastifyInstance = {
  removeAllContentTypeParsers(): void;
  addContentTypeParser(
    type: string,
    parser: (
      request: unknown,
      stream: IncomingMessage,
      done: (error: Error | null, body?: unknown) => void,
    ) => void,
  ): unknown;
  all(
    path: string,
    handler: (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>,
  ): unknown;
};

export type FastifyRequest = {
  readonly raw: IncomingMessage;
  readonly originalUrl: string;
  readonly ip: string;
  readonly body?: unknown;
};

export type FastifyReply = {
  code(status: number): unknown;
  header(name: string, value: string): unknown;
  send(body: Uint8Array): unknown;
};

const framework = {
  name: "Fastify",
  hint: "Register this plugin as it is, without fastify-plugin around it, and let no preParsing hook read the request.",
};

/**
 * @example
 * app.register(fastifyPlugin(receiver({ provider: stripe, secrets, onEvent })), { prefix: "/stripe" });
 */
export function fastifyPlugin(webhooks: Receiver): (instance: FastifyInstance) => Promise<void> {
  return async (instance) => {
    instance.removeAllContentTypeParsers();
    instance.addContentTypeParser("*", (_, stream, done) => {
      done(null, stream);
    });
    instance.all("/", async (request, reply) => {
      const answer = await webhooks.handle({
        ...incomingFromNode(request.raw, { framework, address: request.ip }),
        url: request.originalUrl,
        readBody: (limits) => readBody(request, limits),
      });
      reply.code(answer.status);
      for (const [name, value] of answer.headers) reply.header(name, value);
      if (answer.connection === "close" && request.raw.httpVersionMajor === 1) {
        reply.header("connection", "close");
      }
      return reply.send(Buffer.from(answer.body));
    });
  };
}

/** A hook before the parser may have put another stream in the request's place. */
async function readBody({ body, raw }: FastifyRequest, limits: BodyLimits): Promise<BodyRead> {
  const stream = body instanceof Readable ? body : raw;
  return isUnread(stream) ? readNodeStream(stream, limits) : bodyConsumed(framework);
}
