/**
 * A route's transformation in the configuration: texts in which `${{ CEL }}` stands for a value of
 * the event. Whether they compile is found out by the registry.
 *
 * Limits (I10) of what may be written here; of what comes out, see routing/transform.ts.
 */
import { z } from "zod";
import { headerNameField, textField } from "./field-schema.ts";

export const TRANSFORM_SPEC_LIMITS = {
  /** Lists and objects within one another. */
  bodyDepth: 32,
  /** Values, lists and objects of the body in all. */
  bodyValues: 2_000,
  textCharacters: 65_536,
  headers: 64,
  queryFields: 64,
} as const;

/** Plain data; texts in it are templates. */
export type TransformBody =
  | null
  | boolean
  | number
  | string
  | readonly TransformBody[]
  | { readonly [key: string]: TransformBody };

export type TransformSpec = {
  readonly body?: TransformBody | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly method?: string | undefined;
  readonly contentType?: string | undefined;
  readonly path?: string | undefined;
  readonly query?: Readonly<Record<string, string>> | undefined;
};

const { bodyDepth, bodyValues, textCharacters, headers, queryFields } = TRANSFORM_SPEC_LIMITS;

const templateField = () => textField(textCharacters);

/** Why this is no body, `undefined` if it is one. Does not recurse: over the API, anything comes. */
function bodyProblem(body: unknown): string | undefined {
  let level: readonly unknown[] = [body];
  let count = 0;
  for (let depth = 0; level.length > 0; depth++) {
    count += level.length;
    if (depth > bodyDepth) return `nested deeper than ${bodyDepth}`;
    if (count > bodyValues) return `more than ${bodyValues} values`;
    if (!level.every(isPlain)) return "expected a text, number, list, object, true, false or null";
    level = level.flatMap(partsOf);
  }
  return undefined;
}

function isPlain(value: unknown): boolean {
  if (typeof value === "string") return value.length <= textCharacters;
  if (typeof value === "number") return Number.isFinite(value);
  return typeof value === "boolean" || typeof value === "object";
}

function partsOf(value: unknown): readonly unknown[] {
  return typeof value === "object" && value !== null ? Object.values(value) : [];
}

// Checked below to be what the type says; a type of zod's own would have to recurse.
const body = z
  .unknown()
  .check((context) => {
    const message = bodyProblem(context.value);
    if (message === undefined) return;
    context.issues.push({ code: "custom", input: context.value, message });
  })
  .describe(
    "Any value; its texts are templates. A text is sent as it is, anything else as JSON.",
  ) as unknown as z.ZodType<TransformBody>;

const hasAtMost =
  (count: number) =>
  (map: Readonly<Record<string, string>>): boolean =>
    Object.keys(map).length <= count;

export const transformSchema: z.ZodType<TransformSpec> = z
  .strictObject({
    body: body.optional(),
    headers: z
      .record(headerNameField(), templateField())
      .refine(hasAtMost(headers), { error: `at most ${headers} headers` })
      .optional()
      .describe("Replace those of the request; one that is null is left out."),
    method: templateField().optional().describe("POST, PUT, PATCH, GET or DELETE."),
    contentType: templateField()
      .optional()
      .describe("Default: application/json, and text/plain for a body that is a text."),
    path: templateField()
      .optional()
      .describe("In place of what came behind the source's URL; values in it are encoded."),
    query: z
      .record(textField(256).min(1), templateField())
      .refine(hasAtMost(queryFields), { error: `at most ${queryFields} fields` })
      .optional()
      .describe("In place of the request's; a field that is null is left out."),
  })
  .describe(
    "What is sent in place of what was received. Texts hold ${{ CEL }} over body, headers, query, method, path, eventType, source, eventId and eventTime.",
  );
