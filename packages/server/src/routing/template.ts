/**
 * Texts with `${{ expression }}` in them, compiled once.
 *
 *   "${{ body.amount }}"              the value itself: a number stays one, an object too
 *   "paid: ${{ body.amount }} EUR"    the values joined into the text
 *   "a literal $${{"                  stands for ${{
 *
 * An expression ends at the first `}}` that is neither in quotes nor closes a brace of its own.
 *
 * Invariants: values are data; what they contain is never looked at for expressions (I12). Never
 * throws while evaluating. Joined texts have a limit (I10).
 *
 * Cost: the expressions; a text without any is a constant.
 */
import { compileNode, type Scope, textOf } from "./compile.ts";
import {
  chargeText,
  type Evaluation,
  FAILED,
  fail,
  MADE_STRING_LIMIT,
  type Result,
} from "./evaluation.ts";
import { isExact } from "./functions.ts";
import type { Run } from "./macros.ts";
import { type ASTNode, ExpressionError, parseExpression } from "./parse.ts";
import { kindInWords, type Value } from "./values.ts";

/** A piece of a text: fixed, or to be evaluated. */
type Piece = string | { readonly node: ASTNode; readonly run: Run };

export type Template = {
  /** The text without expressions; `undefined` if it has some. */
  readonly constant: string | undefined;
  /** What stands before the first expression. */
  readonly start: string;
  /** A value of any kind if the text is one expression, else a text. */
  readonly run: Run;
};

/** Made of a value that is inserted into a text, such as its percent-encoded form. */
export type Encode = (text: string) => string;

/** @throws ExpressionError with the position in the whole text */
export function compileTemplate(text: string, scope: Scope, encode?: Encode): Template {
  const pieces = piecesOf(text, scope);
  const [first, ...more] = pieces;
  if (first === undefined || (typeof first === "string" && more.length === 0)) {
    const constant = first ?? "";
    return { constant, start: constant, run: () => constant };
  }
  const start = typeof first === "string" ? first : "";
  if (typeof first !== "string" && more.length === 0 && encode === undefined) {
    return { constant: undefined, start, run: first.run };
  }
  return { constant: undefined, start, run: (run) => join(run, pieces, encode) };
}

const OPEN = "${{";

function piecesOf(text: string, scope: Scope): readonly Piece[] {
  const pieces: Piece[] = [];
  let literal = "";
  let position = 0;
  for (;;) {
    const start = text.indexOf(OPEN, position);
    if (start === -1) break;
    if (start > position && text[start - 1] === "$") {
      literal += text.slice(position, start - 1) + OPEN;
      position = start + OPEN.length;
      continue;
    }
    literal += text.slice(position, start);
    if (literal !== "") pieces.push(literal);
    literal = "";
    const inner = start + OPEN.length;
    const end = endOf(text, inner);
    if (end === undefined) throw new ExpressionError("${{ is not closed by }}", start);
    pieces.push(compilePiece(text.slice(inner, end), inner, scope));
    position = end + 2;
  }
  literal += text.slice(position);
  if (literal !== "") pieces.push(literal);
  return pieces;
}

/** Where the closing braces of an expression stand that begins at `start`. */
function endOf(text: string, start: number): number | undefined {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    const character = text[at];
    if (character === '"' || character === "'") at = endOfQuotes(text, at);
    else if (character === "{") depth++;
    else if (character === "}" && depth > 0) depth--;
    else if (character === "}" && text[at + 1] === "}") return at;
  }
  return undefined;
}

/** The last character of a part in single or triple quotes; as the parser, also skips in raw ones. */
function endOfQuotes(text: string, start: number): number {
  const quote = text[start] ?? "";
  const closing = text.startsWith(quote.repeat(3), start) ? quote.repeat(3) : quote;
  for (let at = start + closing.length; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text.startsWith(closing, at)) return at + closing.length - 1;
  }
  return text.length;
}

function compilePiece(expression: string, offset: number, scope: Scope): Piece {
  try {
    const node = parseExpression(expression);
    return { node, run: compileNode(node, scope) };
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    throw new ExpressionError(error.message, offset + error.offset, error.suggestion);
  }
}

function join(run: Evaluation, pieces: readonly Piece[], encode: Encode | undefined): Result {
  let joined = "";
  for (const piece of pieces) {
    const text = typeof piece === "string" ? piece : pieceText(run, piece, encode);
    if (text === FAILED) return FAILED;
    if (joined.length + text.length > MADE_STRING_LIMIT) {
      return fail(run, () => `a text longer than ${MADE_STRING_LIMIT} characters`);
    }
    joined += text;
  }
  return joined;
}

function pieceText(
  run: Evaluation,
  { node, run: evaluate }: Exclude<Piece, string>,
  encode: Encode | undefined,
): string | typeof FAILED {
  const value = evaluate(run);
  if (value === FAILED) return FAILED;
  const text = insertable(value);
  if (text === undefined) return fail(run, () => `${textOf(node)} is ${notInsertable(value)}`);
  if (!chargeText(run, text.length)) return FAILED;
  return encode === undefined ? text : encode(text);
}

/** Null is not written as a word: nobody wants to read "Hello null". */
function insertable(value: Value): string | undefined {
  if (value === null || typeof value === "object") return undefined;
  if (typeof value === "number" && !isExact(value)) return undefined;
  return String(value);
}

function notInsertable(value: Value): string {
  if (value === null) return "null; write default(…, …) for something in its place";
  if (typeof value === "number") return "a number too large to be exact";
  return `${kindInWords(value)}; write json(…) to have it in a text`;
}
