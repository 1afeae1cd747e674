/** Expressions of resources, compiled; what does not compile is reported at its position. */
import type { EventContext, MatchResult } from "../model/active.ts";
import type { ConfigPath } from "../model/config-problem.ts";
import {
  compileCondition,
  compileExpression,
  type ExpressionValue,
  ExpressionError,
} from "../routing/expression.ts";
import type { CompileDeps, Report } from "./compile-deps.ts";

type Place = { readonly path: ConfigPath; readonly deps: CompileDeps; readonly report: Report };

export type EvaluateCondition = (context: EventContext) => MatchResult;
export type EvaluateValue = (context: EventContext) => ExpressionValue;

/** A condition that cannot be compiled matches nothing; when that is not history, it is reported. */
export function conditionOf(text: string, place: Place): EvaluateCondition {
  return compiled(
    place,
    () => compileCondition(text).evaluate,
    (reason) => {
      const result: MatchResult = { matched: false, kind: "error", reason };
      return () => result;
    },
  );
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
      place.report(place.path, error.message, { offset: error.offset });
    }
    return otherwise(`the expression cannot be used: ${error.message}`);
  }
}
