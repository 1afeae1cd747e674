/**
 * Text to syntax tree, with what is not allowed refused before anything runs.
 *
 * The grammar is CEL's, read by `@marcbachmann/cel-js`. Its tree is public and typed; its evaluator
 * is not used, see `compile.ts` for why.
 *
 * Limits (I10): the length of the text, the depth of nesting and the number of nodes.
 */
import { type ASTNode, Environment, type ParseError } from "@marcbachmann/cel-js";

export type { ASTNode };

export const EXPRESSION_LIMITS = { characters: 4096, depth: 32, nodes: 1000 } as const;

/**
 * An expression that cannot be compiled. `offset` counts characters from the start of the text;
 * `suggestion` is the name that was probably meant.
 */
export class ExpressionError extends Error {
  override readonly name = "ExpressionError";
  readonly offset: number;
  readonly suggestion: string | undefined;

  constructor(problem: string, offset: number, suggestion?: string) {
    super(problem);
    this.offset = offset;
    this.suggestion = suggestion;
  }
}

const grammar = new Environment({
  unlistedVariablesAreDyn: true,
  homogeneousAggregateLiterals: false,
  limits: { maxDepth: EXPRESSION_LIMITS.depth, maxAstNodes: EXPRESSION_LIMITS.nodes },
});

/** @throws ExpressionError */
export function parseExpression(text: string): ASTNode {
  if (text.length > EXPRESSION_LIMITS.characters) {
    throw new ExpressionError(
      `longer than ${EXPRESSION_LIMITS.characters} characters`,
      EXPRESSION_LIMITS.characters,
    );
  }
  if (text.trim() === "") throw new ExpressionError("empty", 0);
  try {
    return grammar.parse(text).ast;
  } catch (error) {
    throw asExpressionError(error);
  }
}

/** What the parser throws has a one-line summary and a position; anything else is a defect of it. */
function asExpressionError(error: unknown): ExpressionError {
  const { code, summary, range } = error as Partial<ParseError>;
  if (summary === undefined) throw error;
  const offset = range?.start ?? 0;
  if (code !== "limit_exceeded") return new ExpressionError(lowerFirst(summary), offset);
  const { depth, nodes } = EXPRESSION_LIMITS;
  return new ExpressionError(`nested deeper than ${depth} or more than ${nodes} parts`, offset);
}

/** Where the name of a method stands, for messages about it. */
export function nameOffset(node: ASTNode): number {
  if (node.op !== "rcall") return node.pos;
  return node.input.indexOf(node.args[0], node.args[1].end);
}

function lowerFirst(sentence: string): string {
  return sentence.charAt(0).toLowerCase() + sentence.slice(1);
}
