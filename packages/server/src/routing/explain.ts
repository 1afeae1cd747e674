/**
 * Why a condition was false, in a sentence: which part of it, and what the value was instead.
 *
 *   body.type == "a" && body.n > 3     →   body.n > 3: was 2
 *
 * Compiled beside the condition. Evaluates the parts again, which is safe because expressions
 * have no effects. Cost: about half a microsecond.
 */
import { compileNode, type Run, type Scope, textOf } from "./compile.ts";
import { type Evaluation, FAILED } from "./evaluation.ts";
import { MACROS } from "./macros.ts";
import type { ASTNode } from "./parse.ts";
import { show } from "./values.ts";

/** The sentence; call it only for an evaluation in which the expression was false. */
export type Explain = (run: Evaluation) => string;

/** Alternatives of `||` that are explained; more would not be read. */
const SHOWN_ALTERNATIVES = 3;

const COMPARISONS: ReadonlySet<string> = new Set(["==", "!=", "<", "<=", ">", ">=", "in"]);

export function compileExplanation(node: ASTNode, scope: Scope): Explain {
  const explainValues = (parts: readonly ASTNode[]): Explain => explainParts(node, parts, scope);
  if (node.op === "&&") return explainAll(operandsOf(node, "&&"), scope);
  if (node.op === "||") return explainAny(operandsOf(node, "||"), scope);
  if (node.op === "in" && isLiteral(node.args[0])) return () => `${textOf(node)}: it is not there`;
  if (COMPARISONS.has(node.op)) return explainValues(node.args as [ASTNode, ASTNode]);
  if (node.op === "rcall" && !MACROS.has(node.args[0])) return explainValues([node.args[1]]);
  if (node.op === "!_") return explainValues([node.args]);
  if (node.op === "call" && node.args[0] === "re") return explainValues(node.args[1]);
  const isHas = node.op === "call" && node.args[0] === "has";
  return () => `${textOf(node)}: ${isHas ? "it is missing" : "was false"}`;
}

/** `a && b && c` is a tree that leans to the left; its leaves in reading order. */
function operandsOf(node: ASTNode, op: "&&" | "||"): readonly ASTNode[] {
  if (node.op !== op) return [node];
  return [...operandsOf(node.args[0], op), ...operandsOf(node.args[1], op)];
}

/** `&&`: the first operand that was false. */
function explainAll(operands: readonly ASTNode[], scope: Scope): Explain {
  const parts = operands.map((node) => ({
    test: compileNode(node, scope),
    explain: compileExplanation(node, scope),
  }));
  return (run) => {
    const culprit = parts.find((part) => part.test(run) === false);
    return culprit === undefined ? "it was false" : culprit.explain(run);
  };
}

/** `||`: every operand was false. */
function explainAny(operands: readonly ASTNode[], scope: Scope): Explain {
  const explanations = operands
    .slice(0, SHOWN_ALTERNATIVES)
    .map((node) => compileExplanation(node, scope));
  const hidden = operands.length - explanations.length;
  return (run) => {
    const sentences = explanations.map((explain) => explain(run));
    return [...sentences, ...(hidden > 0 ? [`and ${hidden} more`] : [])].join("; ");
  };
}

/** What the parts that are not written as literals were. */
function explainParts(node: ASTNode, parts: readonly ASTNode[], scope: Scope): Explain {
  const varying: readonly Run[] = parts
    .filter((part) => !isLiteral(part))
    .map((part) => compileNode(part, scope));
  return (run) => {
    const shown = varying.map((part) => {
      const value = part(run);
      return value === FAILED ? "unknown" : show(value);
    });
    const values = shown.length > 0 ? shown.join(" and ") : "false";
    return `${textOf(node)}: was ${values}`;
  };
}

function isLiteral(node: ASTNode): boolean {
  if (node.op === "list") return node.args.every(isLiteral);
  return node.op === "value" || (node.op === "-_" && isLiteral(node.args));
}
