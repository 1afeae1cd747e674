import { createServer } from "node:http";
import { fastify } from "fastify";
import { Hono } from "hono";
import Koa from "koa";
import { type Receiver, receiver, stripe, type WebhookEvent } from "@ringdown/receiver";
import { fastifyPlugin } from "@ringdown/receiver/fastify";
import { fetchHandler } from "@ringdown/receiver/fetch";
import { honoHandler } from "@ringdown/receiver/hono";
import { koaMiddleware } from "@ringdown/receiver/koa";
import { lambdaHandler } from "@ringdown/receiver/lambda";
import { nextPage, nextRoute } from "@ringdown/receiver/next";
import { nodeHandler } from "@ringdown/receiver/node";

const onEvent = ({ type }: WebhookEvent): void => console.log(type);
const make = (secrets = process.env["STRIPE_WHSEC"]): Receiver =>
  receiver({ provider: stripe, secrets, onEvent });
const webhooks = make();

// Plain Node
createServer(nodeHandler(webhooks));

// Fastify: a route at the prefix; your parsers stay as they are everywhere else
void fastify().register(fastifyPlugin(webhooks), { prefix: "/stripe" });

// Hono, on any platform
new Hono().all("/stripe", honoHandler(webhooks));

// Koa: answers whatever reaches it, so use it in a router, before any body parser
new Koa().use(koaMiddleware(webhooks));

// Next.js, app/stripe/route.ts: a function, because `next build` loads this without secrets
export const { GET, POST } = nextRoute(() => make());

// Next.js, pages/api/stripe.ts: both lines are needed, the second one as `export default`
export const config = { api: { bodyParser: false } };
export const page = nextPage(() => make());

// Bun, Deno: as `export default`
export const server = { fetch: fetchHandler(webhooks) };

// Cloudflare Workers (flag nodejs_compat): the environment comes with the request
export const worker = { fetch: fetchHandler((env: { WHSEC: string }) => make(env.WHSEC)) };

// AWS Lambda: API Gateway (REST and HTTP APIs), function URLs, load balancers
export const handler = lambdaHandler(webhooks);
