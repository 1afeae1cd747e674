/** A route in the configuration: from which sources, under which condition, to which destination. */
import { z } from "zod";
import {
  durationField,
  expressionField,
  referableField,
  resourceFields,
  textField,
} from "./field-schema.ts";
import { type TransformSpec, transformSchema } from "./transform-schema.ts";

export type DebounceSpec = {
  readonly wait: string;
  readonly key?: string | undefined;
  readonly max?: string | undefined;
};

/**
 * Bounds in milliseconds. A due time further ahead than a day is taken for one written under a wall
 * clock that was set back (delivery/schedule.ts): `max` must stay below.
 */
export const DEBOUNCE_LIMITS = {
  wait: { min: 100, max: 3_600_000 },
  max: { min: 100, max: 43_200_000 },
} as const;

/** A steady stream postpones its delivery by so many waits at most, unless `max` says otherwise. */
export const DEFAULT_MAX_WAITS = 10;

const debounceSchema = z
  .strictObject({
    wait: durationField(DEBOUNCE_LIMITS.wait).describe(
      "How long it must be quiet; 100ms to 1h. Events of one key that follow on each other within it become one delivery, of the newest.",
    ),
    key: expressionField()
      .optional()
      .describe(
        "CEL; events with the same key stand for each other, one without a key is delivered at once. Default: all events of the route.",
      ),
    max: durationField(DEBOUNCE_LIMITS.max)
      .optional()
      .describe("How long a steady stream may put the delivery off; up to 12h. Default: 10 waits."),
  })
  .describe(
    "Of a burst of events only the newest is delivered; the others end as cancelled, superseded.",
  );

/** A route with its defaults filled in. */
export type RouteSpec = {
  readonly description?: string | undefined;
  readonly enabled: boolean;
  readonly from: string | readonly string[];
  readonly to: string;
  readonly when?: string | undefined;
  readonly forward: "raw" | "body";
  readonly transform?: TransformSpec | undefined;
  readonly debounce?: DebounceSpec | undefined;
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
    debounce: debounceSchema.optional(),
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
