/**
 * Turns what zod found into problems in our words: every unknown key by itself and with the key that
 * was probably meant, and for fields of several forms the complaint about the form that was used.
 */
import type { z } from "zod";
import type { ConfigPath, ConfigProblem } from "./config-problem.ts";
import { suggest } from "./suggest.ts";

/** What was checked against what, and where in a document it stands. */
export type Checked = {
  readonly schema: z.ZodType;
  readonly input: unknown;
  readonly place: readonly string[];
};

type Issue = z.core.$ZodIssue;

/** Keys that are designed and not built yet: an honest answer instead of "unknown". */
const LATER_KEYS: Readonly<Record<string, readonly string[]>> = {
  "": ["channels", "alerts", "archive", "telemetry", "redact", "applications", "views"],
  destinations: ["body", "type"],
  routes: ["onError", "split"],
};

export function problemsOf(issues: readonly Issue[], checked: Checked): ConfigProblem[] {
  return issues.flatMap((issue) => problemsOfIssue(issue, [], checked));
}

function problemsOfIssue(issue: Issue, base: ConfigPath, checked: Checked): ConfigProblem[] {
  const path = [...base, ...issue.path.map(toStep)];
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((key) => unknownKey(key, path, checked));
    case "invalid_union":
      return unionProblems(issue, path, checked);
    case "invalid_type":
      return [{ path, message: typeMessage(issue, valueAt(checked.input, path)) }];
    case "invalid_value":
      return [valueProblem(issue, path, checked)];
    case "invalid_key":
      return [{ path, at: "key", message: issue.issues[0]?.message ?? "not a valid key" }];
    case "too_small":
      return [
        { path, message: `must ${boundWord(issue)} at least ${issue.minimum}${unitWord(issue)}` },
      ];
    case "too_big":
      return [
        { path, message: `must ${boundWord(issue)} at most ${issue.maximum}${unitWord(issue)}` },
      ];
    default:
      return [{ path, message: lowerFirst(issue.message), ...offsetOf(issue) }];
  }
}

type BoundIssue = Issue & { code: "too_small" | "too_big" };

function boundWord(issue: BoundIssue): "have" | "be" {
  return unitWord(issue) === "" ? "be" : "have";
}

function unitWord(issue: BoundIssue): string {
  if (issue.origin === "string") return " characters";
  return issue.origin === "array" ? " entries" : "";
}

function toStep(step: PropertyKey): string | number {
  return typeof step === "symbol" ? String(step) : step;
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

/** Where in a text the problem is, if the check said so. */
function offsetOf(issue: Issue): { offset?: number } {
  const offset: unknown = issue.code === "custom" ? issue.params?.["offset"] : undefined;
  return typeof offset === "number" ? { offset } : {};
}

function unknownKey(key: string, path: ConfigPath, checked: Checked): ConfigProblem {
  const place = [...checked.place, ...path];
  const later = place.length === 0 || place.length === 2 ? LATER_KEYS[String(place[0] ?? "")] : [];
  const at = { path: [...path, key], at: "key" as const };
  if (later?.includes(key) === true) return { ...at, message: `"${key}" is not supported yet` };
  const suggestion = suggest(key, knownKeys(checked.schema, path));
  return {
    ...at,
    message: `unknown key "${key}"`,
    ...(suggestion !== undefined && { suggestion }),
  };
}

/** Of a field with several forms, the one that was tried: whose own complaint is not its type. */
function unionProblems(
  issue: Issue & { code: "invalid_union" },
  path: ConfigPath,
  checked: Checked,
): ConfigProblem[] {
  if (valueAt(checked.input, path) === undefined) return [{ path, message: "is required" }];
  const tried = issue.errors.filter((issues) => !issues.some(isAboutForm));
  const [only] = tried;
  if (only === undefined || tried.length > 1) return [{ path, message: lowerFirst(issue.message) }];
  return only.flatMap((inner) => problemsOfIssue(inner, path, checked));
}

/** The value has another form altogether. */
function isAboutForm(issue: Issue): boolean {
  return (
    issue.path.length === 0 && (issue.code === "invalid_type" || issue.code === "invalid_value")
  );
}

function typeMessage(issue: Issue & { code: "invalid_type" }, value: unknown): string {
  if (value === undefined) return "is required";
  if (issue.message.startsWith("expected ")) return `${issue.message}, got ${shown(value)}`;
  return `expected ${article(issue.expected)}, got ${shown(value)}`;
}

const WORDS: Readonly<Record<string, string>> = {
  object: "an object",
  record: "an object",
  array: "a list",
  string: "a text",
  int: "a whole number",
  number: "a number",
  boolean: "true or false",
};

function article(expected: string): string {
  return WORDS[expected] ?? expected;
}

/** Short values as they are; never more, since a value in the wrong place may be a secret. */
function shown(value: unknown): string {
  if (value === null) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  return typeof value === "string" ? "a text" : "an object";
}

function valueProblem(
  issue: Issue & { code: "invalid_value" },
  path: ConfigPath,
  checked: Checked,
): ConfigProblem {
  const value = valueAt(checked.input, path);
  if (value === undefined) return { path, message: "is required" };
  const options = issue.values.map(String);
  const suggestion = typeof value === "string" ? suggest(value, options) : undefined;
  const message = `expected ${options.length === 1 ? "" : "one of "}${options.join(", ")}`;
  return { path, message, ...(suggestion !== undefined && { suggestion }) };
}

function valueAt(input: unknown, path: ConfigPath): unknown {
  let value = input;
  for (const step of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, step))
      return undefined;
    value = (value as Readonly<Record<string | number, unknown>>)[step];
  }
  return value;
}

/** The keys that an object at this path may have. */
function knownKeys(schema: z.ZodType, path: ConfigPath): string[] {
  let found: readonly z.core.$ZodType[] = [schema];
  for (const step of path) found = found.flatMap((each) => childrenOf(each, step));
  return found.flatMap((each) => objectsIn(each).flatMap((object) => Object.keys(object.shape)));
}

type Def = {
  readonly type: string;
  readonly innerType?: z.core.$ZodType;
  readonly options?: readonly z.core.$ZodType[];
  readonly element?: z.core.$ZodType;
  readonly valueType?: z.core.$ZodType;
  readonly shape?: Readonly<Record<string, z.core.$ZodType>>;
};

function defOf(schema: z.core.$ZodType): Def {
  return schema._zod.def as Def;
}

/** Without the wrappers of optional fields, defaults and alternatives. */
function unwrap(schema: z.core.$ZodType): readonly z.core.$ZodType[] {
  const { innerType, options } = defOf(schema);
  if (innerType !== undefined) return unwrap(innerType);
  return options === undefined ? [schema] : options.flatMap(unwrap);
}

function childrenOf(schema: z.core.$ZodType, step: string | number): readonly z.core.$ZodType[] {
  return unwrap(schema).flatMap((each) => {
    const { element, valueType, shape } = defOf(each);
    const child = element ?? valueType ?? shape?.[step];
    return child === undefined ? [] : [child];
  });
}

function objectsIn(
  schema: z.core.$ZodType,
): readonly { readonly shape: Readonly<Record<string, unknown>> }[] {
  return unwrap(schema).flatMap((each) => {
    const { shape } = defOf(each);
    return shape === undefined ? [] : [{ shape }];
  });
}
