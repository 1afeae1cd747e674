/** The shapes that many operations share: pages, ids, times, problems. */
import { z } from "@hono/zod-openapi";
import { type ErrorCode, errorTable } from "../errors/table.ts";
import type { Problem } from "../http/problem.ts";
import { parseTime } from "../support/time.ts";

/** One page of a list. */
export type Page<T> = {
  readonly data: readonly T[];
  /** For the next call's `cursor`; null at the end. A page may be short and still have a next one. */
  readonly nextCursor: string | null;
};

export function pageOf<T>(item: z.ZodType<T>, name: string): z.ZodType<Page<T>> {
  return z
    .object({
      data: z.array(item),
      nextCursor: z
        .string()
        .nullable()
        .describe("For the next call's `cursor`; null at the end of the list."),
    })
    .openapi(`${name}Page`);
}

export const PAGE_LIMIT = 200;

/** What every paged list takes besides its filters. */
export const paging: {
  readonly limit: z.ZodType<number>;
  readonly cursor: z.ZodOptional<z.ZodString>;
} = {
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(PAGE_LIMIT)
    .default(50)
    .openapi({ description: "How many at most." }),
  cursor: z
    .string()
    .max(200)
    .optional()
    .openapi({ description: "`nextCursor` of the previous page, with the same filters." }),
};

/** RFC 3339 in, milliseconds since the epoch out. */
export function timeParam(description: string): z.ZodOptional<z.ZodType<number>> {
  return z.iso
    .datetime({ offset: true, error: "Expected an RFC 3339 time such as 2026-01-31T12:00:00Z" })
    .transform(parseTime)
    .openapi({ type: "string", format: "date-time", description })
    .optional();
}

/** `?flag=true` or `?flag=false`. */
export function flagParam(description: string): z.ZodOptional<z.ZodType<"true" | "false">> {
  return z.enum(["true", "false"]).openapi({ description }).optional();
}

/** `?x=a,b`: one or more of the values. */
export function listParam<const V extends string>(
  values: readonly [V, ...V[]],
  description: string,
): z.ZodOptional<z.ZodType<readonly V[]>> {
  const named = `${description} One or more, separated by commas: ${values.join(", ")}.`;
  return z
    .string()
    .transform((text) => text.split(","))
    .pipe(z.array(z.enum(values)))
    .openapi({ type: "string", description: named })
    .optional();
}

export const time: z.ZodType<string> = z.string().openapi({ format: "date-time" });
export const timeOrNull: z.ZodType<string | null> = z
  .string()
  .nullable()
  .openapi({ format: "date-time" });

/** Name, value pairs as received: order, case and repetition kept. */
export const headerPairs: z.ZodType<readonly (readonly [string, string])[]> = z
  .array(z.tuple([z.string(), z.string()]))
  .openapi({
    type: "array",
    items: { type: "array", items: { type: "string" }, minItems: 2, maxItems: 2 },
    description: "Name and value as received, in order. Credentials are masked.",
  });

const codes = Object.keys(errorTable) as [ErrorCode, ...ErrorCode[]];

export const problemSchema: z.ZodType<Problem> = z
  .object({
    type: z.string().openapi({ example: "urn:ringdown:error:not_found" }),
    title: z.string(),
    status: z.int(),
    detail: z.string().describe("What happened, in a sentence."),
    code: z.enum(codes).describe("Stable; branch on this."),
    requestId: z.string().describe("Names this answer in the log; also the header x-request-id."),
    hint: z.string().describe("What to do."),
    retryable: z.boolean().describe("Whether the same call may succeed later by itself."),
    problems: z
      .array(
        z
          .object({
            path: z.string().describe("Dotted path of the field; empty for the whole."),
            message: z.string(),
            line: z.int().nullable(),
            column: z.int().nullable(),
            suggestion: z.string().nullable(),
          })
          .openapi("FieldProblem"),
      )
      .describe("What is wrong, field by field; empty when the error is not about fields."),
  })
  .openapi("Problem");
