/**
 * Recipes for senders that are not in the registry: a generic HMAC with sensible defaults, and the
 * schemes that only identify the sender.
 */
import type {
  AddressRecipe,
  BasicRecipe,
  HmacRecipe,
  KeyRule,
  NoneRecipe,
  SignatureRule,
  TimestampRule,
  TokenRecipe,
} from "./recipe.ts";

/**
 * Everything but the header has a default: hex HMAC-SHA256 over the body, key as it is. `undefined`
 * counts as left out, so that a parsed configuration can be passed on as it is.
 */
export type GenericHmacOptions = {
  readonly algorithm?: HmacRecipe["algorithm"] | undefined;
  readonly encoding?: HmacRecipe["encoding"] | undefined;
  readonly key?: KeyRule["from"] | undefined;
  /** Removed from the secret's text where present. */
  readonly keyPrefix?: string | undefined;
  /** Where the signature is. */
  readonly header: string;
  /** What stands before the signature: "sha256=". */
  readonly prefix?: string | undefined;
  /** For a header that lists keys and values; `prefix` is not used then. */
  readonly list?:
    | { readonly separator: string; readonly assign: string; readonly key: string }
    | undefined;
  /** Template of the signed bytes, see `HmacRecipe`. */
  readonly signed?: string | undefined;
  readonly idHeader?: string | undefined;
  readonly timestamp?: GenericTimestampOptions | undefined;
};

export type GenericTimestampOptions = {
  /** A header of its own, or … */
  readonly header?: string | undefined;
  /** … a field of the list. */
  readonly field?: string | undefined;
  readonly unit?: TimestampRule["unit"] | undefined;
  readonly toleranceMs?: TimestampRule["toleranceMs"] | undefined;
  readonly future?: "checked" | "ignored" | undefined;
};

/** A key that people choose themselves should be longer; a shorter one is refused. */
const MIN_KEY_BYTES = 8;

const DEFAULT_TOLERANCE_MS = 300_000;

/**
 * A recipe of your own.
 *
 * @example
 * const recipe = genericRecipe({
 *   header: "x-acme-signature",
 *   prefix: "v1=",
 *   timestamp: { header: "x-acme-time" },
 *   signed: "{timestamp}.{body}",
 * });
 */
export function genericRecipe(options: GenericHmacOptions): HmacRecipe {
  const { algorithm = "sha256", encoding = "hex", key = "utf8", signed = "{body}" } = options;
  const { keyPrefix, timestamp, idHeader } = options;
  return {
    scheme: "hmac",
    algorithm,
    encoding,
    key: {
      from: key,
      minBytes: MIN_KEY_BYTES,
      ...(keyPrefix === undefined ? {} : { prefix: keyPrefix }),
    },
    signature: signatureRule(options),
    signed,
    ...(timestamp === undefined ? {} : { timestamp: timestampRule(timestamp) }),
    ...(idHeader === undefined ? {} : { id: { header: idHeader.toLowerCase() } }),
  };
}

/** `Authorization: Bearer <secret>` (RFC 6750). */
export const bearerRecipe: TokenRecipe = {
  scheme: "token",
  header: "authorization",
  prefix: "Bearer ",
};

/** The secret as the whole value of a header. */
export function apiKeyRecipe(header: string): TokenRecipe {
  return { scheme: "token", header: header.toLowerCase() };
}

export const basicRecipe: BasicRecipe = { scheme: "basic" };

export function addressRecipe(ranges: readonly string[]): AddressRecipe {
  return { scheme: "address", ranges };
}

export const noneRecipe: NoneRecipe = { scheme: "none" };

function signatureRule(options: GenericHmacOptions): SignatureRule {
  const header = options.header.toLowerCase();
  if (options.list !== undefined) return { format: "list", header, ...options.list };
  return options.prefix === undefined
    ? { format: "plain", header }
    : { format: "plain", header, prefix: options.prefix };
}

function timestampRule(options: GenericTimestampOptions): TimestampRule {
  const { header, field, unit = "s", toleranceMs = DEFAULT_TOLERANCE_MS, future } = options;
  const from = field === undefined ? { header: (header ?? "").toLowerCase() } : { field };
  return { from, unit, toleranceMs, ...(future === undefined ? {} : { future }) };
}
