/** The adapters for frameworks on `node:http`, each in the real framework. */
import { buffer } from "node:stream/consumers";
import express from "express";
import express4 from "express4";
import { fastify, type FastifyInstance } from "fastify";
import Koa from "koa";
import { expect, test } from "vitest";
import { expressHandler } from "../../src/adapters/express.ts";
import { fastifyPlugin } from "../../src/adapters/fastify.ts";
import { koaMiddleware } from "../../src/adapters/koa.ts";
import { nextPage } from "../../src/adapters/next.ts";
import { nodeHandler } from "../../src/adapters/node.ts";
import { type Receiver, receiver, stripe, type WebhookEvent } from "../../src/index.ts";
import { exerciseAdapter, type Served } from "./adapter.suite.ts";
import { PATH, servedBy, serveNode } from "./serve.ts";
import { SECRET, send, stripeRequest } from "./stripe-sender.ts";

exerciseAdapter({
  name: "node:http",
  serve: (webhooks) => serveNode(nodeHandler(webhooks)),
  consumed: {
    serve: (webhooks) =>
      serveNode((request, response) => {
        void buffer(request).then(() => nodeHandler(webhooks)(request, response));
      }),
    advice: /untouched request/,
  },
  address: "known",
});

exerciseAdapter({
  name: "Express 5",
  serve: (webhooks) => serveNode(express().all(PATH, expressHandler(webhooks))),
  consumed: {
    serve: (webhooks) =>
      serveNode(express().use(express.json()).all(PATH, expressHandler(webhooks))),
    advice: /before app\.use\(express\.json\(\)\)/,
  },
  address: "known",
});

exerciseAdapter({
  name: "Express 4",
  serve: (webhooks) => serveNode(express4().all(PATH, expressHandler(webhooks))),
  consumed: {
    serve: (webhooks) =>
      serveNode(express4().use(express4.json()).all(PATH, expressHandler(webhooks))),
    advice: /before app\.use\(express\.json\(\)\)/,
  },
  address: "known",
});

async function serveFastify(prepare: (app: FastifyInstance) => void): Promise<Served> {
  const app = fastify();
  prepare(app);
  await app.listen({ port: 0, host: "127.0.0.1" });
  return servedBy(app.server);
}

exerciseAdapter({
  name: "Fastify",
  serve: (webhooks) =>
    serveFastify((app) => void app.register(fastifyPlugin(webhooks), { prefix: PATH })),
  consumed: {
    serve: (webhooks) =>
      serveFastify((app) => {
        app.addHook("preParsing", async (_, __, stream) => {
          await buffer(stream);
        });
        void app.register(fastifyPlugin(webhooks), { prefix: PATH });
      }),
    advice: /preParsing/,
  },
  address: "known",
});

function serveKoa(prepare: (app: Koa) => void): Promise<Served> {
  const app = new Koa();
  app.silent = true; // A sender that hangs up is not worth a line of the test run.
  prepare(app);
  const listener = app.callback();
  return serveNode((request, response) => void listener(request, response));
}

exerciseAdapter({
  name: "Koa",
  serve: (webhooks) => serveKoa((app) => app.use(koaMiddleware(webhooks))),
  consumed: {
    serve: (webhooks) =>
      serveKoa((app) => {
        app.use(async (context, next) => {
          await buffer(context.req);
          await next();
        });
        app.use(koaMiddleware(webhooks));
      }),
    advice: /before the body parser/,
  },
  address: "known",
});

exerciseAdapter({
  name: "Next.js, pages router",
  serve: (webhooks) =>
    serveNode((request, response) => void nextPage(() => webhooks)(request, response)),
  consumed: {
    // As Next does unless the page says bodyParser: false.
    serve: (webhooks) =>
      serveNode((request, response) => {
        void buffer(request).then((bytes) => {
          Object.assign(request, { body: JSON.parse(bytes.toString()) });
          return nextPage(webhooks)(request, response);
        });
      }),
    advice: /export const config = { api: { bodyParser: false } };/,
  },
  address: "known",
});

// What is particular to one of them

type Setup = { readonly webhooks: Receiver; readonly events: WebhookEvent[] };

function setUp(options: { readonly maxBodyBytes?: number; readonly allow?: string[] } = {}): Setup {
  const events: WebhookEvent[] = [];
  const webhooks = receiver({
    provider: stripe,
    secrets: SECRET,
    onEvent: (event) => events.push(event),
    onOutcome: () => undefined,
    ...options,
  });
  return { webhooks, events };
}

test.each([
  ["Express 5", express],
  ["Express 4", express4],
] as const)("%s: a parser after the route, or for another type, does no harm", async (_, make) => {
  const { webhooks } = setUp();
  const app = (make as typeof express)();
  app.use(make.json({ type: "application/vnd.api+json" }), make.urlencoded({ extended: false }));
  app.all(PATH, expressHandler(webhooks));
  app.use(make.json());
  app.post("/other", (request, response) => {
    response.json(request.body);
  });
  const served = await serveNode(app);
  expect((await send(served.url, stripeRequest())).status).toBe(200);
  const other = await send(served.url.replace(PATH, "/other"), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: '{"a":1}',
  });
  expect(other.text).toBe('{"a":1}');
  await served.close();
});

test.each([
  ["Express 5", express],
  ["Express 4", express4],
] as const)("%s: bytes kept by express.raw() will do, within the limit", async (_, make) => {
  const { webhooks, events } = setUp({ maxBodyBytes: 1_000 });
  const app = (make as typeof express)();
  app.use(PATH, make.raw({ type: "*/*" }), expressHandler(webhooks));
  const served = await serveNode(app);
  expect((await send(served.url, stripeRequest())).status).toBe(200);
  expect(events).toHaveLength(1);
  const long = { ...stripeRequest(), body: "x".repeat(1_001) };
  expect((await send(served.url, long)).status).toBe(413);
  await served.close();
});

test("Express: the rawBody of Cloud Functions will do, text will not", async () => {
  const { webhooks } = setUp();
  const keep =
    (property: string, value: (bytes: Buffer) => unknown): express.RequestHandler =>
    async (request, _, next) => {
      Object.assign(request, { [property]: value(await buffer(request)), body: {} });
      next();
    };
  const app = express();
  app.all(
    "/bytes",
    keep("rawBody", (bytes) => bytes),
    expressHandler(webhooks),
  );
  app.all("/text", keep("rawBody", String), expressHandler(webhooks));
  const served = await serveNode(app);
  const at = (path: string): string => served.url.replace(PATH, path);
  expect((await send(at("/bytes"), stripeRequest())).status).toBe(200);
  expect((await send(at("/text"), stripeRequest())).text).toBe("body_already_read");
  await served.close();
});

test("Express: a mounted router signs the whole path, and trust proxy says who sends", async () => {
  const { webhooks, events } = setUp({ allow: ["192.0.2.7"] });
  const app = express().set("trust proxy", 1);
  app.use("/hooks", express.Router().all("/stripe", expressHandler(webhooks)));
  const served = await serveNode(app);
  const { headers, ...request } = stripeRequest();
  const forwarded = { ...headers, "x-forwarded-for": "203.0.113.9, 192.0.2.7" };
  expect((await send(served.url, { ...request, headers: forwarded })).status).toBe(200);
  expect(events).toHaveLength(1);
  await served.close();
});

test("Fastify: parsers of the rest of the application stay as they are", async () => {
  const { webhooks } = setUp();
  const served = await serveFastify((app) => {
    app.addContentTypeParser("text/csv", { parseAs: "string" }, (_, body, done) => {
      done(null, String(body).split(","));
    });
    void app.register(fastifyPlugin(webhooks), { prefix: PATH });
    app.post("/other", async (request) => request.body);
  });
  expect((await send(served.url, stripeRequest())).status).toBe(200);
  const post = async (type: string, body: string): Promise<string> => {
    const headers = { "content-type": type };
    return (await send(served.url.replace(PATH, "/other"), { method: "POST", headers, body })).text;
  };
  expect(await post("application/json", '{"a":1}')).toBe('{"a":1}');
  expect(await post("text/csv", "a,b")).toBe('["a","b"]');
  await served.close();
});
