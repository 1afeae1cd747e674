/**
 * The client: the paths of the OpenAPI document as typed calls.
 *
 * A path and a method decide what a call takes and what it answers; both come from the generated
 * `Paths`. Nothing is kept between calls but the options, so one client can be shared by everything.
 */
import { transportError, unexpectedAnswer } from "./errors.ts";
import type { Paths } from "./generated/api.ts";
import { type Connection, type Outgoing, send } from "./send.ts";
import { followStream, type StreamItem, type StreamOptions } from "./stream.ts";
import { type QueryValue, targetOf } from "./target.ts";

export type ClientOptions = {
  /** Where the gateway is, such as `http://127.0.0.1:8484`. */
  readonly baseUrl: string;
  /** Not needed by `ringdown dev` on this machine. */
  readonly apiKey?: string | undefined;
  /** Default: the platform's. */
  readonly fetch?: typeof fetch;
  /** For a whole call, in milliseconds; default 30,000. */
  readonly timeoutMs?: number;
  /** Tries of a GET in all; default 3. */
  readonly tries?: number;
  /** Before the second try, in milliseconds; default 200, doubling. */
  readonly firstWaitMs?: number;
};

/** What every call may be given besides its input. */
export type CallOptions = {
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
  /** Further headers, such as `if-match`. */
  readonly headers?: Readonly<Record<string, string>>;
};

type Method = "get" | "post" | "put" | "delete";
type Operation = { readonly input: object };

/** Paths that have the method and answer JSON (or nothing). */
type JsonPath<M extends Method> = {
  [P in keyof Paths]: Paths[P] extends Record<M, { readonly json: unknown }> ? P : never;
}[keyof Paths];

/** Paths that answer anything but JSON. */
type BytesPath = {
  [P in keyof Paths]: Paths[P] extends { readonly get: { readonly bytes: unknown } } ? P : never;
}[keyof Paths];

/** Paths that answer a page of a list. */
type ListPath = {
  [P in keyof Paths]: Paths[P] extends { readonly get: { readonly json: Paged<unknown> } }
    ? P
    : never;
}[keyof Paths];

type Paged<T> = { readonly data: readonly T[]; readonly nextCursor: string | null };
type OperationAt<P extends keyof Paths, M extends Method> =
  Paths[P] extends Record<M, infer O extends Operation> ? O : never;
type Answer<P extends keyof Paths, M extends Method> =
  OperationAt<P, M> extends { readonly json: infer A } ? A : never;
type ItemOf<P extends ListPath> = Answer<P, "get"> extends Paged<infer T> ? T : never;

/** Input may be left out when nothing in it is required. */
type Input<P extends keyof Paths, M extends Method> = object extends OperationAt<P, M>["input"]
  ? [options?: OperationAt<P, M>["input"] & CallOptions]
  : [options: OperationAt<P, M>["input"] & CallOptions];

export type Client = {
  get<P extends JsonPath<"get">>(path: P, ...input: Input<P, "get">): Promise<Answer<P, "get">>;
  post<P extends JsonPath<"post">>(path: P, ...input: Input<P, "post">): Promise<Answer<P, "post">>;
  put<P extends JsonPath<"put">>(path: P, ...input: Input<P, "put">): Promise<Answer<P, "put">>;
  delete<P extends JsonPath<"delete">>(
    path: P,
    ...input: Input<P, "delete">
  ): Promise<Answer<P, "delete">>;
  /** What is not JSON: bodies as they were received, metrics. */
  bytes<P extends BytesPath>(path: P, ...input: Input<P, "get">): Promise<Uint8Array>;
  /** Every item of a list, page after page, for `for await`. */
  list<P extends ListPath>(path: P, ...input: Input<P, "get">): AsyncGenerator<ItemOf<P>, void>;
  /** What happens, as it happens; connects again by itself. Ends with `signal` or the loop. */
  stream(options?: StreamOptions): AsyncGenerator<StreamItem, void>;
};

/** The parts of any call, once its types have done their work. */
type LooseInput = CallOptions & {
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, QueryValue>>;
  readonly body?: unknown;
  readonly text?: { readonly type: string; readonly content: string };
};

export function createClient(options: ClientOptions): Client {
  const connection: Connection = {
    baseUrl: options.baseUrl.replace(/\/+$/, ""),
    apiKey: options.apiKey,
    fetch: options.fetch ?? fetch,
    timeoutMs: options.timeoutMs ?? 30_000,
    tries: options.tries ?? 3,
    firstWaitMs: options.firstWaitMs ?? 200,
  };

  async function json(
    method: Outgoing["method"],
    path: string,
    input: LooseInput = {},
  ): Promise<unknown> {
    const response = await send(connection, outgoing(method, path, input));
    return response.status === 204 ? undefined : readJson(response, input.signal);
  }

  async function* list(path: string, input: LooseInput = {}): AsyncGenerator<unknown, void> {
    let cursor: string | null | undefined = input.query?.["cursor"]?.toString();
    do {
      const query = { ...input.query, cursor };
      const page = (await json("GET", path, { ...input, query })) as Paged<unknown>;
      yield* page.data;
      cursor = page.nextCursor;
    } while (cursor !== null);
  }

  const calls = {
    get: (path: string, input?: LooseInput) => json("GET", path, input),
    post: (path: string, input?: LooseInput) => json("POST", path, input),
    put: (path: string, input?: LooseInput) => json("PUT", path, input),
    delete: (path: string, input?: LooseInput) => json("DELETE", path, input),
    async bytes(path: string, input: LooseInput = {}) {
      const response = await send(connection, outgoing("GET", path, input));
      return new Uint8Array(await readBody(response, input.signal));
    },
    list,
    stream: (streamOptions: StreamOptions = {}) => followStream(connection, streamOptions),
  };
  // One implementation serves every path: what the types say was generated from the server's own.
  return calls as unknown as Client;
}

function outgoing(method: Outgoing["method"], path: string, input: LooseInput): Outgoing {
  const { body, text } = input;
  const isJson = text === undefined && body !== undefined;
  const type = isJson ? "application/json" : text?.type;
  return {
    method,
    target: targetOf(path, input.path, input.query),
    headers: {
      accept: "application/json, application/problem+json, */*",
      ...(type === undefined ? {} : { "content-type": type }),
      ...input.headers,
    },
    body: isJson ? JSON.stringify(body) : text?.content,
    signal: input.signal,
    timeoutMs: input.timeoutMs,
  };
}

async function readJson(response: Response, signal: AbortSignal | undefined): Promise<unknown> {
  const bytes = await readBody(response, signal);
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    throw unexpectedAnswer(response, "The server answered something that is not JSON.");
  }
}

/** The answer began, but its end may still be missing. */
async function readBody(response: Response, signal: AbortSignal | undefined): Promise<ArrayBuffer> {
  try {
    return await response.arrayBuffer();
  } catch (cause) {
    throw transportError(cause, "The answer broke off.", signal);
  }
}
