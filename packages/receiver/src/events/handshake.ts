/**
 * Handshakes: what a provider asks for, and expects to be answered, before it sends events.
 *
 * Data with guards, because an answer is chosen by whoever asks. A challenge is echoed only if it
 * looks like one (short, from an alphabet that can be no markup and no JSON), as plain text that no
 * browser will guess another type for, and only when the signature allows (`after`).
 */
import type { HeaderLookup } from "../headers.ts";
import type { VerifyResult } from "../scheme/result.ts";
import { type Content, readValue, type ValueLocation, type ValueSource } from "./value.ts";

export type Handshake = {
  readonly name: string;
  readonly method: string;
  /** All of them must hold. */
  readonly when: readonly Condition[];
  /**
   * `verified`: only with a matching signature. `not_failed`: also where the source checks nothing
   * or only credentials.
   */
  readonly after: "verified" | "not_failed";
  readonly answer: AnswerRule;
};

export type Condition = { readonly at: ValueLocation; readonly equals: string };

export type AnswerRule =
  | { readonly status: number; readonly text: string }
  | { readonly status: number; readonly echo: ValueLocation };

export type HandshakeInput = {
  readonly method: string;
  readonly headers: HeaderLookup;
  readonly content: Content;
};

export type HandshakeAnswer = {
  /** Which handshake it was. */
  readonly handshake: string;
  readonly status: number;
  /** Name, value, name, value … */
  readonly headers: readonly string[];
  readonly body: Uint8Array;
};

/** No quotes, brackets, spaces or control characters: nothing that could become markup or JSON. */
const CHALLENGE = /^[A-Za-z0-9._~+/=-]{1,256}$/;

const HEADERS: readonly string[] = [
  "content-type",
  "text/plain; charset=utf-8",
  "x-content-type-options",
  "nosniff",
];

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
    if (!isAllowed(handshake, result) || !isAsked(handshake, input)) continue;
    const text = answerText(handshake.answer, input);
    if (text === undefined) continue;
    return {
      handshake: handshake.name,
      status: handshake.answer.status,
      headers: HEADERS,
      body: encoder.encode(text),
    };
  }
  return undefined;
}

function isAllowed(handshake: Handshake, result: VerifyResult): boolean {
  return handshake.after === "verified" ? result.status === "verified" : result.status !== "failed";
}

function isAsked(handshake: Handshake, input: HandshakeInput): boolean {
  return (
    input.method === handshake.method &&
    handshake.when.every(({ at, equals }) => readValue(at, input) === equals)
  );
}

function answerText(answer: AnswerRule, source: ValueSource): string | undefined {
  if ("text" in answer) return answer.text;
  const challenge = readValue(answer.echo, source);
  return challenge !== undefined && CHALLENGE.test(challenge) ? challenge : undefined;
}
