/**
 * The `tests:` of a configuration, run offline with the matcher that the gateway uses: a request
 * arrives at a source, and the routes it takes are compared with those expected.
 *
 * No secrets are looked up and nothing is verified: tests must run where there are none.
 */
import type { ActiveConfig, EventContext, RouteDecision } from "../model/active.ts";
import { configInvalid } from "../model/config-problem.ts";
import { parseDocument, parseWith } from "../model/config-schema.ts";
import type { ConfigDocument } from "../model/registry.ts";
import { type InlineRequest, inlineRequestSchema, type TestSpec } from "../model/test-schema.ts";
import { checkDocument } from "./check-document.ts";
import type { CompileDeps } from "./compile-deps.ts";
import { eventOf, type RoutableRequest, routeRequest } from "./judge-request.ts";
import { type TransformedByRoute, transformedBy } from "./test-transform.ts";

export type ConfigTestResult = {
  readonly name: string;
  /** broken: it could not be run, see `problem`. */
  readonly outcome: "passed" | "failed" | "broken";
  /** In alphabetical order. */
  readonly expected: readonly string[];
  readonly actual: readonly string[];
  /** Why the other routes of the source were not taken. */
  readonly missed: readonly { readonly route: string; readonly reason: string }[];
  /** What is sent by the routes it takes that have a transformation. */
  readonly transformed: readonly TransformedByRoute[];
  readonly problem?: string;
};

/** The text of a fixture. @throws whatever its message explains */
export type ReadFixture = (path: string) => string;

const OFFLINE: CompileDeps = {
  purpose: "history",
  resolve: (text) => ({ kind: "resolved", text }),
  parseTargetUrl: () => ({ kind: "refused", message: "" }),
  headerProblem: () => undefined,
  bodyLimitBytes: 0,
};

/** In the order of the document. @throws config_invalid */
export function runConfigTests(
  document: ConfigDocument,
  readFixture: ReadFixture,
): readonly ConfigTestResult[] {
  const parsed = parseDocument({ version: 1, ...document });
  if (!parsed.ok) throw configInvalid(parsed.problems);
  const { active } = checkDocument(document, OFFLINE);
  return parsed.value.tests.map((spec) => runTest(spec, { active, readFixture }));
}

type Decided = { readonly decisions: readonly RouteDecision[]; readonly event: EventContext };

type Context = { readonly active: ActiveConfig; readonly readFixture: ReadFixture };

function runTest(spec: TestSpec, context: Context): ConfigTestResult {
  const expected = spec.expect.routes.toSorted();
  try {
    const { decisions, event } = decide(spec, context);
    const actual = decisions
      .filter(isTaken)
      .map(({ route }) => route.name)
      .toSorted();
    const transformed = decisions
      .filter(isTaken)
      .flatMap(({ route }) => transformedBy(route, event, spec.expect.transformed?.[route.name]));
    const isSame = expected.join("\n") === actual.join("\n");
    const isPassed = isSame && transformed.every(({ problems }) => problems.length === 0);
    const missed = decisions.filter((one) => !isTaken(one)).map(explain);
    const outcome = isPassed ? "passed" : "failed";
    return { name: spec.name, outcome, expected, actual, missed, transformed };
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    const nothing = { actual: [], missed: [], transformed: [] };
    return { name: spec.name, outcome: "broken", expected, ...nothing, problem };
  }
}

/** @throws Error whose message says why the test cannot be run */
function checkExpected({ expect }: TestSpec, active: ActiveConfig): void {
  const { routes, transformed = {} } = expect;
  for (const name of [...routes, ...Object.keys(transformed)]) {
    const route = [...active.routesByNo.values()].find((each) => each.name === name);
    if (route === undefined) throw new Error(`there is no route "${name}"`);
    const isPlain = Object.hasOwn(transformed, name) && route.transform === undefined;
    if (isPlain) throw new Error(`the route "${name}" transforms nothing`);
  }
}

/** @throws Error whose message says why the test cannot be run */
function decide(spec: TestSpec, { active, readFixture }: Context): Decided {
  checkExpected(spec, active);
  const request =
    typeof spec.request === "string" ? readRequest(spec.request, readFixture) : spec.request;
  const sources = [...active.sourcesByName.keys()];
  const name = spec.source ?? request.source ?? (sources.length === 1 ? sources[0] : undefined);
  if (name === undefined) throw new Error(`says no source, and there are ${sources.length}`);
  const source = active.sourcesByName.get(name);
  if (source === undefined) throw new Error(`there is no source "${name}"`);
  const routable = toRoutable(patched(request, spec.patch ?? {}));
  return { decisions: routeRequest(source, routable).decisions, event: eventOf(source, routable) };
}

function isTaken({ decision }: RouteDecision): boolean {
  return decision === "matched" || decision === "already_routed";
}

function explain(decision: RouteDecision): { route: string; reason: string } {
  const reason = "reason" in decision ? decision.reason : "it is disabled";
  return { route: decision.route.name, reason };
}

/** A fixture is a body, or a request: an object with `body` and `headers` or `method`. */
function readRequest(path: string, readFixture: ReadFixture): InlineRequest {
  const text = readFixture(path);
  const value = parseJson(text, path);
  const isRequest = isRecord(value) && "body" in value && ("headers" in value || "method" in value);
  if (!isRequest) return { method: "POST", path: "", query: "", headers: JSON_TYPE, body: text };
  const parsed = parseWith(inlineRequestSchema, value, []);
  if (parsed.ok) return parsed.value;
  throw new Error(`${path} is no request: ${configInvalid(parsed.problems).message}`);
}

const JSON_TYPE = { "content-type": "application/json" };

function parseJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new Error(`${what} is not JSON`, { cause: error });
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Sets values by path: `body.data.status`, `body.items.0.id`, `headers.x-kind`. */
function patched(request: InlineRequest, patch: Readonly<Record<string, unknown>>): InlineRequest {
  const entries = Object.entries(patch);
  if (entries.length === 0) return request;
  const body =
    typeof request.body === "string" ? parseJson(request.body, "the body") : request.body;
  const copy = structuredClone({ body, headers: request.headers }) as Record<string, unknown>;
  for (const [path, value] of entries) setAt(copy, path, value);
  return { ...request, body: copy["body"], headers: copy["headers"] as Record<string, string> };
}

function setAt(target: Record<string, unknown>, path: string, value: unknown): void {
  const steps = path.split(".");
  const last = steps.pop() ?? "";
  let owner: unknown = target;
  for (const step of steps) {
    owner =
      typeof owner === "object" && owner !== null && Object.hasOwn(owner, step)
        ? (owner as Record<string, unknown>)[step]
        : undefined;
  }
  if (steps.length === 0 || typeof owner !== "object" || owner === null) {
    throw new Error(`there is nothing at "${path}" to patch`);
  }
  Object.defineProperty(owner, last, {
    value,
    enumerable: true,
    writable: true,
    configurable: true,
  });
}

function toRoutable({ method, path, query, headers, body }: InlineRequest): RoutableRequest {
  const text = typeof body === "string" || body === undefined ? (body ?? "") : JSON.stringify(body);
  const hasType = Object.keys(headers).some((name) => name.toLowerCase() === "content-type");
  const typed = hasType || typeof body === "string" ? headers : { ...JSON_TYPE, ...headers };
  return { method, path, query, headers: Object.entries(typed).flat(), body: Buffer.from(text) };
}
