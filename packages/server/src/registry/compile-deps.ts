/** What compiling resources needs from outside, and how it says what is wrong. */
import type { ResolveReferences } from "../config/references.ts";
import type { ConfigPath, ConfigProblem } from "../model/config-problem.ts";

/** `outbound/` judges target URLs; the registry must not import it and is given this. */
export type ParseTargetUrl = (text: string) =>
  | {
      readonly kind: "valid";
      readonly url: URL;
      /** The class of an address literal; `undefined` for a name. */
      readonly literal: "public" | { readonly blocked: string } | undefined;
    }
  | { readonly kind: "refused"; readonly message: string };

export type CompileDeps = {
  readonly resolve: ResolveReferences;
  readonly parseTargetUrl: ParseTargetUrl;
  /** Why a header may not be set, as a sentence; `undefined` if it may. */
  readonly headerProblem: (name: string, value: string) => string | undefined;
  /**
   * live: everything must work. history: for looking at old decisions; secrets are not looked up,
   * nothing verifies or signs, and what does not compile any more says so instead of being refused.
   */
  readonly purpose: "live" | "history";
  /** For sources without a limit of their own. */
  readonly bodyLimitBytes: number;
};

/** Collects problems of one resource; paths are relative to it. */
export type Report = (
  path: ConfigPath,
  message: string,
  more?: Omit<ConfigProblem, "path" | "message">,
) => void;

/** Puts a resource's place before the paths of what is reported. */
export function reporter(problems: ConfigProblem[], place: ConfigPath): Report {
  return (path, message, more = {}) => {
    problems.push({ path: [...place, ...path], message, ...more });
  };
}

/** The text with its references looked up; `undefined` when one stands for nothing, which is reported. */
export function resolveField(
  text: string,
  path: ConfigPath,
  { deps, report }: { readonly deps: CompileDeps; readonly report: Report },
): string | undefined {
  const resolved = deps.resolve(text);
  if (resolved.kind === "resolved") return resolved.text;
  report(path, resolved.message, { code: "secret_unresolved" });
  return undefined;
}

/** "Sentence. Another." as it follows a colon: without capital and full stop. */
export function asClause(sentence: string): string {
  return (sentence.charAt(0).toLowerCase() + sentence.slice(1)).replace(/\.$/, "");
}
