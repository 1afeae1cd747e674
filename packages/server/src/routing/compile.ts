/**
 * Syntax tree to nested functions: the evaluator of the expression language.
 *
 * The grammar and the meaning are CEL's. The evaluator is ours because three things that matter
 * here are out of reach in cel-js 8.0.0: a body with a key named `constructor` makes it throw
 * (I12), it has no budget (I10: nested `exists` over an untrusted list is quadratic), and every
 * missing field is an exception. Differences to CEL, all in favour of JSON bodies:
 *
 *   - integers and doubles mix in arithmetic (`body.amount / 100`);
 *   - `has(body.a.b)` is false, not an error, when `body.a` is missing too;
 *   - `default(body.a.b, "x")` is the field, or `"x"` where it is missing or null;
 *   - `re(text, pattern)` instead of `matches`: linear time, the pattern is fixed text (I12).
 *
 * Cost: 0.2 us for a field that is missing, 0.4 us for three comparisons that hold (Node 26, 2 vCPU,
 * 2026-11); nothing is parsed or compiled while evaluating.
 */
import { suggest } from "../model/suggest.ts";
import {
  type Evaluation,
  FAILED,
  type Failed,
  fail,
  isExhausted,
  type Result,
} from "./evaluation.ts";
import { callableFor } from "./functions.ts";
import { elementsOf, type Macro, MACROS, roundCostOf, type Run } from "./macros.ts";
import { BINARY_OPERATORS, negate } from "./operators.ts";
import { type ASTNode, ExpressionError } from "./parse.ts";
import { asIndex, fieldOf, isList, isMap, kindInWords, type Value } from "./values.ts";
import { EVENT_VARIABLES, type Variables } from "./variables.ts";

export type { Run } from "./macros.ts";

/** The names that mean something here, and where those of the enclosing `exists`, `map` … are kept. */
export type Scope = {
  readonly variables: Variables;
  readonly slotOf: ReadonlyMap<string, number>;
  readonly depth: number;
};

export function scopeOf(variables: Variables): Scope {
  return { variables, slotOf: new Map(), depth: 0 };
}

const EVENT_SCOPE = scopeOf(EVENT_VARIABLES);

/** The text of a node as it was written, on one line and cut when it is long. */
export function textOf(node: ASTNode): string {
  const text = node.input.slice(node.start, node.end).replaceAll(/\s+/g, " ");
  return text.length > 120 ? `${text.slice(0, 120)}…` : text;
}

/** @throws ExpressionError for unknown names, wrong argument counts and what CEL has but we refuse */
export function compileNode(node: ASTNode, scope: Scope = EVENT_SCOPE): Run {
  switch (node.op) {
    case "value":
      return compileLiteral(node, node.args);
    case "id":
      return compileVariable(node, node.args, scope);
    case ".":
      return compileField(node, compileNode(node.args[0], scope), node.args[1]);
    case "[]":
      return compileIndex(node, node.args, scope);
    case "call":
      return compileCall(node, { name: node.args[0], args: node.args[1] }, scope);
    case "rcall":
      return compileMethod(node, node.args, scope);
    case "list":
      return compileList(node.args, scope);
    case "map":
      return compileMap(node, node.args, scope);
    default:
      return compileOperator(node, scope);
  }
}

function compileOperator(node: ASTNode, scope: Scope): Run {
  switch (node.op) {
    case "?:":
      return compileTernary(node.args, scope);
    case "&&":
      return compileLogical(node.args, false, scope);
    case "||":
      return compileLogical(node.args, true, scope);
    case "!_":
      return compileNot(node.args, scope);
    case "-_":
      return compileNegation(node, node.args, scope);
    default:
      return compileBinary(node, node.args, scope);
  }
}

function compileLiteral(node: ASTNode, literal: unknown): Run {
  if (literal instanceof Uint8Array) {
    throw new ExpressionError("bytes are not supported; use a string", node.pos);
  }
  const value = isUnsigned(literal) ? literal.value : (literal as Value);
  return () => value;
}

/** `5u` is a plain integer here. */
function isUnsigned(literal: unknown): literal is { readonly value: bigint } {
  return typeof literal === "object" && literal !== null && "value" in literal;
}

function compileVariable(node: ASTNode, name: string, scope: Scope): Run {
  const slot = scope.slotOf.get(name);
  if (slot !== undefined) return (run) => run.slots[slot] ?? null;
  const { variables } = scope;
  const variable = Object.hasOwn(variables, name) ? variables[name] : undefined;
  if (variable !== undefined) return variable;
  const known = Object.keys(variables);
  throw new ExpressionError(
    `unknown variable "${name}"; there are ${known.join(", ")}`,
    node.pos,
    suggest(name, known),
  );
}

// fields and indexes

type ReadField = (run: Evaluation, target: Value, key: string) => Result;

/** Reads fields for one place in the expression, which is named when there is nothing to read. */
function fieldReader(node: ASTNode): ReadField {
  return (run, target, key) => {
    if (!isMap(target)) return fail(run, () => notAnObject(node, target));
    const value = fieldOf(target, key);
    return value === undefined ? fail(run, () => `${textOf(node)} is missing`) : value;
  };
}

function notAnObject(node: ASTNode, target: Value): string {
  const owner = node.op === "." || node.op === "[]" ? textOf(node.args[0]) : "it";
  return `${textOf(node)} is missing: ${owner} is ${kindInWords(target)}`;
}

function compileField(node: ASTNode, target: Run, key: string): Run {
  const readField = fieldReader(node);
  return (run) => {
    const value = target(run);
    return value === FAILED ? FAILED : readField(run, value, key);
  };
}

function compileIndex(node: ASTNode, [targetNode, keyNode]: [ASTNode, ASTNode], scope: Scope): Run {
  if (targetNode.op === "id" && targetNode.args === "headers") refuseUpperCase(keyNode);
  const target = compileNode(targetNode, scope);
  if (keyNode.op === "value" && typeof keyNode.args === "string") {
    return compileField(node, target, keyNode.args);
  }
  const key = compileNode(keyNode, scope);
  const read = indexReader(node);
  return (run) => {
    const targetValue = target(run);
    if (targetValue === FAILED) return FAILED;
    const keyValue = key(run);
    if (keyValue === FAILED) return FAILED;
    return read(run, targetValue, keyValue);
  };
}

/** A header is never found under a name with capitals, so that such an expression is a mistake. */
function refuseUpperCase(keyNode: ASTNode): void {
  if (keyNode.op !== "value" || typeof keyNode.args !== "string") return;
  const lower = keyNode.args.toLowerCase();
  if (lower === keyNode.args) return;
  throw new ExpressionError(`header names are lower-case here: write "${lower}"`, keyNode.pos);
}

/** Objects are indexed by name, lists by whole numbers. */
function indexReader(node: ASTNode): (run: Evaluation, target: Value, key: Value) => Result {
  const readField = fieldReader(node);
  return (run, target, key) => {
    if (typeof key === "string") return readField(run, target, key);
    if (!isList(target)) {
      return fail(run, () => `${textOf(node)}: ${kindInWords(target)} has no index`);
    }
    const index = asIndex(key);
    const value = index === undefined ? undefined : target[index];
    if (value !== undefined) return value;
    return fail(run, () => `${textOf(node)} is missing: the list has length ${target.length}`);
  };
}

// logic

/** `deciding` is the value that settles it alone: false for `&&`, true for `||`, even beside a failure. */
function compileLogical([left, right]: [ASTNode, ASTNode], deciding: boolean, scope: Scope): Run {
  const runLeft = compileNode(left, scope);
  const runRight = compileNode(right, scope);
  return (run) => {
    const first = asBoolean(run, left, runLeft(run));
    if (first === deciding) return deciding;
    if (isExhausted(run)) return FAILED;
    const failure = first === FAILED ? run.failure : undefined;
    const second = asBoolean(run, right, runRight(run));
    if (second === deciding || first !== FAILED) return second;
    if (failure !== undefined) run.failure = failure;
    return FAILED;
  };
}

function asBoolean(run: Evaluation, node: ASTNode, value: Result): boolean | Failed {
  if (value === true || value === false || value === FAILED) return value;
  return fail(run, () => `${textOf(node)} is ${kindInWords(value)}, not true or false`);
}

function compileTernary([test, yes, no]: [ASTNode, ASTNode, ASTNode], scope: Scope): Run {
  const runTest = compileNode(test, scope);
  const runYes = compileNode(yes, scope);
  const runNo = compileNode(no, scope);
  return (run) => {
    const decision = asBoolean(run, test, runTest(run));
    if (decision === FAILED) return FAILED;
    return decision ? runYes(run) : runNo(run);
  };
}

function compileNot(operand: ASTNode, scope: Scope): Run {
  const runOperand = compileNode(operand, scope);
  return (run) => {
    const value = asBoolean(run, operand, runOperand(run));
    return value === FAILED ? FAILED : !value;
  };
}

// operators and literals of lists and maps

/** Puts the text of the expression before what an operator or function complains about. */
function located(run: Evaluation, node: ASTNode, result: Result): Result {
  if (result !== FAILED) return result;
  const sentence = run.failure;
  if (sentence !== undefined) run.failure = () => `${textOf(node)}: ${sentence()}`;
  return FAILED;
}

function compileBinary(node: ASTNode, args: unknown, scope: Scope): Run {
  const operate = BINARY_OPERATORS.get(node.op);
  if (operate === undefined) throw new ExpressionError(`"${node.op}" is not supported`, node.pos);
  const [left, right] = args as [ASTNode, ASTNode];
  const runLeft = compileNode(left, scope);
  const runRight = compileNode(right, scope);
  return (run) => {
    const leftValue = runLeft(run);
    if (leftValue === FAILED) return FAILED;
    const rightValue = runRight(run);
    if (rightValue === FAILED) return FAILED;
    return located(run, node, operate(run, leftValue, rightValue));
  };
}

function compileNegation(node: ASTNode, operand: ASTNode, scope: Scope): Run {
  const runOperand = compileNode(operand, scope);
  return (run) => {
    const value = runOperand(run);
    return value === FAILED ? FAILED : located(run, node, negate(run, value));
  };
}

/** All values, or `FAILED` at the first that fails. */
function evaluateAll(run: Evaluation, runs: readonly Run[]): Value[] | Failed {
  const values: Value[] = [];
  for (const each of runs) {
    const value = each(run);
    if (value === FAILED) return FAILED;
    values.push(value);
  }
  return values;
}

function compileList(elements: readonly ASTNode[], scope: Scope): Run {
  const runs = elements.map((element) => compileNode(element, scope));
  return (run) => evaluateAll(run, runs);
}

function compileMap(node: ASTNode, entries: readonly [ASTNode, ASTNode][], scope: Scope): Run {
  const keys = entries.map(([key]) => compileNode(key, scope));
  const values = entries.map(([, value]) => compileNode(value, scope));
  return (run) => {
    const map: Record<string, Value> = Object.create(null) as Record<string, Value>;
    for (const [index, runKey] of keys.entries()) {
      const key = runKey(run);
      if (key === FAILED) return FAILED;
      if (typeof key !== "string") return fail(run, () => `${textOf(node)}: keys must be strings`);
      const value = values[index]?.(run) ?? null;
      if (value === FAILED) return FAILED;
      map[key] = value;
    }
    return map;
  };
}

// functions, methods and macros

type Call = { readonly name: string; readonly args: readonly ASTNode[] };

function compileCall(node: ASTNode, call: Call, scope: Scope): Run {
  if (call.name === "has") return compileHas(node, call.args, scope);
  if (call.name === "default") return compileDefault(node, call.args, scope);
  return compileFunction(node, call, scope);
}

function compileFunction(node: ASTNode, call: Call, scope: Scope): Run {
  const apply = callableFor(node, call.name, call.args);
  const runs = call.args.map((arg) => compileNode(arg, scope));
  return (run) => {
    const values = evaluateAll(run, runs);
    return values === FAILED ? FAILED : located(run, node, apply(run, values));
  };
}

function compileMethod(
  node: ASTNode,
  [name, receiver, args]: [string, ASTNode, ASTNode[]],
  scope: Scope,
): Run {
  const macro = MACROS.get(name);
  if (macro === undefined) return compileFunction(node, { name, args: [receiver, ...args] }, scope);
  return compileMacro(node, { macro, receiver, args }, scope);
}

/** `has(a.b.c)`: whether the whole path is there. A path that breaks earlier is not there either. */
function compileHas(node: ASTNode, args: readonly ASTNode[], scope: Scope): Run {
  const path = args[0];
  if (args.length !== 1 || path === undefined || (path.op !== "." && path.op !== "[]")) {
    throw new ExpressionError("has() takes one field, like has(body.id)", node.pos);
  }
  const read = compileNode(path, scope);
  return (run) => {
    const value = read(run);
    return value === FAILED && isExhausted(run) ? FAILED : value !== FAILED;
  };
}

/** `default(a.b, c)`: the field, or `c` where the path breaks or leads to null. */
function compileDefault(node: ASTNode, args: readonly ASTNode[], scope: Scope): Run {
  const [path, other] = args;
  const isPath = path?.op === "." || path?.op === "[]";
  if (args.length !== 2 || !isPath || other === undefined) {
    throw new ExpressionError(
      'default() takes a field and a value, like default(body.name, "nobody")',
      node.pos,
    );
  }
  const read = compileNode(path, scope);
  const runOther = compileNode(other, scope);
  return (run) => {
    const value = read(run);
    if (value !== FAILED && value !== null) return value;
    return isExhausted(run) ? FAILED : runOther(run);
  };
}

function compileMacro(
  node: ASTNode,
  { macro, receiver, args }: { macro: Macro; receiver: ASTNode; args: readonly ASTNode[] },
  scope: Scope,
): Run {
  const [variable, first, second] = args;
  if (!macro.argCount.includes(args.length) || variable?.op !== "id" || first === undefined) {
    throw new ExpressionError(
      "takes a variable and an expression, like list.exists(x, x > 1)",
      node.pos,
    );
  }
  const list = compileNode(receiver, scope);
  const slot = scope.depth;
  const slotOf = new Map([...scope.slotOf, [variable.args, slot] as const]);
  const inner: Scope = { variables: scope.variables, slotOf, depth: slot + 1 };
  const predicate = compileNode(first, inner);
  const transform = second === undefined ? undefined : compileNode(second, inner);
  const roundCost = roundCostOf(node);
  return (run) => {
    const value = list(run);
    if (value === FAILED) return FAILED;
    const elements = elementsOf(value);
    if (elements === undefined) {
      return fail(run, () => `${textOf(receiver)} is ${kindInWords(value)}, not a list`);
    }
    const loop = { node, elements, slot, roundCost, predicate };
    return macro.run(run, transform === undefined ? loop : { ...loop, transform });
  };
}
