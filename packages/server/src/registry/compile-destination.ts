/** A destination as configured to a destination as delivery reads it. */
import { createStandardSigner, ReceiverError } from "@ringdown/receiver";
import type { ActiveDestination, EventSigner } from "../model/active.ts";
import { type DestinationSpec, type SignSpec, waitsOf } from "../model/destination-schema.ts";
import { OWN_HEADER } from "../model/own-headers.ts";
import { parseDuration, parseRate } from "../model/units.ts";
import { asClause, type CompileDeps, type Report, resolveField } from "./compile-deps.ts";
import { successOf, valueOf } from "./compile-expressions.ts";
import { resolveSecrets } from "./compile-verify.ts";

/** Everything but the number, the id and the name. */
export type CompiledDestination = Omit<ActiveDestination, "no" | "id" | "name">;

type Context = { readonly deps: CompileDeps; readonly report: Report };

const DEFAULT_TIMEOUTS_MS = { connect: 5_000, headers: 15_000, total: 30_000 } as const;

/** The target of a destination of earlier days whose URL cannot be told any more. */
const UNAVAILABLE = "http://unavailable.invalid/";

/** `undefined` after something was reported. */
export function compileDestination(
  spec: DestinationSpec,
  context: Context,
): CompiledDestination | undefined {
  const url = compileUrl(spec, context);
  const headers = compileHeaders(spec, context);
  const sign = compileSigner(spec.sign, context);
  const limits = compileLimits(spec, context.report);
  const orderBy =
    spec.orderBy === undefined
      ? undefined
      : valueOf(spec.orderBy, { path: ["orderBy"], ...context });
  const accepts =
    spec.success === undefined
      ? undefined
      : successOf(spec.success, { path: ["success"], ...context });
  const rate = spec.rateLimit === undefined ? undefined : parseRate(spec.rateLimit);
  if (url === undefined) return undefined;
  return {
    enabled: spec.enabled,
    url,
    appendPath: spec.path === "append",
    headers,
    allowPrivate: spec.allowPrivate,
    schedule: waitsOf(spec.retry.schedule),
    limits,
    maxConcurrency: spec.concurrency,
    circuit: spec.circuit,
    ...(spec.method !== undefined && { method: spec.method }),
    ...(sign !== undefined && { sign }),
    ...(accepts !== undefined && { accepts }),
    ...(rate !== undefined && { ratePerSecond: rate }),
    ...(orderBy !== undefined && {
      orderKeyOf: (event) => {
        const value = orderBy(event);
        return value.found ? value.text : undefined;
      },
    }),
  };
}

function compileUrl(spec: DestinationSpec, { deps, report }: Context): URL | undefined {
  const isHistory = deps.purpose === "history";
  const text = resolveField(spec.url, ["url"], { deps, report: isHistory ? () => {} : report });
  const target = text === undefined ? undefined : deps.parseTargetUrl(text);
  if (target?.kind === "valid") {
    if (!isHistory) checkAddress(target, spec, report);
    return target.url;
  }
  if (isHistory) return new URL(UNAVAILABLE);
  if (target !== undefined) report(["url"], asClause(target.message));
  return undefined;
}

/** Tells early what the address guard would refuse anyway, while somebody is looking. */
function checkAddress(
  {
    url,
    literal,
  }: { readonly url: URL; readonly literal: "public" | { readonly blocked: string } | undefined },
  spec: DestinationSpec,
  report: Report,
): void {
  const isLocalName = url.hostname === "localhost" || url.hostname.endsWith(".localhost");
  const blocked = typeof literal === "object" ? literal.blocked : undefined;
  const isPrivate = isLocalName || (blocked !== undefined && LIFTED.has(blocked));
  if (isPrivate && !spec.allowPrivate) {
    report(
      ["url"],
      "is in a private network or on this machine: set allowPrivate: true to mean it",
    );
  } else if (blocked !== undefined && !isPrivate) {
    report(["url"], `nothing is ever sent to this address (${blocked.replaceAll("_", " ")})`);
  }
}

/** What `allowPrivate` lifts, in the words of the address guard. */
const LIFTED: ReadonlySet<string> = new Set(["loopback", "private", "shared"]);

function compileHeaders(spec: DestinationSpec, context: Context): string[] {
  const { deps, report } = context;
  const headers: string[] = [];
  if (deps.purpose === "history") return headers;
  for (const [name, text] of Object.entries(spec.headers ?? {})) {
    const path = ["headers", name];
    const value = resolveField(text, path, context);
    if (value === undefined) continue;
    const problem = OWN_HEADER.test(name)
      ? "The gateway sets this header itself."
      : deps.headerProblem(name, value);
    if (problem === undefined) headers.push(name, value);
    else report(path, asClause(problem));
  }
  return headers;
}

function compileSigner(sign: SignSpec | undefined, context: Context): EventSigner | undefined {
  if (sign === undefined || context.deps.purpose === "history") return undefined;
  const secrets = resolveSecrets(sign, ["sign"], context);
  if (secrets === undefined) return undefined;
  try {
    const signer = createStandardSigner(secrets);
    return ({ id, timestampS, body }) => signer.sign(id, timestampS, body);
  } catch (error) {
    if (!(error instanceof ReceiverError)) throw error;
    context.report(["sign"], `${asClause(error.message)}: ${asClause(error.hint)}`);
    return undefined;
  }
}

/** What is not given is cut to the total. */
function compileLimits(spec: DestinationSpec, report: Report): ActiveDestination["limits"] {
  const { timeouts = {} } = spec;
  const totalMs = duration(spec.timeout ?? timeouts.total) ?? DEFAULT_TIMEOUTS_MS.total;
  const connectMs = duration(timeouts.connect);
  const headersMs = duration(timeouts.headers);
  if ((connectMs ?? 0) > totalMs) report(["timeouts", "connect"], "is longer than the total");
  if ((headersMs ?? 0) > totalMs) report(["timeouts", "headers"], "is longer than the total");
  return {
    connectMs: connectMs ?? Math.min(DEFAULT_TIMEOUTS_MS.connect, totalMs),
    headersMs: headersMs ?? Math.min(DEFAULT_TIMEOUTS_MS.headers, totalMs),
    totalMs,
  };
}

function duration(text: string | undefined): number | undefined {
  return text === undefined ? undefined : parseDuration(text);
}
