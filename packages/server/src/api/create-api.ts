/**
 * The API: checks who calls, finds the operation, answers JSON or a problem.
 *
 * Every answer has a request id and the security headers; every refusal is RFC 9457. Access is
 * decided before the path is looked at, so that a caller without a key cannot learn what exists.
 * Streams are ended by `stop`, so that the server can close.
 */
import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { getRequestListener, type HttpBindings } from "@hono/node-server";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import { type Context, Hono } from "hono";
import { isRingdownError, RingdownError } from "../errors/ringdown-error.ts";
import { readBody } from "../http/body.ts";
import { PROBLEM_TYPE, problemOf } from "../http/problem.ts";
import { refuseAndClose } from "../http/respond.ts";
import { commonHeaders } from "../http/security-headers.ts";
import { createAccess } from "./access/access.ts";
import { mediaType, readBodyText } from "./body.ts";
import { createContext } from "./context.ts";
import type { ApiDeps, ApiOptions } from "./deps.ts";
import { openApiDocument } from "./openapi.ts";
import type { Exchange, Operation } from "./operation.ts";
import { allOperations } from "./operations.ts";
import { createStream } from "./stream/stream.ts";

export type Api = {
  /** Answers one request. Never throws, never leaves one unanswered. */
  handle(httpRequest: IncomingMessage, httpResponse: ServerResponse): void;
  /** OpenAPI 3.1. */
  openApiDocument(): object;
  /** Ends the open streams; other requests are still answered. Idempotent. */
  stop(): void;
};

type Env = {
  readonly Bindings: HttpBindings;
  readonly Variables: { readonly requestId: string };
};
type ApiCall = Context<Env>;
type Params = Record<string, string>;

const DEFAULT_BODY_LIMIT = 1024 * 1024;
/** What a caller should wait when the table says "retry" and nobody knows better. */
const DEFAULT_RETRY_AFTER_S = 1;

export function createApi(deps: ApiDeps, options: ApiOptions): Api {
  const context = createContext(deps, options);
  const stream = createStream(context);
  const operations = allOperations(context, { stream, openApiDocument: describe });
  const access = createAccess(deps, options);
  const bodyLimitBytes = options.bodyLimitBytes ?? DEFAULT_BODY_LIMIT;
  const publicPaths = new Set(
    operations.filter(({ access }) => access === "public").map(({ path }) => path),
  );
  const app = new Hono<Env>();

  function describe(): object {
    return openApiDocument(operations, options.version);
  }
  function exchangeOf(call: ApiCall, headers: Headers): Exchange {
    const { incoming, outgoing } = call.env;
    return {
      requestId: call.get("requestId"),
      httpRequest: incoming,
      httpResponse: outgoing,
      setHeader: (name, value) => headers.set(name, value),
      readText: (types) => readBodyText(() => received(call, deps, bodyLimitBytes), types),
      checkKey: () => access.checkKey(incoming),
    };
  }

  app.use("*", async (call, next) => {
    const requestId = randomUUID();
    call.set("requestId", requestId);
    await next();
    if (!call.env.outgoing.headersSent) setCommonHeaders(call.res.headers, requestId);
  });
  app.use("*", async (call, next) => {
    access.checkOrigin(call.env.incoming);
    if (!publicPaths.has(call.req.path)) access.checkKey(call.env.incoming);
    await next();
  });
  for (const operation of operations) {
    app.on(operation.method.toUpperCase(), honoPath(operation.path), async (call) => {
      const headers = new Headers();
      const input = { params: call.req.param() as Params, query: call.req.queries() };
      const answer = await operation.run(input, exchangeOf(call, headers));
      for (const [name, value] of headers) answer.headers.set(name, value);
      return answer;
    });
  }
  app.notFound((call) => {
    const allowed = methodsOf(operations, call.req.path);
    return problemAnswer(noSuchOperation(call, allowed), call.get("requestId"));
  });
  app.onError((error, call) => {
    const requestId = call.get("requestId");
    if (!isRingdownError(error) || error.status === 500) deps.reportDefect(error, requestId);
    return call.env.outgoing.headersSent ? RESPONSE_ALREADY_SENT : problemAnswer(error, requestId);
  });

  const listener = getRequestListener(app.fetch, {
    overrideGlobalObjects: false,
    // The request could not even be understood: a malformed URL or Host.
    errorHandler: () => unreadable(),
  });
  return {
    handle(httpRequest, httpResponse) {
      void listener(httpRequest, httpResponse);
    },
    openApiDocument: describe,
    stop: () => stream.stop(),
  };
}

/** Headers that the answer already has stay, such as the page's own Content-Security-Policy. */
function setCommonHeaders(headers: Headers, requestId: string): void {
  for (const [name, value] of Object.entries(commonHeaders(requestId))) {
    if (!headers.has(name)) headers.set(name, value);
  }
}

/** `/a/{id}/b` as Hono writes it. */
function honoPath(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ":$1");
}

async function received(
  call: ApiCall,
  deps: ApiDeps,
  limitBytes: number,
): ReturnType<Parameters<typeof readBodyText>[0]> {
  const { incoming, outgoing } = call.env;
  const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
  readBody(incoming, limitBytes, (result) => {
    if (result.kind === "complete") {
      resolve(result.body);
      return;
    }
    if (result.kind === "aborted") {
      reject(new RingdownError("invalid_request", "The caller went away before its body ended."));
      return;
    }
    const error = new RingdownError(
      "body_too_large",
      `The body is larger than ${String(limitBytes)} bytes.`,
    );
    refuse(incoming, outgoing, { error, call, deps });
    reject(error);
  });
  return {
    contentType: mediaType(incoming),
    contentEncoding: incoming.headers["content-encoding"] ?? "",
    bytes: await promise,
  };
}

/** Past Hono: the rest of the body is still on its way, and the answer must arrive before it ends. */
function refuse(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  why: { readonly error: RingdownError; readonly call: ApiCall; readonly deps: ApiDeps },
): void {
  const requestId = why.call.get("requestId");
  const headers = new Headers({ "content-type": PROBLEM_TYPE });
  setCommonHeaders(headers, requestId);
  const answer = {
    status: why.error.status,
    headers: [...headers].flat(),
    body: JSON.stringify(problemOf(why.error, requestId)),
  };
  refuseAndClose(incoming, outgoing, { answer, clock: why.deps.clock });
}

function problemAnswer(error: unknown, requestId: string): Response {
  const problem = problemOf(error, requestId);
  return new Response(JSON.stringify(problem), {
    status: problem.status,
    headers: { "content-type": PROBLEM_TYPE, ...extraHeaders(error, problem.status) },
  });
}

function extraHeaders(error: unknown, status: number): Record<string, string> {
  const { retryAfterS, allow } = isRingdownError(error) ? error.details : {};
  if (status === 401) return { "www-authenticate": 'Bearer realm="ringdown"' };
  if (status === 405) return typeof allow === "string" ? { allow } : {};
  if (status === 429 || status === 503) {
    const seconds = typeof retryAfterS === "number" ? retryAfterS : DEFAULT_RETRY_AFTER_S;
    return { "retry-after": String(seconds) };
  }
  return {};
}

function unreadable(): Response {
  const requestId = randomUUID();
  const error = new RingdownError("invalid_request", "The request's URL or Host is not valid.");
  const answer = problemAnswer(error, requestId);
  setCommonHeaders(answer.headers, requestId);
  return answer;
}

/** The methods that the path has; empty when there is no such path. */
function methodsOf(operations: readonly Operation[], path: string): readonly string[] {
  const methods = operations
    .filter((operation) => matchesPath(operation.path, path))
    .map((operation) => operation.method.toUpperCase());
  return methods.includes("GET") ? [...methods, "HEAD"] : methods;
}

function matchesPath(pattern: string, path: string): boolean {
  const expected = pattern.split("/");
  const given = path.split("/");
  return (
    expected.length === given.length &&
    expected.every((part, i) => (part.startsWith("{") ? given[i] !== "" : part === given[i]))
  );
}

function noSuchOperation(call: ApiCall, allowed: readonly string[]): RingdownError {
  if (allowed.length === 0) return new RingdownError("not_found", "There is nothing at this path.");
  const allow = allowed.join(", ");
  return new RingdownError(
    "method_not_allowed",
    `${call.req.method} is not possible here; ${allow} ${allowed.length === 1 ? "is" : "are"}.`,
    { details: { allow } },
  );
}
