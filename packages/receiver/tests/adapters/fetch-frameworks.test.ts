/** The adapters for `Request` and `Response`, Hono among them, on real sockets. */
import { Hono } from "hono";
import { expect, test, vi } from "vitest";
import { fetchHandler } from "../../src/adapters/fetch.ts";
import { honoHandler } from "../../src/adapters/hono.ts";
import { nextRoute } from "../../src/adapters/next.ts";
import { type Receiver, receiver, type ReceiverOptions, stripe } from "../../src/index.ts";
import { exerciseAdapter } from "./adapter.suite.ts";
import { PATH, serveFetch } from "./serve.ts";
import { SECRET, stripeRequest } from "./stripe-sender.ts";

exerciseAdapter({
  name: "Hono",
  serve: (webhooks) => serveFetch(new Hono().all(PATH, honoHandler(webhooks)).fetch),
  consumed: {
    serve: (webhooks) => {
      const app = new Hono();
      app.use(async (context, next) => {
        await context.req.json();
        await next();
      });
      return serveFetch(app.all(PATH, honoHandler(webhooks)).fetch);
    },
    advice: /c\.req\.json\(\)/,
  },
  address: "known",
});

exerciseAdapter({
  name: "fetch",
  serve: (webhooks) => serveFetch(fetchHandler(webhooks)),
  consumed: {
    serve: (webhooks) =>
      serveFetch(async (request) => {
        await request.text();
        return fetchHandler(webhooks)(request);
      }),
    advice: /request\.clone\(\)/,
  },
  address: "unknown",
});

/** Next's own rule: a method without a handler is a 405. */
function nextApp(webhooks: Receiver): (request: Request) => Promise<Response> {
  const handlers = nextRoute(webhooks, { after: () => undefined });
  return async (request) => {
    const handler = Object.entries(handlers).find(([method]) => method === request.method)?.[1];
    return (await handler?.(request)) ?? new Response(null, { status: 405 });
  };
}

exerciseAdapter({
  name: "Next.js, app router",
  serve: (webhooks) => serveFetch(nextApp(webhooks)),
  consumed: {
    serve: (webhooks) =>
      serveFetch(async (request) => {
        await request.json();
        return nextApp(webhooks)(request);
      }),
    advice: /request\.clone\(\)/,
  },
  address: "unknown",
});

// What is particular to one of them

const URL_HERE = "https://hooks.example.com/stripe";

function make(options: Partial<ReceiverOptions> = {}): Receiver {
  return receiver({
    provider: stripe,
    secrets: SECRET,
    onEvent: () => undefined,
    onOutcome: () => undefined,
    ...options,
  });
}

test("Hono: bytes that a middleware asked for are used", async () => {
  const app = new Hono();
  app.use(async (context, next) => {
    await context.req.arrayBuffer();
    await next();
  });
  app.all("/stripe", honoHandler(make()));
  expect((await app.request("/stripe", stripeRequest())).status).toBe(200);
});

test("Hono: work after an early answer is handed to the platform, where it has such a thing", async () => {
  const app = new Hono().all("/stripe", honoHandler(make({ acknowledge: "before" })));
  const waitUntil = vi.fn<(work: Promise<unknown>) => void>();
  const context = { waitUntil, passThroughOnException: () => undefined, props: {} };
  const answer = await app.request("/stripe", stripeRequest(), {}, context);
  expect(answer.status).toBe(200);
  expect(waitUntil).toHaveBeenCalledTimes(1);
  await waitUntil.mock.calls[0]![0];
  expect((await app.request("/stripe", stripeRequest())).status).toBe(200);
});

test("fetch: Workers and Netlify are told what to wait for", async () => {
  const handler = fetchHandler(make({ acknowledge: "before" }));
  for (const before of [[{ DATABASE: {} }], []]) {
    const waitUntil = vi.fn<(work: Promise<unknown>) => void>();
    await handler(new Request(URL_HERE, stripeRequest()), ...before, { waitUntil });
    expect(waitUntil).toHaveBeenCalledTimes(1);
    await waitUntil.mock.calls[0]![0];
  }
});

test("fetch: the address comes from what Bun and Deno pass", async () => {
  const handler = fetchHandler(make({ allow: ["192.0.2.7"] }));
  const status = async (...platform: unknown[]): Promise<number> => {
    return (await handler(new Request(URL_HERE, stripeRequest()), ...platform)).status;
  };
  const bun = (address: string): unknown => ({ requestIP: () => ({ address, port: 1 }) });
  expect(await status(bun("192.0.2.7"))).toBe(200);
  expect(await status({ remoteAddr: { hostname: "192.0.2.7", port: 1 } })).toBe(200);
  expect(await status(bun("192.0.2.8"))).toBe(403);
  expect(await status({ requestIP: () => null })).toBe(403);
  expect(await status()).toBe(403);
});

test("Next.js: acknowledging before needs after() of next/server", async () => {
  const webhooks = make({ acknowledge: "before" });
  expect(() => nextRoute(webhooks)).toThrow(/wait for the work/);
  const after = vi.fn<(work: Promise<void>) => void>();
  const { POST } = nextRoute(webhooks, { after });
  expect((await POST(new Request(URL_HERE, stripeRequest()))).status).toBe(200);
  expect(after).toHaveBeenCalledTimes(1);
});

test("Next.js: a function makes the receiver at the first request, not while it is built", async () => {
  let secrets: string | undefined;
  const made = vi.fn<() => Receiver>(() => make({ secrets }));
  const { POST } = nextRoute(made);
  expect(made).not.toHaveBeenCalled();
  const post = async (): Promise<number> => {
    return (await POST(new Request(URL_HERE, stripeRequest()))).status;
  };
  await expect(post()).rejects.toThrow(/No secret/);
  secrets = SECRET;
  expect([await post(), await post()]).toEqual([200, 200]);
  expect(made).toHaveBeenCalledTimes(2);

  const early = nextRoute(() => make({ acknowledge: "before" }));
  await expect(early.POST(new Request(URL_HERE, stripeRequest()))).rejects.toThrow(/wait for/);
});

test("fetch: on Workers the environment comes with the request", async () => {
  const made = vi.fn<(env: { readonly WHSEC: string }) => Receiver>(({ WHSEC }) =>
    make({ secrets: WHSEC }),
  );
  const handler = fetchHandler(made);
  const context = { waitUntil: () => undefined };
  for (const _ of [1, 2]) {
    const answer = await handler(
      new Request(URL_HERE, stripeRequest()),
      { WHSEC: SECRET },
      context,
    );
    expect(answer.status).toBe(200);
  }
  expect(made).toHaveBeenCalledTimes(1);
});

test("a stream that breaks is an aborted request", async () => {
  const body = new ReadableStream({
    start: (controller) => controller.error(new Error("reset")),
  });
  const init = { ...stripeRequest(), body, duplex: "half" } as RequestInit;
  expect((await fetchHandler(make())(new Request(URL_HERE, init))).status).toBe(400);
});

test("a body that somebody holds a reader of is one that was read", async () => {
  const request = new Request(URL_HERE, stripeRequest());
  request.body?.getReader();
  const answer = await fetchHandler(make())(request);
  expect(await answer.text()).toBe("body_already_read");
});
