/**
 * A source in the configuration: how its requests are verified, told apart and answered.
 *
 * `verify` is one flat object, so that messages can say which scheme a key belongs to; the rules
 * between its keys are below the schema. What depends on the provider is checked when compiling.
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
  sizeField,
  textField,
} from "./field-schema.ts";
import { PROVIDER_NAMES } from "./provider-names.ts";

export const VERIFY_SCHEMES = ["hmac", "basic", "bearer", "api-key", "address", "none"] as const;
export type VerifyScheme = (typeof VERIFY_SCHEMES)[number];

/** Bodies beyond this are not received at all, whatever a source asks for. */
export const LARGEST_BODY_BYTES: number = 64 * 1024 * 1024;

const DAY_MS = 86_400_000;

export type VerifySpec = {
  readonly scheme?: VerifyScheme | undefined;
  readonly secret?: string | undefined;
  readonly secrets?: readonly string[] | undefined;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  readonly token?: string | undefined;
  readonly handshakeToken?: string | undefined;
  readonly header?: string | undefined;
  readonly prefix?: string | undefined;
  readonly algorithm?: "sha1" | "sha256" | "sha512" | undefined;
  readonly encoding?: "hex" | "base64" | "base64url" | undefined;
  readonly key?: "utf8" | "base64" | "base64url" | "hex" | undefined;
  readonly keyPrefix?: string | undefined;
  readonly list?:
    | { readonly separator: string; readonly assign: string; readonly key: string }
    | undefined;
  readonly signed?: string | undefined;
  readonly idHeader?: string | undefined;
  readonly timestamp?: TimestampSpec | undefined;
  readonly tolerance?: string | undefined;
  readonly allow?: readonly string[] | undefined;
};

export type TimestampSpec = {
  readonly header?: string | undefined;
  readonly field?: string | undefined;
  readonly unit?: "s" | "ms" | "rfc3339" | undefined;
};

export type DedupeSpec = { readonly key?: string | undefined; readonly window: string };

export type RespondSpec = {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: string | undefined;
};

/** A source with its defaults filled in. */
export type SourceSpec = {
  readonly description?: string | undefined;
  readonly enabled: boolean;
  readonly provider: (typeof PROVIDER_NAMES)[number];
  readonly verify?: VerifySpec | "none" | undefined;
  readonly onFailed: "reject" | "quarantine" | "flag";
  readonly eventType?: string | undefined;
  readonly dedupe: DedupeSpec | false;
  readonly respond: RespondSpec | number;
  readonly methods?: readonly string[] | undefined;
  readonly limits?:
    | { readonly body?: string | undefined; readonly rate?: string | undefined }
    | undefined;
};

/** Which schemes a key of `verify` means something to; keys not listed mean something to all. */
const KEY_SCHEMES: Readonly<Partial<Record<keyof VerifySpec, readonly VerifyScheme[]>>> = {
  secret: ["hmac", "basic", "bearer", "api-key"],
  secrets: ["hmac", "basic", "bearer", "api-key"],
  username: ["basic"],
  password: ["basic"],
  token: ["bearer", "api-key"],
  header: ["hmac", "api-key"],
  prefix: ["hmac"],
  algorithm: ["hmac"],
  encoding: ["hmac"],
  key: ["hmac"],
  keyPrefix: ["hmac"],
  list: ["hmac"],
  signed: ["hmac"],
  idHeader: ["hmac"],
  timestamp: ["hmac"],
  tolerance: ["hmac"],
};

const verifyObject = z
  .strictObject({
    scheme: z
      .enum(VERIFY_SCHEMES)
      .optional()
      .describe("How senders prove themselves. Default: what the provider does; hmac for generic."),
    secret: secretField().optional().describe("The shared secret, as the provider shows it."),
    secrets: secretListField()
      .optional()
      .describe(
        "Several secrets that are valid at once, for rotation. A reference that resolves to nothing is left out.",
      ),
    username: referableField(256).optional().describe("For scheme basic."),
    password: secretField().optional().describe("For scheme basic."),
    token: secretField().optional().describe("For schemes bearer and api-key: the same as secret."),
    handshakeToken: secretField()
      .optional()
      .describe(
        "What was agreed upon with a provider that asks for it in its handshake (Meta's verify token).",
      ),
    header: headerNameField()
      .optional()
      .describe(
        "Header of the signature (hmac, default x-signature) or of the key (api-key, default x-api-key).",
      ),
    prefix: textField(64)
      .optional()
      .describe('What stands before the signature, such as "sha256=".'),
    algorithm: z.enum(["sha1", "sha256", "sha512"]).optional().describe("Default sha256."),
    encoding: z
      .enum(["hex", "base64", "base64url"])
      .optional()
      .describe("Of the signature; default hex."),
    key: z
      .enum(["utf8", "base64", "base64url", "hex"])
      .optional()
      .describe("How the secret's text becomes the key; default utf8."),
    keyPrefix: textField(64).optional().describe("Removed from the secret's text where present."),
    list: z
      .strictObject({
        separator: textField(8).describe("Between items."),
        assign: textField(8).describe("Between key and value."),
        key: textField(64).describe("Of the items that are signatures."),
      })
      .optional()
      .describe("For a header that lists keys and values, like t=1,v1=ab."),
    signed: textField(1024)
      .optional()
      .describe(
        "Template of the signed bytes of {body}, {timestamp}, {id}, {method}, {url} and {header:x-name}; default {body}.",
      ),
    idHeader: headerNameField().optional().describe("Header that {id} stands for."),
    timestamp: z
      .strictObject({
        header: headerNameField().optional().describe("Header with the time; or give field."),
        field: textField(64)
          .optional()
          .describe("Key of the time in a header that is a list; or give header."),
        unit: z.enum(["s", "ms", "rfc3339"]).optional().describe("Default s."),
      })
      .optional()
      .describe("Where the signed time is."),
    tolerance: z
      .union([z.literal("off"), durationField({ min: 1000, max: 30 * DAY_MS })], {
        error: "expected a duration such as 5m, or off",
      })
      .optional()
      .describe(
        "Largest accepted difference of the signed time; default: the provider's, else 5m.",
      ),
    allow: z
      .array(textField(64))
      .min(1)
      .max(1000)
      .optional()
      .describe("Addresses and CIDR ranges that senders must come from."),
  })
  .superRefine((verify, context) => {
    for (const message of verifyConflicts(verify)) context.addIssue({ code: "custom", message });
  })
  .describe("How requests are verified.");

/** Rules between the keys of `verify`, as sentences. */
function verifyConflicts(verify: VerifySpec): string[] {
  return [...schemeConflicts(verify), ...pairConflicts(verify)];
}

/** Keys that mean nothing to the scheme. */
function schemeConflicts(verify: VerifySpec): string[] {
  const scheme = verify.scheme ?? "hmac";
  const conflicts: string[] = [];
  for (const key of Object.keys(verify) as (keyof VerifySpec)[]) {
    const schemes = KEY_SCHEMES[key];
    if (schemes === undefined || schemes.includes(scheme)) continue;
    conflicts.push(`"${key}" belongs to scheme ${schemes.join(" or ")}, not ${scheme}`);
  }
  if (scheme === "address" && verify.allow === undefined) {
    conflicts.push('scheme address needs "allow"');
  }
  return conflicts;
}

const SECRET_KEYS = ["secret", "secrets", "token", "password"] as const;

/** Keys that need or exclude each other. */
function pairConflicts(verify: VerifySpec): string[] {
  const conflicts: string[] = [];
  const secretKeys = SECRET_KEYS.filter((key) => verify[key] !== undefined);
  if (secretKeys.length > 1) conflicts.push(`only one of ${secretKeys.join(" and ")} can be given`);
  if ((verify.username === undefined) !== (verify.password === undefined)) {
    conflicts.push("username and password belong together");
  }
  if (verify.list !== undefined && verify.prefix !== undefined) {
    conflicts.push("prefix is not used in a list");
  }
  const { header, field } = verify.timestamp ?? {};
  if (verify.timestamp !== undefined && (header === undefined) === (field === undefined)) {
    conflicts.push("timestamp needs either header or field");
  }
  return conflicts;
}

const statusField = z.int().min(200).max(599);

const respondObject = z.strictObject({
  status: statusField.default(200).describe("HTTP status."),
  headers: z
    .record(headerNameField(), textField(8192))
    .optional()
    .describe("Headers of the answer."),
  body: textField(65_536)
    .optional()
    .describe("Body of the answer; default: a small JSON object with the event's id."),
});

const dedupeObject = z.strictObject({
  key: expressionField()
    .optional()
    .describe("CEL: what makes two requests the same event; default: the provider's id."),
  window: durationField({ min: 1000, max: 30 * DAY_MS })
    .default("72h")
    .describe("How long the key counts."),
});

export const sourceSchema: z.ZodType<SourceSpec> = z
  .strictObject({
    ...resourceFields,
    provider: z
      .enum(PROVIDER_NAMES)
      .default("generic")
      .describe("Who sends: sets verification, event type and idempotency key."),
    verify: z
      .union([z.literal("none"), verifyObject], { error: 'expected an object, or "none"' })
      .optional()
      .describe(
        "How requests are verified; none accepts anybody's. Required for providers that sign.",
      ),
    onFailed: z
      .enum(["reject", "quarantine", "flag"])
      .default("reject")
      .describe(
        "What happens to requests that do not verify: refused, kept until released, or accepted and marked.",
      ),
    eventType: expressionField()
      .optional()
      .describe("CEL: the type of the event; default: the provider's."),
    dedupe: z
      .union([z.literal(false), dedupeObject], { error: "expected an object, or false" })
      .default({ window: "72h" })
      .describe("De-duplication; false switches it off."),
    respond: z
      .union([statusField, respondObject], { error: "expected a status such as 200, or an object" })
      .default(200)
      .describe("What senders are answered once the request is stored."),
    methods: z
      .array(z.string().regex(/^[A-Z]{1,20}$/, { error: "expected a method such as POST" }))
      .min(1)
      .max(20)
      .optional()
      .describe("Accepted methods; default: every one."),
    limits: z
      .strictObject({
        body: sizeField({ min: 1, max: LARGEST_BODY_BYTES })
          .optional()
          .describe("Largest body; default: the server's."),
        rate: rateField().optional().describe("Requests per time; default: unlimited."),
      })
      .optional()
      .describe("Limits of this source."),
  })
  .describe("A way in: an ingest URL with its verification.");
