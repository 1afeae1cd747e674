/**
 * The functions of the language, one table. A method is a function whose first argument stands
 * before the dot. Offsets and sizes of strings count characters (code points), as in CEL.
 *
 * `re(text, pattern)` takes the place of CEL's `matches`: the pattern must be written in the
 * expression, so that nothing received is ever a regular expression (I12), it is compiled when the
 * expression is, and RE2 matches in time linear in the text (I10).
 */
import { RE2JS } from "re2js";
import {
  chargeText,
  type Evaluation,
  FAILED,
  fail,
  MADE_STRING_LIMIT,
  type Result,
} from "./evaluation.ts";
import { jsonText } from "./json-text.ts";
import { boundInteger } from "./operators.ts";
import { type ASTNode, ExpressionError, nameOffset } from "./parse.ts";
import { asIndex, isList, isMap, kindInWords, type Value } from "./values.ts";

/** Applied to the evaluated arguments; there are as many as were checked when compiling. */
export type Apply = (run: Evaluation, args: readonly Value[]) => Result;

type FunctionEntry = {
  /** How it is written. */
  readonly style: "function" | "method" | "both";
  /** Arguments, the one before the dot included. */
  readonly argCount: readonly number[];
  readonly apply: Apply;
};

// strings

type TextApply = (run: Evaluation, text: string, args: readonly Value[]) => Result;

/** A function of a string; fails for everything else, and charges the reading of it. */
function ofText(apply: TextApply): Apply {
  return (run, [text = null, ...rest]) => {
    if (typeof text !== "string")
      return fail(run, () => `needs a string, not ${kindInWords(text)}`);
    return chargeText(run, text.length) ? apply(run, text, rest) : FAILED;
  };
}

/** A function of two strings. */
function ofTexts(apply: (text: string, other: string) => Result): Apply {
  return ofText((run, text, [other = null]) => {
    if (typeof other !== "string")
      return fail(run, () => `needs a string, not ${kindInWords(other)}`);
    return apply(text, other);
  });
}

const SURROGATE = /[\uD800-\uDFFF]/;

/** The characters of a text: itself, where no character takes two code units. */
function charactersOf(text: string): string | readonly string[] {
  return SURROGATE.test(text) ? [...text] : text;
}

/** Characters before a position that JavaScript gave in code units; -1 stays -1. */
function characterOffset(text: string, unitOffset: number): bigint {
  if (unitOffset <= 0) return BigInt(unitOffset);
  return BigInt(charactersOf(text.slice(0, unitOffset)).length);
}

function part(characters: string | readonly string[], start: number, end: number): string {
  const slice = characters.slice(start, end);
  return typeof slice === "string" ? slice : slice.join("");
}

const substring: TextApply = (run, text, [from = null, to]) => {
  const characters = charactersOf(text);
  const start = asIndex(from);
  const end = to === undefined ? characters.length : asIndex(to);
  if (
    start === undefined ||
    end === undefined ||
    start < 0 ||
    end < start ||
    end > characters.length
  ) {
    return fail(run, () => `the string has ${characters.length} characters, no such part`);
  }
  return part(characters, start, end);
};

const charAt: TextApply = (run, text, [at = null]) => {
  const characters = charactersOf(text);
  const index = asIndex(at);
  if (index === undefined || index < 0 || index > characters.length) {
    return fail(run, () => `the string has ${characters.length} characters, none there`);
  }
  return part(characters, index, index + 1);
};

const replace: TextApply = (run, text, [from = null, to = null]) => {
  if (typeof from !== "string" || typeof to !== "string") {
    return fail(run, () => "needs two strings: what to replace, and by what");
  }
  const replaced = (text.length + 1) * (to.length + 1);
  if (replaced > MADE_STRING_LIMIT && text.includes(from)) {
    return fail(run, () => `might make a string longer than ${MADE_STRING_LIMIT} characters`);
  }
  return text.replaceAll(from, () => to);
};

const split: TextApply = (run, text, [separator = null]) => {
  if (typeof separator !== "string") return fail(run, () => "needs a string to split at");
  // A part takes at least the separator's place in the text: more memory than that is not made.
  return chargeText(run, text.length * 16) ? text.split(separator) : FAILED;
};

function join(run: Evaluation, [list = null, separator = ""]: readonly Value[]): Result {
  if (!isList(list)) return fail(run, () => `needs a list, not ${kindInWords(list)}`);
  if (typeof separator !== "string") return fail(run, () => "needs a string to join with");
  const texts: string[] = [];
  let length = 0;
  for (const element of list) {
    if (typeof element !== "string") {
      return fail(run, () => `needs a list of strings, not ${kindInWords(element)}`);
    }
    texts.push(element);
    length += element.length + separator.length;
  }
  if (length > MADE_STRING_LIMIT) {
    return fail(run, () => `a string longer than ${MADE_STRING_LIMIT} characters`);
  }
  return chargeText(run, length + texts.length) ? texts.join(separator) : FAILED;
}

const truncate: TextApply = (run, text, [limit = null]) => {
  const longest = asIndex(limit);
  if (longest === undefined || longest < 1) return fail(run, () => "needs a length of 1 or more");
  // In code units there are at least as many as characters: short texts need no counting.
  if (text.length <= longest) return text;
  const characters = charactersOf(text);
  return characters.length <= longest ? text : `${part(characters, 0, longest - 1)}…`;
};

/** What Slack's markup asks for: https://docs.slack.dev/messaging/formatting-message-text#escaping */
const slackEscape: TextApply = (run, text) => {
  if (text.length * 5 > MADE_STRING_LIMIT) {
    return fail(run, () => `might make a string longer than ${MADE_STRING_LIMIT} characters`);
  }
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
};

const toLowerAscii = (text: string): string =>
  text.replaceAll(/[A-Z]+/g, (capitals) => capitals.toLowerCase());
const toUpperAscii = (text: string): string =>
  text.replaceAll(/[a-z]+/g, (letters) => letters.toUpperCase());

// sizes and conversions

function size(run: Evaluation, [value = null]: readonly Value[]): Result {
  if (isList(value)) return BigInt(value.length);
  if (isMap(value)) return BigInt(Object.keys(value).length);
  if (typeof value === "string") {
    return chargeText(run, value.length) ? BigInt(charactersOf(value).length) : FAILED;
  }
  return fail(run, () => `${kindInWords(value)} has no size`);
}

/**
 * A number that JSON could not hold exactly must not become a text: two different ids would become
 * the same key.
 */
export function isExact(value: number): boolean {
  return !Number.isInteger(value) || Number.isSafeInteger(value);
}

function toText(run: Evaluation, [value = null]: readonly Value[]): Result {
  if (value === null || typeof value === "object") {
    return fail(run, () => `${kindInWords(value)} is no string`);
  }
  if (typeof value === "number" && !isExact(value)) {
    return fail(run, () => "the number is too large to be exact");
  }
  return String(value);
}

const INTEGER_TEXT = /^[+-]?\d{1,19}$/;

function toInteger(run: Evaluation, [value = null]: readonly Value[]): Result {
  if (typeof value === "bigint") return value;
  if (typeof value === "number" && Number.isFinite(value)) {
    return boundInteger(run, BigInt(Math.trunc(value)));
  }
  if (typeof value === "string" && INTEGER_TEXT.test(value))
    return boundInteger(run, BigInt(value));
  return fail(run, () => `${kindInWords(value)} is no integer`);
}

const DOUBLE_TEXT = /^[+-]?(?:\d{1,400}(?:\.\d{0,400})?|\.\d{1,400})(?:[eE][+-]?\d{1,4})?$/;

function toDouble(run: Evaluation, [value = null]: readonly Value[]): Result {
  if (typeof value === "number" || typeof value === "bigint") return Number(value);
  if (typeof value === "string" && DOUBLE_TEXT.test(value)) return Number(value);
  return fail(run, () => `${kindInWords(value)} is no number`);
}

function toBoolean(run: Evaluation, [value = null]: readonly Value[]): Result {
  if (typeof value === "boolean") return value;
  if (value === "true") return true;
  if (value === "false") return false;
  return fail(run, () => `${kindInWords(value)} is neither true nor false`);
}

const FUNCTIONS: ReadonlyMap<string, FunctionEntry> = new Map<string, FunctionEntry>([
  [
    "json",
    {
      style: "function",
      argCount: [1],
      apply: (run, [value = null]) => jsonText(run, value, MADE_STRING_LIMIT),
    },
  ],
  ["slackEscape", { style: "function", argCount: [1], apply: ofText(slackEscape) }],
  ["truncate", { style: "method", argCount: [2], apply: ofText(truncate) }],
  ["size", { style: "both", argCount: [1], apply: size }],
  ["string", { style: "function", argCount: [1], apply: toText }],
  ["int", { style: "function", argCount: [1], apply: toInteger }],
  ["double", { style: "function", argCount: [1], apply: toDouble }],
  ["bool", { style: "function", argCount: [1], apply: toBoolean }],
  ["dyn", { style: "function", argCount: [1], apply: (_run, [value = null]) => value }],
  ["startsWith", { style: "method", argCount: [2], apply: ofTexts((a, b) => a.startsWith(b)) }],
  ["endsWith", { style: "method", argCount: [2], apply: ofTexts((a, b) => a.endsWith(b)) }],
  ["contains", { style: "method", argCount: [2], apply: ofTexts((a, b) => a.includes(b)) }],
  [
    "indexOf",
    { style: "method", argCount: [2], apply: ofTexts((a, b) => characterOffset(a, a.indexOf(b))) },
  ],
  [
    "lastIndexOf",
    {
      style: "method",
      argCount: [2],
      apply: ofTexts((a, b) => characterOffset(a, a.lastIndexOf(b))),
    },
  ],
  ["substring", { style: "method", argCount: [2, 3], apply: ofText(substring) }],
  ["charAt", { style: "method", argCount: [2], apply: ofText(charAt) }],
  ["replace", { style: "method", argCount: [3], apply: ofText(replace) }],
  ["split", { style: "method", argCount: [2], apply: ofText(split) }],
  ["join", { style: "method", argCount: [1, 2], apply: join }],
  ["trim", { style: "method", argCount: [1], apply: ofText((_run, text) => text.trim()) }],
  [
    "lowerAscii",
    { style: "method", argCount: [1], apply: ofText((_run, text) => toLowerAscii(text)) },
  ],
  [
    "upperAscii",
    { style: "method", argCount: [1], apply: ofText((_run, text) => toUpperAscii(text)) },
  ],
]);

// regular expressions

/** Longer texts are not searched: 100,000 characters take some milliseconds in the worst case. */
export const PATTERN_LIMITS = {
  characters: 1000,
  programSize: 5000,
  textCharacters: 100_000,
} as const;

/** What a search costs, in characters of an ordinary one: RE2 may look at every character often. */
const SEARCH_COST = 64;

function compilePattern(node: ASTNode, args: readonly ASTNode[]): Apply {
  const pattern = args[1];
  if (args.length !== 2 || pattern?.op !== "value" || typeof pattern.args !== "string") {
    throw new ExpressionError(
      're() takes a text and a pattern in quotes, like re(body.ref, "^v[0-9]+")',
      node.pos,
    );
  }
  const compiled = compileRegularExpression(pattern, pattern.args);
  return ofText((run, text) => {
    if (text.length > PATTERN_LIMITS.textCharacters) {
      return fail(run, () => `searches at most ${PATTERN_LIMITS.textCharacters} characters`);
    }
    return chargeText(run, text.length * SEARCH_COST) ? compiled.test(text) : FAILED;
  });
}

function compileRegularExpression(node: ASTNode, pattern: string): RE2JS {
  if (pattern.length > PATTERN_LIMITS.characters) {
    throw new ExpressionError(
      `a pattern may have ${PATTERN_LIMITS.characters} characters`,
      node.pos,
    );
  }
  let compiled: RE2JS;
  try {
    compiled = RE2JS.compile(pattern);
  } catch (error) {
    throw new ExpressionError(
      `not a regular expression (RE2): ${(error as Error).message}`,
      node.pos,
    );
  }
  if (compiled.programSize() <= PATTERN_LIMITS.programSize) return compiled;
  throw new ExpressionError("the pattern is too complex; use smaller repetitions", node.pos);
}

/**
 * The function that a call names. For a method, `args` starts with what stands before the dot.
 *
 * @throws ExpressionError when there is none, or it takes other arguments
 */
export function callableFor(node: ASTNode, name: string, args: readonly ASTNode[]): Apply {
  const style = node.op === "rcall" ? "method" : "function";
  if (name === "matches") {
    throw new ExpressionError(
      "matches() is not offered: write re(text, pattern), which takes linear time",
      nameOffset(node),
    );
  }
  if (name === "re" && style === "function") return compilePattern(node, args);
  const entry = FUNCTIONS.get(name);
  if (entry === undefined || (entry.style !== style && entry.style !== "both")) {
    throw new ExpressionError(unknownFunction(name, entry), nameOffset(node));
  }
  if (entry.argCount.includes(args.length)) return entry.apply;
  throw new ExpressionError(`wrong number of arguments for ${name}()`, nameOffset(node));
}

function unknownFunction(name: string, entry: FunctionEntry | undefined): string {
  if (entry === undefined) return `unknown function "${name}"`;
  return entry.style === "method"
    ? `${name}() is written behind a dot`
    : `write ${name}(…), not .${name}(…)`;
}
