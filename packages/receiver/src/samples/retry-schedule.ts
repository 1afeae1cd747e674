/**
 * When providers send again after a failure, and what they add to such a request.
 *
 * Published as they are: Sanity, Slack, Square (an older page), Standard Webhooks, Svix, Zoom. Clerk,
 * Resend, Stytch and Vanta send through Svix, and are taken to keep its schedule. Shopify publishes a
 * number and a span, Stripe a number for its sandbox, Okta that it is one: the waits in between are
 * assumed, doubling. Linear's come from a secondary source.
 */

export type SampleRetry = {
  /** Since the previous attempt. */
  readonly waitMs: number;
  /** By lower-case name, beside those of the first attempt. */
  readonly headers: Readonly<Record<string, string>>;
};

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

const SVIX = [5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 10 * HOUR];

/** The recommendation of Standard Webhooks 1.0.0. */
const STANDARD = [...SVIX.slice(0, -1), 14 * HOUR, 20 * HOUR, 24 * HOUR];

/** Up to 1 to 32 minutes apart, then hourly until three days are over. */
const SQUARE = [
  ...[1, 2, 4, 8, 16, 32].map((minutes) => minutes * MINUTE),
  ...Array.from({ length: 71 }, () => HOUR),
];

const SCHEDULES: Readonly<Record<string, readonly number[]>> = {
  clerk: SVIX,
  linear: [MINUTE, HOUR, 6 * HOUR],
  okta: [MINUTE],
  resend: SVIX,
  sanity: [30 * SECOND, 30 * SECOND],
  shopify: doubling(8, 4 * HOUR),
  slack: [0, MINUTE, 5 * MINUTE],
  square: SQUARE,
  "standard-webhooks": STANDARD,
  stripe: doubling(3, 3 * HOUR),
  stytch: SVIX,
  svix: SVIX,
  vanta: SVIX,
  zoom: [5 * MINUTE, 20 * MINUTE, 60 * MINUTE],
};

/** Headers by the number of the retry, the first being 1. */
const HEADERS: Readonly<Record<string, (retry: number) => Readonly<Record<string, string>>>> = {
  slack: (retry) => ({ "x-slack-retry-num": String(retry), "x-slack-retry-reason": "http_error" }),
};

/** Most repeat whatever was not a success; these say that they do not. Status 0: no answer at all. */
const RETRIED: Readonly<Record<string, (status: number) => boolean>> = {
  okta: (status) => status === 0 || status >= 500,
  sanity: (status) => status === 429 || status >= 500,
};

/** Whether the provider tries again after an answer with this status; 0 for no answer. */
export function isRetried(provider: string, status: number): boolean {
  if (status >= 200 && status < 300) return false;
  const rule = Object.hasOwn(RETRIED, provider) ? RETRIED[provider] : undefined;
  return rule === undefined || rule(status);
}

/** Every retry in order; `undefined` for a provider that publishes no schedule, or never tries again. */
export function retriesOf(provider: string): readonly SampleRetry[] | undefined {
  const waits = Object.hasOwn(SCHEDULES, provider) ? SCHEDULES[provider] : undefined;
  return waits?.map((waitMs, index) => ({ waitMs, headers: HEADERS[provider]?.(index + 1) ?? {} }));
}

/** Names of the providers with a schedule. */
export function retryingProviders(): readonly string[] {
  return Object.keys(SCHEDULES);
}

function doubling(count: number, totalMs: number): readonly number[] {
  const unit = totalMs / (2 ** count - 1);
  return Array.from({ length: count }, (_, index) => Math.round(unit * 2 ** index));
}
