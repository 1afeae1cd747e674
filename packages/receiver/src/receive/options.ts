/**
 * The options of a receiver, their defaults, and what is wrong with them, found when the program
 * starts and not when the first request comes.
 */
import { ReceiverError } from "../errors.ts";
import type { Handshake } from "../events/handshake.ts";
import type { ValueRule } from "../events/value.ts";
import type { HeaderLookup } from "../headers.ts";
import type { Recipe, Tolerance } from "../scheme/recipe.ts";
import type { EventStore } from "../stores/event-store.ts";
import { memoryStore } from "../stores/memory.ts";
import type { ClientAddress } from "./client-address.ts";
import type { WebhookEvent } from "./event.ts";
import type { ReceiveOutcome } from "./outcome.ts";
import { reportToConsole } from "./report.ts";

/** A provider of this package, or a sender of your own in the same form. */
export type ReceivedProvider = {
  readonly name: string;
  readonly recipe: Recipe;
  readonly eventType?: readonly ValueRule[];
  readonly idempotencyKey?: readonly ValueRule[];
  readonly handshakes?: readonly Handshake[];
};

/** One, several while rotating, or, unset in the environment, none: which is refused, not ignored. */
export type Secrets = string | undefined | readonly (string | undefined)[];

export type ReceiverOptions<Event extends WebhookEvent = WebhookEvent> = {
  readonly provider: ReceivedProvider;
  readonly secrets: Secrets;
  /**
   * Called once for each event. When it returns, or its promise resolves, the event is done; when it
   * throws, the provider is asked to send the event again.
   */
  readonly onEvent: (event: Event) => unknown;
  /**
   * Where done events are remembered; default a `memoryStore()`, which suffices for one process
   * until it restarts. "none" calls `onEvent` for every request.
   */
  readonly store?: EventStore | "none";
  /**
   * "after" (default): the provider gets its 2xx when `onEvent` is done, so an event cannot be lost.
   * "before": it gets it at once, and an event is lost if `onEvent` throws or the program stops. Only
   * for work that takes longer than the provider waits and that may be lost.
   */
  readonly acknowledge?: "after" | "before";
  /**
   * The URL registered at the provider, for providers that sign it. Whatever query a request has
   * replaces the one here. As a function: the whole URL of a request, without using its Host header,
   * which the sender chooses.
   */
  readonly publicUrl?: string | ((request: RequestHead) => string);
  /** CIDR ranges that requests must come from, besides being verified. */
  readonly allow?: readonly string[];
  /** Says where a request came from, when that is not what the framework says: `behindProxies(1)`. */
  readonly clientAddress?: ClientAddress;
  /** `user:password`, one or several, that requests must carry besides being verified. */
  readonly basicAuth?: Secrets;
  /** Methods that events come by; default POST. Handshakes bring their own. */
  readonly methods?: readonly string[];
  /** Replaces the provider's tolerance for old signatures. */
  readonly toleranceMs?: Tolerance;
  /** Longest body; a longer one gets 413. Default 5,000,000; GitHub sends up to 25,000,000. */
  readonly maxBodyBytes?: number;
  /** A body that takes longer gets 408. Default 10 s. */
  readonly bodyTimeoutMs?: number;
  /** A store that takes longer counts as failed. Default 5 s. */
  readonly storeTimeoutMs?: number;
  /**
   * After so long an event whose `onEvent` has not ended may be worked on again: the program may have
   * died. Must be longer than `onEvent` ever takes. Default 5 min.
   */
  readonly leaseMs?: number;
  /** How long done events are remembered; default 7 days, longer than most providers retry. */
  readonly keepMs?: number;
  /** Requests being worked on at once; further ones get 503. Default 1,000. */
  readonly maxConcurrent?: number;
  /**
   * Keeps apart in a shared store what belongs to different sources: GitHub, for one, gives an event
   * the same id in each of your webhooks. Without a colon, which ends it in the store's keys.
   * Default: the provider's name.
   */
  readonly source?: string;
  /**
   * Told what became of every request, for logs and metrics. Without it, what needs attention is
   * written to `console.error`.
   */
  readonly onOutcome?: (outcome: ReceiveOutcome) => void;
  /** Milliseconds since 1970; for tests. */
  readonly now?: () => number;
};

/** What a request says before its body. */
export type RequestHead = {
  readonly method: string;
  readonly url: string;
  readonly headers: HeaderLookup;
};

type NumberName =
  | "maxBodyBytes"
  | "bodyTimeoutMs"
  | "storeTimeoutMs"
  | "leaseMs"
  | "keepMs"
  | "maxConcurrent";

export type Settings = Readonly<Record<NumberName, number>> &
  Required<
    Pick<
      ReceiverOptions,
      "acknowledge" | "methods" | "source" | "clientAddress" | "onOutcome" | "now"
    >
  > & {
    /** Absent: nothing is remembered. */
    readonly store: EventStore | undefined;
    readonly publicUrlOf: (request: RequestHead) => string;
  };

const MINUTE_MS = 60_000;

/** The options that are numbers, and what they are if left out; the type above says what they mean. */
const NUMBERS: Readonly<Record<NumberName, number>> = {
  maxBodyBytes: 5_000_000,
  bodyTimeoutMs: 10_000,
  storeTimeoutMs: 5_000,
  leaseMs: 5 * MINUTE_MS,
  keepMs: 7 * 24 * 60 * MINUTE_MS,
  maxConcurrent: 1_000,
};

/** What a timer can wait for; beyond it, it would fire at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** @throws {option_invalid, public_url_missing} */
export function readOptions<Event extends WebhookEvent>(options: ReceiverOptions<Event>): Settings {
  const { provider, store = memoryStore(), onOutcome = reportToConsole, now = Date.now } = options;
  const { clientAddress = ({ address }) => address, acknowledge = "after" } = options;
  const { methods = ["POST"], source = provider.name } = options;
  // Plain JavaScript gets here with anything.
  requireThat(typeof options.onEvent === "function", "onEvent", "a function");
  requireThat(
    acknowledge === "after" || acknowledge === "before",
    "acknowledge",
    '"after" or "before"',
  );
  requireThat(/^[^:]+$/.test(source), "source", "a name without a colon");
  requireThat(methods.length > 0, "methods", "a list of at least one method");
  return {
    ...numbersOf(options),
    acknowledge,
    methods: methods.map((method) => method.toUpperCase()),
    store: store === "none" ? undefined : store,
    source,
    clientAddress,
    publicUrlOf: publicUrlOf(options.publicUrl, provider.recipe),
    onOutcome,
    now,
  };
}

function numbersOf(options: Partial<Record<NumberName, number>>): Record<NumberName, number> {
  const entries = Object.entries(NUMBERS).map(([name, fallback]) => {
    const value = options[name as NumberName] ?? fallback;
    const isWhole = Number.isSafeInteger(value) && value >= 1;
    requireThat(isWhole, name, "a whole number of at least 1");
    const isTimer = name.endsWith("TimeoutMs");
    requireThat(!isTimer || value <= MAX_TIMER_MS, name, `at most ${MAX_TIMER_MS}`);
    return [name, value];
  });
  return Object.fromEntries(entries) as Record<NumberName, number>;
}

/** As a list; a secret that is not set counts, so that compiling the verifier can refuse it. */
export function listOf(secrets: Secrets): readonly string[] {
  if (secrets === undefined) return [];
  return (typeof secrets === "string" ? [secrets] : secrets).map((secret) => secret ?? "");
}

function publicUrlOf(
  publicUrl: ReceiverOptions["publicUrl"],
  recipe: Recipe,
): Settings["publicUrlOf"] {
  if (typeof publicUrl === "function") return publicUrl;
  if (publicUrl === undefined) {
    if (signsUrl(recipe)) throw publicUrlMissing();
    return ({ url }) => url;
  }
  if (!/^https?:\/\/[^/]/i.test(publicUrl) || !URL.canParse(publicUrl)) {
    throw invalid("publicUrl", "a URL with https:// or http://");
  }
  const [base = ""] = publicUrl.split(/[?#]/, 1);
  // Not parsed and printed again: what is signed is the text.
  return ({ url }) => {
    const queryAt = url.indexOf("?");
    return queryAt === -1 ? base : base + url.slice(queryAt);
  };
}

function signsUrl(recipe: Recipe): boolean {
  if (recipe.scheme === "either") return recipe.recipes.some(signsUrl);
  return "signed" in recipe && recipe.signed.includes("{url}");
}

function publicUrlMissing(): ReceiverError {
  return new ReceiverError(
    "public_url_missing",
    "The provider signs the URL it calls, and publicUrl does not say which that is.",
    "Set publicUrl to the URL as it is registered at the provider.",
  );
}

function requireThat(holds: boolean, name: string, expected: string): void {
  if (!holds) throw invalid(name, expected);
}

function invalid(name: string, expected: string): ReceiverError {
  return new ReceiverError(
    "option_invalid",
    `The receiver's option ${name} must be ${expected}.`,
    "Correct it where the receiver is made.",
  );
}
