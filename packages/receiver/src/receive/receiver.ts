/**
 * Receives webhooks, whatever the framework: verifies, answers handshakes, drops duplicates, calls
 * `onEvent`, and says what to answer.
 *
 * In this order, so that each step believes only what the ones before it have established, and that
 * whoever is refused is refused at the least cost:
 *
 *     method ▸ load ▸ address ▸ basic auth ▸ body length ▸ body ▸ signature ▸ handshake ▸ once ▸ onEvent
 *
 * The first half needs no byte of the body. A framework's adapter (`adapters/`) brings an
 * `IncomingWebhook` and takes an `Answer`; nothing else passes between them.
 */
import { lazyContent } from "../events/content.ts";
import { eventTypeOf, idempotencyKeyOf } from "../events/extract.ts";
import { answerHandshake } from "../events/handshake.ts";
import { compileVerifier } from "../scheme/compile.ts";
import { basicRecipe, noneRecipe } from "../scheme/recipes.ts";
import type { Verifier, VerifyInput, VerifyPassed } from "../scheme/result.ts";
import { type Answer, answerTo } from "./answer.ts";
import type { WebhookEvent } from "./event.ts";
import type { BodyRead, IncomingWebhook } from "./incoming.ts";
import { listOf, readOptions, type ReceiverOptions, type Settings } from "./options.ts";
import type { ReceiveOutcome, RejectingCheck } from "./outcome.ts";
import { startWork, type Started, type Work } from "./work-once.ts";

export type Receiver = {
  /** What to answer to a request. Never rejects, whatever the request holds and `onEvent` throws. */
  readonly handle: (request: IncomingWebhook) => Promise<Answer>;
  /** Resolves when no request is being worked on: for stopping a program without breaking off work. */
  readonly whenIdle: () => Promise<void>;
  readonly acknowledge: "after" | "before";
};

/** What a request has to pass besides the provider's own verification, before its body is read. */
type Gate = { readonly check: RejectingCheck; readonly verifier: Verifier };

type Parts = Work & {
  readonly options: ReceiverOptions;
  readonly verifier: Verifier;
  readonly gates: readonly Gate[];
};

/** What receiving comes to: an outcome, or a claimed event that waits for its work to be done. */
type Received = Exclude<Started, { kind: "settled" }> & { readonly event: WebhookEvent };

const NO_BYTES = new Uint8Array(0);

/**
 * Give what it returns to your framework's adapter.
 *
 * @throws {WebhookConfigError} for a secret, recipe or address range that cannot work
 * @throws {option_invalid, public_url_missing}
 * @example
 * const webhooks = receiver({
 *   provider: stripe,
 *   secrets: process.env.STRIPE_WHSEC,
 *   onEvent: async (event) => { await save(event.id, event.type, event.body); },
 * });
 */
export function receiver<Event extends WebhookEvent = WebhookEvent>(
  options: ReceiverOptions<Event>,
): Receiver {
  const settings = withQuietObserver(readOptions(options));
  const { provider, secrets, toleranceMs } = options;
  // What a sender promises to send is the caller's knowledge, not ours; see receive/event.ts.
  const onEvent = options.onEvent as (event: WebhookEvent) => unknown;
  const parts: Parts = {
    options: options as ReceiverOptions,
    settings,
    onEvent,
    verifier: compileVerifier(
      provider.recipe,
      listOf(secrets),
      toleranceMs === undefined ? {} : { toleranceMs },
    ),
    gates: gatesOf(options),
  };

  const running = new Set<Promise<unknown>>();
  const track = <T>(work: Promise<T>): Promise<T> => {
    running.add(work);
    return work.finally(() => running.delete(work));
  };

  const answer = async (request: IncomingWebhook): Promise<Answer> => {
    const received = await receive(request, parts);
    if (received.kind !== "claimed") return told(received);
    if (settings.acknowledge === "after") return told(await received.finish());
    // After a timer, so that work which never waits does not hold up the answer.
    const background = track(afterAnswer().then(() => finishInBackground(received)));
    return { ...told({ kind: "accepted", event: received.event }), background };
  };
  const told = (outcome: ReceiveOutcome): Answer => {
    settings.onOutcome(outcome);
    return answerTo(outcome);
  };
  /** Its answer is gone: only what went wrong is news. */
  const finishInBackground = async ({ finish }: Received): Promise<void> => {
    const outcome = await finish();
    if (outcome.kind !== "accepted") settings.onOutcome(outcome);
  };

  return {
    handle: async (request) => {
      if (running.size >= settings.maxConcurrent) return told({ kind: "overloaded" });
      return track(
        answer(request).catch((error: unknown) => told({ kind: "internal_error", error })),
      );
    },
    whenIdle: async () => {
      while (running.size > 0) await Promise.allSettled(running);
    },
    acknowledge: settings.acknowledge,
  };
}

function afterAnswer(): Promise<void> {
  return new Promise((done) => {
    setTimeout(done, 0);
  });
}

/** An observer that throws must not change what becomes of an event. */
function withQuietObserver(settings: Settings): Settings {
  return {
    ...settings,
    onOutcome: (outcome) => {
      try {
        settings.onOutcome(outcome);
      } catch {
        // It was told; what it does with it is its own affair.
      }
    },
  };
}

function gatesOf(options: Pick<ReceiverOptions, "allow" | "basicAuth">): Gate[] {
  const { allow, basicAuth } = options;
  const gates: Gate[] = [];
  if (allow !== undefined) {
    const verifier = compileVerifier(noneRecipe, [], { allowAddresses: allow });
    gates.push({ check: "address", verifier });
  }
  // Named but not set, as an environment variable may be: refused below, not left unchecked.
  if ("basicAuth" in options) {
    const verifier = compileVerifier(basicRecipe, listOf(basicAuth));
    gates.push({ check: "basic_auth", verifier });
  }
  return gates;
}

async function receive(request: IncomingWebhook, parts: Parts): Promise<ReceiveOutcome | Received> {
  const refused = judgeHead(request, parts);
  if (refused !== undefined) return refused;

  const { maxBodyBytes, bodyTimeoutMs, publicUrlOf } = parts.settings;
  const read = await request.readBody({ maxBytes: maxBodyBytes, timeoutMs: bodyTimeoutMs });
  if (read.kind !== "read") return unread(read);

  const url = publicUrlOf(request);
  const result = parts.verifier.verify({ ...verifyInput(request, parts, read.bytes), url });
  const content = lazyContent(read.bytes, request.headers.get("content-type"));
  const { method, headers } = request;
  const { handshakes = [] } = parts.options.provider;
  const asked = { method, url, headers, content };
  const answer = answerHandshake({ handshakes }, asked, result);
  if (answer !== undefined) return { kind: "handshake", answer };
  // A handshake's method, but none of its handshakes.
  if (!parts.settings.methods.includes(method)) return methodNotAllowed(request, parts);
  if (result.status === "failed") return { kind: "rejected", check: "signature", failure: result };

  const event = eventOf(request, parts, { raw: read.bytes, content, verification: result });
  const started = await startWork(event, parts);
  return started.kind === "settled" ? started.outcome : { ...started, event };
}

/** What can be refused before the body is read. */
function judgeHead(request: IncomingWebhook, parts: Parts): ReceiveOutcome | undefined {
  if (!allowedMethods(parts).includes(request.method)) return methodNotAllowed(request, parts);
  const input = verifyInput(request, parts, NO_BYTES);
  for (const { check, verifier } of parts.gates) {
    const failure = verifier.verify(input);
    if (failure.status === "failed") return { kind: "rejected", check, failure };
  }
  const length = request.headers.get("content-length") ?? "";
  return /^\d+$/.test(length) && Number(length) > parts.settings.maxBodyBytes
    ? { kind: "body_too_large" }
    : undefined;
}

function allowedMethods({ settings, options }: Parts): readonly string[] {
  const asked = (options.provider.handshakes ?? []).map(({ method }) => method);
  return [...new Set([...settings.methods, ...asked])];
}

function methodNotAllowed({ method }: IncomingWebhook, parts: Parts): ReceiveOutcome {
  return { kind: "method_not_allowed", method, allow: allowedMethods(parts) };
}

function verifyInput(
  { method, url, headers, address }: IncomingWebhook,
  { settings }: Parts,
  body: Uint8Array,
): VerifyInput {
  const remoteAddress = settings.clientAddress({ headers, address });
  return {
    method,
    url,
    headers,
    body,
    nowMs: settings.now(),
    ...(remoteAddress === undefined ? {} : { remoteAddress }),
  };
}

function unread(read: Exclude<BodyRead, { kind: "read" }>): ReceiveOutcome {
  switch (read.kind) {
    case "too_large":
      return { kind: "body_too_large" };
    case "timed_out":
      return { kind: "body_timed_out" };
    case "aborted":
      return { kind: "body_aborted" };
    case "consumed":
      return { kind: "body_consumed", error: read.error };
  }
}

type Verified = {
  readonly raw: Uint8Array;
  readonly content: ReturnType<typeof lazyContent>;
  readonly verification: VerifyPassed;
};

function eventOf(
  { headers }: IncomingWebhook,
  { options, settings }: Parts,
  { raw, content, verification }: Verified,
): WebhookEvent {
  const { name, eventType = [], idempotencyKey = [] } = options.provider;
  const source = { headers, content };
  return {
    id: idempotencyKeyOf({ idempotencyKey }, source),
    type: eventTypeOf({ eventType }, source),
    provider: name,
    get body() {
      return content.json();
    },
    raw,
    headers,
    receivedAt: new Date(settings.now()),
    verification,
  };
}
