/** A source as configured to a source as ingest reads it. */
import {
  createAddressFilter,
  eventTypeOf,
  getProvider,
  idempotencyKeyOf,
  type Provider,
  ReceiverError,
} from "@ringdown/receiver";
import type { ActiveSource, EventContext, SourceResponse } from "../model/active.ts";
import type { RespondSpec, SourceSpec } from "../model/source-schema.ts";
import { parseDuration, parseRate, parseSize } from "../model/units.ts";
import { asClause, type CompileDeps, type Report } from "./compile-deps.ts";
import { type EvaluateValue, valueOf } from "./compile-expressions.ts";
import { compileHandshake } from "./compile-handshake.ts";
import { compileVerify, proofHeadersOf } from "./compile-verify.ts";
import { contentOf } from "./event-content.ts";

/** Everything but the number, the id, the name and the routes. */
export type CompiledSource = Omit<ActiveSource, "no" | "id" | "name" | "routes">;

type Context = { readonly deps: CompileDeps; readonly report: Report };

/** `undefined` after something was reported. */
export function compileSource(spec: SourceSpec, context: Context): CompiledSource | undefined {
  const provider = getProvider(spec.provider);
  const compiled = compileVerify(spec, context);
  const response = compileResponse(spec.respond, context);
  const addressAllowed = compileAllowList(spec, context.report);
  const rate = spec.limits?.rate === undefined ? undefined : parseRate(spec.limits.rate);
  const body = spec.limits?.body === undefined ? undefined : parseSize(spec.limits.body);
  if (compiled === undefined) return undefined;
  return {
    provider: spec.provider,
    enabled: spec.enabled,
    verify: compiled.verify,
    onFailed: spec.onFailed,
    proofHeaders: proofHeadersOf(spec),
    ...compileHandshake(provider, compiled),
    eventTypeOf: compileEventType(spec, provider, context),
    ...compileDedupe(spec, provider, context),
    bodyLimitBytes: body ?? context.deps.bodyLimitBytes,
    response,
    ...(addressAllowed !== undefined && { addressAllowed }),
    ...(spec.methods !== undefined && { methods: new Set(spec.methods) }),
    ...(rate !== undefined && { ratePerSecond: rate }),
  };
}

/** Longer ones name no kind of event any more, and would end up in headers and lists. */
const TYPE_LIMIT_CHARACTERS = 200;

type EventTypeOf = ActiveSource["eventTypeOf"];

function compileEventType(spec: SourceSpec, provider: Provider, context: Context): EventTypeOf {
  if (spec.eventType !== undefined) {
    const evaluate = valueOf(spec.eventType, { path: ["eventType"], ...context });
    return (_, event) => cleanType(textOf(evaluate, event));
  }
  return (input, event) =>
    cleanType(
      eventTypeOf(provider, { headers: input.headers, content: contentOf(input, event) }) ?? "",
    );
}

/** Types are shown, listed and sent as a header: no control characters, no novels (I12). */
function cleanType(type: string): string {
  const isPlain = /^[\x21-\x7e]{0,200}$/.test(type);
  return isPlain ? type : type.replaceAll(/\p{Cc}/gu, "").slice(0, TYPE_LIMIT_CHARACTERS);
}

function textOf(evaluate: EvaluateValue, event: EventContext): string {
  const value = evaluate(event);
  return value.found ? value.text : "";
}

type Dedupe = Pick<ActiveSource, "idempotencyKeyOf" | "dedupeWindowMs">;

/**
 * A sender of one's own is believed only what it says in a header: `id` in a body is more often the
 * id of a thing than of an event, and would make every change of the thing after the first a
 * duplicate.
 */
function compileDedupe(spec: SourceSpec, provider: Provider, context: Context): Dedupe {
  const { dedupe } = spec;
  if (dedupe === false) return { idempotencyKeyOf: () => "", dedupeWindowMs: 0 };
  const dedupeWindowMs = parseDuration(dedupe.window) ?? 0;
  if (dedupe.key !== undefined) {
    const evaluate = valueOf(dedupe.key, { path: ["dedupe", "key"], ...context });
    return { idempotencyKeyOf: (_, event) => textOf(evaluate, event), dedupeWindowMs };
  }
  const rules =
    spec.provider === "generic"
      ? provider.idempotencyKey.filter((rule) => "header" in rule)
      : provider.idempotencyKey;
  return {
    dedupeWindowMs,
    idempotencyKeyOf: (input, event) =>
      idempotencyKeyOf(
        { idempotencyKey: rules },
        { headers: input.headers, content: contentOf(input, event) },
      ) ?? "",
  };
}

function compileResponse(respond: RespondSpec | number, { deps, report }: Context): SourceResponse {
  if (typeof respond === "number") return { status: respond, headers: [] };
  const { status, headers = {}, body } = respond;
  for (const [name, value] of Object.entries(headers)) {
    const problem = deps.headerProblem(name, value);
    if (problem !== undefined) report(["respond", "headers", name], asClause(problem));
  }
  if (body === undefined) return { status, headers: Object.entries(headers).flat() };
  if (status === 204 || status === 304) report(["respond", "body"], `status ${status} has no body`);
  const hasType = Object.keys(headers).some((name) => name.toLowerCase() === "content-type");
  return {
    status,
    headers: [
      ...(hasType ? [] : ["content-type", typeOfText(body)]),
      ...Object.entries(headers).flat(),
    ],
    body: Buffer.from(body),
  };
}

function typeOfText(body: string): string {
  const isJson = /^\s*[[{]/.test(body);
  return isJson ? "application/json" : "text/plain; charset=utf-8";
}

function compileAllowList(
  spec: SourceSpec,
  report: Report,
): ((address: string) => boolean) | undefined {
  const allow = typeof spec.verify === "object" ? spec.verify.allow : undefined;
  if (allow === undefined) return undefined;
  try {
    return createAddressFilter(allow).allows;
  } catch (error) {
    if (!(error instanceof ReceiverError)) throw error;
    report(["verify", "allow"], `${asClause(error.message)}: ${asClause(error.hint)}`);
    return undefined;
  }
}
