/**
 * Receives webhooks wherever a handler takes a `Request` and returns a `Response`: Cloudflare Workers
 * (with the compatibility flag `nodejs_compat`), Bun, Deno, Netlify, Vercel.
 *
 * What the platform passes beside the request is looked at for two things: a `waitUntil`, so that
 * work after an early answer is not cut off, and the sender's address, where Bun and Deno know it.
 * On Workers, say `clientAddress: ({ headers }) => headers.get("cf-connecting-ip")`.
 */
import { type LateReceiver, lateReceiver } from "./late-receiver.ts";
import { incomingFromWeb, responseOf } from "./web-request.ts";

export type FetchHandler = (request: Request, ...platform: unknown[]) => Promise<Response>;

const framework = {
  name: "fetch",
  hint: "Call the handler with the untouched request; whoever needs the body before it reads request.clone().",
};

/**
 * With a function, the receiver is made when the first request comes, from what the platform passes
 * beside it: on Workers, the environment.
 *
 * @example
 * export default {
 *   fetch: fetchHandler((env: Env) => receiver({ provider: stripe, secrets: env.STRIPE_WHSEC, onEvent })),
 * };
 */
export function fetchHandler(webhooks: LateReceiver): FetchHandler {
  const current = lateReceiver(webhooks);
  return async (request, ...platform) => {
    const address = addressFrom(request, platform);
    const answer = await current(...platform).handle(
      incomingFromWeb(request, { framework, address }),
    );
    if (answer.background !== undefined) waitUntilOf(platform)?.(answer.background);
    return responseOf(answer);
  };
}

/** Workers: (request, env, context); Netlify, Vercel: (request, context). */
function waitUntilOf(platform: readonly unknown[]): ((work: Promise<void>) => void) | undefined {
  for (const part of platform) {
    const { waitUntil } = recordOf(part);
    if (typeof waitUntil === "function") return (work) => void waitUntil.call(part, work);
  }
  return undefined;
}

function addressFrom(request: Request, platform: readonly unknown[]): string | undefined {
  for (const part of platform) {
    const { requestIP, remoteAddr } = recordOf(part);
    // Bun passes its server, Deno what it knows of the connection.
    const found =
      typeof requestIP === "function"
        ? recordOf(requestIP.call(part, request)).address
        : recordOf(remoteAddr).hostname;
    if (typeof found === "string") return found;
  }
  return undefined;
}

type PlatformPart = Partial<
  Record<"waitUntil" | "requestIP" | "remoteAddr" | "address" | "hostname", unknown>
>;

function recordOf(value: unknown): PlatformPart {
  return typeof value === "object" && value !== null ? value : {};
}
