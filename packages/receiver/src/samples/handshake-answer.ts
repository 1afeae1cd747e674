/**
 * Judges the answer to a handshake as its provider would: status, content, content type.
 *
 * By the rule by which a receiver answers, read from the other side. Providers are more lenient than one
 * rule can say; where that is known, so is this.
 */
import { computeAnswer } from "../events/challenge.ts";
import type { AnswerRule } from "../events/handshake.ts";
import { isObject, type Json } from "./sample.ts";

export type HandshakeReply = {
  readonly status: number;
  /** By lower-case name. */
  readonly header: (name: string) => string | undefined;
  readonly body: string;
};

export type Asked = {
  readonly provider: string;
  readonly challenge: string;
  readonly secret: string;
  readonly url: string;
};

/** These want plain text; others take any content type. */
const PLAIN_TEXT_ONLY: ReadonlySet<string> = new Set(["dropbox", "microsoft-graph"]);

/** Slack takes its challenge as text, as JSON and as a form. */
const ANY_FORM: ReadonlySet<string> = new Set(["slack"]);

/** Sentences about what the provider would not accept; none if it would be content. */
export function handshakeProblems(
  rule: AnswerRule,
  asked: Asked,
  answer: HandshakeReply,
): readonly string[] {
  const { status } = answer;
  // A text that nobody reads: any success will do, but where it is another one than the usual.
  const isAnySuccess = "text" in rule && rule.status === 200 && status >= 200 && status < 300;
  if (status !== rule.status && !isAnySuccess) {
    return [`The status must be ${rule.status}, and is ${status}.`];
  }
  const problems = [contentProblem(rule, asked, answer), typeProblem(rule, asked, answer)];
  return problems.filter((one) => one !== undefined);
}

function contentProblem(
  rule: AnswerRule,
  asked: Asked,
  answer: HandshakeReply,
): string | undefined {
  if ("text" in rule) return undefined;
  if ("json" in rule) {
    return isSameJson(answer.body, rule.json) ? undefined : `The body must be ${rule.json}.`;
  }
  if ("echo" in rule) return echoProblem(rule, asked, answer);
  const { secret, url, challenge } = asked;
  const expected = computeAnswer(rule.compute, challenge, { secrets: [secret], url }) ?? "";
  const isRight = isSameJson(answer.body, expected) || answer.body === expected;
  return isRight ? undefined : "The body is not what challenge and secret give together.";
}

function echoProblem(
  rule: Extract<AnswerRule, { readonly echo: unknown }>,
  { provider, challenge }: Asked,
  { header, body }: HandshakeReply,
): string | undefined {
  if ("header" in rule) {
    const isRight = header(rule.header) === challenge;
    return isRight ? undefined : `The header ${rule.header} must repeat what was sent.`;
  }
  if ("jsonKey" in rule) {
    const isRight = memberOf(body, rule.jsonKey) === challenge;
    return isRight ? undefined : `The body must be JSON with the challenge as "${rule.jsonKey}".`;
  }
  const isOtherForm =
    ANY_FORM.has(provider) &&
    (memberOf(body, "challenge") === challenge || body === `challenge=${challenge}`);
  const isRight = body === challenge || isOtherForm;
  return isRight ? undefined : "The body must be the challenge and nothing else.";
}

function typeProblem(
  rule: AnswerRule,
  { provider }: Asked,
  { header, body }: HandshakeReply,
): string | undefined {
  const type = (header("content-type") ?? "").toLowerCase();
  const isJson = "json" in rule || "jsonKey" in rule || ("compute" in rule && body.startsWith("{"));
  if (isJson && !type.startsWith("application/json")) {
    return "The content type must be application/json.";
  }
  if (PLAIN_TEXT_ONLY.has(provider) && !type.startsWith("text/plain")) {
    return "The content type must be text/plain.";
  }
  if (provider === "dropbox" && header("x-content-type-options") !== "nosniff") {
    return "The header X-Content-Type-Options must be nosniff.";
  }
  return undefined;
}

/** Whatever the white space and the order of members. */
function isSameJson(left: string, right: string): boolean {
  const [one, other] = [parse(left), parse(right)];
  return one !== undefined && canonical(one) === canonical(other);
}

function canonical(json: Json | undefined): string {
  if (!isObject(json)) return JSON.stringify(json);
  const members = Object.entries(json).map(([key, value]) => `${key}:${canonical(value)}`);
  return members.sort((one, other) => (one < other ? -1 : 1)).join();
}

function memberOf(text: string, key: string): Json | undefined {
  const json = parse(text);
  return isObject(json) && Object.hasOwn(json, key) ? json[key] : undefined;
}

function parse(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
