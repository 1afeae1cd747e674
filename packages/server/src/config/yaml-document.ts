/**
 * YAML text to plain data, together with where everything in it stands.
 *
 * Limits (I10): size of the text, depth of nesting, how often aliases expand (the "billion laughs"),
 * and how many syntax errors are told. Nothing in a text is code: tags are refused, keys are texts.
 */
import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  type Scalar,
  visit,
} from "yaml";
import type { ConfigPath, ConfigProblem, LocatedProblem } from "../model/config-problem.ts";

export const YAML_LIMITS = {
  characters: 1_048_576,
  depth: 64,
  aliases: 100,
  shownErrors: 20,
} as const;

export type YamlDocument =
  | { readonly ok: true; readonly value: unknown; readonly locate: Locate }
  | { readonly ok: false; readonly problems: readonly LocatedProblem[] };

/** Adds file, line and column to a problem; those of the nearest thing that exists. */
export type Locate = (problem: ConfigProblem) => LocatedProblem;

/** Never throws. `file` is what problems call the text. */
export function parseYaml(text: string, file: string): YamlDocument {
  if (text.length > YAML_LIMITS.characters) {
    return refuse([
      { path: [], file, message: `longer than ${YAML_LIMITS.characters} characters` },
    ]);
  }
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    version: "1.2",
    schema: "core",
    strict: true,
    uniqueKeys: true,
    merge: false,
    logLevel: "error",
  });
  const place: Place = { file, lines };
  const syntax = syntaxProblems(document, place);
  if (syntax.length > 0) return refuse(syntax);
  return expand(document, place);
}

type Place = { readonly file: string; readonly lines: LineCounter };

function refuse(problems: readonly LocatedProblem[]): YamlDocument {
  return { ok: false, problems };
}

function syntaxProblems(document: Document.Parsed, place: Place): LocatedProblem[] {
  const errors = [...document.errors, ...document.warnings];
  const exhausted = errors.find((error) => error.code === "RESOURCE_EXHAUSTION");
  if (exhausted !== undefined) return [problemAt(place, exhausted.pos[0], "nested too deep")];
  return [
    ...errors.map((error) => problemAt(place, error.pos[0], sentence(error.message))),
    ...keyProblems(document, place),
  ].slice(0, YAML_LIMITS.shownErrors);
}

function problemAt({ file, lines }: Place, offset: number, message: string): LocatedProblem {
  const { line, col } = lines.linePos(offset);
  return { path: [], file, line: Math.max(line, 1), column: Math.max(col, 1), message };
}

/** The parser's first line, in our style. */
function sentence(text: string): string {
  const [line = ""] = text.split("\n", 1);
  return line.charAt(0).toLowerCase() + line.slice(1);
}

/** Lists and objects as keys would be turned into texts that nobody wrote. */
function keyProblems(document: Document.Parsed, place: Place): LocatedProblem[] {
  const problems: LocatedProblem[] = [];
  visit(document, {
    Pair(_, pair) {
      if (isScalar(pair.key) && pair.key.value !== null) return;
      const offset = isNode(pair.key) ? (pair.key.range?.[0] ?? 0) : 0;
      problems.push(problemAt(place, offset, "a key must be a text"));
    },
  });
  return problems;
}

function expand(document: Document.Parsed, place: Place): YamlDocument {
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: YAML_LIMITS.aliases }) as unknown;
  } catch (error) {
    // Undefined aliases, and too many of them; the library tells no position.
    const message = error instanceof Error ? sentence(error.message) : "cannot be read";
    return refuse([{ path: [], file: place.file, message }]);
  }
  if (isTooDeep(value, YAML_LIMITS.depth)) {
    const message = `nested deeper than ${YAML_LIMITS.depth} levels`;
    return refuse([{ path: [], file: place.file, message }]);
  }
  const locate: Locate = (problem) => ({ ...problem, ...positionOf(problem, document, place) });
  return { ok: true, value, locate };
}

/** Also true for a list that contains itself through an alias. */
function isTooDeep(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (levels === 0) return true;
  return Object.values(value).some((inner) => isTooDeep(inner, levels - 1));
}

type Position = { readonly file: string; readonly line?: number; readonly column?: number };

function positionOf(problem: ConfigProblem, document: Document.Parsed, place: Place): Position {
  const found = findNode(document, problem.path);
  const isWhole = found.steps === problem.path.length;
  const node = isWhole && problem.at !== "key" ? found.node : (found.key ?? found.node);
  const start = node?.range?.[0];
  if (start === undefined) return { file: place.file };
  const inside = isWhole ? offsetInside(node, problem.offset ?? 0) : 0;
  const { line, col } = place.lines.linePos(start + inside);
  return { file: place.file, line: Math.max(line, 1), column: Math.max(col, 1) };
}

/** Characters into the text, if the text stands there as it is: on one line and without escapes. */
function offsetInside(node: Node | undefined, offset: number): number {
  if (!isScalar(node) || typeof node.value !== "string") return 0;
  const { type, source, value, range } = node as Scalar<string>;
  const inside = Math.min(offset, value.length);
  if (type === "PLAIN" && source === value) return inside;
  const isQuoted = type === "QUOTE_SINGLE" || type === "QUOTE_DOUBLE";
  const [start = 0, end = 0] = range ?? [];
  const isVerbatim = end - start === value.length + 2;
  return isQuoted && isVerbatim && inside > 0 ? inside + 1 : 0;
}

type Found = {
  readonly node: Node | undefined;
  /** The key under which the node stands. */
  readonly key: Node | undefined;
  /** How much of the path exists. */
  readonly steps: number;
};

/** Follows a path as far as it exists. */
function findNode(document: Document.Parsed, path: ConfigPath): Found {
  let found: Found = { node: document.contents ?? undefined, key: undefined, steps: 0 };
  for (const step of path) {
    const next = stepInto(document, found.node, step);
    if (next === undefined) break;
    found = { ...next, steps: found.steps + 1 };
  }
  return found;
}

function stepInto(
  document: Document.Parsed,
  node: Node | undefined,
  step: string | number,
): { node: Node | undefined; key: Node | undefined } | undefined {
  const target = isAlias(node) ? node.resolve(document) : node;
  if (isSeq(target) && typeof step === "number") {
    const item = target.items[step];
    return isNode(item) ? { node: item, key: undefined } : undefined;
  }
  if (!isMap(target)) return undefined;
  const pair = target.items.find(({ key }) => isScalar(key) && String(key.value) === String(step));
  if (pair === undefined) return undefined;
  const key = isNode(pair.key) ? pair.key : undefined;
  return { node: isNode(pair.value) ? pair.value : key, key };
}
