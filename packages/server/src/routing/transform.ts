/**
 * A route's transformation: from templates to the parts of the request that is sent.
 *
 * Compiled once, with the configuration; every problem is reported with its path. Evaluating never
 * throws: what cannot be made is a sentence, and the delivery a dead letter (`transform_failed`).
 *
 * Invariants: what was received is only ever data (I12). In JSON it is encoded, in paths and queries
 * percent-encoded, in headers checked, and the host is not for it to say. Everything that comes out
 * has a limit (I10), and all expressions of one transformation share one budget of steps.
 *
 * Cost: only for routes that have one: parsing the body, then about 1 us per expression.
 */
import type { EventContext, Transform, TransformResult } from "../model/active.ts";
import type { ConfigPath } from "../model/config-problem.ts";
import { OWN_HEADER } from "../model/own-headers.ts";
import type { TransformBody, TransformSpec } from "../model/transform-schema.ts";
import { type Scope, scopeOf } from "./compile.ts";
import {
  type Evaluation,
  FAILED,
  failureSentence,
  type KnownValues,
  startEvaluation,
} from "./evaluation.ts";
import { isExact } from "./functions.ts";
import { jsonText } from "./json-text.ts";
import type { Run } from "./macros.ts";
import { ExpressionError } from "./parse.ts";
import { compileTemplate, type Encode, type Template } from "./template.ts";
import { kindInWords, type Value } from "./values.ts";
import { DELIVERY_VARIABLES } from "./variables.ts";

export const TRANSFORM_LIMITS = {
  /** JSON has as many characters at most; a body of text as well. */
  bodyBytes: 4 * 1024 * 1024,
  headerValueCharacters: 8_192,
  pathCharacters: 8_192,
  queryCharacters: 8_192,
} as const;

export type TransformDeps = {
  /** Why a header may not be sent, as a sentence; `undefined` if it may. */
  readonly headerProblem: (name: string, value: string) => string | undefined;
  readonly report: (path: ConfigPath, error: ExpressionError) => void;
};

const SCOPE: Scope = scopeOf(DELIVERY_VARIABLES);

/** Sets one part of the result; `false` after a failure. */
type Step = (run: Evaluation, draft: Draft) => boolean;

type Draft = {
  method?: string;
  path?: string;
  query?: string;
  contentType?: string;
  body?: Uint8Array;
  readonly headers: string[];
};

/** One with problems fails for every event; that matters only where problems are not refused. */
export function compileTransform(spec: TransformSpec, deps: TransformDeps): Transform {
  const problems: string[] = [];
  const report: TransformDeps["report"] = (path, error) => {
    problems.push(`transform.${path.join(".")}: ${error.message}`);
    deps.report(path, error);
  };
  const context: Context = { deps: { ...deps, report }, steps: [] };
  addBody(spec, context);
  addText(context, { path: ["contentType"], text: spec.contentType }, setContentType(deps));
  addText(context, { path: ["method"], text: spec.method }, setMethod);
  addText(context, { path: ["path"], text: spec.path, encode: encodeValue }, setPath);
  addHeaders(spec, context);
  addQuery(spec, context);
  const [problem] = problems;
  if (problem !== undefined) return () => ({ kind: "failed", reason: problem });
  const { steps } = context;
  return (event, known) => transform(steps, event, known);
}

/** A lone surrogate has no percent-encoded form. */
function encodeValue(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

function transform(
  steps: readonly NamedStep[],
  event: EventContext,
  known: KnownValues,
): TransformResult {
  const run = startEvaluation(event, known);
  const draft: Draft = { headers: [] };
  for (const { name, step } of steps) {
    if (step(run, draft)) continue;
    return { kind: "failed", reason: `transform.${name}: ${failureSentence(run)}` };
  }
  return { kind: "transformed", ...draft };
}

type NamedStep = { readonly name: string; readonly step: Step };
type Context = { readonly deps: TransformDeps; readonly steps: NamedStep[] };

/** `undefined` after something was reported. */
function tryCompile<T>({ deps }: Context, path: ConfigPath, compile: () => T): T | undefined {
  try {
    return compile();
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    deps.report(path, error);
    return undefined;
  }
}

/** A failure that is not an expression's own. */
function refuse(run: Evaluation, sentence: () => string): false {
  run.failure = sentence;
  return false;
}

// body

function addBody({ body, contentType }: TransformSpec, context: Context): void {
  if (body === undefined) return;
  const run = compileBody(body, { path: ["body"], context, depth: 0 });
  const isText = typeof body === "string";
  const isTyped = contentType !== undefined;
  const step: Step = (evaluation, draft) => {
    const value = run(evaluation);
    if (value === FAILED) return false;
    const text = isText && typeof value === "string" ? value : bodyJson(evaluation, value);
    if (text === FAILED) return false;
    const bytes = Buffer.from(text);
    if (bytes.length > TRANSFORM_LIMITS.bodyBytes) {
      return refuse(evaluation, () => `longer than ${TRANSFORM_LIMITS.bodyBytes} bytes`);
    }
    draft.body = bytes;
    if (!isTyped) draft.contentType = typeof value === "string" && isText ? TEXT_TYPE : JSON_TYPE;
    return true;
  };
  context.steps.push({ name: "body", step });
}

const TEXT_TYPE = "text/plain; charset=utf-8";
const JSON_TYPE = "application/json";

function bodyJson(run: Evaluation, value: Value): string | typeof FAILED {
  return jsonText(run, value, TRANSFORM_LIMITS.bodyBytes);
}

type BodyPlace = { readonly path: ConfigPath; readonly context: Context; readonly depth: number };

/** Each text is reported at its own place; the value of a broken one is never used. */
function compileBody(body: TransformBody, place: BodyPlace): Run {
  if (typeof body === "string") return compileBodyText(body, place);
  if (typeof body !== "object" || body === null) return () => body;
  if (isTransformList(body)) {
    const runs = body.map((part, index) => compileBody(part, inside(place, index)));
    return (run) => evaluateAll(run, runs);
  }
  const keys = Object.keys(body);
  for (const key of keys) refuseTemplateKey(key, place);
  const runs = keys.map((key) => compileBody(body[key] ?? null, inside(place, key)));
  return (run) => {
    const values = evaluateAll(run, runs);
    return values === FAILED ? FAILED : mapOf(keys, values);
  };
}

function isTransformList(body: object): body is readonly TransformBody[] {
  return Array.isArray(body);
}

function inside({ path, context, depth }: BodyPlace, step: string | number): BodyPlace {
  return { path: [...path, step], context, depth: depth + 1 };
}

function compileBodyText(text: string, { path, context }: BodyPlace): Run {
  return tryCompile(context, path, () => compileText(text).run) ?? (() => null);
}

function refuseTemplateKey(key: string, { path, context }: BodyPlace): void {
  if (!key.includes("${{")) return;
  context.deps.report([...path, key], new ExpressionError("keys are no templates", 0));
}

function evaluateAll(run: Evaluation, runs: readonly Run[]): Value[] | typeof FAILED {
  const values: Value[] = [];
  for (const each of runs) {
    const value = each(run);
    if (value === FAILED) return FAILED;
    values.push(value);
  }
  return values;
}

/** Without a prototype, so that `__proto__` is a key like any other. */
function mapOf(keys: readonly string[], values: readonly Value[]): Value {
  const map = Object.create(null) as Record<string, Value>;
  for (const [index, key] of keys.entries()) map[key] = values[index] ?? null;
  return map;
}

// texts

const REFERENCE = /\$\{(?:env|file):/;

/** @throws ExpressionError */
function compileText(text: string, encode?: Encode): Template {
  const reference = REFERENCE.exec(text);
  if (reference !== null) {
    throw new ExpressionError(
      "references are not looked up here; secrets belong into the destination's headers",
      reference.index,
    );
  }
  return compileTemplate(text, SCOPE, encode);
}

type TextPart = {
  readonly path: ConfigPath;
  readonly text: string | undefined;
  readonly encode?: Encode;
};

type SetText = {
  /** Why a text can never be right, while its author is looking. */
  readonly check: (text: string) => string | undefined;
  readonly set: (draft: Draft, text: string) => void;
  /** What null means. */
  readonly none: "refused" | "left out";
};

function addText(context: Context, { path, text, encode }: TextPart, target: SetText): void {
  if (text === undefined) return;
  const template = tryCompile(context, path, () => {
    const compiled = compileText(text, encode);
    const { constant } = compiled;
    const problem = constant === undefined ? undefined : target.check(constant);
    if (problem !== undefined) throw new ExpressionError(problem, 0);
    return compiled;
  });
  if (template === undefined) return;
  const step: Step = (run, draft) => setText(run, draft, { template, target });
  context.steps.push({ name: path.join("."), step });
}

function setText(
  run: Evaluation,
  draft: Draft,
  { template, target }: { readonly template: Template; readonly target: SetText },
): boolean {
  const value = template.run(run);
  if (value === FAILED) return false;
  if (value === null && target.none === "left out") return true;
  if (value === null || typeof value === "object") {
    return refuse(run, () => `${kindInWords(value)} is not a text`);
  }
  if (typeof value === "number" && !isExact(value)) {
    return refuse(run, () => "the number is too large to be exact");
  }
  const text = String(value);
  const problem = target.check(text);
  if (problem !== undefined) return refuse(run, () => problem);
  target.set(draft, text);
  return true;
}

const METHODS: ReadonlySet<string> = new Set(["POST", "PUT", "PATCH", "GET", "DELETE"]);

const setMethod: SetText = {
  check: (text) => (METHODS.has(text) ? undefined : `expected one of ${[...METHODS].join(", ")}`),
  set: (draft, text) => void (draft.method = text),
  none: "refused",
};

/** "." or ".." as a whole segment: it would climb out of the destination's path. */
const DOT_SEGMENT = /\/(?:\.|%2e){1,2}(?:[/\\]|$)/i;
const PLAIN_PATH = /^(?:\/[\x21-\x7e]*)?$/;

const setPath: SetText = {
  check(text) {
    if (text.length > TRANSFORM_LIMITS.pathCharacters) return tooLong("pathCharacters");
    if (!PLAIN_PATH.test(text) || /[?#\\]/.test(text)) {
      return 'must begin with "/" and be percent-encoded, without ?, # and backslash';
    }
    return DOT_SEGMENT.test(text) ? "has a segment of dots" : undefined;
  },
  set: (draft, text) => void (draft.path = text),
  none: "refused",
};

function tooLong(limit: keyof typeof TRANSFORM_LIMITS): string {
  return `longer than ${TRANSFORM_LIMITS[limit]} characters`;
}

function setContentType({ headerProblem }: TransformDeps): SetText {
  return {
    check: (text) => headerValueProblem("content-type", text, headerProblem),
    set: (draft, text) => void (draft.contentType = text),
    none: "refused",
  };
}

// headers and query

function headerValueProblem(
  name: string,
  value: string,
  headerProblem: TransformDeps["headerProblem"],
): string | undefined {
  if (value.length > TRANSFORM_LIMITS.headerValueCharacters) {
    return tooLong("headerValueCharacters");
  }
  return headerProblem(name, value);
}

function addHeaders({ headers = {} }: TransformSpec, context: Context): void {
  const { headerProblem } = context.deps;
  for (const [name, text] of Object.entries(headers)) {
    const check = (value: string): string | undefined => {
      if (OWN_HEADER.test(name)) return "the gateway sets this header itself";
      if (name.toLowerCase() === "content-type") return "is given as contentType";
      return headerValueProblem(name, value, headerProblem);
    };
    const set = (draft: Draft, value: string): void => void draft.headers.push(name, value);
    // Of the name alone: the value of a template is not there yet.
    const ofName = check("");
    if (ofName !== undefined)
      context.deps.report(["headers", name], new ExpressionError(ofName, 0));
    else addText(context, { path: ["headers", name], text }, { check, set, none: "left out" });
  }
}

function addQuery({ query }: TransformSpec, { deps, steps }: Context): void {
  if (query === undefined) return;
  steps.push({ name: "query", step: emptyQuery });
  for (const [name, text] of Object.entries(query)) {
    addText({ deps, steps }, { path: ["query", name], text }, queryField(name));
  }
  steps.push({ name: "query", step: boundQuery });
}

function emptyQuery(_run: Evaluation, draft: Draft): boolean {
  draft.query = "";
  return true;
}

function boundQuery(run: Evaluation, { query = "" }: Draft): boolean {
  if (query.length <= TRANSFORM_LIMITS.queryCharacters) return true;
  return refuse(run, () => tooLong("queryCharacters"));
}

function queryField(name: string): SetText {
  return {
    check: (value) =>
      value.length > TRANSFORM_LIMITS.queryCharacters ? tooLong("queryCharacters") : undefined,
    set(draft, value) {
      const field = `${encodeValue(name)}=${encodeValue(value)}`;
      draft.query = draft.query === "" ? field : `${draft.query ?? ""}&${field}`;
    },
    none: "left out",
  };
}
