/**
 * Follows the live stream for as long as the caller wants: connects, and connects again after the
 * last item seen whenever the connection ends, so that nothing is missed or repeated.
 *
 * It gives up only when the caller does (`signal`, or leaving the loop), or when the server refuses
 * for good: no key, a filter that names nothing, a position of another store.
 */
import { type ApiError, isApiError } from "./errors.ts";
import type { AttemptItem, Paths, RequestItem } from "./generated/api.ts";
import { type Connection, send, wait } from "./send.ts";
import { readServerSentEvents, type ServerSentEvent } from "./server-sent-events.ts";
import { targetOf } from "./target.ts";

export type StreamItem =
  /** `id` is what `lastEventId` takes to go on after this item. */
  | { readonly type: "request"; readonly id: string; readonly data: RequestItem }
  | { readonly type: "attempt"; readonly id: string; readonly data: AttemptItem };

export type StreamOptions = NonNullable<Paths["/api/v1/stream"]["get"]["input"]["query"]> & {
  /** Go on after this item instead of beginning now. */
  readonly lastEventId?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called when the stream is (again) connected. */
  readonly onConnected?: () => void;
};

/** The server sends something every 15 seconds; this long without is a dead connection. */
const SILENCE_MS = 45_000;
const CONNECT_TIMEOUT_MS = 10_000;
const DEFAULT_RETRY_MS = 2000;
const LONGEST_RETRY_MS = 30_000;

type Position = { lastEventId: string | undefined; retryMs: number; failures: number };

/** @throws ApiError when the server refuses for good; `aborted` never: the loop just ends */
export async function* followStream(
  connection: Connection,
  options: StreamOptions,
): AsyncGenerator<StreamItem, void> {
  const { signal } = options;
  const position: Position = {
    lastEventId: options.lastEventId,
    retryMs: DEFAULT_RETRY_MS,
    failures: 0,
  };
  while (signal?.aborted !== true) {
    try {
      yield* followOnce(connection, options, position);
    } catch (error) {
      if (isAborted(signal)) return;
      if (isApiError(error) && !mayPass(error)) throw error;
    }
    if (!(await pause(position, signal))) return;
  }
}

/** Read again after an await, which the compiler does not expect to change anything. */
function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true;
}

function mayPass({ retryable, code, status }: ApiError): boolean {
  return retryable || code === "unreachable" || (status !== undefined && status >= 500);
}

/** Longer after each failure in a row. Tells whether to go on. */
async function pause(position: Position, signal: AbortSignal | undefined): Promise<boolean> {
  const waitMs = Math.min(position.retryMs * 2 ** position.failures, LONGEST_RETRY_MS);
  position.failures += 1;
  try {
    await wait(waitMs, signal);
    return true;
  } catch {
    // The only way to fail is to be given up.
    return false;
  }
}

async function* followOnce(
  connection: Connection,
  options: StreamOptions,
  position: Position,
): AsyncGenerator<StreamItem, void> {
  const { lastEventId: _given, signal, onConnected, ...query } = options;
  const silence = new AbortController();
  const response = await openStream(connection, query, {
    lastEventId: position.lastEventId,
    signals: signal === undefined ? [silence.signal] : [silence.signal, signal],
  });
  onConnected?.();
  const chunks = watched(response.body, silence);
  for await (const event of readServerSentEvents(chunks)) {
    position.failures = 0;
    if (event.retryMs !== undefined) position.retryMs = event.retryMs;
    if (event.lastEventId !== "") position.lastEventId = event.lastEventId;
    if (event.type === "closing") return;
    const item = itemOf(event);
    if (item !== undefined) yield item;
  }
}

/** The deadline is for the answer to begin; the stream itself has none. */
async function openStream(
  connection: Connection,
  query: Readonly<Record<string, string | undefined>>,
  how: { readonly lastEventId: string | undefined; readonly signals: readonly AbortSignal[] },
): Promise<Response> {
  const started = new AbortController();
  const timer = setTimeout(() => started.abort(), CONNECT_TIMEOUT_MS);
  try {
    return await send(
      { ...connection, tries: 1 },
      {
        method: "GET",
        target: targetOf("/api/v1/stream", {}, query),
        headers: {
          accept: "text/event-stream",
          ...(how.lastEventId === undefined ? {} : { "last-event-id": how.lastEventId }),
        },
        signal: AbortSignal.any([started.signal, ...how.signals]),
        timeoutMs: NO_DEADLINE_MS,
      },
    );
  } finally {
    clearTimeout(timer);
  }
}

/** As long as a timer can be. */
const NO_DEADLINE_MS = 2 ** 31 - 1;

/** Ends the connection when nothing comes for too long. */
async function* watched(
  body: ReadableStream<Uint8Array> | null,
  silence: AbortController,
): AsyncGenerator<Uint8Array> {
  if (body === null) return;
  let timer = setTimeout(() => silence.abort(), SILENCE_MS);
  try {
    for await (const chunk of body) {
      clearTimeout(timer);
      timer = setTimeout(() => silence.abort(), SILENCE_MS);
      yield chunk;
    }
  } finally {
    clearTimeout(timer);
  }
}

/** Types of a later server are left out. */
function itemOf({ type, data, lastEventId: id }: ServerSentEvent): StreamItem | undefined {
  if (type === "request") return { type, id, data: JSON.parse(data) as RequestItem };
  if (type === "attempt") return { type, id, data: JSON.parse(data) as AttemptItem };
  return undefined;
}
