/** A route in the configuration: from which sources, under which condition, to which destination. */
import { z } from "zod";
import { expressionField, referableField, resourceFields, textField } from "./field-schema.ts";
import { type TransformSpec, transformSchema } from "./transform-schema.ts";

/** A route with its defaults filled in. */
export type RouteSpec = {
  readonly description?: string | undefined;
  readonly enabled: boolean;
  readonly from: string | readonly string[];
  readonly to: string;
  readonly when?: string | undefined;
  readonly forward: "raw" | "body";
  readonly transform?: TransformSpec | undefined;
};

export const routeSchema: z.ZodType<RouteSpec> = z
  .strictObject({
    ...resourceFields,
    from: z
      .union([textField(63).min(1), z.array(textField(63).min(1)).min(1).max(100)], {
        error: "expected the name of a source, or a list of names",
      })
      .describe("One source or several."),
    to: referableField(8192).describe(
      "A destination's name; or a URL, which makes a destination of the route's name.",
    ),
    when: expressionField()
      .optional()
      .describe(
        "CEL over body, headers, query, method, path, eventType and source; default: every event.",
      ),
    forward: z
      .enum(["raw", "body"])
      .default("raw")
      .describe(
        "raw: the received headers go along, so that the provider's own library still verifies. body: only the body.",
      ),
    transform: transformSchema.optional(),
  })
  .describe("Sends the events of sources that match its condition to a destination.");

/** The sources, whether written as one name or as a list. */
export function sourcesOf(route: RouteSpec): readonly string[] {
  return typeof route.from === "string" ? [route.from] : route.from;
}

/** `to` holds a URL (or a reference to one) instead of a name. */
export function isInlineDestination(to: string): boolean {
  return /^https?:\/\//i.test(to) || to.startsWith("${");
}
