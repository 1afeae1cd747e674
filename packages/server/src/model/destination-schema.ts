/**
 * A destination in the configuration: where deliveries go, how they are signed, how often and how
 * patiently they are attempted.
 */
import { z } from "zod";
import {
  durationField,
  expressionField,
  headerNameField,
  rateField,
  referableField,
  resourceFields,
  secretField,
  secretListField,
} from "./field-schema.ts";
import { parseDuration } from "./units.ts";

/** The longest schedule: attempts are numbered in one byte, and two numbers are kept for people. */
export const MAX_ATTEMPTS = 254;

/** Standard Webhooks 1.0.0, "Deliverability and reliability": after the first, at once. */
export const STANDARD_SCHEDULE: readonly string[] = [
  "5s",
  "5m",
  "30m",
  "2h",
  "5h",
  "10h",
  "14h",
  "20h",
  "24h",
];

const DAY_MS = 86_400_000;

export type ExponentialSpec = {
  readonly first: string;
  readonly factor: number;
  readonly max: string;
  readonly attempts: number;
};

export type ScheduleSpec =
  | "standard"
  | "none"
  | readonly string[]
  | { readonly exponential: ExponentialSpec };

export type SignSpec = {
  readonly scheme: "standard-webhooks";
  readonly secret?: string | undefined;
  readonly secrets?: readonly string[] | undefined;
};

export type TimeoutsSpec = {
  readonly connect?: string | undefined;
  readonly headers?: string | undefined;
  readonly total?: string | undefined;
};

/** A destination with its defaults filled in. */
export type DestinationSpec = {
  readonly description?: string | undefined;
  readonly enabled: boolean;
  readonly url: string;
  readonly method?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly path: "append" | "fixed";
  readonly allowPrivate: boolean;
  readonly sign?: SignSpec | undefined;
  readonly retry: { readonly schedule: ScheduleSpec };
  readonly timeout?: string | undefined;
  readonly timeouts?: TimeoutsSpec | undefined;
  readonly concurrency: number;
  readonly rateLimit?: string | undefined;
  readonly orderBy?: string | undefined;
  readonly circuit: boolean;
  readonly success?: string | undefined;
};

const waitField = () => durationField({ min: 1, max: 7 * DAY_MS });

const exponential = z
  .strictObject({
    first: waitField().describe("Wait before the second attempt."),
    factor: z.number().min(1).max(10).default(2).describe("What each wait is multiplied by."),
    max: waitField().default("24h").describe("No wait is longer."),
    attempts: z
      .int()
      .min(2)
      .max(MAX_ATTEMPTS)
      .default(10)
      .describe("Attempts in all, the first included."),
  })
  .describe("Waits that grow.");

const schedule = z
  .union(
    [
      z.enum(["standard", "none"]),
      z.array(waitField()).max(MAX_ATTEMPTS - 1, { error: `at most ${MAX_ATTEMPTS} attempts` }),
      z.strictObject({ exponential }),
    ],
    { error: "expected standard, none, a list of waits such as [1s, 5m], or exponential" },
  )
  .default("standard")
  .describe(
    `Waits between attempts, each 20 % shorter to 20 % longer. standard: ${STANDARD_SCHEDULE.join(" ")}.`,
  );

const sign = z
  .strictObject({
    scheme: z
      .literal("standard-webhooks")
      .default("standard-webhooks")
      .describe("How attempts are signed."),
    secret: secretField()
      .optional()
      .describe(
        "whsec_ and base64 of 24 to 64 bytes; or whsk_ and the base64 of an Ed25519 key, for signatures (v1a) that everybody can verify.",
      ),
    secrets: secretListField()
      .optional()
      .describe("Several, while rotating: each attempt carries a signature of every one."),
  })
  .refine((value) => (value.secret === undefined) !== (value.secrets === undefined), {
    error: "needs either secret or secrets",
  })
  .describe("Signs every attempt; absent: unsigned.");

const TIMEOUT_BOUNDS = { min: 10, max: 600_000 };

export const destinationSchema: z.ZodType<DestinationSpec> = z
  .strictObject({
    ...resourceFields,
    url: referableField(8192).describe("http:// or https://; may be or contain a reference."),
    method: z
      .enum(["POST", "PUT", "PATCH", "GET", "DELETE"])
      .optional()
      .describe("Default: the request's, and POST for GET and HEAD."),
    headers: z
      .record(headerNameField(), referableField(8192))
      .optional()
      .describe("Set on every attempt, replacing those of the request."),
    path: z
      .enum(["append", "fixed"])
      .default("append")
      .describe("Whether what came behind the source's URL is appended to the path of this one."),
    allowPrivate: z
      .boolean()
      .default(false)
      .describe("Lets this destination be in a private network or on this machine."),
    sign: sign.optional(),
    retry: z
      .strictObject({ schedule })
      .default({ schedule: "standard" })
      .describe("When failed deliveries are attempted again."),
    timeout: durationField(TIMEOUT_BOUNDS).optional().describe("For a whole attempt; default 30s."),
    timeouts: z
      .strictObject({
        connect: durationField(TIMEOUT_BOUNDS).optional().describe("Until connected; default 5s."),
        headers: durationField(TIMEOUT_BOUNDS)
          .optional()
          .describe("Until the status is there; default 15s, or the total if shorter."),
        total: durationField(TIMEOUT_BOUNDS).optional().describe("The same as timeout."),
      })
      .optional()
      .describe("Limits of one attempt, one by one."),
    concurrency: z
      .int()
      .min(1)
      .max(1024)
      .default(64)
      .describe("Most attempts at the same time; it adapts below."),
    rateLimit: rateField().optional().describe("Attempts per time; default: unlimited."),
    orderBy: expressionField()
      .optional()
      .describe("CEL: deliveries with the same value are made strictly one after the other."),
    circuit: z
      .boolean()
      .default(true)
      .describe(
        "Whether attempts stop while the destination keeps failing, until a probe succeeds.",
      ),
    success: expressionField()
      .optional()
      .describe(
        "CEL over status, headers, body (as JSON) and text of the answer: whether it means success. Default: every 2xx does. Only the first 16 KiB of an answer are looked at; body is missing for longer ones.",
      ),
  })
  .refine((value) => value.timeout === undefined || value.timeouts?.total === undefined, {
    error: "timeout and timeouts.total are the same; give one",
    path: ["timeout"],
  })
  .describe("Where deliveries go.");

/** The waits in milliseconds. */
export function waitsOf(spec: ScheduleSpec): readonly number[] {
  if (spec === "none") return [];
  if (spec === "standard") return STANDARD_SCHEDULE.map(toMs);
  if (!("exponential" in spec)) return spec.map(toMs);
  const { first, factor, max, attempts } = spec.exponential;
  const longest = toMs(max);
  return Array.from({ length: attempts - 1 }, (_, index) =>
    Math.round(Math.min(toMs(first) * factor ** index, longest)),
  );
}

/** Of a text that the schema has accepted. */
function toMs(text: string): number {
  return parseDuration(text) ?? 0;
}
