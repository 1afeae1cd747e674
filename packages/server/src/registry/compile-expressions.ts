/** Expressions of resources, compiled; what does not compile is reported at its position. */
import type { ActiveDestination, EventContext, MatchResult, Transform } from "../model/active.ts";
import type { ConfigPath } from "../model/config-problem.ts";
import type { TransformSpec } from "../model/transform-schema.ts";
import { compileSuccess } from "../routing/answer.ts";
import {
  compileCondition,
  compileExpression,
  type ExpressionValue,
  ExpressionError,
} from "../routing/expression.ts";
import { compileTransform } from "../routing/transform.ts";
import { asClause, type CompileDeps, type Report } from "./compile-deps.ts";

type Place = { readonly path: ConfigPath; readonly deps: CompileDeps; readonly report: Report };

export type EvaluateCondition = (context: EventContext) => MatchResult;
export type EvaluateValue = (context: EventContext) => ExpressionValue;

/** A condition that cannot be compiled matches nothing; when that is not history, it is reported. */
export function conditionOf(text: string, place: Place): EvaluateCondition {
  return compiled(place, () => compileCondition(text).evaluate, never);
}

/** The same over a destination's answer. */
export function successOf(text: string, place: Place): NonNullable<ActiveDestination["accepts"]> {
  return compiled(place, () => compileSuccess(text), never);
}

function never(reason: string): () => MatchResult {
  const result: MatchResult = { matched: false, kind: "error", reason };
  return () => result;
}

/** Like a condition: one that cannot be compiled fails for every event. */
export function transformOf(spec: TransformSpec, { path, deps, report }: Place): Transform {
  return compileTransform(spec, {
    headerProblem(name, value) {
      const problem = deps.headerProblem(name, value);
      return problem === undefined ? undefined : asClause(problem);
    },
    report(part, error) {
      if (deps.purpose === "live") report([...path, ...part], error.message, more(error));
    },
  });
}

function more({ offset, suggestion }: ExpressionError): {
  offset: number;
  suggestion?: string;
} {
  return suggestion === undefined ? { offset } : { offset, suggestion };
}

export function valueOf(text: string, place: Place): EvaluateValue {
  return compiled(
    place,
    () => compileExpression(text).evaluate,
    (reason) => {
      const result: ExpressionValue = { found: false, reason };
      return () => result;
    },
  );
}

function compiled<T>(place: Place, compile: () => T, otherwise: (reason: string) => T): T {
  try {
    return compile();
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    if (place.deps.purpose === "live") {
      place.report(place.path, error.message, more(error));
    }
    return otherwise(`the expression cannot be used: ${error.message}`);
  }
}
