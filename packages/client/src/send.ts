/**
 * One call over `fetch`: URL, headers, a deadline, and a few tries for calls that change nothing.
 *
 * Only GETs are tried again, since nothing else is known to be harmless twice: after no answer, after
 * an answer that says so (429, 503, with `Retry-After`), and after a gateway in between failed.
 */
import { aborted, type ApiError, errorOfAnswer, isApiError, transportError } from "./errors.ts";

export type Connection = {
  /** Without a trailing slash. */
  readonly baseUrl: string;
  readonly apiKey: string | undefined;
  readonly fetch: typeof fetch;
  readonly timeoutMs: number;
  /** Tries of a GET, the first included. */
  readonly tries: number;
  /** Before the second try; doubles for each further one. */
  readonly firstWaitMs: number;
};

export type Outgoing = {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** With its parameters in place, and the query. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs?: number | undefined;
};

/** A server that asks for more patience than this is not waited for. */
const LONGEST_WAIT_MS = 20_000;

/** A successful answer, its body not yet read. @throws ApiError */
export async function send(connection: Connection, outgoing: Outgoing): Promise<Response> {
  const tries = outgoing.method === "GET" ? connection.tries : 1;
  for (let attempt = 1; ; attempt++) {
    try {
      return await sendOnce(connection, outgoing);
    } catch (error) {
      if (!isApiError(error) || !error.retryable || attempt >= tries) throw error;
      const waitMs = waitBefore(error, connection.firstWaitMs * 2 ** (attempt - 1));
      if (waitMs > LONGEST_WAIT_MS) throw error;
      await wait(waitMs, outgoing.signal);
    }
  }
}

/** What `Retry-After` asked for, for the wait before the next try. */
const retryAfterMs = new WeakMap<ApiError, number>();

async function sendOnce(connection: Connection, outgoing: Outgoing): Promise<Response> {
  const { baseUrl, apiKey } = connection;
  const timeoutMs = outgoing.timeoutMs ?? connection.timeoutMs;
  const deadline = AbortSignal.timeout(timeoutMs);
  let response: Response;
  try {
    response = await connection.fetch(baseUrl + outgoing.target, {
      method: outgoing.method,
      headers: {
        ...(apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }),
        ...outgoing.headers,
      },
      ...(outgoing.body === undefined ? {} : { body: outgoing.body }),
      // A redirect would carry the key to somewhere else.
      redirect: "manual",
      signal:
        outgoing.signal === undefined ? deadline : AbortSignal.any([deadline, outgoing.signal]),
    });
  } catch (error) {
    throw transportError(error, `Nothing answers at ${baseUrl}.`, outgoing.signal);
  }
  if (response.ok) return response;
  const error = await errorOfAnswer(response);
  const askedS = Number(response.headers.get("retry-after") ?? "");
  if (askedS > 0) retryAfterMs.set(error, askedS * 1000);
  throw error;
}

/** Up to a fifth more, so that the retries of many clients spread. */
function waitBefore(error: ApiError, plannedMs: number): number {
  return Math.max(retryAfterMs.get(error) ?? 0, plannedMs) * (1 + Math.random() / 5);
}

/** @throws ApiError `aborted` */
export function wait(waitMs: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const giveUp = (): void => {
      clearTimeout(timer);
      reject(aborted(signal?.reason));
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", giveUp);
      resolve();
    }, waitMs);
    if (signal?.aborted === true) giveUp();
    else signal?.addEventListener("abort", giveUp, { once: true });
  });
}
