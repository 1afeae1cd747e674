/**
 * Handshakes: what a provider asks for, and expects to be answered, before it sends events.
 *
 * Data with guards, because an answer is chosen by whoever asks. A challenge is echoed only if it
 * looks like one (short, from an alphabet that can be no markup and no JSON), as plain text or JSON
 * that no browser will guess another type for, and only when the signature allows (`after`).
 * Answers that are computed with the secret have stricter guards: see `challenge.ts`.
 *
 * Nothing is fetched and nothing stored here. A secret that was handed over and a URL that wants to
 * be confirmed are part of the answer; what becomes of them is the caller's decision.
 */
import { digestOf, equalDigests } from "../crypto/primitives.ts";
import { utf8AsByteString } from "../encoding/binary-string.ts";
import type { HeaderLookup } from "../headers.ts";
import { pinnedUrl, SNS_CONFIRM_URL } from "../scheme/certificate-url.ts";
import type { VerifyResult } from "../scheme/result.ts";
import { type ChallengeKind, computeAnswer } from "./challenge.ts";
import { type Content, readLongValue, readValue, type ValueLocation } from "./value.ts";

export type Handshake = {
  readonly name: string;
  readonly method: string;
  /** All of them must hold. */
  readonly when: readonly Condition[];
  /**
   * Who is answered. `verified`: only with a matching signature. `not_failed`: also where the source
   * checks nothing or only credentials. `anybody`: the provider signs no handshake, and the answer
   * tells nothing. `token`: whoever knows the token agreed upon (see `token`). `no_secret`: anybody,
   * but only as long as the source has no secret yet.
   */
  readonly after: "verified" | "not_failed" | "anybody" | "token" | "no_secret";
  /** Where the token is, for `after: "token"`. */
  readonly token?: ValueLocation;
  readonly answer: AnswerRule;
  /** The secret that the provider hands over with this request. */
  readonly captures?: ValueLocation;
  /** A URL that the caller must fetch to confirm; only one at the provider's own host counts. */
  readonly confirms?: { readonly at: ValueLocation; readonly host: "sns" };
};

export type Condition =
  | { readonly at: ValueLocation; readonly equals: string }
  /** `absent` also where the value is no text and no whole number. */
  | { readonly at: ValueLocation; readonly is: "present" | "absent" };

export type AnswerRule =
  | { readonly status: number; readonly text: string }
  /** JSON as written. */
  | { readonly status: number; readonly json: string }
  /** As plain text. A `phrase` may have spaces and punctuation in it. */
  | { readonly status: number; readonly echo: ValueLocation; readonly form?: "phrase" }
  /** As the only member of a JSON object. */
  | { readonly status: number; readonly echo: ValueLocation; readonly jsonKey: string }
  /** As a header. */
  | { readonly status: number; readonly echo: ValueLocation; readonly header: string }
  /** Computed with the source's secret. */
  | { readonly status: number; readonly compute: ChallengeKind; readonly of: ValueLocation };

export type HandshakeInput = {
  readonly method: string;
  readonly headers: HeaderLookup;
  readonly content: Content;
  /** The public URL with the query as received; without it, no handshake about a query is answered. */
  readonly url?: string;
  /**
   * The secrets that the verifier was compiled with, the current one first; an empty list for a source
   * that has none yet. Without them, nothing is computed or captured.
   */
  readonly secrets?: readonly string[];
  /** The token agreed upon for handshakes (Meta's verify token). */
  readonly token?: string;
};

export type HandshakeAnswer = {
  /** Which handshake it was. */
  readonly handshake: string;
  readonly status: number;
  /** Name, value, name, value … */
  readonly headers: readonly string[];
  readonly body: Uint8Array;
  /** The secret to be stored as the source's own before this answer is sent. */
  readonly capturedSecret?: string;
  /** To be fetched by the caller, once, through its own guard; https at the provider's host. */
  readonly confirmUrl?: string;
};

/** No quotes, brackets, spaces or control characters: nothing that could become markup or JSON. */
const CHALLENGE = /^[A-Za-z0-9._~+/=-]{1,256}$/;

/** Also spaces and punctuation, but nothing that markup or JSON begins with. */
const PHRASE = /^[A-Za-z0-9._~+/=:;,@ -]{1,512}$/;

/** What can be stored as a secret and sent as a header. */
const SECRET = /^[\x21-\x7e]{8,256}$/;

const NO_SNIFF = ["x-content-type-options", "nosniff"] as const;
const TEXT: readonly string[] = ["content-type", "text/plain; charset=utf-8", ...NO_SNIFF];
const JSON_TYPE: readonly string[] = ["content-type", "application/json", ...NO_SNIFF];

const encoder = new TextEncoder();

/**
 * The answer to send at once instead of treating the request as an event, or `undefined` if it is
 * no handshake of this provider. Ask after verifying, with the result.
 */
export function answerHandshake(
  provider: { readonly handshakes: readonly Handshake[] },
  input: HandshakeInput,
  result: VerifyResult,
): HandshakeAnswer | undefined {
  for (const handshake of provider.handshakes) {
    if (!isAllowed(handshake, input, result) || !isAsked(handshake, input)) continue;
    const answer = makeAnswer(handshake.answer, input);
    const extras = answer && extrasOf(handshake, input);
    if (answer === undefined || extras === undefined) continue;
    return { handshake: handshake.name, status: handshake.answer.status, ...answer, ...extras };
  }
  return undefined;
}

function isAllowed(handshake: Handshake, input: HandshakeInput, result: VerifyResult): boolean {
  switch (handshake.after) {
    case "verified":
      return result.status === "verified";
    case "not_failed":
      return result.status !== "failed";
    case "anybody":
      return true;
    case "token":
      return handshake.token !== undefined && isToken(input.token, handshake.token, input);
    case "no_secret":
      return input.secrets?.length === 0;
  }
}

/** Constant in time, because anybody may ask as often as they like. */
function isToken(token: string | undefined, at: ValueLocation, input: HandshakeInput): boolean {
  const presented = readValue(at, input);
  if (token === undefined || token === "" || presented === undefined) return false;
  return equalDigests(digestOf(utf8AsByteString(token)), digestOf(utf8AsByteString(presented)));
}

function isAsked(handshake: Handshake, input: HandshakeInput): boolean {
  return (
    input.method === handshake.method &&
    handshake.when.every((condition) => {
      const value = readValue(condition.at, input);
      return "equals" in condition
        ? value === condition.equals
        : (value !== undefined) === (condition.is === "present");
    })
  );
}

type AnswerParts = Pick<HandshakeAnswer, "headers" | "body">;

function makeAnswer(rule: AnswerRule, input: HandshakeInput): AnswerParts | undefined {
  if ("text" in rule) return { headers: TEXT, body: encoder.encode(rule.text) };
  if ("json" in rule) return { headers: JSON_TYPE, body: encoder.encode(rule.json) };
  if ("compute" in rule) return computedAnswer(rule, input);
  const challenge = readValue(rule.echo, input);
  const alphabet = "form" in rule ? PHRASE : CHALLENGE;
  if (challenge === undefined || !alphabet.test(challenge)) return undefined;
  if ("header" in rule) return { headers: [rule.header, challenge], body: new Uint8Array(0) };
  return "jsonKey" in rule
    ? { headers: JSON_TYPE, body: encoder.encode(JSON.stringify({ [rule.jsonKey]: challenge })) }
    : { headers: TEXT, body: encoder.encode(challenge) };
}

function computedAnswer(
  { compute, of }: Extract<AnswerRule, { compute: unknown }>,
  input: HandshakeInput,
): AnswerParts | undefined {
  const challenge = readValue(of, input);
  const text = challenge === undefined ? undefined : computeAnswer(compute, challenge, input);
  if (text === undefined) return undefined;
  return { headers: text.startsWith("{") ? JSON_TYPE : TEXT, body: encoder.encode(text) };
}

/** `undefined` if there should be something and it is not what it must be. */
function extrasOf(
  { captures, confirms }: Handshake,
  input: HandshakeInput,
): Pick<HandshakeAnswer, "capturedSecret" | "confirmUrl"> | undefined {
  if (captures !== undefined) {
    const capturedSecret = readValue(captures, input);
    return capturedSecret !== undefined && SECRET.test(capturedSecret)
      ? { capturedSecret }
      : undefined;
  }
  if (confirms === undefined) return {};
  const confirmUrl = pinnedUrl(readLongValue(confirms.at, input), SNS_CONFIRM_URL);
  return confirmUrl === undefined ? undefined : { confirmUrl };
}
