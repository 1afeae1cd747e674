/**
 * What is wrong with a configuration: always a list, because a person wants to correct all of it at
 * once. A problem knows where it is by path; a file adds line and column (config/yaml-document.ts).
 */
import { isRingdownError, RingdownError } from "../errors/ringdown-error.ts";

export type ConfigPath = readonly (string | number)[];

export type ConfigProblem = {
  readonly path: ConfigPath;
  /** Lower case, without a full stop: it follows `ringdown.yaml:34:11 routes.paid.to: `. */
  readonly message: string;
  readonly suggestion?: string;
  /** The key itself is wrong, not its value. */
  readonly at?: "key";
  /** Characters into the value. */
  readonly offset?: number;
  /** A reference stands for nothing here; the configuration itself may be fine. */
  readonly code?: "secret_unresolved";
};

/** A problem with its place in a text; lines and columns count from 1. */
export type LocatedProblem = ConfigProblem & {
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
};

/** `sources.stripe.verify.secrets[0]` */
export function formatPath(path: ConfigPath): string {
  let text = "";
  for (const step of path) {
    if (typeof step === "number") text += `[${step}]`;
    else text += text === "" ? step : `.${step}`;
  }
  return text;
}

/** One line: `ringdown.yaml:34:11 routes.paid.to: unknown destination "inventry". Did you mean …?` */
export function formatProblem(problem: LocatedProblem): string {
  const { file, line, column, suggestion } = problem;
  const position = line === undefined ? "" : `:${line}:${column ?? 1}`;
  const place = [`${file ?? ""}${position}`, formatPath(problem.path)].filter(
    (part) => part !== "",
  );
  const hint = suggestion === undefined ? "" : `. Did you mean "${suggestion}"?`;
  return `${place.length > 0 ? `${place.join(" ")}: ` : ""}${problem.message}${hint}`;
}

/** The errors that `configInvalid` has made, with the problems they were made from. */
const madeFrom = new WeakMap<RingdownError, readonly LocatedProblem[]>();

/** The problems an error was made from; `undefined` if it is another error or knows positions. */
export function unlocatedProblems(error: unknown): readonly ConfigProblem[] | undefined {
  const problems = isRingdownError(error) ? madeFrom.get(error) : undefined;
  return problems?.some(({ line }) => line !== undefined) === true ? undefined : problems;
}

/** The error for a whole list; `details.problems` is what the API shows. */
export function configInvalid(problems: readonly LocatedProblem[]): RingdownError {
  const isUnresolved = problems.every(({ code }) => code === "secret_unresolved");
  const lines = problems.map(formatProblem).join("\n");
  const details = {
    problems: problems.map(({ path, message, line, column, suggestion }) => ({
      path: formatPath(path),
      message,
      line: line ?? null,
      column: column ?? null,
      suggestion: suggestion ?? null,
    })),
  };
  const code = isUnresolved ? "secret_unresolved" : "config_invalid";
  const error = new RingdownError(code, lines, { details });
  madeFrom.set(error, problems);
  return error;
}
