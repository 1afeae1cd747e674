/**
 * The kinds of fields that resources are made of: names, durations, expressions, secrets. Schemas
 * here only say what a text looks like; expressions, URLs and references are tried out when a
 * configuration is compiled (registry/).
 */
import { z } from "zod";
import { parseReferences } from "./reference.ts";
import {
  DURATION_FORM,
  DURATION_PATTERN,
  formatDuration,
  formatSize,
  parseDuration,
  parseRate,
  parseSize,
  RATE_FORM,
  RATE_PATTERN,
  SIZE_FORM,
  SIZE_PATTERN,
} from "./units.ts";

/** Lower case, because names are part of URLs and typed by people. */
export const NAME_PATTERN: RegExp = /^[a-z0-9](?:[a-z0-9._-]{0,61}[a-z0-9])?$/;

/** Names that begin like ids could not be told from them. */
const ID_LIKE = /^(?:src|dst|rte)_/;

export const NAME_FORM =
  "1 to 63 lower-case letters, digits, dots, dashes and underscores, no mark at either end";

export function isName(text: string): boolean {
  return NAME_PATTERN.test(text) && !ID_LIKE.test(text);
}

type Bounds = { readonly min: number; readonly max: number };
type Parse = (text: string) => number | undefined;

/** A text with a unit, within bounds that are shown with units too. */
function quantity(
  { pattern, form, parse }: { pattern: RegExp; form: string; parse: Parse },
  bounds: Bounds,
  show: (quantity: number) => string,
): z.ZodString {
  const error = `expected ${form}`;
  const isWithin = (text: string): boolean => {
    const value = parse(text);
    return value === undefined || (value >= bounds.min && value <= bounds.max);
  };
  return z
    .string({ error })
    .regex(pattern, { error, abort: true })
    .refine(isWithin, { error: `must be ${show(bounds.min)} to ${show(bounds.max)}` });
}

/** Bounds in milliseconds. */
export function durationField(bounds: Bounds): z.ZodString {
  const kind = { pattern: DURATION_PATTERN, form: DURATION_FORM, parse: parseDuration };
  return quantity(kind, bounds, formatDuration);
}

/** Bounds in bytes. */
export function sizeField(bounds: Bounds): z.ZodString {
  return quantity({ pattern: SIZE_PATTERN, form: SIZE_FORM, parse: parseSize }, bounds, formatSize);
}

/** One an hour at least: less is a schedule, not a rate. */
export function rateField(): z.ZodString {
  const bounds = { min: 1 / 3600, max: 100_000 };
  const kind = { pattern: RATE_PATTERN, form: RATE_FORM, parse: parseRate };
  return quantity(kind, bounds, (perSecond) => (perSecond < 1 ? "1/h" : `${perSecond}/s`));
}

/** An expression in CEL; whether it compiles is found out by the registry. */
export function expressionField(): z.ZodString {
  return z.string({ error: "expected an expression in quotes" }).min(1).max(4096);
}

export function textField(longest: number): z.ZodString {
  return z.string().max(longest);
}

/** A text that may contain references. */
export function referableField(longest: number): z.ZodString {
  return z
    .string()
    .min(1)
    .max(longest)
    .check((context) => {
      const parsed = parseReferences(context.value);
      if (parsed.kind === "valid") return;
      const { message, offset } = parsed;
      context.issues.push({ code: "custom", input: context.value, message, params: { offset } });
    });
}

/** A secret: in a file a reference, over the API a reference or the secret itself. */
export function secretField(): z.ZodString {
  return referableField(8192);
}

/** A list of secrets, all valid at once; more than one while rotating. */
export function secretListField(): z.ZodArray<z.ZodString> {
  return z.array(secretField()).min(1).max(16);
}

/** The name of an HTTP header. */
export function headerNameField(): z.ZodString {
  return z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,256}$/, { error: "not a header name" });
}

/** What every resource has. */
export const resourceFields: {
  readonly description: z.ZodOptional<z.ZodString>;
  readonly enabled: z.ZodDefault<z.ZodBoolean>;
} = {
  description: textField(1000).optional().describe("A note for people."),
  enabled: z
    .boolean()
    .default(true)
    .describe("Whether it takes part; a disabled one keeps its name and number."),
};
